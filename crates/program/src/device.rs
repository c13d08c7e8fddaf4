//! What a host can do with an accelerator, wherever it runs: golden model, Verilator, board.

use crate::{Config, isa, regs};
use std::ops::{Add, Sub};
use std::time::Duration;

/// Why a run on a device ended without a result.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    #[error(
        "memory access of {words} words at word address {address:#x} is outside the device's {size:#x} words"
    )]
    Address { address: u64, words: usize, size: u64 },
    #[error("the program has {length} instructions; the controller counts up to {possible}")]
    ProgramTooLong { length: usize, possible: usize },
    #[error("the accelerator stopped with error bits {errors:#x} at instruction {pc}: {meaning}")]
    Hardware { errors: u32, pc: u32, meaning: String },
    #[error("the accelerator did not finish within {cycles} cycles (program counter {pc})")]
    Timeout { cycles: u64, pc: u32 },
    /// Whatever else a device may say, with its cause.
    #[error(transparent)]
    Other(Box<dyn std::error::Error + Send + Sync>),
}

/// How busy a run kept the memory, in cycles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryUse {
    /// A burst of the accelerator was offered or not complete, whatever it waited for.
    pub busy_cycles: u64,
    /// Data moved between memory and controller.
    pub data_cycles: u64,
}

impl MemoryUse {
    /// Share of the memory's peak while it has work; 0 if it never had.
    pub fn efficiency(&self) -> f64 {
        self.data_cycles as f64 / self.busy_cycles.max(1) as f64
    }
}

impl Add for MemoryUse {
    type Output = MemoryUse;

    fn add(self, other: MemoryUse) -> MemoryUse {
        MemoryUse {
            busy_cycles: self.busy_cycles + other.busy_cycles,
            data_cycles: self.data_cycles + other.data_cycles,
        }
    }
}

impl Sub for MemoryUse {
    type Output = MemoryUse;

    fn sub(self, before: MemoryUse) -> MemoryUse {
        MemoryUse {
            busy_cycles: self.busy_cycles - before.busy_cycles,
            data_cycles: self.data_cycles - before.data_cycles,
        }
    }
}

/// A device: memory, which also holds the programs, registers, and a start button.
pub trait Device: Send {
    fn config(&self) -> &'static Config;
    /// Words of DRAM.
    fn memory_words(&self) -> u64;
    fn write_memory(&mut self, address: u32, words: &[u32]) -> Result<(), DeviceError>;
    fn read_memory(&mut self, address: u32, words: &mut [u32]) -> Result<(), DeviceError>;
    fn write_register(&mut self, address: u32, value: u32) -> Result<(), DeviceError>;
    fn read_register(&mut self, address: u32) -> Result<u32, DeviceError>;
    /// Starts the selected program and returns when it is done.
    fn run(&mut self) -> Result<(), DeviceError>;

    /// How busy the last run kept the memory, where that can be seen: a board says it in simulation only.
    fn memory_use(&self) -> Option<MemoryUse> {
        None
    }

    /// Lets time pass on the device. A simulated one that has a clock runs on for so long.
    fn wait(&mut self, time: Duration) {
        std::thread::sleep(time);
    }

    /// Writes a program into the memory, from word `address` on. It stays there until the memory is written over.
    fn write_program(&mut self, address: u32, program: &[u64]) -> Result<(), DeviceError> {
        self.write_memory(address, &isa::to_words(program))
    }

    /// Makes the program of `length` instructions at word `address` the one that runs.
    fn select_program(&mut self, address: u32, length: usize) -> Result<(), DeviceError> {
        let possible = isa::MAX_PROGRAM;
        if length > possible {
            return Err(DeviceError::ProgramTooLong { length, possible });
        }
        let (words, size) = (2 * length, self.memory_words());
        if u64::from(address) + words as u64 > size {
            return Err(DeviceError::Address { address: address.into(), words, size });
        }
        self.write_register(regs::PROGRAM_ADDRESS, address)?;
        self.write_register(regs::PROGRAM_LENGTH, length as u32)
    }

    /// Both.
    fn load_program(&mut self, address: u32, program: &[u64]) -> Result<(), DeviceError> {
        self.write_program(address, program)?;
        self.select_program(address, program.len())
    }
}
