//! The search: which cut a pass gets. One for all passes.
//!
//! Every cut that fits the buffers is ordered by its work ([`crate::work`]); the best few are tried.

use crate::CompileError;
use crate::builder::Context;
use crate::passes::{Cut, Pass, Space};
use crate::tile::TileSize;
use crate::work::Work;

/// A pass with its cut.
pub struct Chosen {
    pub pass: Box<dyn Pass>,
    pub cut: Cut,
    pub work: Work,
}

/// The best cut of a pass.
pub fn choose(context: &Context, pass: Box<dyn Pass>) -> Result<Chosen, CompileError> {
    let space = pass.space(context);
    let best = candidates(context, pass.as_ref(), &space).into_iter().min_by_key(|(_, work)| work.cycles());
    let Some((cut, work)) = best else {
        let smallest = Cut {
            size: TileSize::smallest(space.grid),
            outs: *space.outs.last().expect("there is an output"),
            ins: *space.ins.last().expect("there is an input"),
            slots: 1,
            order: space.orders[0],
        };
        let layer = &context.stage(pass.stage()).name;
        pass.needs(context, &smallest).check(layer, context.config)?;
        unreachable!("the smallest cut is a candidate if it fits");
    };
    Ok(Chosen { pass, cut, work })
}

/// Every cut that fits, with its work. Of the parts of the inputs only the largest ones that fit: smaller ones only add commands.
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
