//! From a network description to a memory map and a program.
//!
//! ```text
//! TOML --network--> Network --stage--> Stages --memory--> MemoryMap
//!                                         |
//!                                     schedule   flat list of commands, in program order
//!                                         |
//!                                       sync     tokens, from what each command reads and writes
//!                                         |
//!                                      encode    increments and hardware loops
//! ```

mod access;
mod encode;
mod error;
mod memory;
mod network;
mod schedule;
mod stage;
mod sync;

pub use encode::encode;
pub use error::{CompileError, NetworkError, TooLarge};
pub use memory::{LayerPlan, MemoryMap, Programs};
pub use network::{Input, LEAST_DEVIATION, Layer, Network, ParameterShape, Two};
pub use stage::Stage;
pub use sync::{Synced, synchronise};

use ef_program::Config;

/// How the host hands images over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PixelFormat {
    /// A byte per pixel, value `byte * 2^-shift` (shift 0..15).
    U8 { shift: u32 },
    /// FP32.
    F32,
}

/// A network, compiled for a configuration and a batch size.
#[derive(Clone, Debug)]
pub struct Plan {
    pub config: &'static Config,
    pub batch: usize,
    /// One training step on a batch: FP, loss, BP, WU, update.
    pub train: Vec<u64>,
    /// FP and loss only: mean loss and number of correct predictions of a batch.
    pub eval: Vec<u64>,
    pub map: MemoryMap,
    pub stages: Vec<Stage>,
    /// Multiplications of one training step that the network needs: FP, BP, WU, for the whole batch.
    pub useful_macs: [u64; 3],
}

impl Plan {
    /// Lays the programs into the words from `at` on, which is not before the end of the data, instead of where they are.
    ///
    /// # Errors
    /// If addresses of 32 bits do not reach so far.
    pub fn place_programs(&mut self, at: u64) -> Result<(), CompileError> {
        let eval = at + 2 * self.train.len() as u64;
        let end = eval + 2 * self.eval.len() as u64;
        let memory = |_| CompileError::Memory { words: end.into(), batch: self.batch };
        u32::try_from(end).map_err(memory)?;
        self.map.programs = Programs { train: at as u32, eval: eval as u32 };
        self.map.memory_words = end;
        Ok(())
    }
}

/// Compiles a network for a batch of `batch` images.
pub fn compile(
    network: &Network,
    config: &'static Config,
    batch: usize,
    pixels: PixelFormat,
) -> Result<Plan, CompileError> {
    if batch == 0 {
        return Err(CompileError::EmptyBatch);
    }
    let stages = stage::stages(network, config)?;
    let map = MemoryMap::new(network, &stages, batch, pixels)?;
    schedule::check_length(&stages, config, batch)?;
    let assemble = |train: bool| -> Result<Vec<u64>, CompileError> {
        Ok(encode(&synchronise(config.lanes, &schedule::schedule(&stages, config, &map, train)?)))
    };
    let macs = |s: &Stage| batch as u64 * s.macs();
    let total: u64 = stages.iter().map(macs).sum();
    let useful_macs = [total, total - macs(&stages[0]), total];
    let (train, eval, end) = (assemble(true)?, assemble(false)?, map.data_words);
    let mut plan = Plan { config, batch, train, eval, map, stages, useful_macs };
    plan.place_programs(end)?;
    Ok(plan)
}
