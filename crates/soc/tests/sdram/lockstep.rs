//! Every module of the controller in step with its own Verilog, under random inputs.

use ef_board::SdramPart;
use ef_hdl_kit::Lockstep;
use ef_hdl_kit::rand::Rng;
use ef_rtl_tests::{Chance, drive, group};
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
use std::collections::VecDeque;

fn timing() -> SdramTiming {
    let part = SdramPart { power_up_us: 0.3, ..crate::bench::part("mt48lc16m16a2") };
    SdramTiming { t_refi: 151, ..SdramTiming::new(&part, 100_000_000).unwrap() }
}

fn of_10_column_bits() -> SdramTiming {
    SdramTiming { column_bits: 10, ..timing() }
}

fn slow() -> SdramTiming {
    SdramTiming { cas_latency: 3, column_bits: 10, capture: 1, ..timing() }
}

group! {
    "";

    /// It is idle again after its time.
    timer[run 4000]: Timer::<5>::default() => |run| {
        let (mut ends, mut now, mut settled) = (0u64, 0u64, false);
        run.check(|b, rng| {
            assert!(!settled || b.idle.val() == (now >= ends), "cycle {now}");
            settled = true;
            drive!(b, rng; one_in(12): start; any(): more);
            if b.start.next {
                ends = now + 1 + u64::from(b.more.next);
            }
            now += 1;
        });
    };
    segmenter_of_9_column_bits[run 15000]: Segmenter::new(&timing()) => |run| cuts_at_pages(run, &timing());
    segmenter_of_10_column_bits[run 15000]: Segmenter::new(&of_10_column_bits()) => |run| {
        cuts_at_pages(run, &of_10_column_bits());
    };
    bank[6000]: Bank::new(&timing(), 2) => |b, rng| {
        drive!(b, rng; one_in(500): reset; any(): row_bank, column_bank; below(4): row; one_in(5): activate;
               one_in(10): precharge; one_in(8): read, write; one_in(50): close_all);
    };
    banks[6000]: Banks::new(&timing()) => |b, rng| {
        drive!(b, rng; one_in(500): reset; any(): row_bank, column_bank; below(2): row; one_in(5): activate;
               one_in(10): precharge; one_in(20): read, write; one_in(50): close_all);
    };
    /// The segment that streams.
    columns[10000]: Columns::new(&timing()) => |b, rng| {
        drive!(b, rng; one_in(1000): reset; not_one_in(20): run; one_in(10): away; not_one_in(4): room, word;
               any(): next_valid, next_write, next_bank, next_row; below(512): next_column);
        b.next_words.next = (1 + rng.below(7)).into();
    };
    /// The segment that is prepared.
    rows[10000]: Rows::new(&timing()) => |b, rng| {
        drive!(b, rng; one_in(1000): reset; not_one_in(8): run; one_in(3): column_go, hit; one_in(60): closed;
               any(): segment_valid, segment_write, segment_bank, segment_row, open, may_activate,
               may_precharge;
               any(): streams, streams_bank, streams_row; below(512): segment_column;
               below(1024): segment_words;
               one_in(4): take);
        b.take.next &= b.next_valid.val();
    };
    maintenance[12000]: Maintenance::new(&timing()) => |b, rng| {
        drive!(b, rng; one_in(3000): reset; any(): quiet);
    };
    command_pins[6000]: CommandPins::new(&timing()) => |b, rng| {
        drive!(b, rng; one_in(1000): reset; any(): run, powered_up, column_bank, row_bank, row;
               below(512): column);
        let (run, command) = (b.run.next, rng.below(6));
        b.read.next = run && command == 0;
        b.write.next = run && command == 1;
        b.activate.next = run && command == 2;
        b.precharge.next = run && command == 3;
        b.close_all.next = !run && command == 0;
        b.refresh.next = !run && command == 1;
        b.mode.next = !run && command == 2;
    };
    write_path[6000]: WritePath::default() => |b, rng| {
        drive!(b, rng; one_in(500): reset; any(): wdata_valid, wdata; one_in(3): write);
        b.write.next &= b.word.val();
    };
    read_path[run 15000]: ReadPath::new(&timing()) => |run| {
        let (mut since_read, mut full) = (0, 0);
        run.check(|b, rng| {
            since_read += 1;
            full += u32::from(since_read > 2 && !b.room.val());
            drive!(b, rng; one_in(2000): reset; any(): dq_in; one_in(4): rdata_ready; not_one_in(4): read);
            b.read.next &= since_read > 1 && b.room.val();
            if b.read.next {
                since_read = 0;
            }
        });
        assert!(full > 700, "the queue was seldom full: {full}");
    };
    activity[600]: Activity::default() => |b, rng| {
        drive!(b, rng; one_in(5): cmd_valid, streams; not_one_in(5): segmenter_idle, rows_idle, reads_idle;
               any(): column_go);
    };
    sdram_controller[run 8000]: SdramController::new(&timing()) => moves_words;
    sdram_controller_of_a_slow_part[run 8000]: SdramController::new(&slow()) => moves_words;
}

/// The next segment: the front burst (write, address, length) up to the end of its page; the rest of it goes back to the front.
fn cut(page: u64, bursts: &mut VecDeque<(bool, u64, u64)>, address_mask: u64) -> Option<(bool, u64, u64)> {
    let (write, address, length) = bursts.pop_front()?;
    let words = length.min(page - address % page);
    if words < length {
        bursts.push_front((write, (address + words) & address_mask, length - words));
    }
    Some((write, address, words))
}

/// Bursts are cut at the ends of pages.
fn cuts_at_pages(run: Lockstep<Segmenter>, timing: &SdramTiming) {
    let (page, mask) = (1u64 << (timing.column_bits - 1), (1u64 << (timing.column_bits + 14)) - 1);
    let mut bursts = VecDeque::new();
    let mut offered: Option<(bool, u64, u64)> = None;
    let mut segments = 0;
    let mut settled = false;
    run.check(|b, rng| {
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
            if offered.is_none() && rng.one_in(4) {
                let length = [1, 3, 300, 2000][rng.random_range(0..4)];
                offered = Some((rng.random(), rng.below(1 << 32), rng.random_range(1..=length)));
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
    assert!(segments > 1500, "{segments} segments");
}

fn moves_words(run: Lockstep<SdramController>) {
    let (mut cmd, mut word, mut settled, mut moved) = (false, false, false, 0);
    run.check(|b, rng| {
        if settled {
            moved += u32::from(b.moving.val());
            let cmd_taken = cmd && b.cmd_ready.val();
            let word_taken = word && b.wdata_ready.val();
            drive!(b, rng; one_in(4000): reset; any(): dq_in; not_one_in(3): rdata_ready);
            if !cmd || cmd_taken {
                cmd = rng.one_in(8);
                let length = [1, 4, 40][rng.random_range(0..3)];
                b.cmd_write.next = rng.random();
                b.cmd_addr.next = (rng.below(16) << 12 | rng.below(512)).into();
                b.cmd_len.next = (1 + rng.below(length)).into();
            }
            if !word || word_taken {
                word = rng.not_one_in(3);
                drive!(b, rng; any(): wdata);
            }
            b.cmd_valid.next = cmd;
            b.wdata_valid.next = word;
        } else {
            b.reset.next = true;
        }
        settled = true;
    });
    assert!(moved > 700, "{moved} words");
}
