//! The devices a run can use.

use anyhow::Result;
use ef_model::ModelDevice;
use ef_program::{Config, Device, regs};
use std::collections::BTreeMap;
use std::fmt;

/// What computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Backend {
    /// The golden model: the same bits, no clock.
    Model,
}

impl Backend {
    pub const DEFAULT: Backend = Backend::Model;

    /// A device of configuration `config` with at least `memory_words` of DRAM.
    pub fn open(self, config: &'static Config, memory_words: u64) -> Result<Box<dyn Device>> {
        match self {
            Backend::Model => Ok(Box::new(ModelDevice::new(config, memory_words))),
        }
    }

    /// The versions of everything the results may depend on.
    pub fn versions(self) -> BTreeMap<&'static str, String> {
        BTreeMap::from([
            ("ef-train", env!("CARGO_PKG_VERSION").to_string()),
            ("accelerator interface", regs::VERSION_VALUE.to_string()),
        ])
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Backend::Model => "model",
        })
    }
}
