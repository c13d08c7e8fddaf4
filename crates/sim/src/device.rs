use crate::harness::{self, Harness};
use crate::{DramSettings, Statistics};
use anyhow::Result;
use ef_hdl_kit::vsim::Model;
use ef_isa::{Config, Device, DeviceError, regs, run};

/// Cycles between two looks at whether a run makes progress.
const CHUNK: u64 = 1 << 18;
/// Chunks without a change of the program counter or of the words moved before a run is given up.
const PATIENCE: u32 = 16;

/// The accelerator's RTL in Verilator, with a DRAM model.
pub struct RtlDevice {
    config: &'static Config,
    harness: Harness,
    memory_words: u64,
}

impl RtlDevice {
    /// Builds (or finds in the cache) the simulation of a configuration.
    ///
    /// # Errors
    /// If Verilator cannot be found or fetched or does not build the model, or `dram` or `memory_words` is none
    /// that can be simulated.
    pub fn new(config: &'static Config, memory_words: u64, dram: &DramSettings) -> Result<Self> {
        Self::of(ef_rtl::top::model(config)?.optimise("-O3"), config, memory_words, dram)
    }

    /// The same for any Verilog with the accelerator's ports, such as what synthesis makes of it, optimised as
    /// `model` says.
    ///
    /// # Errors
    /// As [`RtlDevice::new`].
    pub fn of(model: Model, config: &'static Config, memory_words: u64, dram: &DramSettings) -> Result<Self> {
        let sim = model.extra_cpp(harness::SOURCE).build()?;
        Ok(RtlDevice { config, harness: Harness::new(sim, memory_words, dram)?, memory_words })
    }

    /// What the simulation has counted since it was made.
    pub fn statistics(&self) -> Statistics {
        self.harness.statistics()
    }

    fn range(&self, address: u32, words: usize) -> Result<std::ops::Range<usize>, DeviceError> {
        let start = address as usize;
        if (start + words) as u64 > self.memory_words {
            return Err(DeviceError::Address { address: address.into(), words, size: self.memory_words });
        }
        Ok(start..start + words)
    }

    fn register(&mut self, write: bool, address: u32, data: u32) -> Result<u32, DeviceError> {
        let silent = || format!("the register port did not answer an access to address {address:#x}").into();
        self.harness.register(write, address, data).ok_or_else(|| DeviceError::Other(silent()))
    }
}

impl Device for RtlDevice {
    fn config(&self) -> &'static Config {
        self.config
    }

    fn memory_words(&self) -> u64 {
        self.memory_words
    }

    fn write_memory(&mut self, address: u32, words: &[u32]) -> Result<(), DeviceError> {
        let range = self.range(address, words.len())?;
        self.harness.memory()[range].copy_from_slice(words);
        Ok(())
    }

    fn read_memory(&mut self, address: u32, words: &mut [u32]) -> Result<(), DeviceError> {
        let range = self.range(address, words.len())?;
        words.copy_from_slice(&self.harness.memory()[range]);
        Ok(())
    }

    fn write_register(&mut self, address: u32, value: u32) -> Result<(), DeviceError> {
        self.register(true, address, value).map(drop)
    }

    fn read_register(&mut self, address: u32) -> Result<u32, DeviceError> {
        self.register(false, address, 0)
    }

    fn run(&mut self) -> Result<(), DeviceError> {
        self.register(true, regs::CONTROL, regs::control::START)?;
        // from the write to `busy`
        self.harness.cycles(16);
        let mut before = None;
        let mut idle = 0;
        let mut cycles = 0;
        while self.harness.busy() {
            cycles += self.harness.run(CHUNK);
            let now = self.harness.busy().then(|| run::progress(self)).transpose()?;
            idle = if now.is_some() && now == before { idle + 1 } else { 0 };
            if idle >= PATIENCE {
                let pc = self.register(false, regs::PC, 0)?;
                return Err(DeviceError::Timeout { cycles, pc });
            }
            before = now;
        }
        let out_of_range = self.harness.statistics().out_of_range;
        if out_of_range > 0 {
            let outside = format!("the RTL accessed memory outside its range {out_of_range} times");
            return Err(DeviceError::Other(outside.into()));
        }
        run::outcome(self)
    }
}
