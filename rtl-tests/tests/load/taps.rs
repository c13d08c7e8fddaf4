//! The modules that gather taps, in lockstep with their Verilog.

use ef_hdl_kit::rand::Rng;
use ef_rtl::load::{Collector, Gather, Scratch, TapLanes, TapOrigin, TapPosition, TapWalker};
use ef_rtl_tests::{Chance, drive, group};
use std::collections::VecDeque;

group! {
    "";

    collector[4000]: Collector::<4>::default() => |b, rng| {
        drive!(b, rng; one_in(300): reset; one_in(60): start; one_in(4): zero; not_one_in(4): in_valid;
               one_in(3): ends;
               any(): gather, in_word, tap, put, in_image, spill, fills, out_ready);
    };
    /// It is the address of the first tap.
    tap_origin[run 4000]: TapOrigin::default() => |run| {
        let mut coming: VecDeque<(usize, u64, u64, u64)> = VecDeque::new();
        let (mut cycle, mut origins) = (0, 0);
        run.check(|b, rng| {
            if let Some((at, origin, down, jump)) = coming.front().copied().filter(|next| next.0 == cycle) {
                let got: [u64; 4] =
                    [b.go.val().into(), b.origin.val().into(), b.down.val().into(), b.jump.val().into()];
                assert_eq!(got, [1, origin, down, jump], "cycle {at}");
                coming.pop_front();
                origins += 1;
            }
            drive!(b, rng; one_in(4): start; not_one_in(4): any; any(): row, col, source, row_stride;
                   below(8): stride_down);
            b.start.next &= coming.is_empty();
            if b.start.next && b.any.next {
                let [row, col, source, stride] =
                    [&b.row, &b.col, &b.source, &b.row_stride].map(|port| u64::from(port.next));
                let origin = (source + col + row * stride) & 0xffff;
                let jump = (u64::from(b.stride_down.next) * stride) & 0xffff;
                coming.push_back((cycle + TapOrigin::LATENCY, origin, stride, jump));
            }
            cycle += 1;
        });
        assert!(origins > 60, "{origins} origins");
    };
    tap_position_of_2[2000]: TapPosition::<2>::default() => |b, rng| position!(b, rng);
    tap_position_of_4[2000]: TapPosition::<4>::default() => |b, rng| position!(b, rng);
    tap_walker_of_2[5000]: TapWalker::<2>::default() => |b, rng| walk!(b, rng);
    tap_walker_of_4[5000]: TapWalker::<4>::default() => |b, rng| walk!(b, rng);
    tap_lanes_of_2[4000]: TapLanes::<2>::default() => |b, rng| lanes!(b, rng, 2);
    tap_lanes_of_4[4000]: TapLanes::<4>::default() => |b, rng| lanes!(b, rng, 4);
    tap_lanes_of_8[4000]: TapLanes::<8>::default() => |b, rng| lanes!(b, rng, 4);
    /// Consecutive words, rotated.
    scratch[run 3000]: Scratch::<4, 4>::default() => |run| {
        const WORDS: usize = 64;
        let mut ram = [0u32; WORDS];
        let mut reads: VecDeque<[u64; 4]> = VecDeque::new();
        let mut turns: VecDeque<u64> = VecDeque::new();
        let (mut cycle, mut compared) = (0, 0);
        run.check(|b, rng| {
            if reads.len() == Scratch::<4, 4>::LATENCY {
                let got: Vec<u64> = b.word.iter().map(|word| word.val().into()).collect();
                assert_eq!(got, reads.pop_front().unwrap());
                compared += 1;
            }
            let writing = cycle < WORDS / 4;
            drive!(b, rng; any(): wdata; below(1000): address);
            b.waddr.next = (cycle as u64 & 15).into();
            for bank in 0..4 {
                b.we[bank].next = writing;
                if writing {
                    ram[4 * cycle + bank] = u64::from(b.wdata[bank].next) as u32;
                }
            }
            let (address, turn) = (b.address.next.index(), rng.below(8));
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
        assert!(compared > 2000, "{compared} reads");
    };
    gather_of_2[run 5000]: Gather::<2, 2, 5>::default() => |run| first_taps!(run, Gather::<2, 2, 5>);
    gather_of_4[run 5000]: Gather::<4, 4, 5>::default() => |run| first_taps!(run, Gather::<4, 4, 5>);
    gather_of_8[run 5000]: Gather::<8, 4, 5>::default() => |run| first_taps!(run, Gather::<8, 4, 5>);
}

macro_rules! position {
    ($b:ident, $rng:ident) => {{
        drive!($b, $rng; one_in(60): start; count(10): first_row; any(): first_col, step;
               below(8): stride_down, stride_across);
        // a step that ends a level ends those inside it
        let level = $rng.below(8);
        $b.row_end.next = level > 0;
        $b.channel_end.next = level > 1;
        $b.pixel_end.next = level > 2;
        $b.line_end.next = level > 3;
    }};
}

macro_rules! walk {
    ($b:ident, $rng:ident) => {{
        drive!($b, $rng; one_in(500): reset; one_in(25): start; one_in(6): hold;
               count(4): n0, n1, channels, kernel_rows;
               count(12): kernel_cols; count(8): stride_down, stride_across;
               any(): row, col, row_stride, channel_stride, source);
        $b.start.next &= !$b.valid.val();
    }};
}

macro_rules! lanes {
    ($b:ident, $rng:ident, $steps:literal) => {{
        drive!($b, $rng; one_in(500): reset; one_in(60): start; count(10): height, width;
               not_one_in(4): valid;
               any(): address; below($steps): more; one_in(4): pixel_end);
        $b.valid.next &= !$b.hold.val();
        // from left of and above the image to beyond it
        $b.row.next = ($rng.random_range(-3..10i64) as u64 & 0x1f_ffff).into();
        $b.col.next = ($rng.random_range(-6..12i64) as u64 & 0x1f_ffff).into();
    }};
}

/// The first taps come when the latency says.
macro_rules! first_taps {
    ($run:ident, $gather:ty) => {{
        let mut since: Option<usize> = None;
        let mut found = 0;
        $run.check(|b, rng| {
            if let Some(cycles) = &mut since {
                *cycles += 1;
                let first = <$gather>::LATENCY;
                if *cycles <= first {
                    let any = u64::from(b.put.val()) != 0;
                    assert_eq!(any, *cycles == first, "cycle {cycles} after start");
                    found += usize::from(any);
                }
            }
            drive!(b, rng; any(): we, wdata; count(32): waddr;
                   count(8): height, width, row_stride, channel_stride, source);
            // a walk of at most 3 * 2 * 2 * 2 kernel rows of up to 6 steps
            b.start.next = since.is_none_or(|cycles| cycles > 200);
            if b.start.next {
                since = Some(0);
            }
            b.n0.next = (1 + rng.below(3)).into();
            for port in [&mut b.n1, &mut b.channels, &mut b.kernel_rows] {
                port.next = (1 + rng.below(2)).into();
            }
            b.kernel_cols.next = (1 + rng.below(11)).into();
            for port in [&mut b.row, &mut b.col] {
                port.next = (rng.random_range(-3..4i32) as u16 as u64).into();
            }
            for port in [&mut b.stride_down, &mut b.stride_across] {
                port.next = (1 + rng.below(4)).into();
            }
        });
        assert!(found > 20, "{found} first steps");
    }};
}
use {first_taps, lanes, position, walk};
