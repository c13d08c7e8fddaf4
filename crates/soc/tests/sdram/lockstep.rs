//! Every module of the controller in step with its own Verilog, under random inputs.

use ef_board::SdramPart;
use ef_hdl_kit::lockstep;
use ef_soc::sdram::activity::Activity;
use ef_soc::sdram::bank::{Bank, Banks};
use ef_soc::sdram::columns::Columns;
use ef_soc::sdram::data::{ReadPath, WritePath};
use ef_soc::sdram::maintenance::Maintenance;
use ef_soc::sdram::pins::CommandPins;
use ef_soc::sdram::rows::Rows;
use ef_soc::sdram::segmenter::Segmenter;
use ef_soc::sdram::timer::Timer;
use ef_soc::sdram::{SdramController, SdramTiming};
use rand::Rng;
use std::collections::VecDeque;

fn timing() -> SdramTiming {
    let part = SdramPart { power_up_us: 0.3, ..crate::bench::part("mt48lc16m16a2") };
    SdramTiming { t_refi: 151, ..SdramTiming::new(&part, 100_000_000).unwrap() }
}

/// A random value of so many bits.
fn any(rng: &mut impl Rng, bits: u32) -> u64 {
    u64::from(rng.random::<u32>() >> (32 - bits))
}

/// True once in so many cycles.
fn once_in(rng: &mut impl Rng, cycles: u32) -> bool {
    rng.random_range(0..cycles) == 0
}

#[test]
fn a_timer_is_idle_again_after_its_time() {
    let mut ends = 0u64;
    let mut now = 0u64;
    let mut settled = false;
    lockstep!(Timer::<5>::default(), "", 1, 5000, |b, rng| {
        assert!(!settled || b.idle.val() == (now >= ends), "cycle {now}");
        settled = true;
        let more = any(rng, 5);
        b.start.next = once_in(rng, 12);
        b.more.next = more.into();
        if b.start.next {
            ends = now + 1 + more;
        }
        now += 1;
    });
}

/// Word address and length of what is left of each burst given.
fn cut(page: u64, bursts: &mut VecDeque<(bool, u64, u64)>, address_mask: u64) -> Option<(bool, u64, u64)> {
    let (write, address, length) = bursts.pop_front()?;
    let words = length.min(page - address % page);
    if words < length {
        bursts.push_front((write, (address + words) & address_mask, length - words));
    }
    Some((write, address, words))
}

#[test]
fn bursts_are_cut_at_the_ends_of_pages() {
    for (seed, column_bits) in [(1, 9), (2, 10)] {
        let timing = SdramTiming { column_bits, ..timing() };
        let (page, mask) = (1u64 << (column_bits - 1), (1u64 << (column_bits + 14)) - 1);
        let mut bursts = VecDeque::new();
        let mut offered: Option<(bool, u64, u64)> = None;
        let mut segments = 0;
        let mut settled = false;
        lockstep!(Segmenter::new(&timing), "", seed, 20_000, |b, rng| {
            if settled {
                let taken = rng.random_range(0..3) > 0;
                b.segment_ready.next = taken;
                if taken && b.segment_valid.val() {
                    let (write, address, words) = cut(page, &mut bursts, mask).expect("a burst");
                    let row = address / page / 4;
                    let got = [
                        u64::from(b.segment_row.val()),
                        u64::from(b.segment_bank.val()),
                        u64::from(b.segment_column.val()),
                        u64::from(b.segment_words.val()),
                    ];
                    assert_eq!(got, [row, address / page % 4, address % page, words]);
                    assert_eq!(b.segment_write.val(), write);
                    segments += 1;
                }
                if offered.is_none() && once_in(rng, 4) {
                    let length = [1, 3, 300, 2000][rng.random_range(0..4)];
                    offered = Some((rng.random(), any(rng, 32), rng.random_range(1..=length)));
                }
                let (write, address, length) = offered.unwrap_or_default();
                b.cmd_valid.next = offered.is_some();
                b.cmd_write.next = write;
                b.cmd_addr.next = address.into();
                b.cmd_len.next = length.into();
                if offered.is_some() && b.cmd_ready.val() {
                    bursts.push_back((write, address & mask, length));
                    offered = None;
                }
            }
            settled = true;
        });
        assert!(segments > 2000, "{segments} segments");
    }
}

#[test]
fn banks_equal_their_verilog() {
    lockstep!(Bank::new(&timing(), 2), "", 1, 10_000, |b, rng| {
        b.reset.next = once_in(rng, 500);
        b.row_bank.next = any(rng, 2).into();
        b.row.next = any(rng, 2).into();
        b.activate.next = once_in(rng, 5);
        b.precharge.next = once_in(rng, 10);
        b.column_bank.next = any(rng, 2).into();
        b.read.next = once_in(rng, 8);
        b.write.next = once_in(rng, 8);
        b.close_all.next = once_in(rng, 50);
    });
    lockstep!(Banks::new(&timing()), "", 2, 10_000, |b, rng| {
        b.reset.next = once_in(rng, 500);
        b.row_bank.next = any(rng, 2).into();
        b.row.next = any(rng, 1).into();
        b.activate.next = once_in(rng, 5);
        b.precharge.next = once_in(rng, 10);
        b.column_bank.next = any(rng, 2).into();
        b.read.next = once_in(rng, 20);
        b.write.next = once_in(rng, 20);
        b.close_all.next = once_in(rng, 50);
    });
}

#[test]
fn the_streaming_segment_equals_its_verilog() {
    lockstep!(Columns::new(&timing()), "", 3, 20_000, |b, rng| {
        b.reset.next = once_in(rng, 1000);
        b.run.next = !once_in(rng, 20);
        b.away.next = once_in(rng, 10);
        b.next_valid.next = rng.random();
        b.next_write.next = rng.random();
        b.next_bank.next = any(rng, 2).into();
        b.next_row.next = any(rng, 13).into();
        b.next_column.next = any(rng, 9).into();
        b.next_words.next = rng.random_range(1..8u64).into();
        b.room.next = !once_in(rng, 4);
        b.word.next = !once_in(rng, 4);
    });
}

#[test]
fn the_prepared_segment_equals_its_verilog() {
    lockstep!(Rows::new(&timing()), "", 4, 20_000, |b, rng| {
        b.reset.next = once_in(rng, 1000);
        b.segment_valid.next = rng.random();
        b.segment_write.next = rng.random();
        b.segment_bank.next = any(rng, 2).into();
        b.segment_row.next = any(rng, 13).into();
        b.segment_column.next = any(rng, 9).into();
        b.segment_words.next = any(rng, 10).into();
        b.run.next = !once_in(rng, 8);
        b.column_go.next = once_in(rng, 3);
        b.closed.next = once_in(rng, 60);
        b.open.next = rng.random();
        b.hit.next = once_in(rng, 3);
        b.may_activate.next = rng.random();
        b.may_precharge.next = rng.random();
        b.streams.next = rng.random();
        b.streams_bank.next = any(rng, 2).into();
        b.streams_row.next = any(rng, 13).into();
        b.take.next = b.next_valid.val() && once_in(rng, 4);
    });
}

#[test]
fn maintenance_and_pins_equal_their_verilog() {
    lockstep!(Maintenance::new(&timing()), "", 5, 20_000, |b, rng| {
        b.reset.next = once_in(rng, 3000);
        b.quiet.next = rng.random();
    });
    lockstep!(CommandPins::new(&timing()), "", 6, 10_000, |b, rng| {
        b.reset.next = once_in(rng, 1000);
        let run = rng.random();
        let command = rng.random_range(0..6);
        b.run.next = run;
        b.read.next = run && command == 0;
        b.write.next = run && command == 1;
        b.activate.next = run && command == 2;
        b.precharge.next = run && command == 3;
        b.close_all.next = !run && command == 0;
        b.refresh.next = !run && command == 1;
        b.mode.next = !run && command == 2;
        b.powered_up.next = rng.random();
        b.column_bank.next = any(rng, 2).into();
        b.column.next = any(rng, 9).into();
        b.row_bank.next = any(rng, 2).into();
        b.row.next = any(rng, 13).into();
    });
}

#[test]
fn the_data_paths_equal_their_verilog() {
    lockstep!(WritePath::default(), "", 7, 10_000, |b, rng| {
        b.reset.next = once_in(rng, 500);
        b.wdata_valid.next = rng.random();
        b.wdata.next = any(rng, 32).into();
        b.write.next = b.word.val() && once_in(rng, 3);
    });
    let mut since_read = 0;
    let mut full = 0;
    lockstep!(ReadPath::new(&timing()), "", 8, 20_000, |b, rng| {
        since_read += 1;
        full += u32::from(since_read > 2 && !b.room.val());
        let read = since_read > 1 && b.room.val() && !once_in(rng, 4);
        if read {
            since_read = 0;
        }
        b.reset.next = once_in(rng, 2000);
        b.read.next = read;
        b.dq_in.next = any(rng, 16).into();
        b.rdata_ready.next = once_in(rng, 4);
    });
    assert!(full > 1000, "the queue was seldom full: {full}");
    lockstep!(Activity::default(), "", 9, 1000, |b, rng| {
        b.cmd_valid.next = once_in(rng, 5);
        b.segmenter_idle.next = !once_in(rng, 5);
        b.rows_idle.next = !once_in(rng, 5);
        b.streams.next = once_in(rng, 5);
        b.reads_idle.next = !once_in(rng, 5);
        b.column_go.next = rng.random();
    });
}

#[test]
fn the_controller_equals_its_verilog() {
    for (seed, timing) in
        [(10, timing()), (11, SdramTiming { cas_latency: 3, column_bits: 10, capture: 1, ..timing() })]
    {
        let (mut cmd, mut word) = (false, false);
        let mut settled = false;
        let mut moved = 0;
        lockstep!(SdramController::new(&timing), "", seed, 12_000, |b, rng| {
            if settled {
                moved += u32::from(b.moving.val());
                let cmd_taken = cmd && b.cmd_ready.val();
                let word_taken = word && b.wdata_ready.val();
                b.reset.next = once_in(rng, 4000);
                if !cmd || cmd_taken {
                    cmd = once_in(rng, 8);
                    let length = [1, 4, 40][rng.random_range(0..3)];
                    b.cmd_write.next = rng.random();
                    b.cmd_addr.next = (any(rng, 4) << 12 | any(rng, 9)).into();
                    b.cmd_len.next = rng.random_range(1..=length as u64).into();
                }
                if !word || word_taken {
                    word = !once_in(rng, 3);
                    b.wdata.next = any(rng, 32).into();
                }
                b.cmd_valid.next = cmd;
                b.wdata_valid.next = word;
                b.rdata_ready.next = !once_in(rng, 3);
                b.dq_in.next = any(rng, 16).into();
            } else {
                b.reset.next = true;
            }
            settled = true;
        });
        assert!(moved > 1000, "{moved} words");
    }
}
