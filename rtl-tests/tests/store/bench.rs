//! The store engine as Verilog, with everything around it: partial sums, memory, descriptors.

use ef_hdl_kit::Vsim;
use ef_hdl_kit::vsim::PortId;
use ef_isa::load::TABLES_AT;
use ef_isa::vector::Tables;
use ef_isa::{Config, StoreDesc};
use ef_model::Machine;
use ef_rtl::arith::mult18::{MultKind, mult18_verilog};
use ef_rtl::store::StoreEngine;
use ef_rtl_tests::{Engine, Memory, MemoryPins, Pace, Random};
use std::collections::VecDeque;

/// Words of DRAM in every test.
pub const DRAM_WORDS: usize = 1 << 18;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    pub cycles: u64,
    pub bad: bool,
    pub words: u64,
    pub bursts: u64,
    /// Cycles from the first word that the memory took to the last.
    pub open: u64,
}

pub struct StoreBench {
    pub config: &'static Config,
    pub memory: Memory,
    pub engine: Engine,
    pins: MemoryPins,
    p_data: Vec<PortId>,
    p_addr: PortId,
    /// Word written, burst issued, overflow.
    reports: [PortId; 3],
    /// `[address * lanes + lane]`
    psum: Vec<u32>,
    /// Addresses whose data is not due yet.
    reading: VecDeque<u32>,
    /// What the engine has written to the hand-over RAM.
    pub handover: Vec<u32>,
    overflow: u32,
    words: u64,
    bursts: u64,
    /// Cycles of the command, and those of its first and last word.
    cycles: u64,
    first_and_last: Option<(u64, u64)>,
}

impl StoreBench {
    /// An engine with the lanes and depths of `config`; each number of lanes has another latency of the partial sums.
    pub fn new(config: &'static Config) -> StoreBench {
        let extra = mult18_verilog(MultKind::Portable);
        let (sim, latency) = match config.lanes {
            2 => (Vsim::of_with(&mut StoreEngine::<2, 9, 8, 1>::default(), "top", extra), 1),
            4 => (Vsim::of_with(&mut StoreEngine::<4, 9, 8, 6>::default(), "top", extra), 6),
            _ => (Vsim::of_with(&mut StoreEngine::<8, 11, 9, 3>::default(), "top", extra), 3),
        };
        let engine = Engine::new(sim);
        StoreBench {
            config,
            memory: Memory::new(DRAM_WORDS, Pace::FULL),
            pins: MemoryPins::new(&engine.sim, ""),
            p_data: engine.ports("p_data", config.lanes),
            p_addr: engine.sim.port("p_addr"),
            reports: ["words_written", "burst_issued", "overflow_set"].map(|name| engine.sim.port(name)),
            engine,
            psum: vec![0; config.lanes << config.psum_aw],
            reading: vec![0; latency].into(),
            handover: vec![0; 1 << config.handover_aw()],
            overflow: 0,
            words: 0,
            bursts: 0,
            cycles: 0,
            first_and_last: None,
        }
    }

    /// One clock cycle.
    pub fn cycle(&mut self, rng: &mut Random) {
        let lanes = self.config.lanes;
        let sim = &mut self.engine.sim;
        // partial sums: the address of now, the data of `latency` cycles ago
        self.reading.push_back(sim.get_id(self.p_addr) as u32 & ((1 << self.config.psum_aw) - 1));
        if let Some(address) = self.reading.pop_front() {
            for (lane, port) in self.p_data.iter().enumerate() {
                sim.set_id(*port, self.psum[address as usize * lanes + lane].into());
            }
        }
        let driven = self.pins.settle(sim, &self.memory);
        let (moved, taken) = (self.memory.moved, self.memory.bursts.len());
        self.memory.clock(&driven, rng);
        let (moved, taken) = (self.memory.moved > moved, self.memory.bursts.len() > taken);
        let [written, issued, set] = self.reports;
        assert_eq!(sim.get_id(written) != 0, moved, "words_written");
        assert_eq!(sim.get_id(issued) != 0, taken, "burst_issued");
        self.words += u64::from(moved);
        self.bursts += u64::from(taken);
        if moved {
            let (first, _) = self.first_and_last.unwrap_or((self.cycles, 0));
            self.first_and_last = Some((first, self.cycles));
        }
        self.cycles += 1;
        if sim.get("handover_we") != 0 {
            let at = sim.get("handover_waddr") as usize % self.handover.len();
            self.handover[at] = sim.get("handover_wdata") as u32;
        }
        if sim.get_id(set) != 0 {
            self.overflow |= 1 << sim.get("overflow_tag");
        }
        self.engine.tick();
    }

    /// Makes the engine's surroundings those of the model, and writes operands and tables.
    pub fn load(&mut self, model: &Machine, tables: &Tables, rng: &mut Random) {
        self.psum.clone_from(&model.psum.data);
        self.memory.words.clone_from(&model.dram);
        self.handover.clone_from(&model.handover);
        for (i, (_, value)) in model.scalars.hyper.registers().into_iter().enumerate() {
            self.engine.sim.set(&format!("hyper${i}"), value.into());
        }
        self.write(0, &model.operand, rng);
        self.write(TABLES_AT, &tables.words(), rng);
    }

    /// What the load engine does: a word per cycle from an address on.
    fn write(&mut self, first: u32, words: &[u32], rng: &mut Random) {
        for (word, address) in words.iter().zip(first..) {
            self.engine.sim.set("operand_we", 1);
            self.engine.sim.set("operand_waddr", address.into());
            self.engine.sim.set("operand_wdata", (*word).into());
            self.cycle(rng);
        }
        self.engine.sim.set("operand_we", 0);
    }

    /// Gives a command to the engine, which must be ready.
    pub fn start(&mut self, command: &StoreDesc, rng: &mut Random) {
        assert!(self.engine.ready(), "the engine is not ready");
        self.engine.start(command);
        self.cycle(rng);
        assert!(!self.engine.ready(), "ready falls in the cycle after start");
        (self.words, self.bursts, self.cycles, self.first_and_last) = (0, 0, 0, None);
    }

    /// Runs until `done`, or gives up.
    pub fn finish(&mut self, rng: &mut Random) -> Option<Ended> {
        for cycles in 1..3_000_000 {
            let (done, bad) = (self.engine.done(), self.engine.bad());
            assert!(done || !bad, "bad comes with done");
            assert!(!done || self.memory.idle(), "done before the last word was taken");
            self.cycle(rng);
            if done {
                assert!(!self.engine.is("handover_we"), "done before the last word was handed over");
                assert!(!self.engine.done(), "done is one pulse");
                while !self.engine.ready() {
                    self.cycle(rng);
                }
                let open = self.first_and_last.map_or(0, |(first, last)| last - first + 1);
                return Some(Ended { cycles, bad, words: self.words, bursts: self.bursts, open });
            }
        }
        None
    }

    /// Aborts the command and waits until the engine is ready again; `None` if it does not become so.
    pub fn abort(&mut self, rng: &mut Random) -> Option<()> {
        self.engine.sim.set("cancel", 1);
        self.cycle(rng);
        for _ in 0..1_000_000 {
            assert!(!self.engine.done(), "an aborted command is not done");
            if self.engine.ready() {
                self.engine.sim.set("cancel", 0);
                self.engine.sim.eval();
                return Some(());
            }
            self.cycle(rng);
        }
        None
    }

    pub fn clear_totals(&mut self, rng: &mut Random) {
        self.engine.sim.set("clear", 1);
        self.cycle(rng);
        self.engine.sim.set("clear", 0);
        self.engine.sim.eval();
        self.overflow = 0;
    }

    /// LOSS_SUM, MEAN_LOSS, CORRECT and the overflow flags.
    pub fn registers(&self) -> [u32; 4] {
        let [loss, mean, correct] =
            ["loss_sum", "mean_loss", "correct"].map(|port| self.engine.sim.get(port) as u32);
        [loss, mean, correct, self.overflow]
    }
}
