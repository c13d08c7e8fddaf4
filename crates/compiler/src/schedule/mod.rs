//! The schedule: which tiles, in which order, through which buffers.

mod backward;
mod builder;
mod fits;
mod forward;
mod input;
mod loss;
mod runs;
mod tiles;
mod update;
mod weights;

use crate::{CompileError, MemoryMap, Stage};
use builder::Builder;
use ef_program::{Command, Config};

/// All commands of one step in program order: FP of every stage and the loss; with `train`, BP, WU and update from
/// the last stage to the first.
pub fn schedule(
    stages: &[Stage],
    config: &'static Config,
    map: &MemoryMap,
    train: bool,
) -> Result<Vec<Command>, CompileError> {
    let mut builder = Builder::new(stages, config, map, train);
    builder.load_labels()?;
    for index in 0..stages.len() {
        builder.forward(index)?;
    }
    if train {
        for index in (0..stages.len()).rev() {
            builder.backward(index)?;
        }
    }
    Ok(builder.commands)
}
