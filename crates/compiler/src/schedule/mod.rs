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

/// Commands that a schedule has at most: what more of them need is minutes and gigabytes.
const LONGEST: usize = 1 << 17;

/// Refuses stages that need more commands than [`LONGEST`] however they are cut. Nothing is allocated for that.
pub fn check_length(stages: &[Stage], config: &Config, batch: usize) -> Result<(), CompileError> {
    let wide = |count: usize| count as u128;
    let sums = 1u128 << config.psum_aw;
    for stage in stages {
        let maps = batch as u128 * wide(stage.rows) * wide(stage.cols);
        let computations = maps.div_ceil(sums) * wide(stage.out_groups());
        let inputs = batch as u128 * wide(stage.in_rows) * wide(stage.in_cols);
        let gradients = if stage.gathered { 0 } else { inputs.div_ceil(sums) * wide(stage.in_groups()) };
        let matrices = wide(stage.in_groups()) * wide(stage.area());
        let pieces = matrices.div_ceil(update::matrices_at_once(config) as u128);
        let updates = update::COMMANDS as u128 * pieces * wide(stage.out_groups());
        let commands = computations + gradients + updates;
        if commands > LONGEST as u128 {
            return Err(CompileError::TooLong { layer: stage.name.clone(), commands, possible: LONGEST });
        }
    }
    Ok(())
}

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
        builder.check_length(index)?;
    }
    if train {
        for index in (0..stages.len()).rev() {
            builder.backward(index)?;
            builder.check_length(index)?;
        }
    }
    Ok(builder.commands)
}
