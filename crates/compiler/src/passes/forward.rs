//! FP of a stage, with ReLU and pooling on the way out; after the last stage the loss.

use super::compute::{GroupSums, OnChip};
use super::{Cut, Order, Part, Pass, Space, Visit};
use crate::builder::{Bases, Builder, Context, Slots};
use crate::room::Needs;
use crate::tile::{Tile, blocks};
use crate::work::Work;
use ef_isa::compute::Phase;
use ef_time::Traffic;

/// FP of stage `.0`.
pub struct Forward(pub usize);

/// The regions of a pass in the buffers.
struct Regions {
    weights: Slots,
    features: Slots,
    sums: Slots,
    /// Of the map that is added, and the vectors of the identity.
    shortcut: (Slots, usize),
    /// The region of the whole row of tiles.
    row: usize,
    labels: Slots,
}

impl Forward {
    fn is_last(&self, context: &Context) -> bool {
        self.0 + 1 == context.graph.stages.len()
    }

    /// The weights of a block of outputs stay on chip for all tiles; else they come with each part of the inputs.
    fn weights_stay(&self, context: &Context, cut: &Cut) -> bool {
        let stage = context.stage(self.0);
        let all = cut.outs * stage.fp_block(stage.in_groups());
        cut.ins >= stage.in_groups()
            || self.weight_slots(context, cut) * all <= context.weight_room(stage.shortcut.is_some())
    }

    /// Regions for weights that stay: two where they fit and one block loads while another is computed.
    fn weight_slots(&self, context: &Context, cut: &Cut) -> usize {
        let stage = context.stage(self.0);
        let two = 2 * cut.outs * stage.fp_block(stage.in_groups());
        // if blocks and tiles alternate, there is no time to load a block between two others
        let room = context.weight_room(stage.shortcut.is_some());
        let alternate = cut.order == Order::TilesFirst || two <= room;
        if cut.outs < stage.out_groups() && alternate { cut.slots } else { 1 }
    }

    /// Input groups whose weights are on chip together, and regions for them.
    fn weight_part(&self, context: &Context, cut: &Cut) -> (usize, usize) {
        let stage = context.stage(self.0);
        if self.weights_stay(context, cut) {
            (stage.in_groups(), self.weight_slots(context, cut))
        } else {
            (cut.ins, cut.slots)
        }
    }

    fn regions(&self, context: &Context, cut: &Cut, bases: Bases) -> Regions {
        let stage = context.stage(self.0);
        let (rows, cols) = stage.input_map(cut.size.rows, cut.size.cols);
        let (part, slots) = self.weight_part(context, cut);
        let (weights, features) = (cut.outs * stage.fp_block(part), cut.size.images * cut.ins * rows * cols);
        let added = Slots::new(bases.feature + cut.slots * features, cut.outs * cut.size.pixels(), cut.slots);
        Regions {
            weights: Slots::new(bases.weight, weights, slots),
            features: Slots::new(bases.feature, features, cut.slots),
            shortcut: (added, bases.weight + slots * weights),
            sums: Slots::new(bases.psum, cut.outs * cut.moved(stage).pixels(), cut.slots),
            row: bases.psum,
            labels: Slots::new(0, cut.size.images, cut.slots),
        }
    }

    /// All input groups of a tile into the partial sums of `outs`, and their result to DRAM; of a row of tiles after the last one.
    fn block(
        &self,
        builder: &mut Builder,
        regions: &mut Regions,
        cut: &Cut,
        tile: Tile,
        outs: (usize, usize),
        (weights, feature): (Option<usize>, Option<usize>),
    ) {
        let index = self.0;
        let stage = builder.context.stage(index);
        let by_rows = cut.order == Order::RowsFirst;
        if !by_rows || tile.col == 0 {
            regions.row = regions.sums.take();
        }
        // the partial sums of the row's tiles lie one after the other
        let (before, cols) = if by_rows { (tile.col, stage.cols) } else { (0, tile.cols) };
        let sums =
            GroupSums { base: regions.row + before * tile.rows, stride: tile.images * tile.rows * cols };
        for ins in blocks(stage.in_groups(), cut.ins) {
            let weights = match weights {
                Some(base) => OnChip { groups: (0, stage.in_groups()), base },
                None => {
                    let base = regions.weights.take();
                    builder.load_fp_weights(index, outs, ins, base);
                    OnChip { groups: ins, base }
                }
            };
            let base = feature.unwrap_or_else(|| {
                let base = regions.features.take();
                builder.load_input(stage, tile, ins, base);
                base
            });
            builder.compute_fp(index, tile, outs.1, OnChip { groups: ins, base }, weights, sums);
        }
        if let Some(shape) = stage.identity() {
            let base = regions.shortcut.0.take();
            builder.load_input(&shape, tile, outs, base);
            builder.add_fp(&shape, tile, outs.1, (base, regions.shortcut.1), sums);
        }
        if self.is_last(&builder.context) {
            builder.store_loss(index, tile, regions.row, regions.labels.take());
        } else if !by_rows {
            builder.store_forward(index, tile, outs, regions.row);
        } else if tile.col + tile.cols == stage.cols {
            builder.store_row(index, tile, cut.size.cols, outs, regions.row);
        }
    }
}

impl Pass for Forward {
    fn parts(&self) -> Vec<Part> {
        vec![(self.0, Phase::Fp)]
    }

    fn space(&self, context: &Context) -> Space {
        let stage = context.stage(self.0);
        let fewest = if self.is_last(context) { stage.out_groups() } else { 1 };
        let most_pixels = (1 << context.config.psum_aw) / fewest;
        let orders = &[Order::GroupsFirst, Order::TilesFirst, Order::RowsFirst];
        let mut space = Space::of_output(stage, most_pixels, orders);
        space.outs.retain(|outs| *outs >= fewest);
        space
    }

    fn admits(&self, context: &Context, cut: &Cut) -> bool {
        let stage = context.stage(self.0);
        cut.suits_rows(stage)
            && match cut.order {
                Order::GroupsFirst => true,
                Order::TilesFirst => cut.ins == stage.in_groups(),
                // one row leaves
                Order::RowsFirst => cut.size.rows == stage.window() && !self.is_last(context),
            }
    }

    fn needs(&self, context: &Context, cut: &Cut) -> Needs {
        let stage = context.stage(self.0);
        let (rows, cols) = stage.input_map(cut.size.rows, cut.size.cols);
        let (part, slots) = self.weight_part(context, cut);
        let moved = cut.moved(stage);
        let halve = |n: usize| n / stage.window();
        let code_row = halve(moved.cols).div_ceil(stage.codes_of_word());
        let codes = cut.outs * cut.size.images * halve(cut.size.rows) * code_row;
        let added = if stage.shortcut.is_some() { cut.outs * cut.size.pixels() } else { 0 };
        Needs {
            feature: cut.slots * (cut.size.images * cut.ins * rows * cols + added),
            weight: slots * cut.outs * stage.fp_block(part) + context.identity_rows(stage.shortcut.is_some()),
            psum: cut.slots * cut.outs * moved.pixels(),
            operand: if self.is_last(context) { cut.slots * cut.size.images } else { 0 },
            scratch: context.scratch_words(stage, cut.size.rows, cut.size.cols, cut.ins),
            code: if stage.coded() && !self.is_last(context) { codes } else { 0 },
            ..Default::default()
        }
    }

    fn work(&self, context: &Context, cut: &Cut) -> Work {
        let stage = context.stage(self.0);
        let batch = context.batch;
        let tiles = cut.size.count(batch, stage.rows, stage.cols);
        let (parts_out, parts_in) = cut.blocks(stage);
        let input = context.input_traffic(stage, cut.size);
        let input_loads = if cut.order == Order::TilesFirst { 1 } else { parts_out };
        let weights = stage.out_groups() * stage.block_words();
        let stay = self.weights_stay(context, cut) && cut.order != Order::TilesFirst;
        let weight_loads = if stay { 1 } else { tiles };
        let weight_bursts = weight_loads * if stay { parts_out } else { parts_out * cut.outs * parts_in };
        let store_runs = cut.moved(stage).store_runs(batch, stage.rows, stage.cols);
        // the map that is added comes once, one more matrix for each group of outputs
        let shortcut = stage.identity();
        let more = usize::from(shortcut.is_some());
        let added = shortcut.map_or(Traffic::default(), |shape| context.input_traffic(&shape, cut.size));
        let computations = tiles * stage.out_groups() * (parts_in + more);
        Work {
            loads: input * input_loads + Traffic::new(weight_loads * weights, weight_bursts) + added,
            stores: Traffic::new(
                batch * (stage.out_words() + stage.code_words()),
                2 * store_runs * stage.out_groups(),
            ),
            steps: (tiles * stage.out_groups() * (stage.in_groups() * stage.area() + more)) as u64,
            step: cut.size.pixels() as u64,
            computations: computations as u64,
            gather: (input_loads as u64) * context.gather_cycles(stage),
            ..cut.ends(context)
        }
    }

    fn emit(&self, builder: &mut Builder, cut: &Cut) {
        let index = self.0;
        let context = builder.context;
        let stage = context.stage(index);
        let bases = builder.begin_pass(&self.needs(&context, cut));
        let mut regions = self.regions(&context, cut, bases);
        if stage.shortcut.is_some() {
            builder.load_identity(regions.shortcut.1);
        }
        let stay = self.weights_stay(&context, cut);
        let all = (0, stage.in_groups());
        let tiles: Vec<Tile> = cut.size.tiles(context.batch, stage.rows, stage.cols).collect();
        let blocks: Vec<_> = blocks(stage.out_groups(), cut.outs).collect();
        let (mut weights, mut feature) = (None, None);
        for Visit { tile, groups, new_tile, new_block } in cut.visits(&tiles, &blocks) {
            if new_tile {
                let base = regions.features.take();
                builder.load_input(stage, tile, all, base);
                feature = Some(base);
            }
            if new_block && stay {
                let base = regions.weights.take();
                builder.load_fp_weights(index, groups, all, base);
                weights = Some(base);
            }
            self.block(builder, &mut regions, cut, tile, groups, (weights, feature));
        }
    }
}
