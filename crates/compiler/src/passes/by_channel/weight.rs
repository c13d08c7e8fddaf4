//! WU: each group's gradients from its own losses and inputs; of the T x T that the kernel makes, the update reads the diagonal.

use super::groups;
use super::statistics::Sets;
use crate::builder::{Builder, Context, Slots};
use crate::passes::compute::{LossOnChip, Sums};
use crate::passes::weight::Weight;
use crate::passes::{Cut, Order, Part, Pass, Space};
use crate::room::Needs;
use crate::tile::blocks;
use crate::work::Work;
use ef_isa::compute::{Init, Phase};
use ef_time::Traffic;

/// Words that one partial sum of a batch normalisation's gradients takes, if there are partial sums enough.
const PIXELS_OF_A_SUM: usize = 1024;

/// WU and update of stage `.0`, which works by channel; of a batch normalisation also the matrices of its BP.
pub struct ByChannelWeight(pub usize);

impl ByChannelWeight {
    /// Vectors of an input tile; vectors and code words of a loss tile.
    fn sizes(&self, context: &Context, cut: &Cut) -> (usize, usize, usize) {
        let stage = context.stage(self.0);
        let (rows, cols) = stage.input_map(cut.size.rows, cut.size.cols);
        let map = (stage.rows, stage.cols);
        let loss = context.largest_loss(stage, cut.size, map, |tile| Weight(self.0).tile(context, tile));
        (cut.size.images * cut.outs * rows * cols, cut.outs * loss.vectors, cut.outs * loss.codes)
    }

    /// Regions for the gradients of a block: two where they fit, so that one is updated while the other is computed.
    fn sum_slots(&self, context: &Context, cut: &Cut) -> usize {
        let two = 2 * self.sum_room(context, cut);
        if two > 1 << context.config.psum_aw {
            1
        } else {
            cut.block_slots(context.stage(self.0).out_groups())
        }
    }

    /// Partial sums of a block.
    fn sum_room(&self, context: &Context, cut: &Cut) -> usize {
        self.sets(context, cut) * cut.outs * context.gradient_sums(context.stage(self.0), 1)
    }

    /// Sets of partial sums of a block.
    fn sets(&self, context: &Context, cut: &Cut) -> usize {
        let stage = context.stage(self.0);
        if stage.measured().is_none() {
            return 1;
        }
        let pixels = context.batch * stage.rows * stage.cols;
        let tiles = cut.size.count(context.batch, stage.rows, stage.cols);
        let room = (1 << context.config.psum_aw) / (cut.outs * context.gradient_sums(stage, 1));
        pixels.div_ceil(PIXELS_OF_A_SUM).min(tiles).min(room).max(1)
    }
}

impl Pass for ByChannelWeight {
    fn parts(&self) -> Vec<Part> {
        vec![(self.0, Phase::Wu)]
    }

    fn space(&self, context: &Context) -> Space {
        let most = 1 << context.config.loss_aw;
        let space = Space::of_output(context.stage(self.0), most, &[Order::GroupsFirst]);
        Space { outs: groups(context, self.0), ..space.by_channel() }
    }

    fn needs(&self, context: &Context, cut: &Cut) -> Needs {
        let (feature, loss, code) = self.sizes(context, cut);
        Needs {
            feature: cut.slots * feature,
            loss: cut.slots * loss,
            psum: self.sum_slots(context, cut) * self.sum_room(context, cut),
            operand: context.update_room(),
            code,
            ..Default::default()
        }
    }

    fn work(&self, context: &Context, cut: &Cut) -> Work {
        let stage = context.stage(self.0);
        let groups = stage.out_groups();
        let tiles = cut.size.count(context.batch, stage.rows, stage.cols);
        let map = (stage.rows, stage.cols);
        let loss = context.loss_traffic(stage, cut.size, map, |tile| Weight(self.0).tile(context, tile));
        let (update_loads, update_stores) = context.update_traffic(stage);
        let made = match stage.measured() {
            Some(_) => Traffic::new(groups * stage.expanded_words(), 2 * groups),
            None => Traffic::default(),
        };
        Work {
            update: update_loads + update_stores,
            update_waits: self.sum_slots(context, cut) == 1 && cut.outs < groups,
            loads: loss + context.input_traffic(stage, cut.size) + update_loads,
            stores: update_stores + made,
            steps: (tiles * groups * cut.size.pixels().div_ceil(context.lanes())) as u64,
            step: (stage.area() * context.lanes()) as u64,
            computations: (tiles * groups) as u64,
            ..cut.ends(context)
        }
    }

    fn emit(&self, builder: &mut Builder, cut: &Cut) {
        let index = self.0;
        let context = builder.context;
        let stage = context.stage(index);
        let tiles = cut.size.count(context.batch, stage.rows, stage.cols);
        let bases = builder.begin_pass(&self.needs(&context, cut));
        builder.updates.spread_over(tiles);
        let (feature, loss, _) = self.sizes(&context, cut);
        let mut losses = Slots::new(bases.loss, loss, cut.slots);
        let mut features = Slots::new(bases.feature, feature, cut.slots);
        let sum_slots = self.sum_slots(&context, cut);
        let mut sums = Slots::new(bases.psum, self.sum_room(&context, cut), sum_slots);
        for groups in blocks(stage.out_groups(), cut.outs) {
            let (base, size, count) =
                (sums.take(), cut.outs * context.gradient_sums(stage, 1), self.sets(&context, cut));
            let sets = Sets { base, size, count };
            for (number, tile) in cut.size.tiles(context.batch, stage.rows, stage.cols).enumerate() {
                let (base, input) = (losses.take(), features.take());
                let loss = LossOnChip { tile: Weight(index).tile(&context, tile), groups, base };
                builder.load_loss(index, loss.tile, groups, base, None);
                builder.load_input(stage, tile, groups, input);
                let (base, first) = sets.of_tile(number);
                let init = if first { Init::Zero } else { Init::Keep };
                builder.compute_wu_by_channel(index, tile, loss, input, Sums { base, init });
                builder.tile_done();
            }
            if stage.measured().is_some() {
                builder.backward_matrices(index, groups, &sets);
                continue;
            }
            builder.update(index, groups, (0, 1), sets.base);
            builder.updates.spread_over(tiles);
            if sum_slots == 1 && groups.0 + groups.1 < stage.out_groups() {
                builder.finish_updates();
            }
        }
    }
}
