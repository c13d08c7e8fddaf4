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

pub use ef_program::Synced;
pub use encode::encode;
pub use error::{CompileError, NetworkError, TooLarge};
pub use memory::{LayerPlan, MemoryMap};
pub use network::{Input, LEAST_DEVIATION, Layer, Network, ParameterShape, Shape, Two};
pub use stage::Stage;
pub use sync::synchronise;

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
        let program = encode(&synchronise(config.lanes, &schedule::schedule(&stages, config, &map, train)?));
        let capacity = 1 << config.program_aw;
        if program.len() > capacity {
            return Err(CompileError::ProgramTooLong {
                length: program.len(),
                capacity,
                config: config.name,
            });
        }
        Ok(program)
    };
    let macs = |s: &Stage| batch as u64 * s.macs();
    let total: u64 = stages.iter().map(macs).sum();
    let useful_macs = [total, total - macs(&stages[0]), total];
    Ok(Plan { config, batch, train: assemble(true)?, eval: assemble(false)?, map, stages, useful_macs })
}
