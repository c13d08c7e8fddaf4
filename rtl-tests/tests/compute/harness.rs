//! A compute engine in Verilator beside the golden model.

use ef_hdl_kit::Vsim;
use ef_hdl_kit::rand::Rng;
use ef_hdl_kit::vsim::PortId;
use ef_isa::{ComputeDesc, Config, config};
use ef_model::Machine;
use ef_rtl::arith::mult18::{MultKind, mult18_verilog};
use ef_rtl::compute::{ComputeEngine, PSUM_READ_LATENCY};
use ef_rtl_tests::{Engine, Random};

/// The engine of a configuration, and everything it has reported since [`clear_reports`](ComputeBench::clear_reports).
pub struct ComputeBench {
    pub config: &'static Config,
    pub engine: Engine,
    p_addr: PortId,
    p_data: Vec<PortId>,
    /// Of the feature, the loss and the weight buffer.
    buffers: [WritePort; 3],
    /// Stream active, waits for a stationary matrix, waits for a hazard, phase, overflow, its tag.
    watched: [PortId; 6],
    pub reports: Reports,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reports {
    pub cycles: u64,
    pub done: u64,
    pub bad: u64,
    /// Streamed vectors: FP, BP, WU.
    pub streamed: [u64; 3],
    pub wait_stationary: u64,
    pub wait_hazard: u64,
    /// Bit i: a result of a command with tag i was saturated.
    pub overflow: u32,
}

/// Write enable, address and data of a buffer.
type WritePort = (PortId, PortId, Vec<PortId>);

impl ComputeBench {
    /// The engine of T = 2, 4 or 8 lanes, with the buffers of the configuration of that size.
    pub fn new(lanes: usize) -> Self {
        const PAW: usize = config::FP32_8X8.psum_aw;
        let portable = mult18_verilog(MultKind::Portable);
        let (config, sim) = match lanes {
            2 => (
                &config::SIM_2X2,
                Vsim::of_with(&mut ComputeEngine::<2, 10, 10, 10, 9>::default(), "engine", portable),
            ),
            4 => (
                &config::SIM_4X4,
                Vsim::of_with(&mut ComputeEngine::<4, 10, 10, 10, 9>::default(), "engine", portable),
            ),
            8 => (
                &config::FP32_8X8,
                Vsim::of_with(&mut ComputeEngine::<8, 11, 11, 11, PAW>::default(), "engine", portable),
            ),
            _ => panic!("there is no configuration of {lanes} lanes"),
        };
        let engine = Engine::new(sim);
        let watched =
            ["stream_active", "wait_stationary", "wait_hazard", "phase", "overflow_set", "overflow_tag"];
        ComputeBench {
            config,
            p_addr: engine.sim.port("p_addr"),
            p_data: engine.ports("p_data", lanes),
            buffers: ["feature", "loss", "weight"].map(|name| {
                let port = |what: &str| engine.sim.port(&format!("{name}_{what}"));
                (port("we"), port("waddr"), engine.ports(&format!("{name}_wdata"), lanes))
            }),
            watched: watched.map(|name| engine.sim.port(name)),
            reports: Reports::default(),
            engine,
        }
    }

    pub fn clear_reports(&mut self) {
        self.reports = Reports::default();
    }

    /// One clock cycle; what the engine reports in it is added up.
    pub fn tick(&mut self) {
        self.engine.sim.eval();
        let get = |id: PortId| self.engine.sim.get_id(id);
        let [active, stationary, hazard, phase, overflow, tag] = self.watched;
        let seen = &mut self.reports;
        seen.cycles += 1;
        seen.done += u64::from(self.engine.done());
        seen.bad += u64::from(self.engine.bad());
        seen.wait_stationary += get(stationary);
        seen.wait_hazard += get(hazard);
        if get(active) != 0 {
            seen.streamed[get(phase) as usize] += 1;
        }
        if get(overflow) != 0 {
            seen.overflow |= 1 << get(tag);
        }
        self.engine.tick();
    }

    /// Fills the three buffers of engine and model through the write ports.
    pub fn fill(&mut self, model: &mut Machine, rng: &mut Random, word: impl Fn(&mut Random) -> u32) {
        let t = self.config.lanes;
        let depth = model.feature.data.len().max(model.loss.data.len()).max(model.weight.data.len()) / t;
        for address in 0..depth {
            let data = [&mut model.feature, &mut model.loss, &mut model.weight];
            for ((we, waddr, wdata), banks) in self.buffers.iter().zip(data) {
                let here = banks.data.chunks_exact_mut(t).nth(address);
                self.engine.sim.set_id(*we, here.is_some().into());
                self.engine.sim.set_id(*waddr, address as u64);
                for (word_here, port) in here.into_iter().flatten().zip(wdata) {
                    *word_here = word(rng);
                    self.engine.sim.set_id(*port, (*word_here).into());
                }
            }
            self.tick();
        }
        for (we, ..) in &self.buffers {
            self.engine.sim.set_id(*we, 0);
        }
    }

    /// Waits until the engine is ready, then starts a command.
    pub fn start(&mut self, desc: &ComputeDesc) {
        let mut waited = 0;
        while !self.engine.ready() {
            self.tick();
            waited += 1;
            assert!(waited < 1_000_000, "the engine never becomes ready again");
        }
        self.engine.start(desc);
        self.tick();
    }

    /// Runs until `count` commands are done; the last `done` is in the present cycle.
    pub fn until_done(&mut self, count: u64) {
        let mut waited = 0;
        while self.reports.done + u64::from(self.engine.done()) < count {
            self.tick();
            waited += 1;
            assert!(waited < 1_000_000, "a command is never done: {:?}", self.reports);
        }
    }

    /// Reads all partial sums, in the layout of the model, downwards from `first`.
    pub fn read_psum(&mut self, first: usize) -> Vec<u32> {
        let t = self.config.lanes;
        let depth = 1 << self.config.psum_aw;
        let mut words = vec![0; depth * t];
        let address = |k: usize| (first + depth - k) % depth;
        for k in 0..depth + PSUM_READ_LATENCY {
            if k >= PSUM_READ_LATENCY {
                self.engine.sim.eval();
                for (m, id) in self.p_data.iter().enumerate() {
                    words[address(k - PSUM_READ_LATENCY) * t + m] = self.engine.sim.get_id(*id) as u32;
                }
            }
            self.engine.sim.set_id(self.p_addr, address(k % depth) as u64);
            self.tick();
        }
        words
    }
}

/// Any word at all: results saturate often.
pub fn wild(rng: &mut Random) -> u32 {
    rng.random()
}
