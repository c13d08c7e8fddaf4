//! The store engine, as Verilog, against the golden model.

use crate::bench::{DRAM_WORDS, Ended, StoreBench};
use crate::commands::{Case, Shape, To, Values, Work, any_case, any_pace, fill, work};
use crate::recipes::{Recipes, Streams};
use ef_hdl_kit::rand::Rng;
use ef_isa::store::{StoreKind, StoreOp};
use ef_isa::vector::Optimiser;
use ef_isa::{Config, StoreDesc, config};
use ef_model::Machine;
use ef_rtl_tests::{Pace, Random, cases, seeded};
use proptest::collection::vec;
use proptest::prelude::*;
use std::cell::RefCell;

const CONFIGS: [&Config; 3] = [&config::SIM_2X2, &config::SIM_4X4, &config::FP32_8X8];

/// A machine with random memory, after whose first command it and the bench agree on accumulators and totals.
fn machine(bench: &mut StoreBench, rng: &mut Random) -> Machine {
    let mut model = Machine::new(bench.config, DRAM_WORDS);
    model.dram.fill_with(|| rng.random());
    bench.clear_totals(rng);
    let known = Recipes::known();
    let forget = StoreDesc::vector(&known.forget());
    load(bench, &mut model, &Work { tables: known.tables.clone(), commands: Vec::new() }, rng);
    execute(bench, &mut model, &forget, rng).unwrap_or_else(|e| panic!("{e}"));
    model
}

/// Data and commands of a case; `None` if the shape does not fit.
fn prepare(model: &mut Machine, case: &Case, rng: &mut impl Rng) -> Option<Work> {
    fill(model, case.values, rng);
    work(model, case, rng)
}

/// Brings data and tables into both.
fn load(bench: &mut StoreBench, model: &mut Machine, work: &Work, rng: &mut Random) {
    bench.load(model, &work.tables, rng);
    for (word, address) in work.tables.words().into_iter().zip(0..) {
        model.vector.write_table(address, word);
    }
}

/// Runs one command in both and compares memory, totals, flags and counts.
fn execute(
    bench: &mut StoreBench,
    model: &mut Machine,
    d: &StoreDesc,
    rng: &mut Random,
) -> Result<Ended, TestCaseError> {
    let before = model.traffic.clone();
    model.store(d).map_err(|e| TestCaseError::fail(format!("{d:?}: {e}")))?;
    bench.start(d, rng);
    let Some(ended) = bench.finish(rng) else {
        return Err(TestCaseError::fail(format!("the engine hangs: {d:?}")));
    };
    prop_assert!(!ended.bad, "bad: {:?}", d);
    if let Some(at) = (0..DRAM_WORDS).find(|at| model.dram[*at] != bench.memory.words[*at]) {
        return Err(TestCaseError::fail(format!(
            "word {at:#x}: {:#010x}, expected {:#010x}: {d:?}",
            bench.memory.words[at], model.dram[at]
        )));
    }
    prop_assert_eq!(&bench.handover, &model.handover, "hand-over RAM: {:?}", d);
    let v = &model.vector;
    let registers = [v.loss_sum, v.mean_loss, v.correct, model.scalars.overflow];
    prop_assert_eq!(bench.registers(), registers, "totals and flags: {:?}", d);
    prop_assert_eq!(ended.words, model.traffic.words_written - before.words_written, "words written");
    // runs of no words are no bursts
    let coded = StoreOp::decode(d.op).is_some_and(|op| op.kind == StoreKind::Map && op.codes);
    if d.run > 0 && (d.second_run > 0 || !coded) {
        prop_assert_eq!(ended.bursts, model.traffic.bursts_written - before.bursts_written, "bursts");
    }
    Ok(ended)
}

/// Runs one case in both; its commands and how they ended, if the shape fits.
fn check(
    bench: &mut StoreBench,
    model: &mut Machine,
    case: &Case,
) -> Result<Vec<(StoreDesc, Ended)>, TestCaseError> {
    let rng = &mut seeded(case.seed);
    let Some(work) = prepare(model, case, rng) else { return Ok(Vec::new()) };
    load(bench, model, &work, rng);
    let ends = work.commands.into_iter().map(|d| {
        let ended = execute(bench, model, &d, rng)?;
        Ok((d, ended))
    });
    ends.collect()
}

/// What the random commands have reached.
#[derive(Clone, Copy, Debug, Default)]
struct Reached {
    pooled_words: u32,
    code_words: u32,
    updated_words: u32,
    gradients: u32,
    /// Of recipes drawn at random, that leave as X alone and as X and Y.
    drawn_words: [u32; 2],
    /// Recipes drawn at random from which no words leave.
    wordless: u32,
    /// Bursts that wait for more words than the map's.
    waiting: u32,
    /// Images whose label has the largest logit.
    hits: u32,
    overflows: u32,
    handed_over: u32,
    only_handed_over: u32,
}

impl Reached {
    fn count(&mut self, case: &Case, d: &StoreDesc) {
        let Some(op) = StoreOp::decode(d.op) else { return };
        let words = d.run * d.n_run;
        match case.shape {
            Shape::Map { .. } => {
                self.pooled_words += if op.pool { words } else { 0 };
                self.handed_over += u32::from(op.hand_over && words > 0);
                self.only_handed_over += u32::from(op.hand_over && d.n_run == 0 && d.n_i * d.n_r > 0);
                self.code_words += d.second_run * d.n_run;
            }
            Shape::Update { .. } => self.updated_words += words,
            Shape::Softmax { .. } => self.gradients += words,
            Shape::Drawn { streams: Streams::None, turns } => {
                self.wordless += u32::from(turns.iter().all(|n| *n > 0));
            }
            Shape::Drawn { streams, .. } => {
                self.drawn_words[usize::from(streams == Streams::Both)] += words;
            }
        }
        self.waiting += if d.prefill.min(d.run) > 16 { d.n_run } else { 0 };
    }

    fn enough(&self) -> bool {
        let drawn = self.drawn_words.iter().all(|words| *words > 1000) && self.wordless > 5;
        let maps = self.pooled_words > 1000 && self.code_words > 100;
        let handed = self.handed_over > 3 && self.only_handed_over > 3;
        let known = self.updated_words > 2000 && self.gradients > 500 && self.hits > 5;
        drawn && maps && handed && known && self.overflows > 5 && self.waiting > 20
    }
}

/// Random commands one after the other, on one engine.
fn equals_model(config: &'static Config, count: u32) {
    let bench = RefCell::new(StoreBench::new(config));
    let reached = RefCell::new(Reached::default());
    let strategy = (any_pace(), vec(any_case(), 1..4));
    cases(config.lanes as u8, count, &strategy, |(pace, cases)| {
        let bench = &mut *bench.borrow_mut();
        bench.memory.pace = pace;
        let rng = &mut seeded(cases[0].seed);
        // a case that failed before may have left a command under way
        bench.abort(rng).ok_or_else(|| TestCaseError::fail("the engine can not be aborted"))?;
        let mut model = machine(bench, rng);
        cases.iter().try_for_each(|case| {
            let correct = model.vector.correct;
            let commands = check(bench, &mut model, case)?;
            let reached = &mut *reached.borrow_mut();
            commands.iter().for_each(|(d, _)| reached.count(case, d));
            if let Shape::Softmax { .. } = case.shape {
                reached.hits += model.vector.correct - correct;
            }
            reached.overflows += u32::from(model.scalars.overflow != 0);
            Ok(())
        })
    });
    let r = *reached.borrow();
    println!("{}: {r:?}", config.name);
    assert!(r.enough(), "{r:?}");
}

#[test]
fn with_2_lanes_any_command_does_what_the_model_does() {
    equals_model(CONFIGS[0], 120);
}

#[test]
fn with_4_lanes_any_command_does_what_the_model_does() {
    equals_model(CONFIGS[1], 120);
}

#[test]
fn with_8_lanes_any_command_does_what_the_model_does() {
    equals_model(CONFIGS[2], 120);
}

#[test]
fn an_aborted_command_leaves_the_memory_port_clean_and_the_next_one_is_right() {
    let config = CONFIGS[0];
    let mut bench = StoreBench::new(config);
    let rng = &mut seeded(7);
    let shapes = [
        Shape::Map {
            images: 2,
            groups: 2,
            rows: 8,
            columns: 9,
            relu: true,
            pool: false,
            codes: true,
            to: To::Memory,
        },
        Shape::Map {
            images: 3,
            groups: 2,
            rows: 7,
            columns: 8,
            relu: true,
            pool: true,
            codes: true,
            to: To::Both,
        },
        Shape::Update { pass: (Optimiser::AdamW, 0), steps: 9, outputs: 2, inputs: 12 },
        Shape::Softmax { images: 4, classes: 10, gradient: true },
        Shape::Drawn { streams: Streams::Both, turns: [9, 5, 3, 1] },
        Shape::Drawn { streams: Streams::X, turns: [9, 5, 3, 1] },
    ];
    let mut in_burst = 0;
    for round in 0..180 {
        let mut chance = || f64::from(rng.random_range(1..9)) / 8.0;
        let (command, word) = (chance(), chance());
        bench.memory.pace = Pace { command, word, latency: 0, ahead: rng.random_range(1..4) };
        let mut model = machine(&mut bench, rng);
        let case = |shape: &Shape, seed| Case { shape: shape.clone(), tag: 3, seed, values: Values::Tame };
        let stopped = case(&shapes[round % shapes.len()], rng.random());
        if let Some(work) = prepare(&mut model, &stopped, rng) {
            load(&mut bench, &mut model, &work, rng);
            // the last of a softmax writes
            bench.start(&work.commands[work.commands.len() - 1], rng);
            for _ in 0..rng.random_range(0..700) {
                bench.cycle(rng);
            }
        }
        in_burst += usize::from(!bench.memory.idle());
        // the command may be over by now
        bench.abort(rng).expect("the engine becomes ready");
        assert!(bench.memory.idle(), "a burst is left open");
        let mut model = machine(&mut bench, rng);
        let next = case(&shapes[rng.random_range(0..shapes.len())], rng.random());
        check(&mut bench, &mut model, &next).unwrap_or_else(|e| panic!("after an abort: {e}"));
    }
    assert!(in_burst > 40, "only {in_burst} aborts fell into a burst");
}

#[test]
fn an_undefined_operation_is_bad_and_done_and_changes_nothing() {
    let mut bench = StoreBench::new(CONFIGS[0]);
    let rng = &mut seeded(1);
    let d = StoreDesc { n_i: 1, n_g: 1, n_r: 2, n_c: 2, run: 8, n_run: 1, ..StoreDesc::default() };
    for op in [3, 2, 3] {
        bench.start(&StoreDesc { op, ..d.clone() }, rng);
        let ended = bench.finish(rng).unwrap();
        assert!(ended.bad && ended.words == 0 && ended.bursts == 0, "{ended:?}");
    }
}

/// Words per cycle of a map in so many runs, from the first word to the last, and the cycles around.
fn pace_of(config: &'static Config, pool: bool, runs: u32) -> (f64, u64) {
    let mut bench = StoreBench::new(config);
    bench.memory.pace.ahead = 2;
    let rng = &mut seeded(5);
    let mut model = machine(&mut bench, rng);
    let shape = Shape::Map {
        images: 1,
        groups: 4,
        rows: 12,
        columns: 8,
        relu: true,
        pool,
        codes: false,
        to: To::Memory,
    };
    let case = Case { shape, tag: 0, seed: 0, values: Values::Tame };
    let work = prepare(&mut model, &case, rng).unwrap();
    let mut d = work.commands[0].clone();
    let words = d.run * d.n_run;
    (d.n_run, d.run, d.d_run, d.dram) = (runs, words / runs, words / runs, 0);
    load(&mut bench, &mut model, &work, rng);
    let ended = execute(&mut bench, &mut model, &d, rng).unwrap();
    assert_eq!(ended.words, u64::from(words));
    (ended.words as f64 / ended.open as f64, ended.cycles - ended.open)
}

#[test]
fn a_map_leaves_at_one_word_per_cycle() {
    for config in CONFIGS {
        let (plain, around) = pace_of(config, false, 16);
        println!("{}: map {plain:.3} words per cycle, {around} cycles around", config.name);
        assert!(plain > 0.999 && around < 40);
        let (pooled, around) = pace_of(config, true, 8);
        println!("{}: pooled map {pooled:.3} words per cycle, {around} cycles around", config.name);
        assert!(pooled > if config.lanes == 2 { 0.49 } else { 0.99 } && around < 40);
    }
}

/// Cycles of all commands of a case, with a memory that never waits.
fn cycles_of(config: &'static Config, shape: Shape) -> u64 {
    let mut bench = StoreBench::new(config);
    bench.memory.pace.ahead = 2;
    let mut model = machine(&mut bench, &mut seeded(5));
    let case = Case { shape, tag: 0, seed: 0, values: Values::Tame };
    check(&mut bench, &mut model, &case).unwrap().iter().map(|(_, ended)| ended.cycles).sum()
}

#[test]
fn an_update_takes_three_cycles_per_weight() {
    for config in CONFIGS {
        let outputs = config.lanes as u32;
        let cycles =
            cycles_of(config, Shape::Update { pass: (Optimiser::Sgd, 0), steps: 6, outputs, inputs: 10 });
        let weights = u64::from(6 * outputs * 10);
        println!("{}: {weights} weights in {cycles} cycles", config.name);
        assert!(cycles < 3 * weights + 300);
    }
}

#[test]
fn softmax_of_ten_classes_takes_less_than_300_cycles_per_image() {
    for config in CONFIGS {
        let cycles = cycles_of(config, Shape::Softmax { images: 8, classes: 10, gradient: true });
        println!("{}: softmax {} cycles per image", config.name, cycles / 8);
        assert!(cycles / 8 < 300);
    }
}

#[test]
fn two_kinds_do_not_decode() {
    assert_eq!(StoreOp::decode(1).map(|op| op.kind), Some(StoreKind::Vector));
    assert!(StoreOp::decode(2).is_none() && StoreOp::decode(3).is_none());
}
