//! What a host can do with an accelerator, wherever it runs: golden model, Verilator, board.

use crate::{Config, instr, regs};
use std::ops::{Add, Sub};
use std::time::Duration;

/// Why a run on a device ended without a result.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// An access outside the memory.
    #[error(
        "memory access of {words} words at word address {address:#x} is outside the device's {size:#x} words"
    )]
    Address {
        /// The first word.
        address: u64,
        /// How many words.
        words: usize,
        /// Words of the memory.
        size: u64,
    },
    /// A program of more instructions than the controller counts.
    #[error("the program has {length} instructions; the controller counts up to {possible}")]
    ProgramTooLong {
        /// Its instructions.
        length: usize,
        /// The most instructions.
        possible: usize,
    },
    /// The controller has refused something, and stopped.
    #[error("the accelerator stopped with error bits {errors:#x} at instruction {pc}: {meaning}")]
    Hardware {
        /// The register ERRORS ([`regs::error`]).
        errors: u32,
        /// Number of the instruction.
        pc: u32,
        /// The bits of `errors` in words.
        meaning: String,
    },
    /// The run made no progress for long.
    #[error("the accelerator did not finish within {cycles} cycles (program counter {pc})")]
    Timeout {
        /// Cycles waited.
        cycles: u64,
        /// Number of the next instruction.
        pc: u32,
    },
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
    /// Lanes and depths of the buffers.
    fn config(&self) -> &'static Config;
    /// Words of DRAM.
    fn memory_words(&self) -> u64;
    /// Writes words from word `address` on.
    ///
    /// # Errors
    /// If they do not all lie in the memory, or the device cannot be reached.
    fn write_memory(&mut self, address: u32, words: &[u32]) -> Result<(), DeviceError>;
    /// Reads words from word `address` on.
    ///
    /// # Errors
    /// As [`Device::write_memory`].
    fn read_memory(&mut self, address: u32, words: &mut [u32]) -> Result<(), DeviceError>;
    /// Writes the register at word `address` of the host port ([`regs`]).
    ///
    /// # Errors
    /// If the device cannot be reached.
    fn write_register(&mut self, address: u32, value: u32) -> Result<(), DeviceError>;
    /// Reads the register at word `address` of the host port ([`regs`]).
    ///
    /// # Errors
    /// If the device cannot be reached.
    fn read_register(&mut self, address: u32) -> Result<u32, DeviceError>;
    /// Starts the selected program and returns when it is done.
    ///
    /// # Errors
    /// If the accelerator stops with an error, makes no progress for long, or cannot be reached.
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
    ///
    /// # Errors
    /// As [`Device::write_memory`].
    fn write_program(&mut self, address: u32, program: &[u64]) -> Result<(), DeviceError> {
        self.write_memory(address, &instr::to_words(program))
    }

    /// Makes the program of `length` instructions at word `address` the one that runs.
    ///
    /// # Errors
    /// If it is too long for the controller, does not lie in the memory, or the device cannot be reached.
    fn select_program(&mut self, address: u32, length: usize) -> Result<(), DeviceError> {
        let possible = instr::MAX_PROGRAM;
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
    ///
    /// # Errors
    /// As those two.
    fn load_program(&mut self, address: u32, program: &[u64]) -> Result<(), DeviceError> {
        self.write_program(address, program)?;
        self.select_program(address, program.len())
    }
}
