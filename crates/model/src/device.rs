use crate::{Machine, Traffic, interpret};
use ef_isa::{Config, Device, DeviceError, instr, regs};

/// The golden model as a device. Counters of cycles and of fetched instructions read 0: the model has neither clock nor buffer.
pub struct ModelDevice {
    machine: Machine,
    program_address: u32,
    program_length: u32,
    done: bool,
}

impl ModelDevice {
    /// An idle accelerator with so many words of memory, all 0.
    pub fn new(config: &'static Config, memory_words: u64) -> Self {
        ModelDevice {
            machine: Machine::new(config, memory_words as usize),
            program_address: 0,
            program_length: 0,
            done: false,
        }
    }

    fn range(&self, address: u32, words: usize) -> Result<std::ops::Range<usize>, DeviceError> {
        let size = self.machine.dram.len();
        let start = address as usize;
        if start + words > size {
            return Err(DeviceError::Address { address: address.into(), words, size: size as u64 });
        }
        Ok(start..start + words)
    }
}

impl Device for ModelDevice {
    fn config(&self) -> &'static Config {
        self.machine.config
    }

    fn memory_words(&self) -> u64 {
        self.machine.dram.len() as u64
    }

    fn write_memory(&mut self, address: u32, words: &[u32]) -> Result<(), DeviceError> {
        let range = self.range(address, words.len())?;
        self.machine.dram[range].copy_from_slice(words);
        Ok(())
    }

    fn read_memory(&mut self, address: u32, words: &mut [u32]) -> Result<(), DeviceError> {
        let range = self.range(address, words.len())?;
        words.copy_from_slice(&self.machine.dram[range]);
        Ok(())
    }

    fn write_register(&mut self, address: u32, value: u32) -> Result<(), DeviceError> {
        if let Some(word) = self.machine.scalars.hyper.at(address) {
            *word = value;
        }
        match address {
            regs::PROGRAM_ADDRESS => self.program_address = value,
            regs::PROGRAM_LENGTH => self.program_length = value & instr::MAX_PROGRAM as u32,
            _ => {}
        }
        Ok(())
    }

    fn read_register(&mut self, address: u32) -> Result<u32, DeviceError> {
        let Machine { config, scalars, traffic, vector, .. } = &mut self.machine;
        if let Some(word) = scalars.hyper.at(address) {
            return Ok(*word);
        }
        Ok(match address {
            regs::ID => regs::ID_VALUE,
            regs::VERSION => regs::VERSION_VALUE,
            regs::LANES => config.lanes as u32,
            regs::DEPTHS0 => config.depths()[0],
            regs::DEPTHS1 => config.depths()[1],
            regs::STATUS if self.done => regs::status::DONE,
            regs::OVERFLOW => scalars.overflow,
            regs::PROGRAM_ADDRESS => self.program_address,
            regs::PROGRAM_LENGTH => self.program_length,
            regs::LOSS_SUM => vector.loss_sum,
            regs::MEAN_LOSS => vector.mean_loss,
            regs::CORRECT => vector.correct,
            regs::KERNEL_FP => traffic.kernel[0] as u32,
            regs::KERNEL_BP => traffic.kernel[1] as u32,
            regs::KERNEL_WU => traffic.kernel[2] as u32,
            regs::WORDS_READ => traffic.words_read as u32,
            regs::WORDS_WRITTEN => traffic.words_written as u32,
            regs::BURSTS_READ => traffic.bursts_read as u32,
            regs::BURSTS_WRITTEN => traffic.bursts_written as u32,
            _ => 0,
        })
    }

    fn run(&mut self) -> Result<(), DeviceError> {
        // the machine changes its memory while it runs, and a program is not to change itself
        let program = self.range(self.program_address, 2 * self.program_length as usize)?;
        let program = instr::from_words(&self.machine.dram[program]);
        let machine = &mut self.machine;
        machine.vector.clear_totals();
        machine.scalars.overflow = 0;
        machine.traffic = Traffic::default();
        interpret(&program, |command| machine.execute(command))
            .map_err(|error| DeviceError::Other(error.into()))?;
        self.done = true;
        Ok(())
    }
}
