//! FP, group by group, with the sum, ReLU and pooling on the way out.

use super::{groups, regions};
use crate::builder::{Builder, Context, Slots};
use crate::passes::compute::GroupSums;
use crate::passes::{Cut, Order, Part, Pass, Space};
use crate::room::Needs;
use crate::tile::{Tile, blocks};
use crate::work::Work;
use ef_isa::compute::Phase;
use ef_time::Traffic;

/// FP of stage `.0`, which works by channel.
pub struct ByChannelForward(pub usize);

struct Regions {
    weights: Slots,
    features: Slots,
    sums: Slots,
    /// Of the map that is added, and the vectors of the identity.
    shortcut: (Slots, usize),
}

impl ByChannelForward {
    /// Vectors of an input tile, of one that is added, and of the weights of a block.
    fn sizes(&self, context: &Context, cut: &Cut) -> (usize, usize, usize) {
        let stage = context.stage(self.0);
        let (rows, cols) = stage.input_map(cut.size.rows, cut.size.cols);
        let added = if stage.shortcut.is_some() { cut.outs * cut.size.pixels() } else { 0 };
        (cut.size.images * cut.outs * rows * cols, added, cut.outs * stage.fp_block(1))
    }

    fn block(
        &self,
        builder: &mut Builder,
        regions: &mut Regions,
        tile: Tile,
        groups: (usize, usize),
        weights: usize,
    ) {
        let index = self.0;
        let stage = builder.context.stage(index);
        let (base, sum) = (regions.features.take(), regions.sums.take());
        let sums = GroupSums::of_tile(sum, tile);
        builder.load_input(stage, tile, groups, base);
        builder.compute_by_channel((index, Phase::Fp), tile, groups.1, base, weights, sums);
        if let Some(shape) = stage.identity() {
            let base = regions.shortcut.0.take();
            builder.load_input(&shape, tile, groups, base);
            builder.add_fp(&shape, tile, groups.1, (base, regions.shortcut.1), sums);
        }
        builder.store_forward(index, tile, groups, sum);
    }
}

impl Pass for ByChannelForward {
    fn parts(&self) -> Vec<Part> {
        vec![(self.0, Phase::Fp)]
    }

    fn space(&self, context: &Context) -> Space {
        let most = 1 << context.config.psum_aw;
        let space = Space::of_output(context.stage(self.0), most, &[Order::GroupsFirst]);
        Space { outs: groups(context, self.0), ..space.by_channel() }
    }

    fn needs(&self, context: &Context, cut: &Cut) -> Needs {
        let stage = context.stage(self.0);
        let (feature, added, weights) = self.sizes(context, cut);
        let window = stage.window();
        let code_row = (cut.size.cols / window).div_ceil(stage.codes_of_word());
        let codes = cut.outs * cut.size.images * (cut.size.rows / window) * code_row;
        Needs {
            feature: cut.slots * (feature + added),
            weight: cut.block_slots(stage.out_groups()) * weights
                + context.identity_rows(stage.shortcut.is_some()),
            psum: cut.slots * cut.outs * cut.size.pixels(),
            code: if stage.coded() { codes } else { 0 },
            ..Default::default()
        }
    }

    fn work(&self, context: &Context, cut: &Cut) -> Work {
        let stage = context.stage(self.0);
        let groups = stage.out_groups();
        let tiles = cut.size.count(context.batch, stage.rows, stage.cols);
        let blocks = groups.div_ceil(cut.outs);
        let store_runs = cut.size.store_runs(context.batch, stage.rows, stage.cols);
        let shortcut = stage.identity();
        let more = usize::from(shortcut.is_some());
        let added = shortcut.map_or(Traffic::default(), |shape| context.input_traffic(&shape, cut.size));
        let words = context.batch * stage.out_words();
        let codes = if stage.coded() { context.batch * stage.code_words() } else { 0 };
        Work {
            loads: context.input_traffic(stage, cut.size)
                + added
                + Traffic::new(groups * stage.expanded_words(), blocks),
            stores: Traffic::new(words + codes, store_runs * groups * if codes > 0 { 2 } else { 1 }),
            steps: (tiles * groups * (stage.area() + more)) as u64,
            step: cut.size.pixels() as u64,
            computations: (tiles * groups * (1 + more)) as u64,
            ..cut.ends(context)
        }
    }

    fn emit(&self, builder: &mut Builder, cut: &Cut) {
        let context = builder.context;
        let stage = context.stage(self.0);
        let bases = builder.begin_pass(&self.needs(&context, cut));
        let (feature, added, weights) = self.sizes(&context, cut);
        let (features, behind) = regions(bases.feature, feature, cut.slots);
        let (weights, identity) = regions(bases.weight, weights, cut.block_slots(stage.out_groups()));
        let mut regions = Regions {
            weights,
            features,
            sums: Slots::new(bases.psum, cut.outs * cut.size.pixels(), cut.slots),
            shortcut: (Slots::new(behind, added, cut.slots), identity),
        };
        if stage.shortcut.is_some() {
            builder.load_identity(identity);
        }
        for groups in blocks(stage.out_groups(), cut.outs) {
            let weights = regions.weights.take();
            builder.load_forward_matrices(self.0, groups, true, weights);
            for tile in cut.size.tiles(context.batch, stage.rows, stage.cols) {
                self.block(builder, &mut regions, tile, groups, weights);
            }
        }
    }
}
