//! The schedule of a step: FP of every stage and the loss; with training BP, WU and update from the last stage to the first.

use crate::builder::{Builder, Context};
use crate::passes::{
    Activate, Backward, ByChannelBackward, ByChannelForward, ByChannelWeight, Cut, Forward, Fused,
    HandedBackward, HandedForward, Joined, Matrices, Part, Weight,
};
use crate::search::{Chosen, choose, choose_if_any};
use crate::{ByChannel, CompileError, Graph};
use ef_isa::Synced;
use ef_isa::compute::Phase;
use rayon::prelude::*;
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
    /// What it does: numbers of stages, and their FP, BP or WU.
    pub parts: Vec<Part>,
    /// How it is cut up.
    pub cut: Cut,
    /// Its place in the list of commands; between its own there may be updates of earlier passes.
    pub commands: Range<usize>,
}

/// Chooses a cut for every pass and makes their commands.
pub fn schedule(context: Context) -> Result<Schedule, CompileError> {
    let mut chosen = forward(&context)?;
    let (forwards, spread_out) = (chosen.len(), context.graph.spread_out());
    let behind = Context { graph: &spread_out, ..context };
    if context.train {
        chosen.extend(backward(&behind)?);
    }
    let commands = chosen.iter().map(|chosen| chosen.commands).sum();
    if commands > LONGEST {
        return Err(CompileError::TooLong { commands, possible: LONGEST });
    }
    let mut builder = Builder::new(context);
    let (mut passes, mut helped) = (Vec::<ScheduledPass>::new(), None);
    for (number, Chosen { pass, cut, .. }) in chosen.into_iter().enumerate() {
        if number == forwards {
            builder.context = behind;
        }
        let first = builder.commands.len();
        pass.emit(&mut builder, &cut);
        // what helps belongs to the pass that it helps
        let first = helped.take().unwrap_or(first);
        if pass.helps() {
            helped = Some(first);
            continue;
        }
        let commands = first..builder.commands.len();
        passes.push(ScheduledPass { parts: pass.parts(), cut, commands });
    }
    builder.finish_updates();
    if let Some(last) = passes.last_mut() {
        last.commands.end = builder.commands.len();
    }
    Ok(Schedule { commands: builder.commands, passes, updates: builder.updates.made })
}

impl ScheduledPass {
    /// "FP", "BP", "WU" or "BP + WU".
    pub fn phase(&self) -> String {
        let named = [(Phase::Fp, "FP"), (Phase::Bp, "BP"), (Phase::Wu, "WU")];
        let does = |phase: Phase| self.parts.iter().any(|part| part.1 == phase);
        let names: Vec<&str> =
            named.iter().filter(|(phase, _)| does(*phase)).map(|(_, name)| *name).collect();
        names.join(" + ")
    }

    /// The names of its stages, in the order of the network.
    pub fn layers(&self, graph: &Graph) -> String {
        let mut stages: Vec<usize> = self.parts.iter().map(|part| part.0).collect();
        stages.sort_unstable();
        stages.dedup();
        let names: Vec<&str> = stages.iter().map(|stage| graph.stages[*stage].name.as_str()).collect();
        names.join(" + ")
    }
}

/// Calls `made` for every stage, on all processors.
fn side_by_side<T: Send>(stages: Range<usize>, made: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
    stages.into_par_iter().map(made).collect()
}

fn cycles(passes: &[Chosen]) -> u64 {
    passes.iter().map(|chosen| chosen.cycles).sum()
}

/// FP of a stage alone; of one that works by channel, after its matrices are made.
fn alone(context: &Context, index: usize) -> Result<Vec<Chosen>, CompileError> {
    Ok(match context.stage(index).by_channel {
        None => vec![choose(context, Box::new(Forward(index)))?],
        Some(ByChannel::Activation(_)) => vec![choose(context, Box::new(Activate(index, Phase::Fp)))?],
        Some(ByChannel::Average) => vec![choose(context, Box::new(ByChannelForward(index)))?],
        Some(_) => vec![
            choose(context, Box::new(Matrices(index)))?,
            choose(context, Box::new(ByChannelForward(index)))?,
        ],
    })
}

/// FP of every stage, alone or with the one before it, whichever is faster in all.
fn forward(context: &Context) -> Result<Vec<Chosen>, CompileError> {
    let stages = 0..context.graph.stages.len();
    let one = |index| alone(context, index);
    let pair = |index| {
        let possible = HandedForward::possible(context, index);
        possible.then(|| choose_if_any(context, Box::new(HandedForward(index)))).flatten()
    };
    let mut alone = side_by_side(stages.clone(), one).into_iter().collect::<Result<Vec<_>, _>>()?;
    let mut pairs = side_by_side(stages, pair);
    // for each stage: the fewest cycles of all stages up to it, and whether the last two of them form a pair
    let mut least = vec![(0, false)];
    for index in 0..alone.len() {
        let one = least[index].0 + cycles(&alone[index]);
        let pair =
            index.checked_sub(1).and_then(|first| Some(least[first].0 + pairs[first].as_ref()?.cycles));
        least.push(pair.filter(|two| *two < one).map_or((one, false), |two| (two, true)));
    }
    let mut chosen = Vec::new();
    let mut left = alone.len();
    while left > 0 {
        let paired = least[left].1;
        let last = alone.pop().expect("a pass for every stage");
        left -= 1;
        if paired {
            alone.pop();
            left -= 1;
            chosen.push(pairs[left].take().expect("a pair was counted"));
        } else {
            chosen.extend(last.into_iter().rev());
        }
    }
    chosen.reverse();
    Ok(chosen)
}

/// BP and WU of every stage that has them, from the last one to the first.
fn backward(context: &Context) -> Result<Vec<Chosen>, CompileError> {
    let stages = side_by_side(0..context.graph.stages.len(), |index| both(context, index));
    let mut last = Vec::new();
    let mut chosen = Vec::new();
    for (index, passes) in stages.into_iter().enumerate().rev() {
        let group = if index < 2 { &mut last } else { &mut chosen };
        group.extend(passes?);
    }
    if HandedBackward::possible(context)
        && let Some(handed) = choose_if_any(context, Box::new(HandedBackward))
        && handed.cycles < cycles(&last)
    {
        last = vec![handed];
    }
    chosen.extend(last);
    Ok(chosen)
}

/// BP and WU of a stage, as far as it has them: together or one after the other, whichever is faster.
fn both(context: &Context, index: usize) -> Result<Vec<Chosen>, CompileError> {
    let (bp, wu) = (context.graph.has_bp(index), context.graph.has_wu(index));
    let mut apart = Vec::new();
    if (bp || wu) && Joined::needed(context, index) {
        apart.push(choose(context, Box::new(Joined(index)))?);
    }
    if context.stage(index).activation().is_some() {
        if bp {
            apart.push(choose(context, Box::new(Activate(index, Phase::Bp)))?);
        }
        return Ok(apart);
    }
    if context.stage(index).by_channel.is_some() {
        // BP of a batch normalisation needs what WU sums
        if wu {
            apart.push(choose(context, Box::new(ByChannelWeight(index)))?);
        }
        if bp {
            apart.push(choose(context, Box::new(ByChannelBackward(index)))?);
        }
        return Ok(apart);
    }
    if bp {
        apart.push(choose(context, Box::new(Backward(index)))?);
    }
    if wu {
        apart.push(choose(context, Box::new(Weight(index)))?);
    }
    if bp
        && wu
        && apart.len() == 2
        && Fused::possible(context, index)
        && let Some(fused) = choose_if_any(context, Box::new(Fused(index)))
        && fused.cycles < cycles(&apart)
    {
        return Ok(vec![fused]);
    }
    Ok(apart)
}
