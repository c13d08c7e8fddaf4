//! BP, group by group. That of a batch normalisation with the batch's statistics adds the centred map through a second matrix.

use super::{groups, regions};
use crate::builder::{Builder, Context, Slots};
use crate::passes::backward::{Backward, Joins};
use crate::passes::compute::{GroupSums, LossOnChip, Sums};
use crate::passes::{Cut, Order, Part, Pass, Space};
use crate::room::Needs;
use crate::tile::{Tile, blocks};
use crate::work::Work;
use ef_isa::compute::{Init, Phase};
use ef_time::Traffic;

/// BP of stage `.0`, which works by channel.
pub struct ByChannelBackward(pub usize);

struct Regions {
    weights: Slots,
    losses: Slots,
    sums: Slots,
    /// Of the centred map, and its matrices and biases.
    centred: (Slots, Slots),
    /// Of the losses of stages that add this stage's input, and the vectors of the identity.
    joins: (Slots, usize),
}

/// Vectors and code words that a cut needs for a tile or a block.
struct Sizes {
    loss: usize,
    codes: usize,
    weights: usize,
    /// The centred map, and its matrices and biases.
    centred: (usize, usize),
    joins: Joins,
}

impl ByChannelBackward {
    fn sizes(&self, context: &Context, cut: &Cut) -> Sizes {
        let stage = context.stage(self.0);
        let map = (stage.in_rows, stage.in_cols);
        let loss = context.largest_loss(stage, cut.size, map, |tile| Backward::reached(stage, tile));
        let centred = match stage.measured() {
            Some(_) => (cut.outs * cut.size.pixels(), cut.outs * stage.fp_block(1)),
            None => (0, 0),
        };
        Sizes {
            loss: cut.outs * loss.vectors,
            codes: cut.outs * loss.codes,
            weights: cut.outs * stage.matrix_rows(1),
            centred,
            joins: Backward(self.0).joins(context, cut),
        }
    }

    fn regions(&self, builder: &mut Builder, cut: &Cut) -> Regions {
        let context = builder.context;
        let stage = context.stage(self.0);
        let bases = builder.begin_pass(&self.needs(&context, cut));
        let Sizes { loss, weights, centred, joins, .. } = self.sizes(&context, cut);
        let slots = cut.block_slots(stage.out_groups());
        let (losses, behind_losses) = regions(bases.loss, loss, cut.slots);
        let (weights, behind_weights) = regions(bases.weight, weights, slots);
        let (matrices, identity) = regions(behind_weights, centred.1, slots);
        if joins.count > 0 {
            builder.load_identity(identity);
        }
        Regions {
            weights,
            losses,
            sums: Slots::new(bases.psum, cut.outs * cut.size.pixels(), cut.slots),
            centred: (Slots::new(bases.feature, centred.0, cut.slots), matrices),
            joins: (Slots::new(behind_losses, cut.outs * joins.vectors, cut.slots), identity),
        }
    }

    fn block(
        &self,
        builder: &mut Builder,
        regions: &mut Regions,
        tile: Tile,
        groups: (usize, usize),
        (weights, centred): (usize, Option<usize>),
    ) {
        let index = self.0;
        let stage = builder.context.stage(index);
        let (sum, base) = (regions.sums.take(), regions.losses.take());
        let shape = Backward::reached(stage, tile);
        if let Some(matrices) = centred {
            let base = regions.centred.0.take();
            builder.load_input(stage, tile, groups, base);
            let sums = GroupSums::of_tile(sum, tile);
            builder.compute_by_channel((index, Phase::Bp), tile, groups.1, base, matrices, sums);
        }
        builder.load_loss(index, shape, groups, base, None);
        let loss = LossOnChip { tile: shape, groups, base };
        let init = if centred.is_some() { Init::Keep } else { Init::Zero };
        if stage.averages() {
            builder.compute_bp_of_means(index, tile, loss, weights, sum);
        } else {
            builder.compute_bp_by_channel(index, tile, loss, weights, Sums { base: sum, init });
        }
        let addends = builder.context.graph.addends(index);
        builder.add_joins(&addends, tile, groups, &mut regions.joins, Sums { base: sum, init: Init::Keep });
        let map = builder.context.gradient_store(stage);
        builder.store_map(&map, tile, groups, (tile.rows, tile.cols), sum);
        builder.tile_done();
    }
}

impl Pass for ByChannelBackward {
    fn parts(&self) -> Vec<Part> {
        vec![(self.0, Phase::Bp)]
    }

    fn space(&self, context: &Context) -> Space {
        let stage = context.stage(self.0);
        let mut space = Space::of_input(context, stage, &[Order::GroupsFirst]);
        if stage.averages() {
            (space.grid.row_step, space.grid.col_step) = stage.kernel();
        }
        Space { outs: groups(context, self.0), ..space.by_channel() }
    }

    fn needs(&self, context: &Context, cut: &Cut) -> Needs {
        let stage = context.stage(self.0);
        let Sizes { loss, codes, weights, centred, joins } = self.sizes(context, cut);
        let slots = cut.block_slots(stage.out_groups());
        Needs {
            feature: cut.slots * centred.0,
            loss: cut.slots * (loss + cut.outs * joins.vectors),
            weight: slots * (weights + centred.1) + context.identity_rows(joins.count > 0),
            psum: cut.slots * cut.outs * cut.size.pixels(),
            code: codes.max(cut.outs * joins.codes),
            ..Default::default()
        }
    }

    fn work(&self, context: &Context, cut: &Cut) -> Work {
        let stage = context.stage(self.0);
        let groups = stage.out_groups();
        let map = (stage.in_rows, stage.in_cols);
        let tiles = cut.size.count(context.batch, stage.in_rows, stage.in_cols);
        let loss = context.loss_traffic(stage, cut.size, map, |tile| Backward::reached(stage, tile));
        let words = context.batch * groups * stage.in_rows * stage.in_cols * context.lanes();
        let runs = cut.size.store_runs(context.batch, stage.in_rows, stage.in_cols) * groups;
        let matrices = Traffic::new(groups * stage.expanded_words(), groups.div_ceil(cut.outs));
        let centred = stage.measured().map_or(Traffic::default(), |_| Traffic::new(words, runs) + matrices);
        let joins = Backward(self.0).joins(context, cut);
        let more = joins.count + usize::from(stage.measured().is_some());
        Work {
            loads: loss + matrices + centred + joins.traffic,
            stores: Traffic::new(words, runs),
            steps: (tiles * groups * (stage.area() + more)) as u64,
            step: cut.size.pixels() as u64,
            computations: (tiles * groups * (1 + more)) as u64,
            ..cut.ends(context)
        }
    }

    fn emit(&self, builder: &mut Builder, cut: &Cut) {
        let context = builder.context;
        let stage = context.stage(self.0);
        let mut regions = self.regions(builder, cut);
        let tiles = cut.size.count(context.batch, stage.in_rows, stage.in_cols);
        builder.updates.spread_over(stage.out_groups().div_ceil(cut.outs) * tiles);
        for groups in blocks(stage.out_groups(), cut.outs) {
            let weights = regions.weights.take();
            builder.load_forward_matrices(self.0, groups, false, weights);
            let centred = stage.measured().map(|_| {
                let base = regions.centred.1.take();
                builder.load_backward_matrices(self.0, groups, base);
                base
            });
            for tile in cut.size.tiles(context.batch, stage.in_rows, stage.in_cols) {
                self.block(builder, &mut regions, tile, groups, (weights, centred));
            }
        }
    }
}
