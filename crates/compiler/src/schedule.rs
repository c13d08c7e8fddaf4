//! The schedule of a step: FP of every stage and the loss; with training BP, WU and update from the last stage to the first.

use crate::CompileError;
use crate::builder::{Builder, Context};
use crate::passes::{Backward, Cut, Forward, Fused, Weight};
use crate::search::{Chosen, choose};
use ef_program::Synced;
use std::ops::Range;

/// Commands of the longest step: more of them need minutes and tens of gigabytes to compile.
const LONGEST: u64 = 1 << 24;

/// The commands of a step in program order, without tokens, and which of them were made in which pass.
pub struct Schedule {
    pub commands: Vec<Synced>,
    pub passes: Vec<ScheduledPass>,
    /// As in [`Step`](crate::Step).
    pub updates: Vec<(usize, Range<usize>)>,
}

/// A pass of a schedule.
#[derive(Clone, Debug)]
pub struct ScheduledPass {
    /// Number of its stage.
    pub stage: usize,
    /// "FP", "BP", "WU" or "BP + WU".
    pub phase: &'static str,
    pub cut: Cut,
    /// With updates of passes before it that are made between its own.
    pub commands: Range<usize>,
}

/// Chooses a cut for every pass and makes their commands.
pub fn schedule(context: Context) -> Result<Schedule, CompileError> {
    let count = context.graph.stages.len();
    let mut chosen: Vec<Chosen> = Vec::new();
    for index in 0..count {
        chosen.push(choose(&context, Box::new(Forward(index)))?);
    }
    if context.train {
        for index in (0..count).rev() {
            chosen.extend(backward(&context, index)?);
        }
    }
    let commands = chosen.iter().map(|chosen| chosen.commands).sum();
    if commands > LONGEST {
        return Err(CompileError::TooLong { commands, possible: LONGEST });
    }
    let mut builder = Builder::new(context);
    let mut passes = Vec::new();
    for Chosen { pass, cut, .. } in chosen {
        let first = builder.commands.len();
        pass.emit(&mut builder, &cut);
        let commands = first..builder.commands.len();
        passes.push(ScheduledPass { stage: pass.stage(), phase: pass.phase(), cut, commands });
    }
    builder.finish_updates();
    if let Some(last) = passes.last_mut() {
        last.commands.end = builder.commands.len();
    }
    Ok(Schedule { commands: builder.commands, passes, updates: builder.updates.made })
}

/// BP and WU of a stage: together or one after the other, whichever is faster.
fn backward(context: &Context, index: usize) -> Result<Vec<Chosen>, CompileError> {
    let weight = choose(context, Box::new(Weight(index)))?;
    if context.stage(index).first() {
        return Ok(vec![weight]);
    }
    let backward = choose(context, Box::new(Backward(index)))?;
    if Fused::possible(context.stage(index))
        && let Ok(fused) = choose(context, Box::new(Fused(index)))
        && fused.cycles < backward.cycles + weight.cycles
    {
        return Ok(vec![fused]);
    }
    Ok(vec![backward, weight])
}
