//! The store engine as Verilog, with everything around it: partial sums, memory, descriptors.

use crate::memory::Memory;
use ef_hdl_kit::Vsim;
use ef_hdl_kit::rand::Rng;
use ef_hdl_kit::vsim::PortId;
use ef_model::{Machine, Scalars};
use ef_program::{Config, Descriptor, StoreDesc, regs};
use ef_rtl::arith::mult18::{MultKind, mult18_verilog};
use ef_rtl::store::StoreEngine;
use std::collections::VecDeque;

/// Words of DRAM in every test.
pub const DRAM_WORDS: usize = 1 << 18;
/// log2 of the most classes.
const EAW: usize = 6;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    pub cycles: u64,
    pub bad: bool,
    pub words: u64,
    pub bursts: u64,
}

pub struct Bench {
    pub config: &'static Config,
    pub memory: Memory,
    sim: Vsim,
    field: Vec<PortId>,
    p_data: Vec<PortId>,
    p_addr: PortId,
    handshake: [PortId; 10],
    /// `[address * lanes + lane]`
    psum: Vec<u32>,
    /// Addresses whose data is not due yet.
    reading: VecDeque<u32>,
    /// What the engine has written to the hand-over RAM.
    pub handover: Vec<u32>,
    overflow: u32,
    words: u64,
    bursts: u64,
}

impl Bench {
    /// An engine with the lanes and depths of `config`; each number of lanes has another latency of the partial sums.
    pub fn new(config: &'static Config) -> Bench {
        let extra = mult18_verilog(MultKind::Portable);
        let (sim, latency) = match config.lanes {
            2 => (Vsim::of_with(&mut StoreEngine::<2, 9, 8, EAW, 1>::default(), "store_engine", extra), 1),
            4 => (Vsim::of_with(&mut StoreEngine::<4, 9, 8, EAW, 6>::default(), "store_engine", extra), 6),
            _ => (Vsim::of_with(&mut StoreEngine::<8, 11, 9, EAW, 3>::default(), "store_engine", extra), 3),
        };
        let sim = sim.unwrap();
        let ports = |name: &str, n| (0..n).map(|i| sim.port(&format!("{name}${i}"))).collect();
        let handshake = [
            "cmd_valid",
            "cmd_addr",
            "cmd_len",
            "data_valid",
            "data",
            "cmd_ready",
            "data_ready",
            "words_written",
            "burst_issued",
            "overflow_set",
        ];
        let mut bench = Bench {
            config,
            memory: Memory::new(DRAM_WORDS),
            field: ports("field", StoreDesc::FIELDS.len()),
            p_data: ports("p_data", config.lanes),
            p_addr: sim.port("p_addr"),
            handshake: handshake.map(|name| sim.port(name)),
            sim,
            psum: vec![0; config.lanes << config.psum_aw],
            reading: vec![0; latency].into(),
            handover: vec![0; 1 << config.handover_aw()],
            overflow: 0,
            words: 0,
            bursts: 0,
        };
        bench.sim.set("reset", 1);
        bench.sim.tick();
        bench.sim.set("reset", 0);
        bench.sim.eval();
        bench
    }

    /// One clock cycle.
    pub fn cycle(&mut self, rng: &mut impl Rng) {
        let lanes = self.config.lanes;
        let [cmd_valid, cmd_addr, cmd_len, data_valid, data, cmd_ready, data_ready, written, issued, set] =
            self.handshake;
        let get = |sim: &Vsim, port| sim.get_id(port) as u32;
        let command =
            (get(&self.sim, cmd_valid) != 0).then(|| (get(&self.sim, cmd_addr), get(&self.sim, cmd_len)));
        let word = (get(&self.sim, data_valid) != 0).then(|| get(&self.sim, data));
        let (take_command, take_word) = self.memory.cycle(command, word, rng);
        self.sim.set_id(cmd_ready, take_command.into());
        self.sim.set_id(data_ready, take_word.into());
        // partial sums: the address of now, the data of `latency` cycles ago
        self.reading.push_back(get(&self.sim, self.p_addr) & ((1 << self.config.psum_aw) - 1));
        if let Some(address) = self.reading.pop_front() {
            for (lane, port) in self.p_data.iter().enumerate() {
                self.sim.set_id(*port, self.psum[address as usize * lanes + lane].into());
            }
        }
        self.sim.eval();
        assert_eq!(self.sim.get_id(written) != 0, word.is_some() && take_word, "words_written");
        assert_eq!(self.sim.get_id(issued) != 0, command.is_some() && take_command, "burst_issued");
        self.words += self.sim.get_id(written);
        self.bursts += self.sim.get_id(issued);
        if self.sim.get("handover_we") != 0 {
            let at = self.sim.get("handover_waddr") as usize % self.handover.len();
            self.handover[at] = self.sim.get("handover_wdata") as u32;
        }
        if self.sim.get_id(set) != 0 {
            self.overflow |= 1 << self.sim.get("overflow_tag");
        }
        self.sim.tick();
    }

    /// Makes the engine's surroundings those of the model.
    pub fn load(&mut self, model: &Machine, rng: &mut impl Rng) {
        self.psum.clone_from(&model.psum.data);
        self.memory.words.clone_from(&model.dram);
        self.handover.clone_from(&model.handover);
        for ((port, _), (_, value)) in regs::HYPERPARAMETERS.iter().zip(model.scalars.hyper.registers()) {
            self.sim.set(port, value.into());
        }
        for (address, word) in model.operand.iter().enumerate() {
            self.sim.set("operand_we", 1);
            self.sim.set("operand_waddr", address as u64);
            self.sim.set("operand_wdata", (*word).into());
            self.cycle(rng);
        }
        self.sim.set("operand_we", 0);
    }

    /// Gives a command to the engine, which must be ready.
    pub fn start(&mut self, command: &StoreDesc, rng: &mut impl Rng) {
        assert_ne!(self.sim.get("ready"), 0, "the engine is not ready");
        for (i, port) in self.field.iter().enumerate() {
            self.sim.set_id(*port, command.get(i).into());
        }
        self.sim.set("start", 1);
        self.cycle(rng);
        self.sim.set("start", 0);
        // the descriptor is valid in one cycle only
        for port in &self.field {
            self.sim.set_id(*port, 0xa5a5_a5a5);
        }
        self.sim.eval();
        assert_eq!(self.sim.get("ready"), 0, "ready falls in the cycle after start");
        (self.words, self.bursts) = (0, 0);
    }

    /// Runs until `done`, or gives up.
    pub fn finish(&mut self, rng: &mut impl Rng) -> Option<Ended> {
        for cycles in 1..3_000_000 {
            let (done, bad) = (self.sim.get("done") != 0, self.sim.get("bad") != 0);
            assert!(done || !bad, "bad comes with done");
            assert!(!done || self.memory.is_clean(), "done before the last word was taken");
            self.cycle(rng);
            if done {
                assert_eq!(self.sim.get("handover_we"), 0, "done before the last word was handed over");
                assert_eq!(self.sim.get("done"), 0, "done is one pulse");
                while self.sim.get("ready") == 0 {
                    self.cycle(rng);
                }
                return Some(Ended { cycles, bad, words: self.words, bursts: self.bursts });
            }
        }
        None
    }

    /// Aborts the command and waits until the engine is ready again; `None` if it does not become so.
    pub fn abort(&mut self, rng: &mut impl Rng) -> Option<()> {
        self.sim.set("cancel", 1);
        self.cycle(rng);
        for _ in 0..1_000_000 {
            assert_eq!(self.sim.get("done"), 0, "an aborted command is not done");
            if self.sim.get("ready") != 0 {
                self.sim.set("cancel", 0);
                self.sim.eval();
                return Some(());
            }
            self.cycle(rng);
        }
        None
    }

    pub fn clear_totals(&mut self, rng: &mut impl Rng) {
        self.sim.set("clear", 1);
        self.cycle(rng);
        self.sim.set("clear", 0);
        self.sim.eval();
        self.overflow = 0;
    }

    /// Totals and overflow flags, beside the run-time values of `given`.
    pub fn scalars(&self, given: &Scalars) -> Scalars {
        Scalars {
            loss_sum: self.sim.get("loss_sum") as u32,
            mean_loss: self.sim.get("mean_loss") as u32,
            correct: self.sim.get("correct") as u32,
            overflow: self.overflow,
            ..given.clone()
        }
    }
}
