//! An accelerator in Verilator, and what its counters say beside what the model says.

use ef_compiler::encode;
use ef_program::{Command, Config, Device, Synced, regs};
use ef_sim::{DramSettings, RtlDevice};
use ef_time::{BurstMemory, Memory, Report, Traffic, predict_program};

/// Memories: as fast as possible, the ULX3S' width, a slow one with long pauses.
pub const MEMORIES: [BurstMemory; 3] = [
    BurstMemory { cycles_per_word: 1, latency: 0, restart: 0 },
    BurstMemory { cycles_per_word: 2, latency: 8, restart: 4 },
    BurstMemory { cycles_per_word: 4, latency: 20, restart: 60 },
];

/// Words of memory of every bench.
pub const WORDS: u32 = 1 << 20;

/// Where a program is that no command of the tests overwrites.
pub const BEHIND: u32 = WORDS - (1 << 14);

pub struct Bench {
    pub config: &'static Config,
    memory: BurstMemory,
    device: RtlDevice,
}

impl Bench {
    pub fn new(config: &'static Config, memory: BurstMemory) -> Self {
        let BurstMemory { cycles_per_word, latency, restart } = memory;
        let settings = DramSettings { width: 32 / cycles_per_word, latency, restart, stall: 0, seed: 1 };
        let device = RtlDevice::new(config, WORDS.into(), &settings).unwrap();
        Bench { config, memory, device }
    }

    /// Counters of the RTL and of the model after a program that lies at `address`. What was fetched is equal.
    pub fn run(&mut self, address: u32, program: &[u64]) -> (Report, Report) {
        self.device.load_program(address, program).unwrap();
        self.device.run().unwrap();
        let rtl = counters(&mut self.device);
        let model = predict_program(self.config, program, Memory::Burst(self.memory)).unwrap();
        assert_eq!(model.fetched, rtl.fetched, "{} {:?}", self.config.name, self.memory);
        (rtl, model)
    }

    /// The same after one command, alone.
    pub fn command(&mut self, command: Command) -> (Report, Report) {
        self.run(BEHIND, &encode(&[Synced { command, wait: 0, signal: 0 }]))
    }
}

/// A device's counters.
pub fn counters(device: &mut impl Device) -> Report {
    let mut read = |register| u64::from(device.read_register(register).unwrap());
    Report {
        cycles: read(regs::CYCLES),
        phase_cycles: [regs::CYCLES_FP, regs::CYCLES_BP, regs::CYCLES_WU].map(&mut read),
        kernel_cycles: [regs::KERNEL_FP, regs::KERNEL_BP, regs::KERNEL_WU].map(&mut read),
        load_busy: read(regs::LOAD_BUSY),
        store_busy: read(regs::STORE_BUSY),
        read: Traffic { words: read(regs::WORDS_READ), bursts: read(regs::BURSTS_READ) },
        written: Traffic { words: read(regs::WORDS_WRITTEN), bursts: read(regs::BURSTS_WRITTEN) },
        fetched: Traffic { words: read(regs::WORDS_FETCHED), bursts: read(regs::BURSTS_FETCHED) },
    }
}
