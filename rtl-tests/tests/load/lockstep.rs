//! Every module of the load engine, and the engine, in lockstep with its Verilog.

use crate::bench::{Outputs, Pace, World};
use crate::commands::{DRAM_WORDS, any_shape};
use ef_hdl_kit::lockstep;
use ef_hdl_kit::rand::{Rng, SeedableRng, rngs::StdRng};
use ef_program::load::{LoadOp, WordBuffer};
use ef_program::{Descriptor, config};
use ef_rtl::load::{
    BufferWriter, CodeReader, Expander, Field16, HandoverRam, Levels, LoadControl, LoadEngine, ReadRoute,
    RunReader, Vectors, Walker, Words,
};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use std::collections::VecDeque;

/// A small number mostly, sometimes any.
pub fn count(rng: &mut impl Rng, small: u64) -> u64 {
    if rng.random_range(0..20) == 0 { rng.random_range(0..65536) } else { rng.random_range(0..small) }
}

/// True in one cycle of `n`.
pub fn one_in(rng: &mut impl Rng, n: u32) -> bool {
    rng.random_range(0..n) == 0
}

#[test]
fn the_walker_visits_the_nest_in_order() {
    let mut expected: VecDeque<(u64, u64)> = VecDeque::new();
    let mut visited = 0;
    let mut first = true;
    lockstep!(Walker::default(), "", 1, 20_000, |b, rng| {
        let element = b.valid.val().then(|| (b.address.val().into(), b.phase.val().into()));
        if !first {
            assert_eq!(element, expected.front().copied());
        }
        first = false;
        let step = element.is_some() && rng.random();
        let start = expected.is_empty() && !step && one_in(rng, 4);
        if step {
            expected.pop_front();
            visited += 1;
        }
        b.step.next = step;
        b.start.next = start;
        let n: [u64; 4] = std::array::from_fn(|_| rng.random_range(0..5u64));
        let (a, p): ([u64; 4], [u64; 4]) =
            (std::array::from_fn(|_| count(rng, 50)), std::array::from_fn(|_| rng.random_range(0..8)));
        let (base, phase) = (count(rng, 100), rng.random_range(0..8u64));
        for k in 0..4 {
            b.n[k].next = n[k].into();
            b.a[k].next = a[k].into();
            b.p[k].next = p[k].into();
        }
        b.base.next = base.into();
        b.from_phase.next = phase.into();
        if start {
            for (i3, i2) in (0..n[3]).flat_map(|i3| (0..n[2]).map(move |i2| (i3, i2))) {
                for (i1, i0) in (0..n[1]).flat_map(|i1| (0..n[0]).map(move |i0| (i1, i0))) {
                    let sum = |strides: [u64; 4]| {
                        i0 * strides[0] + i1 * strides[1] + i2 * strides[2] + i3 * strides[3]
                    };
                    expected.push_back(((base + sum(a)) & 0xffff, (phase + sum(p)) & 7));
                }
            }
        }
    });
    assert!(visited > 3000, "{visited} elements");
}

#[test]
fn a_cut_ends_the_innermost_loop_of_the_walker() {
    lockstep!(Walker::default(), "", 2, 6000, |b, rng| {
        let valid = b.valid.val();
        let ending = one_in(rng, 400);
        b.reset.next = ending;
        b.start.next = !valid && one_in(rng, 3);
        b.step.next = valid && rng.random();
        b.cut.next = one_in(rng, 3);
        for k in 0..4 {
            b.n[k].next = if k == 0 { 0xffff } else { count(rng, 4) }.into();
            b.a[k].next = count(rng, 100).into();
            b.p[k].next = rng.random_range(0..8u64).into();
        }
        b.base.next = count(rng, 100).into();
        b.from_phase.next = rng.random_range(0..8u64).into();
    });
}

#[test]
fn the_loop_nest_of_each_kind_is_chosen_as_its_verilog_does() {
    lockstep!(Levels::default(), "", 3, 3000, |b, rng| {
        b.reset.next = one_in(rng, 50);
        b.start.next = one_in(rng, 3);
        let kind = rng.random_range(0..3);
        b.zero.next = kind == 1;
        b.gather.next = kind == 2;
        for k in 0..4 {
            b.n[k].next = count(rng, 10).into();
            b.a[k].next = count(rng, 10).into();
            b.p[k].next = count(rng, 10).into();
        }
        b.phase.next = count(rng, 10).into();
        b.base.next = count(rng, 10).into();
        b.channels.next = count(rng, 3).into();
        b.kernel_rows.next = count(rng, 3).into();
        b.kernel_cols.next = count(rng, 3).into();
    });
    lockstep!(comb: Field16::default(), "", 3, 300, |b, rng| b.field.next = u64::from(rng.random::<u32>()).into());
}

#[test]
fn the_run_reader_reads_its_runs_in_order_and_drains_when_cancelled() {
    let mut words: VecDeque<u64> = VecDeque::new();
    let mut expected: VecDeque<u64> = VecDeque::new();
    let mut bursts: VecDeque<(u64, u64)> = VecDeque::new();
    let mut offered: Option<u64> = None;
    let (mut taken, mut draining, mut first) = (0, false, true);
    lockstep!(RunReader::default(), "", 4, 12_000, |b, rng| {
        let (cmd_ready, word_ready) = (rng.random_range(0..4) > 0, rng.random_range(0..4) > 0);
        let quiet = !first && b.idle.val() && bursts.is_empty() && offered.is_none();
        let start = quiet && !draining && expected.is_empty() && words.is_empty() && one_in(rng, 3);
        if draining {
            draining = !quiet;
        } else if !start && one_in(rng, 300) {
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
            && rng.random_range(0..5) > 0
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
    assert!(taken > 3000, "{taken} words");
}

#[test]
fn the_expander_and_the_buffer_writer_equal_their_verilog() {
    lockstep!(Expander::<4>::default(), "", 6, 4000, |b, rng| {
        b.reset.next = one_in(rng, 300);
        // mode changes only between vectors
        b.start.next = !b.pending.val() && one_in(rng, 5);
        b.mask.next = rng.random();
        b.pool.next = rng.random();
        b.a_down.next = count(rng, 100).into();
        b.p_down.next = rng.random_range(0..8u64).into();
        b.coming.next = one_in(rng, 4);
        b.in_valid.next = rng.random_range(0..4) > 0;
        b.at_valid.next = rng.random_range(0..4) > 0;
        b.codes_valid.next = rng.random_range(0..4) > 0;
        b.present.next = u64::from(rng.random::<u8>()).into();
        b.keep.next = u64::from(rng.random::<u8>()).into();
        b.at.next = count(rng, 1000).into();
        b.phase.next = rng.random_range(0..8u64).into();
        b.code.next = u64::from(rng.random::<u32>()).into();
        for lane in &mut b.vector {
            lane.next = u64::from(rng.random::<u32>()).into();
        }
    });
    lockstep!(BufferWriter::<4>::default(), "", 7, 2000, |b, rng| {
        b.to.next = rng.random_range(0..3u64).into();
        b.pending.next = one_in(rng, 3);
        b.valid.next = rng.random();
        b.address.next = count(rng, 1000).into();
        b.turn.next = rng.random_range(0..8u64).into();
        for lane in &mut b.word {
            lane.next = u64::from(rng.random::<u32>()).into();
        }
    });
}

/// Writes the RAM, then reads codes in rows of random lengths.
macro_rules! check_code_reader {
    ($lanes:literal, $seed:expr) => {{
        const WORDS: usize = 32;
        let mut ram = [0u32; WORDS];
        let mut cycle = 0;
        // the bits still to come of this row's present word, the word after it, what one code takes
        let (mut at, mut bit, mut width) = (0usize, 0, None);
        let mut taken = 0;
        lockstep!(CodeReader::<$lanes, 5>::default(), "", $seed, 8000, |b, rng| {
            b.start.next = false;
            b.take.next = false;
            b.we.next = cycle < WORDS;
            b.waddr.next = (cycle as u64 & 31).into();
            let word = rng.random::<u32>();
            b.wdata.next = u64::from(word).into();
            if cycle < WORDS {
                ram[cycle] = word;
            } else if one_in(rng, 60) || cycle == WORDS {
                let base = rng.random_range(0..65536usize);
                let (mask, pool) = (rng.random(), rng.random());
                (at, bit) = (base, 0);
                width = (mask || pool).then_some(if pool { 4 * $lanes } else { $lanes });
                b.start.next = true;
                b.base.next = (base as u64).into();
                b.mask.next = mask;
                b.pool.next = pool;
            } else if b.valid.val() && rng.random_range(0..4) > 0 {
                let row_end = one_in(rng, 4);
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
        assert!(taken > 1500, "{taken} codes");
    }};
}

#[test]
fn the_code_reader_gives_the_codes_of_every_row() {
    check_code_reader!(2, 8);
    check_code_reader!(4, 9);
    check_code_reader!(8, 10);
}

macro_rules! check_words {
    ($banks:literal) => {
        lockstep!(Words::<$banks>::default(), "", 13, 6000, |b, rng| {
            b.reset.next = one_in(rng, 500);
            b.start.next = b.idle.val() && one_in(rng, 20);
            b.to.next = rng.random_range(0..3u64).into();
            b.unpack.next = rng.random();
            b.shift.next = rng.random_range(0..16u64).into();
            b.base.next = count(rng, 100).into();
            b.in_valid.next = rng.random_range(0..4) > 0 && !b.idle.val() || one_in(rng, 4);
            b.in_word.next = u64::from(rng.random::<u32>()).into();
        });
    };
}

#[test]
fn words_and_their_unpacking_equal_their_verilog() {
    check_words!(2);
    check_words!(4);
}

#[test]
fn the_control_equals_its_verilog() {
    lockstep!(LoadControl::default(), "", 14, 6000, |b, rng| {
        b.reset.next = one_in(rng, 500);
        b.cancel.next = one_in(rng, 100);
        b.start.next = b.ready.val() && one_in(rng, 3);
        b.op.next = rng.random_range(0..4096u64).into();
        for port in [&mut b.reader_idle, &mut b.vectors_idle, &mut b.words_idle] {
            port.next = rng.random_range(0..8) > 0;
        }
        b.word_valid.next = rng.random();
        b.words_ready.next = rng.random();
        b.collector_ready.next = rng.random();
    });
}

/// Bursts of the hand-over RAM are its words, in order; a reset forgets what was under way.
#[test]
fn the_hand_over_ram_gives_its_words() {
    let mut words = vec![0u64; 64];
    let mut expected: VecDeque<u64> = VecDeque::new();
    let (mut given, mut first) = (0, true);
    lockstep!(HandoverRam::<6>::default(), "", 17, 12_000, |b, rng| {
        let valid = !first && b.data_valid.val();
        let (reset, ready) = (one_in(rng, 400), rng.random_range(0..4) > 0);
        if valid {
            assert_eq!(Some(b.data.val().into()), expected.front().copied());
        }
        let (at, length) = (rng.random_range(0..200u64), rng.random_range(1..30u64));
        let command = one_in(rng, 3);
        // written where no burst reads
        let write = expected.is_empty() && !command && rng.random();
        let (waddr, wdata) = (rng.random_range(0..64u64), u64::from(rng.random::<u32>()));
        if valid && ready {
            expected.pop_front();
            given += 1;
        }
        if command && !first && b.cmd_ready.val() {
            expected.extend((at..at + length).map(|k| words[k as usize % 64]));
        }
        if write {
            words[waddr as usize] = wdata;
        }
        if reset {
            expected.clear();
        }
        first = false;
        b.reset.next = reset;
        b.data_ready.next = ready;
        b.cmd_valid.next = command;
        b.cmd_addr.next = at.into();
        b.cmd_len.next = length.into();
        b.we.next = write;
        b.waddr.next = waddr.into();
        b.wdata.next = wdata.into();
    });
    assert!(given > 3000, "{given} words");
    lockstep!(comb: ReadRoute::default(), "", 18, 500, |b, rng| {
        for port in [&mut b.handed, &mut b.reader_cmd_valid, &mut b.reader_data_ready, &mut b.reader_word_read] {
            port.next = rng.random();
        }
        for port in [&mut b.reader_burst_issued, &mut b.cmd_ready, &mut b.data_valid, &mut b.ram_cmd_ready] {
            port.next = rng.random();
        }
        b.ram_valid.next = rng.random();
        b.data.next = u64::from(rng.random::<u32>()).into();
        b.ram_data.next = u64::from(rng.random::<u32>()).into();
    });
}

#[test]
fn the_vector_path_equals_its_verilog() {
    lockstep!(Vectors::<2, 4>::default(), "", 15, 5000, |b, rng| {
        b.reset.next = one_in(rng, 1000);
        let start = b.idle.val() && !b.word_valid.val() && one_in(rng, 3);
        b.start.next = start;
        let kind = rng.random_range(0..4);
        b.zero.next = kind == 1;
        b.gather.next = kind == 2;
        b.mask.next = kind > 2 && rng.random();
        b.pool.next = kind > 2 && rng.random();
        for k in 0..4 {
            b.n[k].next = rng.random_range(0..4u64).into();
            b.a[k].next = count(rng, 20).into();
            b.p[k].next = count(rng, 8).into();
        }
        for port in [&mut b.base, &mut b.phase, &mut b.a_down, &mut b.p_down, &mut b.code_base] {
            port.next = count(rng, 20).into();
        }
        for port in [&mut b.channels, &mut b.kernel_rows, &mut b.kernel_cols] {
            port.next = rng.random_range(0..3u64).into();
        }
        if start {
            b.to.next = rng.random_range(0..3u64).into();
        }
        b.word_valid.next = !b.idle.val() && rng.random_range(0..4) > 0;
        b.word.next = u64::from(rng.random::<u32>()).into();
        for tap in &mut b.tap {
            tap.next = u64::from(rng.random::<u32>()).into();
        }
        for port in [&mut b.put, &mut b.in_image, &mut b.spill] {
            port.next = rng.random_range(0..4u64).into();
        }
        b.fills.next = rng.random();
        b.ends.next = one_in(rng, 3);
        b.code_we.next = b.idle.val() && rng.random();
        b.code_waddr.next = count(rng, 16).into();
        b.code_wdata.next = u64::from(rng.random::<u32>()).into();
    });
}

#[test]
fn the_engine_equals_its_verilog() {
    let config = &config::SIM_2X2;
    let mut values = StdRng::seed_from_u64(16);
    let dram = (0..DRAM_WORDS).map(|_| values.random()).collect();
    let pace = Pace { command: 6, data: 7, latency: 8, start: 4 };
    let mut world = World::new(config, dram, pace);
    let mut shapes = TestRunner::deterministic();
    let small = any_shape();
    let mut first = true;
    lockstep!(LoadEngine::<2, 2, 8, 8, 10>::default(), "", 16, 14_000, |b, rng| {
        if world.commands.is_empty() {
            let mut command = small.new_tree(&mut shapes).unwrap().current().command(config);
            if rng.random_range(0..4) == 0 {
                command.op =
                    LoadOp::words([WordBuffer::Scratch, WordBuffer::Code][rng.random_range(0..2)]).encode();
            }
            if rng.random_range(0..4) == 0 {
                command.op |= 1 << LoadOp::HANDED;
            }
            // short commands, so that there are many
            (command.n1, command.n2) = (command.n1.min(3), command.n2.min(2));
            (command.n_run0, command.n_run1, command.run) =
                (1, 1, 2 * command.n0 * command.n1 * command.n2 * command.n3);
            world.commands.push_back(command);
        }
        // before the first clock the outputs have not settled
        let outputs = if first {
            Outputs::default()
        } else {
            Outputs {
                ready: b.ready.val(),
                done: b.done.val(),
                bad: b.bad.val(),
                command: b.cmd_valid.val().then(|| (word(b.cmd_addr.val()), word(b.cmd_len.val()))),
                data_ready: b.data_ready.val(),
                words_read: b.words_read.val(),
                burst_issued: b.burst_issued.val(),
                ..Outputs::default()
            }
        };
        first = false;
        let inputs = world.cycle(&outputs, rng);
        b.start.next = inputs.start.is_some();
        for (i, port) in b.field.iter_mut().enumerate() {
            port.next =
                u64::from(inputs.start.as_ref().map_or_else(|| rng.random(), |command| command.get(i)))
                    .into();
        }
        b.cmd_ready.next = inputs.cmd_ready;
        b.data_valid.next = inputs.data.is_some();
        b.data.next = u64::from(inputs.data.unwrap_or_default()).into();
        b.cancel.next = false;
        b.handover_we.next = rng.random();
        b.handover_waddr.next = rng.random_range(0..1024u64).into();
        b.handover_wdata.next = u64::from(rng.random::<u32>()).into();
    });
    assert!(world.done > 30, "{} commands", world.done);
}

/// A signal's value as a word.
fn word(value: impl Into<u64>) -> u32 {
    value.into() as u32
}
