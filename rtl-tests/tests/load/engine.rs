//! The load engine, as Verilog, against the golden model.

use crate::bench::{Inputs, Outputs, Pace, World};
use crate::commands::{DRAM_WORDS, Shape, any_shape};
use ef_hdl_kit::Vsim;
use ef_hdl_kit::rand::{Rng, SeedableRng, rngs::StdRng};
use ef_hdl_kit::vsim::PortId;
use ef_model::Machine;
use ef_program::load::{LoadOp, VectorBuffer, WordBuffer};
use ef_program::{Config, Descriptor, LoadDesc, config};
use ef_rtl::load::LoadEngine;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestRunner};
use std::cell::RefCell;

/// The Verilated engine, port by port.
pub struct Engine {
    sim: Vsim,
    config: &'static Config,
    field: Vec<PortId>,
    wdata: Vec<PortId>,
}

/// What the hand-over RAM holds in these tests.
fn handover_words(config: &Config) -> Vec<u32> {
    let mut rng = StdRng::seed_from_u64(9);
    (0..1 << config.handover_aw()).map(|_| rng.random()).collect()
}

impl Engine {
    pub fn new(config: &'static Config) -> Self {
        let sim = match config.lanes {
            2 => Vsim::of(&mut LoadEngine::<2, 2, 8, 8, 10>::default(), "load_engine"),
            4 => Vsim::of(&mut LoadEngine::<4, 4, 7, 8, 11>::default(), "load_engine"),
            _ => Vsim::of(&mut LoadEngine::<8, 4, 9, 9, 13>::default(), "load_engine"),
        }
        .unwrap();
        let ports = |name: &str, n| (0..n).map(|i| sim.port(&format!("{name}${i}"))).collect();
        let (field, wdata) = (ports("field", LoadDesc::FIELDS.len()), ports("wdata", config.lanes));
        let mut engine = Engine { sim, config, field, wdata };
        for (at, word) in handover_words(config).into_iter().enumerate() {
            engine.sim.set("handover_waddr", at as u64);
            engine.sim.set("handover_wdata", word.into());
            engine.sim.set("handover_we", 1);
            engine.clock(&Inputs::default());
        }
        engine.sim.set("handover_we", 0);
        // does not matter any more
        engine.sim.set("handover_wdata", 0x1234_5678);
        engine
    }

    fn outputs(&self) -> Outputs {
        let (bit, word) = (|name: &str| self.sim.get(name) != 0, |name: &str| self.sim.get(name) as u32);
        let vector_we = ["feature_we", "loss_we", "weight_we"].map(bit);
        Outputs {
            ready: bit("ready"),
            done: bit("done"),
            bad: bit("bad"),
            command: bit("cmd_valid").then(|| (word("cmd_addr"), word("cmd_len"))),
            data_ready: bit("data_ready"),
            vector_we,
            waddr: word("waddr"),
            wdata: match vector_we {
                [false, false, false] => Vec::new(),
                _ => self.wdata.iter().map(|port| self.sim.get_id(*port) as u32).collect(),
            },
            operand: bit("operand_we").then(|| (word("operand_waddr"), word("operand_wdata"))),
            words_read: bit("words_read"),
            burst_issued: bit("burst_issued"),
        }
    }

    fn clock(&mut self, inputs: &Inputs) {
        let set = |sim: &mut Vsim, name: &str, value: bool| sim.set(name, value.into());
        set(&mut self.sim, "start", inputs.start.is_some());
        set(&mut self.sim, "cmd_ready", inputs.cmd_ready);
        set(&mut self.sim, "data_valid", inputs.data.is_some());
        self.sim.set("data", inputs.data.unwrap_or(0xdead_beef).into());
        set(&mut self.sim, "cancel", inputs.cancel);
        if let Some(command) = &inputs.start {
            for (i, port) in self.field.iter().enumerate() {
                self.sim.set_id(*port, command.get(i).into());
            }
        }
        self.sim.tick();
        if inputs.start.is_some() {
            // the descriptor is valid in one cycle only
            for port in &self.field {
                self.sim.set_id(*port, 0xa5a5_a5a5);
            }
        }
    }

    pub fn reset(&mut self) {
        self.sim.set("reset", 1);
        self.clock(&Inputs::default());
        self.sim.set("reset", 0);
        self.sim.eval();
    }

    /// Runs the world's commands to the end; returns the cycles.
    pub fn run(&mut self, world: &mut World, rng: &mut impl Rng) -> Result<u64, TestCaseError> {
        let (mut cycles, mut progress, mut since) = (0, 0, 0);
        while !world.commands.is_empty() || world.executing() {
            let inputs = world.cycle(&self.outputs(), rng);
            self.clock(&inputs);
            cycles += 1;
            since = if world.progress() == progress { since + 1 } else { 0 };
            progress = world.progress();
            // words of the hand-over RAM to a RAM of words are not seen
            prop_assert!(since < 6000, "the engine hangs");
        }
        Ok(cycles)
    }
}

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
pub fn pair(config: &'static Config, pace: Pace, rng: &mut impl Rng) -> (Machine, World) {
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
    prop_assert_eq!(world.words_read, [model.traffic.words_read; 2], "words read");
    prop_assert_eq!(world.bursts_read[0], world.bursts_read[1], "bursts");
    prop_assert_eq!(world.bad, 0);
    Ok(())
}

fn any_pace() -> impl Strategy<Value = Pace> {
    let odds = || prop_oneof![Just(8u32), 1..8u32];
    (odds(), odds(), prop_oneof![Just(0u32), 0..30u32], odds())
        .prop_map(|(command, data, latency, start)| Pace { command, data, latency, start })
}

fn matches_the_model(config: &'static Config, cases: u32) {
    let engine = RefCell::new(Engine::new(config));
    let settings = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let executed = RefCell::new([0usize; 6]);
    let sequences = (vec(any_shape(), 1..7), any_pace(), any::<u64>());
    let outcome = TestRunner::new_with_rng(
        settings,
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    )
    .run(&sequences, |(shapes, pace, seed)| {
        let mut rng = StdRng::seed_from_u64(seed);
        let (mut model, mut world) = pair(config, pace, &mut rng);
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
        engine.reset();
        engine.run(&mut world, &mut rng)?;
        compare(&model, &world)
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    let executed = executed.into_inner();
    assert!(executed.iter().all(|n| *n > cases as usize / 12), "commands executed by kind: {executed:?}");
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
pub fn cycles_of(engine: &mut Engine, command: &LoadDesc) -> u64 {
    let config = engine.config;
    let mut rng = StdRng::seed_from_u64(3);
    let (mut model, mut world) = pair(config, Pace::FULL, &mut rng);
    for filling in fill(config) {
        issue(&mut model, &mut world, &filling);
    }
    engine.reset();
    engine.run(&mut world, &mut rng).unwrap();
    assert!(issue(&mut model, &mut world, command), "the model refuses {command:?}");
    let cycles = engine.run(&mut world, &mut rng).unwrap();
    compare(&model, &world).unwrap();
    cycles
}

#[test]
fn words_flow_at_one_per_clock_and_vectors_too() {
    for config in [&config::SIM_4X4, &config::FP32_8X8] {
        let lanes = config.lanes as u32;
        let mut engine = Engine::new(config);
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
        assert!(cycles_of(&mut engine, &whole) < words + slack);
        let rows = tile(16 * lanes, 16);
        assert!(cycles_of(&mut engine, &rows) < words + slack, "no gap between bursts");
        let vectors = tile(lanes, 256);
        assert!(cycles_of(&mut engine, &vectors) < words + slack, "no gap between bursts of one vector");
        let pooled = LoadDesc {
            op: LoadOp { pool: true, mask: true, ..LoadOp::vectors(VectorBuffer::Loss) }.encode(),
            ..whole
        };
        assert!(cycles_of(&mut engine, &pooled) < words + slack, "the four writes overlap the next vector");
        let operands = LoadDesc {
            op: LoadOp::words(WordBuffer::Operand).encode(),
            run: 64,
            n_run0: 8,
            d_run0: 64,
            n_run1: 1,
            ..LoadDesc::default()
        };
        assert!(cycles_of(&mut engine, &operands) < 512 + slack);
    }
}

#[test]
fn an_undefined_destination_is_refused_and_the_next_command_runs() {
    let config = &config::SIM_4X4;
    let mut engine = Engine::new(config);
    let mut rng = StdRng::seed_from_u64(5);
    for kind in 0..4 {
        let (mut model, mut world) = pair(config, Pace::FULL, &mut rng);
        let mut command = fill(config).remove(0);
        command.op = kind | 3 << LoadOp::DESTINATION;
        assert!(model.load(&command).is_err());
        command.n0 = 5;
        world.commands.push_back(command);
        engine.reset();
        engine.run(&mut world, &mut rng).unwrap();
        assert_eq!((world.done, world.bad, world.vectors, world.bursts_read), (1, 1, 0, [0, 0]));
        world.bad = 0;
        let zero = LoadDesc { op: LoadOp::zero(VectorBuffer::Loss).encode(), n0: 9, ..LoadDesc::default() };
        world.buffers[1][..36].fill(1);
        assert!(issue(&mut model, &mut world, &zero));
        engine.run(&mut world, &mut rng).unwrap();
        compare(&model, &world).unwrap();
    }
}

#[test]
fn a_cancelled_command_takes_the_beats_under_way_and_says_nothing() {
    let config = &config::SIM_4X4;
    let mut engine = Engine::new(config);
    let mut rng = StdRng::seed_from_u64(6);
    let mut in_a_burst = 0;
    for round in 0..60 {
        let pace =
            Pace { command: rng.random_range(1..=8), data: rng.random_range(1..=8), latency: 9, start: 8 };
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
        engine.reset();
        for _ in 0..rng.random_range(2..300) {
            let inputs = world.cycle(&engine.outputs(), &mut rng);
            engine.clock(&inputs);
        }
        in_a_burst += usize::from(world.outstanding() % 40 != 0);
        // a pulse, or a level until the engine has drained
        let pulse = round % 2 == 0;
        world.cancel = true;
        let mut cycles = 0;
        loop {
            let inputs = world.cycle(&engine.outputs(), &mut rng);
            engine.clock(&inputs);
            world.cancel = !pulse && world.outstanding() > 0;
            cycles += 1;
            if engine.outputs().ready {
                break;
            }
            assert!(cycles < 10_000, "the engine does not come back");
        }
        assert_eq!(world.outstanding(), 0, "ready with beats outstanding");
        assert!(engine.outputs().command.is_none(), "ready with a read command offered");
        assert_eq!(world.done, 0, "an cancelled command is not done");

        // what was written stays; from there on all is as usual
        world.started = 0;
        model.feature.data.clone_from(&world.buffers[0]);
        model.traffic.words_read = world.words_read[0];
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
        engine.run(&mut world, &mut rng).unwrap();
        compare(&model, &world).unwrap();
    }
    assert!(in_a_burst > 20, "cancels in the middle of a burst: {in_a_burst}");
}
