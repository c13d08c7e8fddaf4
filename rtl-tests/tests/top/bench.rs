//! The accelerator in Verilator with a memory that stalls at random.
use super::step;
use ef_hdl_kit::Vsim;
use ef_hdl_kit::rand::rngs::SmallRng;
use ef_hdl_kit::rand::{Rng, SeedableRng};
use ef_model::ModelDevice;
use ef_program::config::SIM_2X2;
use ef_program::{Device, Hyperparameters, isa, regs};
use ef_rtl_tests::memory_port::{Burst, Driven, MemoryPort};

/// The hyperparameters of every run.
pub const HYPERPARAMETERS: Hyperparameters<f32> = Hyperparameters::EXAMPLE;

/// Registers that the golden model knows too.
pub const COMPARED: [u32; 11] = [
    regs::OVERFLOW,
    regs::LOSS_SUM,
    regs::MEAN_LOSS,
    regs::CORRECT,
    regs::KERNEL_FP,
    regs::KERNEL_BP,
    regs::KERNEL_WU,
    regs::WORDS_READ,
    regs::WORDS_WRITTEN,
    regs::BURSTS_READ,
    regs::BURSTS_WRITTEN,
];

pub struct Bench {
    pub sim: Vsim,
    pub rng: SmallRng,
    pub memory: MemoryPort,
    /// The words of the program.
    program: Vec<u32>,
}

impl Bench {
    pub fn new(seed: u64, speed: f64) -> Bench {
        let mut sim = ef_rtl::top::model(&SIM_2X2).and_then(|model| model.build()).unwrap();
        sim.set("reset", 1);
        sim.ticks(4);
        sim.set("reset", 0);
        let mut bench = Bench {
            sim,
            rng: SmallRng::seed_from_u64(seed),
            memory: MemoryPort::new(step::MEMORY, speed),
            program: Vec::new(),
        };
        for (register, value) in HYPERPARAMETERS.registers() {
            bench.write(register, value.to_bits());
        }
        bench
    }

    /// One clock cycle.
    pub fn step(&mut self) {
        let sim = &mut self.sim;
        sim.set("cmd_ready", self.memory.cmd_ready.into());
        sim.set("wdata_ready", self.memory.wdata_ready.into());
        sim.set("rdata_valid", self.memory.rdata.is_some().into());
        sim.set("rdata", self.memory.rdata.unwrap_or(0).into());
        sim.eval();
        let driven = Driven {
            command: (sim.get("cmd_valid") != 0).then(|| Burst {
                write: sim.get("cmd_write") != 0,
                address: sim.get("cmd_addr") as usize,
                len: sim.get("cmd_len") as usize,
            }),
            wdata: (sim.get("wdata_valid") != 0).then(|| sim.get("wdata") as u32),
            rdata_ready: sim.get("rdata_ready") != 0,
        };
        self.memory.clock(driven, &mut self.rng);
        sim.tick();
    }

    pub fn steps(&mut self, count: u32) {
        for _ in 0..count {
            self.step();
        }
    }

    fn request(&mut self, write: bool, address: u32, data: u32) {
        self.sim.set("req_valid", 1);
        self.sim.set("req_write", write.into());
        self.sim.set("req_addr", address.into());
        self.sim.set("req_data", data.into());
        while self.sim.get("req_ready") == 0 {
            self.step();
        }
        self.step();
        self.sim.set("req_valid", 0);
    }

    pub fn write(&mut self, address: u32, data: u32) {
        self.request(true, address, data);
    }

    pub fn read(&mut self, address: u32) -> u32 {
        self.request(false, address, 0);
        self.sim.set("resp_ready", 1);
        while self.sim.get("resp_valid") == 0 {
            self.step();
        }
        let value = self.sim.get("resp_data") as u32;
        self.step();
        self.sim.set("resp_ready", 0);
        value
    }

    /// Makes this the program; [`Bench::fill`] puts it into the memory.
    pub fn load(&mut self, program: &[u64]) {
        self.program = isa::to_words(program);
        self.write(regs::PROGRAM_ADDRESS, step::PROGRAM_AT);
        self.write(regs::PROGRAM_LENGTH, program.len() as u32);
    }

    /// Makes this the memory, with the program in it.
    pub fn fill(&mut self, memory: &[u32]) {
        let at = step::PROGRAM_AT as usize;
        self.memory.words = memory.to_vec();
        self.memory.words[at..at + self.program.len()].copy_from_slice(&self.program);
        self.memory.bursts.clear();
    }

    /// Waits for the end of the run; returns STATUS.
    pub fn finish(&mut self) -> u32 {
        for _ in 0..200_000 {
            let status = self.read(regs::STATUS);
            if status & regs::status::BUSY == 0 {
                return status;
            }
            self.steps(20);
        }
        panic!("the run does not end, program counter {}", self.read(regs::PC));
    }

    /// Runs the program on this memory content.
    pub fn run(&mut self, memory: &[u32]) {
        self.fill(memory);
        self.write(regs::CONTROL, regs::control::START);
        assert_eq!(self.finish(), regs::status::DONE);
        assert!(self.memory.idle(), "done means that every word is in memory");
    }
}

/// What the golden model makes of it: memory, and the compared registers.
pub fn golden(program: &[u64], memory: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let mut model = ModelDevice::new(&SIM_2X2, memory.len() as u64);
    HYPERPARAMETERS.write(&mut model).unwrap();
    model.write_memory(0, memory).unwrap();
    model.load_program(step::PROGRAM_AT, program).unwrap();
    model.run().unwrap();
    let mut result = vec![0; memory.len()];
    model.read_memory(0, &mut result).unwrap();
    let registers = COMPARED.map(|register| model.read_register(register).unwrap()).to_vec();
    (result, registers)
}

/// A number for `rng` that differs from test to test.
pub fn pick(bench: &mut Bench, range: std::ops::Range<u32>) -> u32 {
    bench.rng.random_range(range)
}
