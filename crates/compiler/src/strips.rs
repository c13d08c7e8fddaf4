//! Images that are too wide for the scratch lie in strips of columns: the columns that the kernel reads for some columns of the output. The
//! rows of a tile are one run of a strip, where they would be a run for every row and channel of the image.

use crate::builder::Context;
use crate::passes::{Forward, Weight};
use crate::search::{choose_if_any, least_work};
use crate::tile::parts;
use crate::{Graph, MemoryMap};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

/// Strips must save this part of the time: they take more memory.
const WORTH: u64 = 8;
/// Strips that are timed: those that are the least work.
const TIMED: usize = 2;

/// The columns of the output per strip with which FP and WU of the first stage take the least time. `lay_out` gives graph and memory map
/// for that many.
pub fn choose<E>(
    context: Context,
    lay_out: impl Fn(usize) -> Result<(Graph, MemoryMap), E>,
) -> Result<usize, E> {
    let first = context.stage(0);
    let whole = first.cols;
    if !first.gathered {
        return Ok(whole);
    }
    let mut narrower = Vec::new();
    for strip in parts(whole, first.code_columns()).into_iter().filter(|strip| *strip < whole) {
        let (graph, map) = lay_out(strip)?;
        let work = work(&Context { graph: &graph, map: &map, ..context });
        narrower.extend(work.map(|work| (work, strip)));
    }
    if let Some(seed) = context.drawn {
        // if nothing fits, the passes say what is too large
        return Ok(draw(seed, &narrower, work(&context).map(|_| whole)).unwrap_or(whole));
    }
    narrower.sort_unstable();
    let enough = |work: u64| work - work / WORTH;
    let least = work(&context).map_or(u64::MAX, enough);
    let mut best = (None, whole);
    for (_, strip) in narrower.into_iter().filter(|(work, _)| *work < least).take(TIMED) {
        let (graph, map) = lay_out(strip)?;
        let least = best.0.get_or_insert_with(|| time(&context).map_or(u64::MAX, enough));
        if let Some(time) = time(&Context { graph: &graph, map: &map, ..context }).filter(|time| time < least)
        {
            best = (Some(time), strip);
        }
    }
    Ok(best.1)
}

/// About the cycles of FP and, if it is trained, WU of the first stage; none if no cut fits.
fn work(context: &Context) -> Option<u64> {
    let weight = if context.graph.has_wu(0) { least_work(context, &Weight(0))? } else { 0 };
    Some(least_work(context, &Forward(0))? + weight)
}

/// Their cycles by the model of time.
fn time(context: &Context) -> Option<u64> {
    let forward = choose_if_any(context, Box::new(Forward(0)))?;
    let trained = context.graph.has_wu(0);
    let weight = if trained { choose_if_any(context, Box::new(Weight(0)))?.cycles } else { 0 };
    Some(forward.cycles + weight)
}

/// Any strip that fits, half the time the whole image if it does.
fn draw(seed: u64, narrower: &[(u64, usize)], whole: Option<usize>) -> Option<usize> {
    let mut rng = StdRng::seed_from_u64(seed);
    let strip = narrower.choose(&mut rng).map(|(_, strip)| *strip);
    strip.filter(|_| whole.is_none() || rng.random()).or(whole)
}
