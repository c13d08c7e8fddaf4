//! The devices a run can use.

use anyhow::{Context, Result};
use ef_model::ModelDevice;
use ef_program::{Config, Device, regs};
use ef_sim::{DramSettings, RtlDevice};
use std::collections::BTreeMap;
use std::fmt;

/// What computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Backend {
    /// The golden model: the same bits, no clock
    Model,
    /// The accelerator's Verilog, simulated cycle by cycle with a DRAM model
    Rtl,
}

impl Backend {
    /// A device of configuration `config` with at least `memory_words` of DRAM.
    pub fn open(
        self,
        config: &'static Config,
        memory_words: u64,
        dram: &DramSettings,
    ) -> Result<Box<dyn Device>> {
        match self {
            Backend::Model => Ok(Box::new(ModelDevice::new(config, memory_words))),
            Backend::Rtl => {
                let device = RtlDevice::new(config, memory_words, dram)
                    .with_context(|| format!("cannot simulate configuration {}", config.name))?;
                Ok(Box::new(device))
            }
        }
    }

    /// The versions of everything the results may depend on.
    pub fn versions(self) -> BTreeMap<&'static str, String> {
        let mut versions = BTreeMap::from([
            ("ef-train", env!("CARGO_PKG_VERSION").to_string()),
            ("accelerator interface", regs::VERSION_VALUE.to_string()),
        ]);
        if self == Backend::Rtl {
            versions.extend(ef_tools::verilator().ok().map(|tool| ("verilator", tool.version)));
        }
        versions
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Backend::Model => "model",
            Backend::Rtl => "rtl",
        })
    }
}
