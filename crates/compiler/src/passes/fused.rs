//! BP and WU of a stage on one loss tile: the losses are loaded once for both. The gradients of all outputs and a part of the inputs
//! stay in the partial sums over the whole batch.

use super::compute::{LossOnChip, OnChip, Sums};
use super::{Cut, Order, Part, Pass, Space};
use crate::builder::{Builder, Context, Slots};
use crate::room::Needs;
use crate::tensors::loss::LossTile;
use crate::tensors::output::{HandOver, MapStore};
use crate::tile::{Tile, TileSize, blocks};
use crate::work::Work;
use crate::{Axis, Stage};
use ef_isa::compute::{Init, Phase};
use ef_time::Traffic;

/// BP, WU and update of stage `.0`.
pub struct Fused(pub usize);

/// The regions of BP and WU in the buffers; the gradients of all outputs lie from partial sum `gradients` on.
pub(super) struct Regions {
    pub losses: Slots,
    pub inputs: Slots,
    pub sums: Slots,
    pub gradients: usize,
}

/// The output rows (or columns) that WU takes with input rows `first..first + count` of `inputs`: the same ones; the last tile has
/// those that are left of `outputs`.
fn share((first, count): (usize, usize), inputs: usize, outputs: usize) -> (usize, usize) {
    let end = if first + count == inputs { outputs } else { (first + count).min(outputs) };
    let first = first.min(outputs);
    (first, end - first)
}

impl Fused {
    /// Whether BP and WU can be made together: the output positions that only WU needs are few.
    pub fn possible(context: &Context, index: usize) -> bool {
        let stage = context.stage(index);
        let few = |axis: Axis| axis.padding.0.max(axis.padding.1) < axis.extent();
        !stage.first()
            && stage.by_channel.is_none()
            && context.graph.reads_alone(index)
            && stage.axes.into_iter().all(few)
    }

    /// The part of the output map that WU takes with a tile of the input map.
    pub(super) fn wu_tile(&self, stage: &Stage, tile: Tile) -> Tile {
        let (row, rows) = share((tile.row, tile.rows), stage.in_rows, stage.rows);
        let (col, cols) = share((tile.col, tile.cols), stage.in_cols, stage.cols);
        Tile { row, rows, col, cols, ..tile }
    }

    /// The loss tile that serves BP and WU of a tile of the input map.
    pub(super) fn tile(&self, context: &Context, tile: Tile) -> LossTile {
        let stage = context.stage(self.0);
        let wu = self.wu_tile(stage, tile);
        let (mut rows, mut cols) = stage.bp_reach(tile);
        if wu.rows > 0 && wu.cols > 0 {
            rows = (rows.0.min(wu.row as i64), rows.1.max((wu.row + wu.rows) as i64));
            cols = (cols.0.min(wu.col as i64), cols.1.max((wu.col + wu.cols) as i64));
        }
        LossTile::new(stage, (tile.image, tile.images), rows, cols, (wu.cols, wu.rows * wu.cols))
    }

    /// BP of a tile of the input map for the groups of `weight`, whose result goes to DRAM or is handed over, and WU, whose gradients start
    /// from `init`. Returns whether WU has a part in the tile.
    pub(super) fn emit_tile(
        &self,
        builder: &mut Builder,
        regions: &mut Regions,
        cut: &Cut,
        tile: Tile,
        (weight, init): (OnChip, Init),
        hand_over: Option<HandOver>,
    ) -> bool {
        let context = builder.context;
        let (index, stage, ins) = (self.0, context.stage(self.0), weight.groups);
        let (shape, wu) = (self.tile(&context, tile), self.wu_tile(stage, tile));
        let (sum, feature) = (regions.sums.take(), regions.inputs.take());
        let map = MapStore { hand_over, ..context.gradient_store(stage) };
        let counted = wu.rows > 0 && wu.cols > 0;
        for outs in blocks(stage.out_groups(), cut.outs) {
            let loss = LossOnChip { tile: shape, groups: outs, base: regions.losses.take() };
            builder.load_loss(index, shape, outs, loss.base, None);
            if counted && outs.0 == 0 {
                builder.load_input(stage, wu, ins, feature);
            }
            let sums = Sums { base: sum, init: if outs.0 == 0 { Init::Zero } else { Init::Keep } };
            builder.compute_bp(index, tile, loss, weight, 0, sums);
            if outs.0 + outs.1 == stage.out_groups() {
                builder.store_map(&map, tile, ins, (tile.rows, tile.cols), sum);
            }
            if counted {
                let base = regions.gradients + outs.0 * context.gradient_sums(stage, ins.1);
                let input = OnChip { groups: ins, base: feature };
                builder.compute_wu(index, wu, loss, input, Sums { base, init });
            }
        }
        counted
    }

    /// The largest tile of WU.
    fn largest_wu(&self, stage: &Stage, size: TileSize) -> (usize, usize) {
        let more = |outputs: usize, inputs: usize| outputs.saturating_sub(inputs);
        (size.rows + more(stage.rows, stage.in_rows), size.cols + more(stage.cols, stage.in_cols))
    }
}

impl Pass for Fused {
    fn parts(&self) -> Vec<Part> {
        vec![(self.0, Phase::Bp), (self.0, Phase::Wu)]
    }

    fn space(&self, context: &Context) -> Space {
        Space::of_input(context, context.stage(self.0), &[Order::GroupsFirst])
    }

    fn needs(&self, context: &Context, cut: &Cut) -> Needs {
        let stage = context.stage(self.0);
        let loss =
            context.largest_loss(stage, cut.size, (stage.in_rows, stage.in_cols), |t| self.tile(context, t));
        let (rows, cols) = self.largest_wu(stage, cut.size);
        let (rows, cols) = stage.input_map(rows, cols);
        let gradients = stage.out_groups() * context.gradient_sums(stage, cut.ins);
        let weight_slots = if cut.ins < stage.in_groups() { cut.slots } else { 1 };
        Needs {
            feature: cut.slots * cut.size.images * cut.ins * rows * cols,
            loss: cut.slots * cut.outs * loss.vectors,
            weight: weight_slots * stage.out_groups() * stage.matrix_rows(cut.ins),
            psum: gradients + cut.slots * cut.ins * cut.size.pixels(),
            operand: context.update_room(),
            code: cut.outs * loss.codes,
            ..Default::default()
        }
    }

    fn work(&self, context: &Context, cut: &Cut) -> Work {
        let stage = context.stage(self.0);
        let batch = context.batch;
        let tiles = cut.size.count(batch, stage.in_rows, stage.in_cols);
        let (parts_out, parts_in) = cut.blocks(stage);
        let loss =
            context.loss_traffic(stage, cut.size, (stage.in_rows, stage.in_cols), |t| self.tile(context, t));
        let input = context.input_traffic(stage, cut.size);
        let (update_loads, update_stores) = context.update_traffic(stage);
        let weights = stage.out_groups() * stage.block_words();
        let map = batch * stage.in_groups() * stage.in_rows * stage.in_cols * context.lanes();
        let runs = cut.size.store_runs(batch, stage.in_rows, stage.in_cols);
        let matrices = (tiles * stage.out_groups() * stage.in_groups() * stage.area()) as u64;
        let (rows, cols) = self.largest_wu(stage, cut.size);
        let blocks = (cut.size.images * rows * cols).div_ceil(context.lanes());
        let wu_vectors = stage.in_groups() * stage.area() * context.lanes();
        Work {
            update: update_loads + update_stores,
            update_waits: parts_in > 1,
            loads: loss * parts_in + input + Traffic::new(weights, 0) + update_loads,
            stores: Traffic::new(map, runs * stage.in_groups()) + update_stores,
            // steps of BP, and those of WU converted to steps of the same length
            steps: matrices + (tiles * stage.out_groups() * blocks * wu_vectors / cut.size.pixels()) as u64,
            step: cut.size.pixels() as u64,
            computations: (tiles * (stage.in_groups() * parts_out + stage.out_groups() * parts_in)) as u64,
            ..cut.ends(context)
        }
    }

    fn emit(&self, builder: &mut Builder, cut: &Cut) {
        let index = self.0;
        let context = builder.context;
        let stage = context.stage(index);
        let needs = self.needs(&context, cut);
        let all = (0, stage.out_groups());
        let bases = builder.begin_pass(&needs);
        builder.updates.spread_over(cut.size.count(context.batch, stage.in_rows, stage.in_cols));
        let gradients = all.1 * context.gradient_sums(stage, cut.ins);
        let mut regions = Regions {
            losses: Slots::new(bases.loss, needs.loss / cut.slots, cut.slots),
            inputs: Slots::new(bases.feature, needs.feature / cut.slots, cut.slots),
            sums: Slots::new(bases.psum + gradients, cut.ins * cut.size.pixels(), cut.slots),
            gradients: bases.psum,
        };
        let matrices = all.1 * stage.matrix_rows(cut.ins);
        let mut weights = Slots::new(bases.weight, matrices, needs.weight / matrices);
        for ins in blocks(stage.in_groups(), cut.ins) {
            let weight = OnChip { groups: ins, base: weights.take() };
            builder.load_bp_weights(index, all, ins, weight.base);
            let mut init = Init::Zero;
            for tile in cut.size.tiles(context.batch, stage.in_rows, stage.in_cols) {
                if self.emit_tile(builder, &mut regions, cut, tile, (weight, init), None) {
                    init = Init::Keep;
                }
                builder.tile_done();
            }
            builder.update(index, all, ins, regions.gradients);
            // the next part of the inputs takes these sums again
            if ins.0 + ins.1 < stage.in_groups() {
                builder.finish_updates();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn every_output_row_belongs_to_one_tile_of_input_rows() {
        for (inputs, outputs) in [(8, 8), (8, 6), (5, 9), (7, 1)] {
            for size in 1..=inputs {
                let shares = crate::tile::blocks(inputs, size).map(|block| share(block, inputs, outputs));
                let rows: Vec<usize> = shares.flat_map(|(first, count)| first..first + count).collect();
                assert_eq!(rows, (0..outputs).collect::<Vec<_>>());
            }
        }
    }
}
