//! An accelerator in Verilator, and what its counters say beside what the model says.

use ef_compiler::{Plan, encode};
use ef_isa::load::{LoadOp, TABLES_AT, WordBuffer};
use ef_isa::vector::library;
use ef_isa::{Command, Config, Device, LoadDesc, Synced};
use ef_sim::{DramSettings, RtlDevice, counted};
use ef_time::{Report, predict_program};

pub const MEMORIES: [DramSettings; 3] = DramSettings::COMPARED;

/// Words of memory of every bench.
pub const WORDS: u32 = 1 << 20;

/// Where a program is that no command of the tests overwrites.
pub const BEHIND: u32 = WORDS - (1 << 14);

pub struct TimeBench {
    pub config: &'static Config,
    memory: DramSettings,
    device: RtlDevice,
}

impl TimeBench {
    pub fn new(config: &'static Config, memory: DramSettings) -> Self {
        let device = RtlDevice::new(config, WORDS.into(), &memory).unwrap();
        TimeBench { config, memory, device }
    }

    /// The same, and the vector unit has all recipes.
    pub fn with_recipes(config: &'static Config, memory: DramSettings) -> Self {
        let mut bench = TimeBench::new(config, memory);
        let tables = library().tables.words();
        bench.device.write_memory(0, &tables).unwrap();
        let op = LoadOp::words(WordBuffer::Operand).encode();
        let load = LoadDesc {
            op,
            base: TABLES_AT,
            run: tables.len() as u32,
            n_run0: 1,
            n_run1: 1,
            ..LoadDesc::default()
        };
        bench.command(Command::Load(load));
        bench
    }

    /// Counters of the RTL and of the model after a training step.
    pub fn step(&mut self, plan: &Plan) -> (Report, Report) {
        plan.write_tables(&mut self.device).unwrap();
        self.run(plan.map.programs.train, &plan.train)
    }

    /// Counters of the RTL and of the model after a program that lies at `address`. What was fetched is equal.
    pub fn run(&mut self, address: u32, program: &[u64]) -> (Report, Report) {
        self.device.load_program(address, program).unwrap();
        self.device.run().unwrap();
        let rtl = counted(&mut self.device).unwrap();
        let model = predict_program(self.config, program, self.memory.memory().unwrap()).unwrap();
        assert_eq!(model.fetched, rtl.fetched, "{} {:?}", self.config.name, self.memory);
        (rtl, model)
    }

    /// The same after one command, alone.
    pub fn command(&mut self, command: Command) -> (Report, Report) {
        self.run(BEHIND, &encode(&[Synced { command, wait: 0, signal: 0 }]))
    }
}
