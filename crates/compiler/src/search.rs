//! The search for the cut of a pass. All kinds of pass share it.
//!
//! Every cut that fits the buffers is ordered by its work ([`crate::work`]); the model of time ([`ef_time`]) decides among the best few.

use crate::builder::{Builder, Context};
use crate::passes::{Cut, Pass, Space};
use crate::tile::TileSize;
use crate::work::Work;
use crate::{CompileError, synchronise};
use ef_isa::Synced;
use ef_time::predict;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// The most commands that are made and timed to choose the cut of one pass.
const TRIED_COMMANDS: u64 = 200_000;
/// The most commands that are made to count the commands of a pass; beyond, they are estimated.
const COUNTED_COMMANDS: u64 = 1 << 21;
/// The most cuts that are timed for one pass.
const TRIED_CUTS: usize = 28;

/// A pass with its cut.
pub struct Chosen {
    pub pass: Box<dyn Pass>,
    pub cut: Cut,
    /// Cycles that the pass takes alone: by the model of time, by its work where that would take too many commands.
    pub cycles: u64,
    /// Commands that it is made of.
    pub commands: u64,
}

/// The best cut of a pass that a step cannot do without: an error if even its smallest cut does not fit.
pub fn choose(context: &Context, pass: Box<dyn Pass>) -> Result<Chosen, CompileError> {
    let space = pass.space(context);
    match best(context, pass, &space) {
        Ok(chosen) => Ok(chosen),
        Err(pass) => Err(too_large(context, pass.as_ref(), &space)),
    }
}

/// The best cut of a pass that other passes can replace: none if no cut fits.
pub fn choose_if_any(context: &Context, pass: Box<dyn Pass>) -> Option<Chosen> {
    let space = pass.space(context);
    best(context, pass, &space).ok()
}

/// About the cycles of the cut that is the least work.
pub fn least_work(context: &Context, pass: &dyn Pass) -> Option<u64> {
    let found = candidates(context, pass, &pass.space(context));
    found.into_iter().map(|(_, work)| work.cycles(context.memory)).min()
}

/// The best cut of a space; the pass if none fits.
fn best(context: &Context, pass: Box<dyn Pass>, space: &Space) -> Result<Chosen, Box<dyn Pass>> {
    let mut found = candidates(context, pass.as_ref(), space);
    if let Some(seed) = context.drawn {
        return draw(context, pass, found, seed);
    }
    found.sort_by_key(|(_, work)| work.cycles(context.memory));
    let mut left = TRIED_COMMANDS;
    let mut best: Option<(u64, Cut, Work)> = None;
    for (cut, work) in found.into_iter().take(TRIED_CUTS) {
        let commands = trial_commands(context, &cut, &work);
        if best.is_some() && commands > left {
            continue;
        }
        let cycles = if commands > left {
            work.cycles(context.memory)
        } else {
            time(context, pass.as_ref(), &cut, &work)
        };
        left = left.saturating_sub(commands);
        if best.as_ref().is_none_or(|(least, ..)| cycles < *least) {
            best = Some((cycles, cut, work));
        }
    }
    match best {
        Some((cycles, cut, work)) => {
            let commands = commands(context, pass.as_ref(), &cut, &work);
            Ok(Chosen { pass, cut, cycles, commands })
        }
        None => Err(pass),
    }
}

/// A cut drawn by the seed, with a drawn number of cycles, so that each of several possible passes is chosen
/// sometimes.
fn draw(
    context: &Context,
    pass: Box<dyn Pass>,
    found: Vec<(Cut, Work)>,
    seed: u64,
) -> Result<Chosen, Box<dyn Pass>> {
    let parts = pass.parts().into_iter().fold(seed, |seed, (stage, phase)| {
        seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(3 * stage as u64 + phase as u64)
    });
    let mut rng = StdRng::seed_from_u64(parts);
    if found.is_empty() {
        return Err(pass);
    }
    let (cut, work) = found[rng.random_range(0..found.len())];
    let commands = commands(context, pass.as_ref(), &cut, &work);
    Ok(Chosen { pass, cut, cycles: rng.random_range(1..100), commands })
}

/// Every cut that fits, with its work. Of cuts that differ only in `ins`, those with the three largest `ins`
/// that fit: smaller parts of the inputs only add commands.
fn candidates(context: &Context, pass: &dyn Pass, space: &Space) -> Vec<(Cut, Work)> {
    let mut found = Vec::new();
    let sizes = TileSize::candidates(context.batch, space.grid, space.most_pixels);
    for size in sizes {
        for (slots, order) in [2, 1].into_iter().flat_map(|s| space.orders.iter().map(move |o| (s, *o))) {
            for &outs in &space.outs {
                let cuts = space.ins.iter().map(|&ins| Cut { size, outs, ins, slots, order });
                let fitting = cuts
                    .filter(|cut| pass.admits(context, cut) && pass.needs(context, cut).fits(context.config));
                found.extend(fitting.take(3).map(|cut| (cut, pass.work(context, &cut))));
            }
        }
    }
    found
}

/// Images of the longer of the two trials of a cut.
fn trial_images(context: &Context, cut: &Cut) -> usize {
    (3 * cut.size.images).min(context.batch)
}

/// The commands of a pass: counted, unless even a part of them may be too many to make.
fn commands(context: &Context, pass: &dyn Pass, cut: &Cut, work: &Work) -> u64 {
    let about = work.commands();
    if about * trial_images(context, cut) as u64 / context.batch as u64 > COUNTED_COMMANDS {
        return about;
    }
    whole(context, cut, |batch| emit(context, pass, cut, batch).len() as u64)
}

/// About the commands of the longer trial, without an update.
fn trial_commands(context: &Context, cut: &Cut, work: &Work) -> u64 {
    let update = if without_update(context, cut, work) { work.update.bursts } else { 0 };
    (work.commands() - update) * trial_images(context, cut) as u64 / context.batch as u64
}

/// Trials of a few images are made without the update too: where it takes longer than the images, it hides what they take.
fn without_update(context: &Context, cut: &Cut, work: &Work) -> bool {
    work.update.words > 0 && trial_images(context, cut) < context.batch
}

/// The cycles of a pass alone. If they follow from trials of a few images, no fewer than without its update and with what that moves.
fn time(context: &Context, pass: &dyn Pass, cut: &Cut, work: &Work) -> u64 {
    let cycles = predicted(context, pass, cut);
    if !without_update(context, cut, work) {
        return cycles;
    }
    let context = &Context { updates: false, ..*context };
    cycles.max(work.with_update(predicted(context, pass, cut), context.memory))
}

/// The cycles of a pass by the model of time.
fn predicted(context: &Context, pass: &dyn Pass, cut: &Cut) -> u64 {
    whole(context, cut, |batch| {
        let mut commands = emit(context, pass, cut, batch);
        synchronise(context.lanes(), &mut commands);
        predict(context.config, &commands, context.memory).cycles
    })
}

/// The commands of a pass over so many images.
fn emit(context: &Context, pass: &dyn Pass, cut: &Cut, batch: usize) -> Vec<Synced> {
    let mut builder = Builder::new(Context { batch, ..*context });
    pass.emit(&mut builder, cut);
    builder.finish_updates();
    builder.commands
}

/// `value` of the whole batch. For a large batch `value` is computed for two smaller numbers of images; their
/// difference gives the part of each image, the rest is the part of the pass itself.
fn whole(context: &Context, cut: &Cut, value: impl Fn(usize) -> u64) -> u64 {
    let (short, long) = (cut.size.images.min(context.batch), trial_images(context, cut));
    let most = value(long);
    if long == context.batch {
        return most;
    }
    let rest = (context.batch - long) as u64;
    most + most.saturating_sub(value(short)) * rest / (long - short) as u64
}

/// The error that names the buffer which is too small for the smallest cut.
fn too_large(context: &Context, pass: &dyn Pass, space: &Space) -> CompileError {
    let smallest = Cut {
        size: TileSize::smallest(space.grid),
        outs: *space.outs.last().expect("there is an output"),
        ins: *space.ins.last().expect("there is an input"),
        slots: 1,
        order: space.orders[0],
    };
    let (stage, _) = pass.parts()[0];
    let layer = &context.stage(stage).name;
    let fits = pass.needs(context, &smallest).check(layer, context.config);
    fits.expect_err("the smallest cut is a candidate if it fits")
}
