//! The accelerator in Verilator with a memory that stalls at random.
use super::step;
use ef_hdl_kit::Vsim;
use ef_hdl_kit::rand::Rng;
use ef_isa::config::SIM_2X2;
use ef_isa::{Device, Hyperparameters, instr, regs};
use ef_model::ModelDevice;
use ef_rtl_tests::{Host, Memory, MemoryPins, Pace, Random, seeded};

/// The hyperparameters of every run, and their registers.
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

pub struct TopBench {
    pub sim: Vsim,
    pub rng: Random,
    pub memory: Memory,
    pins: MemoryPins,
    /// The words of the program.
    program: Vec<u32>,
}

impl TopBench {
    pub fn new(seed: u64, speed: f64) -> TopBench {
        let sim = ef_rtl::top::model(&SIM_2X2).and_then(|model| model.build()).unwrap();
        let mut bench = TopBench {
            pins: MemoryPins::new(&sim, ""),
            sim,
            rng: seeded(seed),
            memory: Memory::new(step::MEMORY, Pace::even(speed)),
            program: Vec::new(),
        };
        bench.reset();
        for (register, value) in HYPERPARAMETERS.registers() {
            bench.write(register, value.to_bits());
        }
        bench
    }

    /// Makes this the program; [`TopBench::fill`] puts it into the memory.
    pub fn load(&mut self, program: &[u64]) {
        self.program = instr::to_words(program);
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

impl Host for TopBench {
    fn sim(&mut self) -> &mut Vsim {
        &mut self.sim
    }

    fn step(&mut self) {
        let driven = self.pins.settle(&mut self.sim, &self.memory);
        self.memory.clock(&driven, &mut self.rng);
        self.sim.tick();
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
pub fn pick(bench: &mut TopBench, range: std::ops::Range<u32>) -> u32 {
    bench.rng.random_range(range)
}
