//! The load engine, as Verilog, against the golden model.

use crate::bench::{LoadBench, World, handover_words};
use crate::commands::{DRAM_WORDS, Shape, any_shape};
use ef_hdl_kit::rand::Rng;
use ef_isa::load::{LoadOp, VectorBuffer, WordBuffer};
use ef_isa::{Config, LoadDesc, config};
use ef_model::Machine;
use ef_rtl_tests::{Pace, Random, cases, seeded};
use proptest::collection::vec;
use proptest::prelude::*;
use std::cell::RefCell;

/// Commands that fill the scratch and the code RAM.
pub fn fill(config: &Config) -> Vec<LoadDesc> {
    let words = |to, dram, run| LoadDesc {
        op: LoadOp::words(to).encode(),
        dram,
        run,
        n_run0: 1,
        n_run1: 1,
        ..LoadDesc::default()
    };
    vec![
        words(WordBuffer::Scratch, 1000, 1 << config.scratch_aw),
        words(WordBuffer::Code, 5000, 1 << config.code_aw),
    ]
}

/// Model and world with the same random DRAM.
pub fn pair(config: &'static Config, pace: Pace, rng: &mut Random) -> (Machine, World) {
    let mut model = Machine::new(config, DRAM_WORDS);
    model.dram.fill_with(|| rng.random());
    model.handover = handover_words(config);
    let world = World::new(config, model.dram.clone(), pace);
    (model, world)
}

/// Adds a command to the world if the model can execute it.
pub fn issue(model: &mut Machine, world: &mut World, command: &LoadDesc) -> bool {
    let before = model.clone();
    let possible = model.load(command).is_ok();
    if possible {
        world.commands.push_back(command.clone());
    } else {
        *model = before;
    }
    possible
}

pub fn compare(model: &Machine, world: &World) -> Result<(), TestCaseError> {
    let buffers = [&model.feature, &model.loss, &model.weight];
    for (expected, got) in buffers.iter().zip(&world.buffers) {
        if let Some(i) = (0..got.len()).find(|i| got[*i] != expected.data[*i]) {
            let (address, bank) = (i / expected.lanes, i % expected.lanes);
            return Err(TestCaseError::fail(format!(
                "{} buffer, address {address}, bank {bank}: {:#010x}, expected {:#010x}",
                expected.name, got[i], expected.data[i]
            )));
        }
    }
    let differs = (0..world.operand.len()).find(|i| world.operand[*i] != model.operand[*i]);
    prop_assert_eq!(differs, None, "operand RAM");
    let words = model.traffic.words_read;
    prop_assert_eq!([world.memory.moved, world.reported[0]], [words; 2], "words read");
    prop_assert_eq!(world.memory.bursts.len() as u64, world.reported[1], "bursts");
    prop_assert_eq!(world.bad, 0);
    Ok(())
}

/// The memory's pace, and the chance that a command starts.
fn any_pace() -> impl Strategy<Value = (Pace, f64)> {
    let odds = || prop_oneof![Just(1.0), (1..8u32).prop_map(|eighths| f64::from(eighths) / 8.0)];
    (odds(), odds(), prop_oneof![Just(0u32), 0..30u32], odds())
        .prop_map(|(command, word, latency, start)| (Pace { command, word, latency, ahead: 16 }, start))
}

fn matches_the_model(config: &'static Config, count: u32) {
    let engine = RefCell::new(LoadBench::new(config));
    let executed = RefCell::new([0usize; 6]);
    let sequences = (vec(any_shape(), 1..7), any_pace(), any::<u64>());
    cases(config.lanes as u8, count, &sequences, |(shapes, (pace, start), seed)| {
        let mut rng = seeded(seed);
        let (mut model, mut world) = pair(config, pace, &mut rng);
        world.start = start;
        for command in fill(config) {
            issue(&mut model, &mut world, &command);
        }
        for shape in &shapes {
            let kind = match shape {
                Shape::Zero { .. } => 0,
                Shape::Tile(_) => 1,
                Shape::Nest(_) => 2,
                Shape::Words { .. } => 3,
                Shape::Gather(_) => 4,
            };
            let possible = issue(&mut model, &mut world, &shape.command(config));
            executed.borrow_mut()[kind] += usize::from(possible);
            let handed = LoadOp::decode(shape.command(config).op).unwrap().handed;
            executed.borrow_mut()[5] += usize::from(possible && handed);
        }
        let mut engine = engine.borrow_mut();
        engine.engine.reset();
        engine.run(&mut world, &mut rng)?;
        compare(&model, &world)
    });
    let executed = executed.into_inner();
    assert!(executed.iter().all(|n| *n > count as usize / 12), "commands executed by kind: {executed:?}");
}

#[test]
fn with_two_lanes_any_commands_leave_what_the_model_says() {
    matches_the_model(&config::SIM_2X2, 150);
}

#[test]
fn with_four_lanes_any_commands_leave_what_the_model_says() {
    matches_the_model(&config::SIM_4X4, 150);
}

#[test]
fn with_eight_lanes_any_commands_leave_what_the_model_says() {
    matches_the_model(&config::FP32_8X8, 150);
}

/// Cycles of one command with a memory that never waits, and with the model's result checked.
pub fn cycles_of(bench: &mut LoadBench, command: &LoadDesc) -> u64 {
    let config = bench.config;
    let mut rng = seeded(3);
    let (mut model, mut world) = pair(config, Pace::FULL, &mut rng);
    for filling in fill(config) {
        issue(&mut model, &mut world, &filling);
    }
    bench.engine.reset();
    bench.run(&mut world, &mut rng).unwrap();
    assert!(issue(&mut model, &mut world, command), "the model refuses {command:?}");
    let cycles = bench.run(&mut world, &mut rng).unwrap();
    compare(&model, &world).unwrap();
    cycles
}

#[test]
fn words_flow_at_one_per_clock_and_vectors_too() {
    for config in [&config::SIM_4X4, &config::FP32_8X8] {
        let lanes = config.lanes as u32;
        let mut bench = LoadBench::new(config);
        let tile = |run, n_run0| LoadDesc {
            op: LoadOp::vectors(VectorBuffer::Feature).encode(),
            n0: 16,
            n1: 16,
            n2: 1,
            n3: 1,
            a0: 2,
            a1: 64,
            p0: 1,
            a_down: 32,
            p_down: 1,
            run,
            n_run0,
            d_run0: run,
            n_run1: 1,
            ..LoadDesc::default()
        };
        let words = u64::from(256 * lanes);
        let slack = 20;
        let whole = tile(256 * lanes, 1);
        assert!(cycles_of(&mut bench, &whole) < words + slack);
        let rows = tile(16 * lanes, 16);
        assert!(cycles_of(&mut bench, &rows) < words + slack, "no gap between bursts");
        let vectors = tile(lanes, 256);
        assert!(cycles_of(&mut bench, &vectors) < words + slack, "no gap between bursts of one vector");
        let pooled = LoadDesc {
            op: LoadOp { pool: true, mask: true, ..LoadOp::vectors(VectorBuffer::Loss) }.encode(),
            ..whole
        };
        assert!(cycles_of(&mut bench, &pooled) < words + slack, "the four writes overlap the next vector");
        let operands = LoadDesc {
            op: LoadOp::words(WordBuffer::Operand).encode(),
            run: 64,
            n_run0: 8,
            d_run0: 64,
            n_run1: 1,
            ..LoadDesc::default()
        };
        assert!(cycles_of(&mut bench, &operands) < 512 + slack);
    }
}

#[test]
fn an_undefined_destination_is_refused_and_the_next_command_runs() {
    let config = &config::SIM_4X4;
    let mut bench = LoadBench::new(config);
    let mut rng = seeded(5);
    for kind in 0..4 {
        let (mut model, mut world) = pair(config, Pace::FULL, &mut rng);
        let mut command = fill(config).remove(0);
        command.op = kind | 3 << LoadOp::DESTINATION;
        assert!(model.load(&command).is_err());
        command.n0 = 5;
        world.commands.push_back(command);
        bench.engine.reset();
        bench.run(&mut world, &mut rng).unwrap();
        assert_eq!((world.done, world.bad, world.vectors), (1, 1, 0));
        assert_eq!((world.memory.bursts.len(), world.reported[1]), (0, 0));
        world.bad = 0;
        let zero = LoadDesc { op: LoadOp::zero(VectorBuffer::Loss).encode(), n0: 9, ..LoadDesc::default() };
        world.buffers[1][..36].fill(1);
        assert!(issue(&mut model, &mut world, &zero));
        bench.run(&mut world, &mut rng).unwrap();
        compare(&model, &world).unwrap();
    }
}

#[test]
fn a_cancelled_command_takes_the_beats_under_way_and_says_nothing() {
    let config = &config::SIM_4X4;
    let mut bench = LoadBench::new(config);
    let mut rng = seeded(6);
    let mut in_a_burst = 0;
    for round in 0..60 {
        let mut chance = || f64::from(rng.random_range(1..=8)) / 8.0;
        let pace = Pace { command: chance(), word: chance(), latency: 9, ahead: 16 };
        let (mut model, mut world) = pair(config, pace, &mut rng);
        let handed = round % 4 == 3;
        world.commands.push_back(LoadDesc {
            op: LoadOp { handed, ..LoadOp::vectors(VectorBuffer::Feature) }.encode(),
            n0: 1000,
            n1: 1,
            n2: 1,
            n3: 1,
            a0: 1,
            p0: 1,
            run: 40,
            n_run0: 100,
            d_run0: 40,
            n_run1: 1,
            ..LoadDesc::default()
        });
        bench.engine.reset();
        for _ in 0..rng.random_range(2..300) {
            bench.cycle(&mut world, &mut rng);
        }
        in_a_burst += usize::from(world.memory.outstanding() % 40 != 0);
        // a pulse, or a level until the engine has drained
        let pulse = round % 2 == 0;
        world.cancel = true;
        let mut cycles = 0;
        loop {
            bench.cycle(&mut world, &mut rng);
            world.cancel = !pulse && world.memory.outstanding() > 0;
            cycles += 1;
            if bench.engine.ready() {
                break;
            }
            assert!(cycles < 10_000, "the engine does not come back");
        }
        assert_eq!(world.memory.outstanding(), 0, "ready with beats outstanding");
        assert!(!bench.engine.is("cmd_valid"), "ready with a read command offered");
        assert_eq!(world.done, 0, "a cancelled command is not done");

        // what was written stays; from there on all is as usual
        world.started = 0;
        model.feature.data.clone_from(&world.buffers[0]);
        model.traffic.words_read = world.memory.moved;
        for command in fill(config) {
            issue(&mut model, &mut world, &command);
        }
        let more = LoadDesc {
            op: LoadOp { mask: true, ..LoadOp::vectors(VectorBuffer::Feature) }.encode(),
            n0: 7,
            n1: 5,
            n2: 1,
            n3: 1,
            a0: 1,
            a1: 7,
            run: 140,
            n_run0: 1,
            n_run1: 1,
            ..LoadDesc::default()
        };
        assert!(issue(&mut model, &mut world, &more));
        bench.run(&mut world, &mut rng).unwrap();
        compare(&model, &world).unwrap();
    }
    assert!(in_a_burst > 20, "cancels in the middle of a burst: {in_a_burst}");
}
