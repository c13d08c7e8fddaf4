//! The store engine, as Verilog, against the golden model.

use crate::bench::{DRAM_WORDS, StoreBench};
use crate::commands::{Case, Shape, To, Values, any_case, any_pace, command, fill};
use ef_hdl_kit::rand::Rng;
use ef_isa::store::{StoreKind, StoreOp};
use ef_isa::{Config, StoreDesc, config};
use ef_model::Machine;
use ef_rtl_tests::{Pace, cases, seeded};
use proptest::collection::vec;
use proptest::prelude::*;
use std::cell::RefCell;

const CONFIGS: [&Config; 3] = [&config::SIM_2X2, &config::SIM_4X4, &config::FP32_8X8];

/// A machine with random memory.
fn machine(config: &'static Config, rng: &mut impl Rng) -> Machine {
    let mut model = Machine::new(config, DRAM_WORDS);
    model.dram.fill_with(|| rng.random());
    model
}

/// Data and command of a case; `None` if the shape does not fit.
fn prepare(model: &mut Machine, case: &Case, rng: &mut impl Rng) -> Option<StoreDesc> {
    fill(model, case.values, rng);
    let config = model.config;
    command(config, model, case, rng)
}

/// Runs one case in both and compares memory, totals, flags and counts; the command, if the shape fits.
fn check(
    bench: &mut StoreBench,
    model: &mut Machine,
    case: &Case,
) -> Result<Option<StoreDesc>, TestCaseError> {
    let rng = &mut seeded(case.seed);
    let Some(d) = prepare(model, case, rng) else { return Ok(None) };
    bench.load(model, rng);
    let before = model.traffic.clone();
    model.store(&d).map_err(|e| TestCaseError::fail(format!("{d:?}: {e}")))?;
    bench.start(&d, rng);
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
    prop_assert_eq!(bench.scalars(&model.scalars), model.scalars.clone(), "{:?}", d);
    prop_assert_eq!(ended.words, model.traffic.words_written - before.words_written, "words written");
    // runs of no words are no bursts
    if d.run > 0 && (d.code_run > 0 || d.op & 1 << StoreOp::CODES == 0) {
        prop_assert_eq!(ended.bursts, model.traffic.bursts_written - before.bursts_written, "bursts");
    }
    Ok(Some(d))
}

/// What the random commands have reached.
#[derive(Clone, Copy, Debug, Default)]
struct Reached {
    pooled_words: u32,
    code_words: u32,
    updated_words: u32,
    gradients: u32,
    correct: u32,
    overflows: u32,
    handed_over: u32,
    only_handed_over: u32,
}

impl Reached {
    fn count(&mut self, model: &Machine, d: &StoreDesc) {
        let Some(op) = StoreOp::decode(d.op) else { return };
        let words = d.run * d.n_run;
        match op.kind {
            StoreKind::Map => {
                self.pooled_words += if op.pool { words } else { 0 };
                self.handed_over += u32::from(op.hand_over && words > 0);
                self.only_handed_over += u32::from(op.hand_over && d.n_run == 0 && d.n_i * d.n_r > 0);
            }
            StoreKind::Update => self.updated_words += words,
            StoreKind::Softmax => self.gradients += words,
        }
        self.code_words += d.code_run * d.n_run;
        self.correct += model.scalars.correct;
        self.overflows += u32::from(model.scalars.overflow != 0);
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
        bench.clear_totals(rng);
        let mut model = machine(config, rng);
        cases.iter().try_for_each(|case| {
            if let Some(d) = check(bench, &mut model, case)? {
                reached.borrow_mut().count(&model, &d);
            }
            Ok(())
        })
    });
    let r = *reached.borrow();
    println!("{}: {r:?}", config.name);
    assert!(r.pooled_words > 1000 && r.code_words > 100 && r.updated_words > 1000, "{r:?}");
    assert!(r.handed_over > 3 && r.only_handed_over > 3, "{r:?}");
    assert!(r.gradients > 500 && r.correct > 5 && r.overflows > 5, "{r:?}");
}

#[test]
fn with_2_lanes_any_command_does_what_the_model_does() {
    equals_model(CONFIGS[0], 60);
}

#[test]
fn with_4_lanes_any_command_does_what_the_model_does() {
    equals_model(CONFIGS[1], 60);
}

#[test]
fn with_8_lanes_any_command_does_what_the_model_does() {
    equals_model(CONFIGS[2], 60);
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
        Shape::Update { steps: 9, outputs: 2, inputs: 12, velocity: false },
        Shape::Softmax { images: 4, classes: 10, gradient: true },
    ];
    let mut in_burst = 0;
    for round in 0..160 {
        let mut chance = || f64::from(rng.random_range(1..9)) / 8.0;
        let (command, word) = (chance(), chance());
        bench.memory.pace = Pace { command, word, latency: 0, ahead: rng.random_range(1..4) };
        let mut model = machine(config, rng);
        let case = |shape: &Shape, seed| Case { shape: shape.clone(), tag: 3, seed, values: Values::Tame };
        let stopped = case(&shapes[round % 4], rng.random());
        let d = prepare(&mut model, &stopped, rng).unwrap();
        bench.load(&model, rng);
        bench.start(&d, rng);
        for _ in 0..rng.random_range(0..700) {
            bench.cycle(rng);
        }
        in_burst += usize::from(!bench.memory.idle());
        // the command may be over by now
        bench.abort(rng).expect("the engine becomes ready");
        assert!(bench.memory.idle(), "a burst is left open");
        bench.clear_totals(rng);
        let mut model = machine(config, rng);
        let next = case(&shapes[rng.random_range(0..4)], rng.random());
        check(&mut bench, &mut model, &next).unwrap_or_else(|e| panic!("after an abort: {e}"));
    }
    assert!(in_burst > 40, "only {in_burst} aborts fell into a burst");
}

#[test]
fn an_undefined_operation_is_bad_and_done_and_changes_nothing() {
    let mut bench = StoreBench::new(CONFIGS[0]);
    let rng = &mut seeded(1);
    let d = StoreDesc { op: 3, n_i: 1, n_g: 1, n_r: 2, n_c: 2, run: 8, n_run: 1, ..StoreDesc::default() };
    for _ in 0..3 {
        bench.start(&d, rng);
        let ended = bench.finish(rng).unwrap();
        assert!(ended.bad && ended.words == 0 && ended.bursts == 0, "{ended:?}");
    }
}

/// Words per cycle of a command, from the first word to the last, and the cycles around.
fn pace_of(config: &'static Config, shape: Shape, runs: u32) -> (f64, u64) {
    let mut bench = StoreBench::new(config);
    bench.memory.pace.ahead = 2;
    let rng = &mut seeded(5);
    let mut model = machine(config, rng);
    let case = Case { shape, tag: 0, seed: 0, values: Values::Tame };
    let mut d = prepare(&mut model, &case, rng).unwrap();
    let words = d.run * d.n_run;
    (d.n_run, d.run, d.d_run) = (runs, words / runs, words / runs);
    (d.dram, d.code_run, d.op) = (0, 0, d.op & !(1 << StoreOp::CODES));
    bench.load(&model, rng);
    bench.start(&d, rng);
    let ended = bench.finish(rng).unwrap();
    assert_eq!(ended.words, u64::from(words));
    (ended.words as f64 / ended.open as f64, ended.cycles - ended.open)
}

#[test]
fn a_map_leaves_at_one_word_per_cycle_and_an_update_at_one_in_three() {
    let map = |pool| Shape::Map {
        images: 1,
        groups: 4,
        rows: 12,
        columns: 8,
        relu: true,
        pool,
        codes: false,
        to: To::Memory,
    };
    for config in CONFIGS {
        let (plain, around) = pace_of(config, map(false), 16);
        println!("{}: map {plain:.3} words per cycle, {around} cycles around", config.name);
        assert!(plain > 0.999 && around < 40);
        let (pooled, around) = pace_of(config, map(true), 8);
        println!("{}: pooled map {pooled:.3} words per cycle, {around} cycles around", config.name);
        assert!(pooled > if config.lanes == 2 { 0.49 } else { 0.99 } && around < 40);
        let sgd = Shape::Update { steps: 9, outputs: config.lanes as u32, inputs: 10, velocity: false };
        let (update, _) = pace_of(config, sgd, 1);
        println!("{}: update {update:.3} words per cycle once its burst has begun", config.name);
        assert!(update > 1.0 / 3.0);
    }
}

#[test]
fn softmax_of_ten_classes_takes_less_than_300_cycles_per_image() {
    for config in CONFIGS {
        let mut bench = StoreBench::new(config);
        let rng = &mut seeded(5);
        let mut model = machine(config, rng);
        let shape = Shape::Softmax { images: 8, classes: 10, gradient: true };
        let case = Case { shape, tag: 0, seed: 0, values: Values::Tame };
        let d = prepare(&mut model, &case, rng).unwrap();
        bench.load(&model, rng);
        bench.start(&d, rng);
        let ended = bench.finish(rng).unwrap();
        println!("{}: softmax {} cycles per image", config.name, ended.cycles / 8);
        assert!(ended.cycles / 8 < 300);
    }
}

#[test]
fn an_undefined_kind_is_the_only_one_that_does_not_decode() {
    assert!(StoreOp::decode(3).is_none());
    assert_eq!(StoreOp::decode(2).map(|op| op.kind), Some(StoreKind::Softmax));
}
