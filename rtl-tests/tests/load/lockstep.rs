//! The other modules of the load engine, and the engine, in lockstep with their Verilog.

use crate::bench::World;
use crate::commands::{DRAM_WORDS, any_shape};
use ef_hdl_kit::lockstep;
use ef_hdl_kit::rand::Rng;
use ef_isa::load::{LoadOp, WordBuffer};
use ef_isa::{Descriptor, config};
use ef_rtl::load::buffer_writer::WriteSelect;
use ef_rtl::load::handover_ram::BurstWalk;
use ef_rtl::load::run_reader::RunIssuer;
use ef_rtl::load::scratch::BankAddress;
use ef_rtl::load::{
    BufferWriter, CodeReader, Expander, Field16, HandoverRam, Levels, LoadControl, LoadEngine, ReadRoute,
    RunReader, Vectors, Walker, Words,
};
use ef_rtl_tests::{Chance, Pace, drive, group, read_port, seeded};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use std::collections::VecDeque;

group! {
    "";

    walker[run 12000]: Walker::default() => |run| {
        let mut expected: VecDeque<(u64, u64)> = VecDeque::new();
        let (mut visited, mut first) = (0, true);
        run.check(|b, rng| {
            let element = b.valid.val().then(|| (b.address.val().into(), b.phase.val().into()));
            assert!(first || element == expected.front().copied());
            first = false;
            b.step.next = element.is_some() && rng.random();
            b.start.next = expected.is_empty() && !b.step.next && rng.one_in(4);
            if b.step.next {
                expected.pop_front();
                visited += 1;
            }
            drive!(b, rng; below(5): n; count(50): a; below(8): p, from_phase; count(100): base);
            if b.start.next {
                let n: [u64; 4] = std::array::from_fn(|k| b.n[k].next.into());
                let a: [u64; 4] = std::array::from_fn(|k| b.a[k].next.into());
                let p: [u64; 4] = std::array::from_fn(|k| b.p[k].next.into());
                let (base, phase) = (u64::from(b.base.next), u64::from(b.from_phase.next));
                for (i3, i2) in (0..n[3]).flat_map(|i3| (0..n[2]).map(move |i2| (i3, i2))) {
                    for (i1, i0) in (0..n[1]).flat_map(|i1| (0..n[0]).map(move |i0| (i1, i0))) {
                        let sum = |s: [u64; 4]| i0 * s[0] + i1 * s[1] + i2 * s[2] + i3 * s[3];
                        expected.push_back(((base + sum(a)) & 0xffff, (phase + sum(p)) & 7));
                    }
                }
            }
        });
        assert!(visited > 2000, "{visited} elements");
    };
    /// A cut ends the innermost loop.
    walker_with_cuts[4000]: Walker::default() => |b, rng| {
        drive!(b, rng; one_in(400): reset; one_in(3): start, cut; count(4): n; count(100): a, base;
               below(8): p, from_phase; any(): step);
        b.start.next &= !b.valid.val();
        b.step.next &= b.valid.val();
        b.n[0].next = 0xffff.into();
    };
    levels[1500]: Levels::default() => |b, rng| {
        drive!(b, rng; one_in(50): reset; one_in(3): start; count(10): n, a, p, phase, base;
               count(3): channels, kernel_rows, kernel_cols);
        let kind = rng.below(3);
        (b.zero.next, b.gather.next) = (kind == 1, kind == 2);
    };
    field16[comb 200]: Field16::default() => |b, rng| drive!(b, rng; any(): field);

    /// It reads its runs in order, and drains when cancelled.
    run_reader[run 10000]: RunReader::default() => runs_in_order;
    read_route[comb 500]: ReadRoute::default() => |b, rng| {
        drive!(b, rng; any(): handed, reader_cmd_valid, reader_data_ready, reader_word_read,
               reader_burst_issued;
               any(): cmd_ready, data_valid, ram_cmd_ready, ram_valid, data, ram_data);
    };
    /// Bursts are its words, in order; a reset forgets what was under way.
    handover_ram[run 8000]: HandoverRam::<6>::default() => |run| {
        let mut words = vec![0u64; 64];
        let mut expected: VecDeque<u64> = VecDeque::new();
        let (mut given, mut first) = (0, true);
        run.check(|b, rng| {
            let valid = !first && b.data_valid.val();
            if valid {
                assert_eq!(Some(b.data.val().into()), expected.front().copied());
            }
            drive!(b, rng; one_in(400): reset; not_one_in(4): data_ready; one_in(3): cmd_valid;
                   below(200): cmd_addr;
                   below(64): waddr; any(): wdata, we);
            b.cmd_len.next = (1 + rng.below(29)).into();
            // written where no burst reads
            b.we.next &= expected.is_empty() && !b.cmd_valid.next;
            if valid && b.data_ready.next {
                expected.pop_front();
                given += 1;
            }
            if b.cmd_valid.next && !first && b.cmd_ready.val() {
                let (at, length) = (u64::from(b.cmd_addr.next), u64::from(b.cmd_len.next));
                expected.extend((at..at + length).map(|k| words[k as usize % 64]));
            }
            if b.we.next {
                words[b.waddr.next.index()] = b.wdata.next.into();
            }
            if b.reset.next {
                expected.clear();
            }
            first = false;
        });
        assert!(given > 2000, "{given} words");
    };

    burst_walk[2000]: BurstWalk::default() => |b, rng| {
        drive!(b, rng; one_in(300): reset; one_in(3): cmd_valid; any(): cmd_addr;
               one_in(2): taken_valid, taken_ready);
        b.cmd_len.next = (1 + rng.below(12)).into();
    };
    run_issuer[4000]: RunIssuer::default() => |b, rng| {
        drive!(b, rng; one_in(600): reset; one_in(12): start; one_in(300): cancel;
               any(): dram, d_run0, d_run1;
               below(8): run; below(5): n_run0, n_run1; not_one_in(4): cmd_ready, data_valid, data_ready);
    };
    write_select[400]: WriteSelect::default() => |b, rng| {
        drive!(b, rng; below(3): to; one_in(3): pending; any(): valid, address);
    };
    bank_address_of_4[comb 200]: BankAddress::<4>::default() => |b, rng| drive!(b, rng; any(): address);
    expander[3000]: Expander::<4>::default() => |b, rng| {
        drive!(b, rng; one_in(300): reset; one_in(5): start; any(): mask, pool, present, keep, code, vector;
               count(100): a_down; below(8): p_down, phase; one_in(4): coming; count(1000): at;
               not_one_in(4): in_valid, at_valid, codes_valid);
        // mode changes only between vectors
        b.start.next &= !b.pending.val();
    };
    buffer_writer[1000]: BufferWriter::<4>::default() => |b, rng| {
        drive!(b, rng; below(3): to; one_in(3): pending; any(): valid, word; count(1000): address;
               below(8): turn);
    };
    code_reader_of_2[run 5000]: CodeReader::<2, 5>::default() => |run| codes_of_every_row!(run, 2);
    code_reader_of_4[run 5000]: CodeReader::<4, 5>::default() => |run| codes_of_every_row!(run, 4);
    code_reader_of_8[run 5000]: CodeReader::<8, 5>::default() => |run| codes_of_every_row!(run, 8);
    words_of_2[3000]: Words::<2>::default() => |b, rng| words!(b, rng);
    words_of_4[3000;
        constant("in_ready", "four banks take the four pixels of a word in one cycle")
    ]: Words::<4>::default() => |b, rng| words!(b, rng);
    load_control[4000]: LoadControl::default() => |b, rng| {
        drive!(b, rng; one_in(500): reset; one_in(100): cancel; one_in(3): start; below(4096): op;
               not_one_in(8): reader_idle, vectors_idle, words_idle;
               any(): word_valid, words_ready, collector_ready);
        b.start.next &= b.ready.val();
    };
    vectors[4000]: Vectors::<2, 4>::default() => |b, rng| {
        let to = b.to.next;
        drive!(b, rng; one_in(1000): reset; one_in(3): start; below(4): n;
               count(20): a, base, phase, a_down, p_down;
               count(20): code_base, code_waddr; count(8): p;
               below(3): channels, kernel_rows, kernel_cols, to;
               any(): word, tap, fills, code_we, code_wdata, mask, pool; below(4): put, in_image, spill;
               one_in(3): ends; not_one_in(4): word_valid);
        let kind = rng.below(4);
        (b.zero.next, b.gather.next) = (kind == 1, kind == 2);
        b.mask.next &= kind > 2;
        b.pool.next &= kind > 2;
        b.start.next &= b.idle.val() && !b.word_valid.val();
        if !b.start.next {
            b.to.next = to;
        }
        b.word_valid.next &= !b.idle.val();
        b.code_we.next &= b.idle.val();
    };
}

fn runs_in_order(run: ef_hdl_kit::Lockstep<RunReader>) {
    let mut words: VecDeque<u64> = VecDeque::new();
    let mut expected: VecDeque<u64> = VecDeque::new();
    let mut bursts: VecDeque<(u64, u64)> = VecDeque::new();
    let mut offered: Option<u64> = None;
    let (mut taken, mut draining, mut first) = (0, false, true);
    run.check(|b, rng| {
        let (cmd_ready, word_ready) = (rng.not_one_in(4), rng.not_one_in(4));
        let quiet = !first && b.idle.val() && bursts.is_empty() && offered.is_none();
        let start = quiet && !draining && expected.is_empty() && words.is_empty() && rng.one_in(3);
        if draining {
            draining = !quiet;
        } else if !start && rng.one_in(300) {
            draining = true;
        }
        b.cancel.next = draining;
        b.word_ready.next = word_ready;
        if b.word_valid.val() && word_ready && !draining {
            assert_eq!(words.pop_front(), Some(b.word.val().into()));
            taken += 1;
        }
        // a word offered stays until it is taken
        b.data_valid.next = offered.is_some();
        b.data.next = offered.unwrap_or(0x5555).into();
        if !first && b.data_ready.val() {
            words.extend(offered.take());
        }
        if offered.is_none()
            && rng.not_one_in(5)
            && let Some((at, left)) = bursts.front_mut()
        {
            offered = Some(*at & 0xffff_ffff);
            if !draining {
                assert_eq!(expected.pop_front(), offered, "bursts out of order");
            }
            (*at, *left) = (*at + 1, *left - 1);
            if *left == 0 {
                bursts.pop_front();
            }
        }
        if draining {
            words.clear();
            expected.clear();
        }
        b.cmd_ready.next = cmd_ready;
        if !first && b.cmd_valid.val() && cmd_ready {
            bursts.push_back((b.cmd_addr.val().into(), b.cmd_len.val().into()));
        }
        let (dram, d0, d1) = (
            rng.random_range(0..1u64 << 20),
            u64::from((rng.random_range(-40..40i32)) as u32),
            u64::from((rng.random_range(-400..400i32)) as u32),
        );
        let (run, n0, n1) = (rng.random_range(0..20u64), rng.random_range(0..6), rng.random_range(0..4));
        if start {
            for (j, i) in (0..n1).flat_map(|j| (0..n0).map(move |i| (j, i))) {
                let at = dram.wrapping_add(j * d1).wrapping_add(i * d0) & 0xffff_ffff;
                expected.extend((at..at + run).map(|at| at & 0xffff_ffff));
            }
        }
        b.start.next = start;
        b.dram.next = dram.into();
        b.d_run0.next = d0.into();
        b.d_run1.next = d1.into();
        b.run.next = run.into();
        b.n_run0.next = n0.into();
        b.n_run1.next = n1.into();
        first = false;
    });
    assert!(taken > 2000, "{taken} words");
}

/// Writes the RAM, then reads codes in rows of random lengths.
macro_rules! codes_of_every_row {
    ($run:ident, $lanes:literal) => {{
        const WORDS: usize = 32;
        let mut ram = [0u32; WORDS];
        let mut cycle = 0;
        // the bits still to come of this row's present word, the word after it, what one code takes
        let (mut at, mut bit, mut width) = (0usize, 0, None);
        let mut taken = 0;
        $run.check(|b, rng| {
            b.start.next = false;
            b.take.next = false;
            b.we.next = cycle < WORDS;
            b.waddr.next = (cycle as u64 & 31).into();
            let word = rng.random::<u32>();
            b.wdata.next = u64::from(word).into();
            if cycle < WORDS {
                ram[cycle] = word;
            } else if rng.one_in(60) || cycle == WORDS {
                let base = rng.random_range(0..65536usize);
                let (mask, pool) = (rng.random(), rng.random());
                (at, bit) = (base, 0);
                width = (mask || pool).then_some(if pool { 4 * $lanes } else { $lanes });
                b.start.next = true;
                b.base.next = (base as u64).into();
                b.mask.next = mask;
                b.pool.next = pool;
            } else if b.valid.val() && rng.not_one_in(4) {
                let row_end = rng.one_in(4);
                b.take.next = true;
                b.row_end.next = row_end;
                if let Some(width) = width {
                    let expected = u64::from(ram[at % WORDS]) >> bit & ((1 << width) - 1);
                    assert_eq!(u64::from(b.code.val()) & ((1 << width) - 1), expected);
                    taken += 1;
                    bit += width;
                    if row_end || bit == 32 {
                        (at, bit) = (at + 1, 0);
                    }
                }
            }
            cycle += 1;
        });
        assert!(taken > 900, "{taken} codes");
    }};
}

macro_rules! words {
    ($b:ident, $rng:ident) => {{
        drive!($b, $rng; one_in(500): reset; one_in(3): start; below(3): to; any(): unpack, in_word, in_valid;
               below(16): shift; count(100): base);
        $b.start.next &= $b.idle.val();
    }};
}
use {codes_of_every_row, words};

#[test]
fn load_engine() {
    let config = &config::SIM_2X2;
    let mut values = seeded(16);
    let dram = (0..DRAM_WORDS).map(|_| values.random()).collect();
    let mut world = World::new(config, dram, Pace { command: 0.7, word: 0.9, latency: 8, ahead: 4 });
    world.start = 0.5;
    let mut shapes = TestRunner::deterministic();
    let small = any_shape();
    let (mut first, mut done) = (true, 0);
    lockstep!(LoadEngine::<2, 2, 8, 8, 10>::default(), "", 16, 10_000, |b, rng| {
        if world.commands.is_empty() {
            let mut command = small.new_tree(&mut shapes).unwrap().current().command(config);
            if rng.one_in(3) {
                let to = [WordBuffer::Operand, WordBuffer::Scratch, WordBuffer::Code][rng.random_range(0..3)];
                command.op = LoadOp::words(to).encode();
            }
            if rng.one_in(4) {
                command.op |= 1 << LoadOp::HANDED;
            }
            if rng.one_in(4) {
                command.op |= 3 << LoadOp::DESTINATION;
            }
            // short commands, so that there are many
            (command.n1, command.n2) = (command.n1.min(3), command.n2.min(2));
            (command.n_run0, command.n_run1, command.run) =
                (1, 1, 2 * command.n0 * command.n1 * command.n2 * command.n3);
            world.commands.push_back(command);
        }
        let ready = b.ready.val() && !first;
        let start = world.next_command(ready, rng);
        first = false;
        b.start.next = start.is_some();
        for (i, port) in b.field.iter_mut().enumerate() {
            port.next =
                u64::from(start.as_ref().map_or_else(|| rng.random(), |command| command.get(i))).into();
        }
        read_port!(b, world.memory, rng; cmd_valid, cmd_ready, cmd_addr, cmd_len,
                   data_valid, data, data_ready);
        done += u32::from(b.done.val());
        b.cancel.next = false;
        drive!(b, rng; any(): handover_we, handover_waddr, handover_wdata);
    });
    assert!(done > 20, "{done} commands");
}
