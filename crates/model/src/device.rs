use crate::{Machine, Traffic, interpret};
use ef_program::{Config, Device, DeviceError, regs};

/// The golden model as a device. Cycle counters read 0: the model has no clock.
pub struct ModelDevice {
    machine: Machine,
    program: Vec<u64>,
    program_low: u32,
    program_address: usize,
    done: bool,
}

impl ModelDevice {
    pub fn new(config: &'static Config, memory_words: u64) -> Self {
        ModelDevice {
            machine: Machine::new(config, memory_words as usize),
            program: vec![0; 1 << config.program_aw],
            program_low: 0,
            program_address: 0,
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
        let scalars = &mut self.machine.scalars;
        match address {
            regs::LEARNING_RATE => scalars.learning_rate = value,
            regs::MOMENTUM => scalars.momentum = value,
            regs::WEIGHT_DECAY => scalars.weight_decay = value,
            regs::INV_BATCH => scalars.inv_batch = value,
            regs::PROGRAM_ADDRESS => self.program_address = value as usize,
            regs::PROGRAM_LOW => self.program_low = value,
            regs::PROGRAM_HIGH => {
                let capacity = self.program.len();
                self.program[self.program_address % capacity] =
                    u64::from(value) << 32 | u64::from(self.program_low);
                self.program_address += 1;
            }
            _ => {}
        }
        Ok(())
    }

    fn read_register(&mut self, address: u32) -> Result<u32, DeviceError> {
        let Machine { config, scalars, traffic, .. } = &self.machine;
        Ok(match address {
            regs::ID => regs::ID_VALUE,
            regs::VERSION => regs::VERSION_VALUE,
            regs::LANES => config.lanes as u32,
            regs::DEPTHS0 => config.depths()[0],
            regs::DEPTHS1 => config.depths()[1],
            regs::STATUS if self.done => regs::status::DONE,
            regs::OVERFLOW => scalars.overflow,
            regs::LEARNING_RATE => scalars.learning_rate,
            regs::MOMENTUM => scalars.momentum,
            regs::WEIGHT_DECAY => scalars.weight_decay,
            regs::INV_BATCH => scalars.inv_batch,
            regs::LOSS_SUM => scalars.loss_sum,
            regs::MEAN_LOSS => scalars.mean_loss,
            regs::CORRECT => scalars.correct,
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
        let Self { machine, program, .. } = self;
        machine.scalars.loss_sum = 0;
        machine.scalars.mean_loss = 0;
        machine.scalars.correct = 0;
        machine.scalars.overflow = 0;
        machine.traffic = Traffic::default();
        interpret(program, |command| machine.execute(command))
            .map_err(|e| DeviceError::Other(e.to_string()))?;
        self.done = true;
        Ok(())
    }
}
