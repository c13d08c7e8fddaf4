//! The modules of the load engine that gather taps, in lockstep with their Verilog.

use crate::lockstep::{count, one_in};
use ef_hdl_kit::lockstep;
use ef_hdl_kit::rand::Rng;
use ef_rtl::load::{Collector, Gather, Scratch, TapLanes, TapOrigin, TapPosition, TapWalker};
use std::collections::VecDeque;

#[test]
fn the_collector_takes_words_and_taps_as_its_verilog_does() {
    lockstep!(Collector::<4>::default(), "", 21, 6000, |b, rng| {
        b.reset.next = one_in(rng, 300);
        b.start.next = one_in(rng, 60);
        b.zero.next = one_in(rng, 4);
        b.gather.next = rng.random();
        b.in_valid.next = rng.random_range(0..4) > 0;
        b.in_word.next = u64::from(rng.random::<u32>()).into();
        for tap in &mut b.tap {
            tap.next = u64::from(rng.random::<u32>()).into();
        }
        for port in [&mut b.put, &mut b.in_image, &mut b.spill] {
            port.next = rng.random_range(0..16u64).into();
        }
        b.fills.next = rng.random();
        b.ends.next = one_in(rng, 3);
        b.out_ready.next = rng.random();
    });
}

#[test]
fn the_origin_is_the_address_of_the_first_tap() {
    let mut coming: VecDeque<(usize, u64, u64, u64)> = VecDeque::new();
    let (mut cycle, mut origins) = (0, 0);
    lockstep!(TapOrigin::default(), "", 22, 6000, |b, rng| {
        if let Some((at, origin, down, jump)) = coming.front().copied().filter(|next| next.0 == cycle) {
            let got: [u64; 4] =
                [b.go.val().into(), b.origin.val().into(), b.down.val().into(), b.jump.val().into()];
            assert_eq!(got, [1, origin, down, jump], "cycle {at}");
            coming.pop_front();
            origins += 1;
        }
        let start = coming.is_empty() && one_in(rng, 4);
        let [row, col, source, stride] = [(); 4].map(|()| u64::from(rng.random::<u16>()));
        let rows = rng.random_range(0..8u64);
        b.start.next = start;
        let any = rng.random_range(0..4) > 0;
        b.any.next = any;
        for (port, value) in [&mut b.row, &mut b.col, &mut b.source, &mut b.row_stride]
            .into_iter()
            .zip([row, col, source, stride])
        {
            port.next = value.into();
        }
        b.stride_down.next = rows.into();
        if start && any {
            let origin = (source + col + row * stride) & 0xffff;
            coming.push_back((cycle + TapOrigin::LATENCY, origin, stride, (rows * stride) & 0xffff));
        }
        cycle += 1;
    });
    assert!(origins > 100, "{origins} origins");
}

macro_rules! check_position {
    ($width:literal) => {
        lockstep!(TapPosition::<$width>::default(), "", 23, 3000, |b, rng| {
            b.start.next = one_in(rng, 60);
            b.first_row.next = count(rng, 10).into();
            b.first_col.next = u64::from(rng.random::<u16>()).into();
            b.stride_down.next = rng.random_range(0..8u64).into();
            b.stride_across.next = rng.random_range(0..8u64).into();
            b.step.next = rng.random();
            // a step that ends a level ends those inside it
            let level = rng.random_range(0..8);
            for (inner, port) in [&mut b.row_end, &mut b.channel_end, &mut b.pixel_end, &mut b.line_end]
                .into_iter()
                .enumerate()
            {
                port.next = level > inner;
            }
        });
    };
}

macro_rules! check_walker {
    ($width:literal) => {
        lockstep!(TapWalker::<$width>::default(), "", 24, 8000, |b, rng| {
            b.reset.next = one_in(rng, 500);
            b.start.next = !b.valid.val() && one_in(rng, 25);
            b.hold.next = one_in(rng, 6);
            for port in [&mut b.n0, &mut b.n1, &mut b.channels, &mut b.kernel_rows] {
                port.next = count(rng, 4).into();
            }
            b.kernel_cols.next = count(rng, 12).into();
            for port in [&mut b.stride_down, &mut b.stride_across] {
                port.next = count(rng, 8).into();
            }
            for port in [&mut b.row, &mut b.col, &mut b.row_stride, &mut b.channel_stride, &mut b.source] {
                port.next = u64::from(rng.random::<u16>()).into();
            }
        });
    };
}

#[test]
fn the_tap_walker_and_its_position_equal_their_verilog() {
    check_position!(2);
    check_position!(4);
    check_walker!(2);
    check_walker!(4);
}

macro_rules! check_lanes {
    ($lanes:literal) => {
        lockstep!(TapLanes::<$lanes>::default(), "", 25, 6000, |b, rng| {
            b.reset.next = one_in(rng, 500);
            b.start.next = one_in(rng, 60);
            b.height.next = count(rng, 10).into();
            b.width.next = count(rng, 10).into();
            b.valid.next = !b.hold.val() && rng.random_range(0..4) > 0;
            b.address.next = u64::from(rng.random::<u16>()).into();
            // from left of and above the image to beyond it
            b.row.next = (rng.random_range(-3..10i64) as u64 & 0x1f_ffff).into();
            b.col.next = (rng.random_range(-6..12i64) as u64 & 0x1f_ffff).into();
            b.more.next = rng.random_range(0..if $lanes == 2 { 2u64 } else { 4 }).into();
            b.pixel_end.next = one_in(rng, 4);
        });
    };
}

#[test]
fn the_lanes_of_the_taps_equal_their_verilog() {
    check_lanes!(2);
    check_lanes!(4);
    check_lanes!(8);
}

#[test]
fn the_scratch_gives_consecutive_words_rotated() {
    const WORDS: usize = 64;
    let mut ram = [0u32; WORDS];
    let mut reads: VecDeque<[u64; 4]> = VecDeque::new();
    let mut turns: VecDeque<u64> = VecDeque::new();
    let (mut cycle, mut compared) = (0, 0);
    lockstep!(Scratch::<4, 4>::default(), "", 26, 4000, |b, rng| {
        if reads.len() == Scratch::<4, 4>::LATENCY {
            let expected = reads.pop_front().unwrap();
            let got: Vec<u64> = b.word.iter().map(|word| word.val().into()).collect();
            assert_eq!(got, expected);
            compared += 1;
        }
        let writing = cycle < WORDS / 4;
        b.waddr.next = (cycle as u64 & 15).into();
        for bank in 0..4 {
            let word = rng.random::<u32>();
            b.we[bank].next = writing;
            b.wdata[bank].next = u64::from(word).into();
            if writing {
                ram[4 * cycle + bank] = word;
            }
        }
        let (address, turn) = (rng.random_range(0..1000usize), rng.random_range(0..8u64));
        b.address.next = (address as u64).into();
        turns.push_back(turn);
        b.turn.next = if turns.len() > 2 { turns.pop_front().unwrap() } else { 0 }.into();
        if !writing {
            reads.push_back(std::array::from_fn(|n| {
                let word = (n + turn as usize).wrapping_sub(address) % 4;
                u64::from(ram[(address + word) % WORDS])
            }));
        }
        cycle += 1;
    });
    assert!(compared > 3000, "{compared} reads");
}

macro_rules! check_gather {
    ($lanes:literal, $width:literal, $seed:expr) => {{
        let mut since: Option<usize> = None;
        let mut found = 0;
        lockstep!(Gather::<$lanes, $width, 5>::default(), "", $seed, 8000, |b, rng| {
            if let Some(cycles) = &mut since {
                *cycles += 1;
                let first = Gather::<$lanes, $width, 5>::LATENCY;
                if *cycles <= first {
                    let any = u64::from(b.put.val()) != 0;
                    assert_eq!(any, *cycles == first, "cycle {cycles} after start");
                    found += usize::from(any);
                }
            }
            // a walk of at most 3 * 2 * 2 * 2 kernel rows of up to 6 steps
            let start = since.is_none_or(|cycles| cycles > 200);
            b.start.next = start;
            if start {
                since = Some(0);
            }
            for bank in 0..$width {
                b.we[bank].next = rng.random();
                b.wdata[bank].next = u64::from(rng.random::<u32>()).into();
            }
            b.waddr.next = count(rng, 32).into();
            b.n0.next = rng.random_range(1..4u64).into();
            for port in [&mut b.n1, &mut b.channels, &mut b.kernel_rows] {
                port.next = rng.random_range(1..3u64).into();
            }
            b.kernel_cols.next = rng.random_range(1..12u64).into();
            for port in [&mut b.row, &mut b.col] {
                port.next = (rng.random_range(-3..4i32) as u16 as u64).into();
            }
            for port in [&mut b.stride_down, &mut b.stride_across] {
                port.next = rng.random_range(1..5u64).into();
            }
            for port in [&mut b.height, &mut b.width, &mut b.row_stride, &mut b.channel_stride, &mut b.source]
            {
                port.next = count(rng, 8).into();
            }
        });
        assert!(found > 30, "{found} first steps");
    }};
}

#[test]
fn the_first_taps_come_when_the_latency_says_and_all_equal_the_verilog() {
    check_gather!(2, 2, 27);
    check_gather!(4, 4, 28);
    check_gather!(8, 4, 29);
}
