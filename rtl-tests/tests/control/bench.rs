//! The controller in Verilator with engines that take random times and a memory that holds the program.
use super::program::{FIELDS, Start};
use ef_hdl_kit::Vsim;
use ef_hdl_kit::rand::Rng;
use ef_hdl_kit::vsim::PortId;
use ef_isa::instr::{self, Instr};
use ef_isa::{Config, config, regs};
use ef_rtl::control::Controller;
use ef_rtl_tests::{Host, Memory, MemoryPins, Pace, Random, seeded};
use std::collections::VecDeque;

/// log2 of the program buffer.
pub const FETCH_AW: usize = 7;
/// Words of the memory.
const MEMORY: usize = 1 << 16;

const NAMES: [&str; 3] = ["load", "compute", "store"];

/// An engine that does nothing but take its time.
#[derive(Default)]
struct Engine {
    ready: bool,
    done: bool,
    bad: bool,
    /// Cycles until it is ready for another command.
    recover: u32,
    /// Cycles left of each command it has, and the command's number.
    commands: VecDeque<(u32, usize)>,
}

/// A controller, three engines, and a judge who knows what has started and which tokens exist.
pub struct ControlBench {
    pub sim: Vsim,
    pub rng: Random,
    pub cycle: u64,
    /// Every start, with the masks that `expected` gives it.
    pub started: Vec<Start>,
    /// What should start, per engine; masks are taken from here.
    expected: [VecDeque<Start>; 3],
    running: [VecDeque<Start>; 3],
    tokens: [u32; 9],
    engines: [Engine; 3],
    ports: [EnginePorts; 3],
    /// Longest time of a command.
    pub slowness: u32,
    /// Refuse the command of this number (counting all starts).
    pub refuse: Option<usize>,
    pub memory_idle: bool,
    /// The memory that instructions are fetched from.
    pub memory: Memory,
    pins: MemoryPins,
    /// No instruction was offered or under way in the cycle before.
    fetch_idle: bool,
    /// Words that were fetched since the last restart.
    pub fetched: u32,
    pub restarts: u32,
    pub cancelled: u64,
    /// Cycles in which each engine had a command, and in which the compute engine could have taken one, since the last restart.
    pub active: [u32; 3],
    pub waiting: u32,
}

struct EnginePorts {
    start: PortId,
    ready: PortId,
    done: PortId,
    bad: PortId,
    fields: Vec<PortId>,
}

impl ControlBench {
    pub fn new(seed: u64) -> ControlBench {
        let config = Config { fetch_aw: FETCH_AW, ..config::SIM_2X2 };
        let sim = Vsim::of(&mut Controller::<FETCH_AW>::new(&config), "top").unwrap();
        let ports = [0, 1, 2].map(|e| {
            let port = |what: &str| sim.port(&format!("{}_{what}", NAMES[e]));
            EnginePorts {
                start: port("start"),
                ready: port("ready"),
                done: port("done"),
                bad: port("bad"),
                fields: (0..FIELDS[e].len()).map(|i| port(&format!("field${i}"))).collect(),
            }
        });
        let mut bench = ControlBench {
            pins: MemoryPins::new(&sim, "fetch_"),
            sim,
            rng: seeded(seed),
            cycle: 0,
            started: Vec::new(),
            expected: Default::default(),
            running: Default::default(),
            tokens: [0; 9],
            engines: Default::default(),
            ports,
            slowness: 30,
            refuse: None,
            memory_idle: true,
            memory: Memory::new(MEMORY, Pace::even(1.0)),
            fetch_idle: true,
            fetched: 0,
            restarts: 0,
            cancelled: 0,
            active: [0; 3],
            waiting: 0,
        };
        bench.reset();
        bench
    }

    /// Makes these the commands that have to start from now on.
    pub fn expect(&mut self, starts: &[Start]) {
        self.started.clear();
        self.expected = Default::default();
        for start in starts {
            self.expected[start.engine].push_back(start.clone());
        }
    }

    /// Commands that have not started yet.
    pub fn missing(&self) -> usize {
        self.expected.iter().map(VecDeque::len).sum()
    }

    /// Commands that have started and are not done.
    pub fn running(&self) -> usize {
        self.running.iter().map(VecDeque::len).sum()
    }

    /// What engine `e` does in this cycle, and what it will drive in the next.
    fn engine_cycle(&mut self, e: usize) {
        let started = self.sim.get_id(self.ports[e].start) != 0;
        let engine = &mut self.engines[e];
        if started {
            assert!(engine.ready, "cycle {}: start while {} is not ready", self.cycle, NAMES[e]);
            let fields: Vec<u32> =
                self.ports[e].fields.iter().map(|id| self.sim.get_id(*id) as u32).collect();
            let want = self.expected[e].pop_front().expect("a command more than the program has");
            assert_eq!(fields, want.fields, "cycle {}: descriptor of {}", self.cycle, NAMES[e]);
            for f in (0..3).filter(|f| *f != e && want.wait >> f & 1 != 0) {
                let tokens = &mut self.tokens[3 * f + e];
                assert!(*tokens > 0, "cycle {}: {} started without its token from {f}", self.cycle, NAMES[e]);
                *tokens -= 1;
            }
            engine.recover = self.rng.random_range(1..=self.slowness);
            engine.commands.push_back((self.rng.random_range(1..=self.slowness), self.started.len()));
            self.started.push(want.clone());
            self.running[e].push_back(want);
            assert!(self.running[e].len() <= 4, "{} has more than four commands", NAMES[e]);
        }
        self.active[e] += u32::from(!self.running[e].is_empty());
        if engine.done {
            let done = self.running[e].pop_front().expect("the bench gives no done without a command");
            for f in (0..3).filter(|f| *f != e && done.signal >> f & 1 != 0) {
                let tokens = &mut self.tokens[3 * e + f];
                *tokens = (*tokens + 1).min(255);
            }
        }
        engine.recover = engine.recover.saturating_sub(1);
        engine.ready = engine.recover == 0;
        (engine.done, engine.bad) = (false, false);
        if let Some((left, number)) = engine.commands.front_mut() {
            *left -= 1;
            if *left == 0 {
                engine.done = true;
                engine.bad = self.refuse == Some(*number);
                engine.commands.pop_front();
            }
        }
        // a command behind starts counting at least one cycle later
    }

    /// Puts a program somewhere into the memory, and nothing that is no program around it.
    pub fn load_words(&mut self, program: &[u64]) {
        let words = instr::to_words(program);
        let at = self.rng.random_range(0..=MEMORY - words.len());
        self.memory.words.fill(u32::MAX);
        self.memory.words[at..at + words.len()].copy_from_slice(&words);
        self.write(regs::PROGRAM_ADDRESS, at as u32);
        self.write(regs::PROGRAM_LENGTH, program.len() as u32);
    }

    pub fn load(&mut self, program: &[Instr]) {
        let words: Vec<u64> = program.iter().map(|i| i.encode()).collect();
        self.load_words(&words);
    }

    pub fn start(&mut self) {
        self.write(regs::CONTROL, regs::control::START);
        assert_ne!(self.read(regs::STATUS), 0, "a read after start sees a run that is busy or over");
    }

    /// Runs until the run is over; returns STATUS.
    pub fn finish(&mut self) -> u32 {
        for _ in 0..2_000_000 {
            self.step();
            if self.sim.get("busy") == 0 {
                let under_way = self.sim.get("fetch_cmd_valid") != 0 || !self.memory.idle();
                assert!(!under_way, "instructions are still under way");
                return self.read(regs::STATUS);
            }
        }
        panic!("the run does not end: {} commands missing, {} running", self.missing(), self.running());
    }
}

impl Host for ControlBench {
    fn sim(&mut self) -> &mut Vsim {
        &mut self.sim
    }

    /// The response is taken after a random wait.
    fn patience(&mut self) -> u32 {
        self.rng.random_range(0..4)
    }

    fn step(&mut self) {
        self.sim.set("memory_idle", (self.memory_idle && self.fetch_idle).into());
        for (engine, ports) in self.engines.iter().zip(&self.ports) {
            self.sim.set_id(ports.ready, engine.ready.into());
            self.sim.set_id(ports.done, engine.done.into());
            self.sim.set_id(ports.bad, engine.bad.into());
        }
        let driven = self.pins.settle(&mut self.sim, &self.memory);
        for e in 0..3 {
            self.engine_cycle(e);
        }
        self.fetched += u32::from(self.memory.rdata.is_some());
        self.fetch_idle = driven.command.is_none() && self.memory.idle();
        self.memory.clock(&driven, &mut self.rng);
        self.cancelled += self.sim.get("cancel");
        self.waiting += u32::from(self.sim.get("busy") != 0 && self.sim.get("compute_ready") != 0);
        if self.sim.get("restart") != 0 {
            assert!(
                self.fetch_idle && driven.command.is_none(),
                "a restart while instructions are under way"
            );
            self.restarts += 1;
            self.fetched = 0;
            self.engines = Default::default();
            self.running = Default::default();
            self.tokens = [0; 9];
            self.active = [0; 3];
            self.waiting = 0;
        }
        self.sim.tick();
        self.cycle += 1;
    }
}
