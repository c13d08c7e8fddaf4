//! The load engine in Verilator, with what surrounds it: a memory that stalls, buffers, a queue of commands.

use ef_hdl_kit::Vsim;
use ef_hdl_kit::rand::Rng;
use ef_hdl_kit::vsim::PortId;
use ef_isa::{Config, LoadDesc, config};
use ef_rtl::load::LoadEngine;
use ef_rtl::top::{bank_aw, scratch_banks};
use ef_rtl_tests::{Engine, Memory, MemoryPins, Pace, Random, seeded};
use proptest::prelude::*;
use std::collections::VecDeque;

/// What the hand-over RAM holds in these tests.
pub fn handover_words(config: &Config) -> Vec<u32> {
    let mut rng = seeded(9);
    (0..1 << config.handover_aw()).map(|_| rng.random()).collect()
}

/// Everything outside the engine.
pub struct World {
    pub memory: Memory,
    /// Chance that a command is started in a cycle in which the engine is ready.
    pub start: f64,
    /// Feature, loss, weight, as `address * lanes + bank`.
    pub buffers: [Vec<u32>; 3],
    pub operand: Vec<u32>,
    pub commands: VecDeque<LoadDesc>,
    pub cancel: bool,
    pub started: usize,
    pub done: usize,
    pub bad: usize,
    pub vectors: usize,
    /// Words and bursts, as the engine reports them.
    pub reported: [u64; 2],
}

impl World {
    pub fn new(config: &'static Config, dram: Vec<u32>, pace: Pace) -> Self {
        let mut memory = Memory::new(0, pace);
        memory.words = dram;
        World {
            memory,
            start: 1.0,
            buffers: [config.feature_aw, config.loss_aw, config.weight_aw]
                .map(|width| vec![0; config.lanes << width]),
            operand: vec![0; 1 << config.operand_aw],
            commands: VecDeque::new(),
            cancel: false,
            started: 0,
            done: 0,
            bad: 0,
            vectors: 0,
            reported: [0; 2],
        }
    }

    /// The command to start in this cycle.
    pub fn next_command(&mut self, ready: bool, rng: &mut Random) -> Option<LoadDesc> {
        let start = rng.random_bool(self.start) && ready && !self.cancel;
        let command = if start { self.commands.pop_front() } else { None };
        self.started += usize::from(command.is_some());
        command
    }

    /// Changes whenever anything happens.
    fn progress(&self) -> u64 {
        self.memory.moved + (self.memory.bursts.len() + self.vectors + self.started + self.done) as u64
    }

    /// A command was started and has not said that it is done.
    fn executing(&self) -> bool {
        self.started > self.done
    }
}

/// The Verilated engine.
pub struct LoadBench {
    pub engine: Engine,
    pub config: &'static Config,
    pins: MemoryPins,
    wdata: Vec<PortId>,
}

/// The load engine of a configuration.
macro_rules! load_engine {
    ($config:ident) => {
        LoadEngine::<
            { config::$config.lanes },
            { scratch_banks(config::$config.lanes) },
            { bank_aw(&config::$config) },
            { config::$config.code_aw },
            { config::$config.handover_aw() },
        >::default()
    };
}

impl LoadBench {
    pub fn new(config: &'static Config) -> Self {
        let mut engine = Engine::new(match config.lanes {
            2 => Vsim::of(&mut load_engine!(SIM_2X2), "top"),
            4 => Vsim::of(&mut load_engine!(SIM_4X4), "top"),
            _ => Vsim::of(&mut load_engine!(FP32_8X8), "top"),
        });
        for (at, word) in handover_words(config).into_iter().enumerate() {
            engine.sim.set("handover_waddr", at as u64);
            engine.sim.set("handover_wdata", word.into());
            engine.sim.set("handover_we", 1);
            engine.tick();
        }
        engine.sim.set("handover_we", 0);
        // does not matter any more
        engine.sim.set("handover_wdata", 0x1234_5678);
        let (pins, wdata) = (MemoryPins::new(&engine.sim, ""), engine.ports("wdata", config.lanes));
        LoadBench { engine, config, pins, wdata }
    }

    /// One clock cycle.
    pub fn cycle(&mut self, world: &mut World, rng: &mut Random) {
        let driven = self.pins.settle(&mut self.engine.sim, &world.memory);
        self.observe(world);
        if let Some(command) = world.next_command(self.engine.ready(), rng) {
            self.engine.start(&command);
        }
        self.engine.sim.set("cancel", world.cancel.into());
        world.memory.clock(&driven, rng);
        self.engine.tick();
    }

    /// What the engine does in this cycle; nothing of it depends on an input of the same cycle.
    fn observe(&self, world: &mut World) {
        let (is, sim) = (|name: &str| self.engine.is(name), &self.engine.sim);
        world.done += usize::from(self.engine.done());
        world.bad += usize::from(self.engine.bad());
        assert!(!self.engine.bad() || self.engine.done(), "a refused command is also done");
        assert!(world.done <= world.started, "done without a command");
        world.reported[0] += sim.get("words_read");
        world.reported[1] += sim.get("burst_issued");
        for (buffer, we) in world.buffers.iter_mut().zip(["feature_we", "loss_we", "weight_we"]) {
            if is(we) {
                world.vectors += 1;
                let base = sim.get("waddr") as usize * self.config.lanes;
                for (word, port) in buffer[base..].iter_mut().zip(&self.wdata) {
                    *word = sim.get_id(*port) as u32;
                }
            }
        }
        if is("operand_we") {
            world.operand[sim.get("operand_waddr") as usize] = sim.get("operand_wdata") as u32;
        }
    }

    /// Runs the world's commands to the end; returns the cycles.
    pub fn run(&mut self, world: &mut World, rng: &mut Random) -> Result<u64, TestCaseError> {
        let (mut cycles, mut progress, mut since) = (0, 0, 0);
        while !world.commands.is_empty() || world.executing() {
            self.cycle(world, rng);
            cycles += 1;
            since = if world.progress() == progress { since + 1 } else { 0 };
            progress = world.progress();
            // words of the hand-over RAM to a RAM of words are not seen
            prop_assert!(since < 6000, "the engine hangs");
        }
        Ok(cycles)
    }
}
