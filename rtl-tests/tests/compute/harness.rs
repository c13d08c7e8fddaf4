//! A compute engine in Verilator beside the golden model.

use ef_hdl_kit::Vsim;
use ef_hdl_kit::rand::Rng;
use ef_hdl_kit::rand::rngs::StdRng;
use ef_hdl_kit::vsim::PortId;
use ef_model::Machine;
use ef_program::{ComputeDesc, Config, Descriptor, config};
use ef_rtl::arith::mult18::{MultKind, mult18_verilog};
use ef_rtl::compute::{ComputeEngine, PSUM_READ_LATENCY};

/// The engine of a configuration, and everything it has reported since [`clear_reports`](Bench::clear_reports).
pub struct Bench {
    pub config: &'static Config,
    sim: Vsim,
    start: PortId,
    ready: PortId,
    fields: Vec<PortId>,
    p_addr: PortId,
    p_data: Vec<PortId>,
    watched: Watched,
    pub reports: Reports,
}

struct Watched {
    done: PortId,
    bad: PortId,
    stream_active: PortId,
    wait_stationary: PortId,
    wait_hazard: PortId,
    phase: PortId,
    overflow_set: PortId,
    overflow_tag: PortId,
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

/// Names of the three buffers' write ports.
pub const BUFFERS: [&str; 3] = ["feature", "loss", "weight"];

impl Bench {
    /// The engine of T = 2, 4 or 8 lanes, with the buffers of the configuration of that size.
    pub fn new(lanes: usize) -> Self {
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
                Vsim::of_with(
                    &mut ComputeEngine::<8, 11, 11, 11, { config::FP32_8X8.psum_aw }>::default(),
                    "engine",
                    portable,
                ),
            ),
            _ => panic!("there is no configuration of {lanes} lanes"),
        };
        let sim = sim.expect("the engine's Verilog compiles without a warning");
        let port = |name: &str| sim.port(name);
        Bench {
            config,
            start: port("start"),
            ready: port("ready"),
            fields: (0..ComputeDesc::FIELDS.len()).map(|i| port(&format!("field${i}"))).collect(),
            p_addr: port("p_addr"),
            p_data: (0..lanes).map(|m| port(&format!("p_data${m}"))).collect(),
            watched: Watched {
                done: port("done"),
                bad: port("bad"),
                stream_active: port("stream_active"),
                wait_stationary: port("wait_stationary"),
                wait_hazard: port("wait_hazard"),
                phase: port("phase"),
                overflow_set: port("overflow_set"),
                overflow_tag: port("overflow_tag"),
            },
            reports: Reports::default(),
            sim,
        }
    }

    /// Sets an input by name.
    pub fn set(&mut self, name: &str, value: u64) {
        self.sim.set(name, value);
    }

    pub fn clear_reports(&mut self) {
        self.reports = Reports::default();
    }

    /// One clock cycle; what the engine reports in it is added up.
    pub fn tick(&mut self) {
        self.sim.eval();
        let get = |id: PortId| self.sim.get_id(id);
        let (seen, w) = (&mut self.reports, &self.watched);
        seen.cycles += 1;
        seen.done += get(w.done);
        seen.bad += get(w.bad);
        seen.wait_stationary += get(w.wait_stationary);
        seen.wait_hazard += get(w.wait_hazard);
        if get(w.stream_active) != 0 {
            seen.streamed[get(w.phase) as usize] += 1;
        }
        if get(w.overflow_set) != 0 {
            seen.overflow |= 1 << get(w.overflow_tag);
        }
        self.sim.tick();
    }

    pub fn ready(&mut self) -> bool {
        self.sim.eval();
        self.sim.get_id(self.ready) != 0
    }

    /// Whether `done` is high in this cycle.
    pub fn done(&mut self) -> bool {
        self.sim.eval();
        self.sim.get_id(self.watched.done) != 0
    }

    /// Fills the three buffers of engine and model through the write ports.
    pub fn fill(&mut self, model: &mut Machine, rng: &mut StdRng, word: impl Fn(&mut StdRng) -> u32) {
        let t = self.config.lanes;
        let depth = model.feature.data.len().max(model.loss.data.len()).max(model.weight.data.len()) / t;
        for address in 0..depth {
            for (name, banks) in BUFFERS.iter().zip([&mut model.feature, &mut model.loss, &mut model.weight])
            {
                let here = address * t < banks.data.len();
                self.sim.set(&format!("{name}_we"), here.into());
                self.sim.set(&format!("{name}_waddr"), address as u64);
                for bank in 0..if here { t } else { 0 } {
                    let word = word(rng);
                    banks.data[address * t + bank] = word;
                    self.sim.set(&format!("{name}_wdata${bank}"), word.into());
                }
            }
            self.tick();
        }
        for name in BUFFERS {
            self.sim.set(&format!("{name}_we"), 0);
        }
    }

    /// Waits until the engine is ready, then starts a command. The descriptor is gone in the next cycle.
    pub fn start(&mut self, desc: &ComputeDesc, rng: &mut StdRng) {
        let mut waited = 0;
        while !self.ready() {
            self.tick();
            waited += 1;
            assert!(waited < 1_000_000, "the engine never becomes ready again");
        }
        for (i, id) in self.fields.iter().enumerate() {
            self.sim.set_id(*id, desc.get(i).into());
        }
        self.sim.set_id(self.start, 1);
        self.tick();
        self.sim.set_id(self.start, 0);
        for id in &self.fields {
            self.sim.set_id(*id, rng.random::<u32>().into());
        }
    }

    /// Runs until `count` commands are done; the last `done` is in the present cycle.
    pub fn until_done(&mut self, count: u64) {
        let mut waited = 0;
        while self.reports.done + u64::from(self.done()) < count {
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
                self.sim.eval();
                for (m, id) in self.p_data.iter().enumerate() {
                    words[address(k - PSUM_READ_LATENCY) * t + m] = self.sim.get_id(*id) as u32;
                }
            }
            self.sim.set_id(self.p_addr, address(k % depth) as u64);
            self.tick();
        }
        words
    }
}

/// A word whose sums and products stay finite, or now and then a zero.
pub fn moderate(rng: &mut StdRng) -> u32 {
    match rng.random_range(0..16) {
        0 => 0,
        _ => rng.random_range(118..136u32) << 23 | rng.random::<u32>() & 0x807f_ffff,
    }
}

/// Any word at all: results saturate often.
pub fn wild(rng: &mut StdRng) -> u32 {
    rng.random()
}
