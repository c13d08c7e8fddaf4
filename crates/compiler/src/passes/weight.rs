//! WU of a stage alone: blocks of gradients stay in the partial sums over the whole batch, then the update.

use super::compute::{LossOnChip, OnChip, Sums};
use super::{Cut, Order, Part, Pass, Space};
use crate::builder::{Builder, Context, Slots};
use crate::room::Needs;
use crate::tensors::loss::LossTile;
use crate::tile::{Tile, blocks};
use crate::work::Work;
use ef_isa::compute::{Init, Phase};

/// WU and update of stage `.0`.
pub struct Weight(pub usize);

impl Weight {
    /// Regions for the gradients of a block: two where they fit, so that one is updated while the other is computed.
    fn sum_slots(&self, context: &Context, cut: &Cut) -> usize {
        let stage = context.stage(self.0);
        let one_block = (cut.outs, cut.ins) == (stage.out_groups(), stage.in_groups());
        let block = cut.outs * context.gradient_sums(stage, cut.ins);
        if one_block || 2 * block > 1 << context.config.psum_aw { 1 } else { cut.slots }
    }

    /// The losses that are loaded at once: those of a tile, or of a row of tiles.
    fn losses(&self, context: &Context, cut: &Cut, tile: Tile) -> LossTile {
        match cut.order {
            Order::RowsFirst => {
                let row = Tile { col: 0, cols: context.stage(self.0).cols, ..tile };
                self.tile(context, row).counted_in(cut.size)
            }
            _ => self.tile(context, tile),
        }
    }

    /// The loss tile of output rows: what WU holds stationary.
    pub(super) fn tile(&self, context: &Context, tile: Tile) -> LossTile {
        let stage = context.stage(self.0);
        let rows = (tile.row as i64, (tile.row + tile.rows) as i64);
        let cols = (tile.col as i64, (tile.col + tile.cols) as i64);
        LossTile::new(stage, (tile.image, tile.images), rows, cols, (tile.cols, tile.rows * tile.cols))
    }
}

impl Pass for Weight {
    fn parts(&self) -> Vec<Part> {
        vec![(self.0, Phase::Wu)]
    }

    fn space(&self, context: &Context) -> Space {
        let orders = &[Order::GroupsFirst, Order::RowsFirst];
        Space::of_output(context.stage(self.0), 1 << context.config.loss_aw, orders)
    }

    fn admits(&self, context: &Context, cut: &Cut) -> bool {
        let stage = context.stage(self.0);
        // in the losses of a row of tiles, the pixels of each tile follow one another in the banks
        let rest = stage.cols % cut.size.cols;
        let follow =
            cut.size.rows == 1 || rest == 0 || (cut.size.cols - rest).is_multiple_of(context.lanes());
        cut.suits_rows(stage) && (cut.order != Order::RowsFirst || follow)
    }

    fn needs(&self, context: &Context, cut: &Cut) -> Needs {
        let stage = context.stage(self.0);
        let (rows, cols) = stage.input_map(cut.size.rows, cut.size.cols);
        let map = (stage.rows, stage.cols);
        let loss = context.largest_loss(stage, cut.moved(stage), map, |t| self.tile(context, t));
        Needs {
            feature: cut.slots * cut.size.images * cut.ins * rows * cols,
            loss: cut.slots * cut.outs * loss.vectors,
            psum: self.sum_slots(context, cut) * cut.outs * context.gradient_sums(stage, cut.ins),
            operand: context.update_room(),
            scratch: context.scratch_words(stage, cut.size.rows, cut.size.cols, cut.ins),
            code: cut.outs * loss.codes,
            ..Default::default()
        }
    }

    fn work(&self, context: &Context, cut: &Cut) -> Work {
        let stage = context.stage(self.0);
        let tiles = cut.size.count(context.batch, stage.rows, stage.cols);
        let (parts_out, parts_in) = cut.blocks(stage);
        let map = (stage.rows, stage.cols);
        let loss = context.loss_traffic(stage, cut.moved(stage), map, |t| self.tile(context, t));
        let input = context.input_traffic(stage, cut.size);
        let (update_loads, update_stores) = context.update_traffic(stage);
        let vectors = stage.in_groups() * stage.area() * context.lanes();
        // with one region of sums, each block but the last is updated before the next one begins
        let one = self.sum_slots(context, cut) == 1 && parts_out * parts_in > 1;
        Work {
            update: update_loads + update_stores,
            update_waits: one,
            loads: loss * parts_in + input * parts_out + update_loads,
            stores: update_stores,
            steps: (tiles * stage.out_groups() * cut.size.pixels().div_ceil(context.lanes())) as u64,
            step: vectors as u64,
            computations: (tiles * stage.out_groups() * parts_in) as u64,
            gather: parts_out as u64 * context.gather_cycles(stage),
            ..cut.ends(context)
        }
    }

    fn emit(&self, builder: &mut Builder, cut: &Cut) {
        let index = self.0;
        let context = builder.context;
        let stage = context.stage(index);
        let needs = self.needs(&context, cut);
        let tiles = cut.size.count(context.batch, stage.rows, stage.cols);
        let bases = builder.begin_pass(&needs);
        builder.updates.spread_over(tiles);
        let mut losses = Slots::new(bases.loss, needs.loss / cut.slots, cut.slots);
        let mut features = Slots::new(bases.feature, needs.feature / cut.slots, cut.slots);
        let block = cut.outs * context.gradient_sums(stage, cut.ins);
        let sum_slots = needs.psum / block;
        let mut sums = Slots::new(bases.psum, block, sum_slots);
        for outs in blocks(stage.out_groups(), cut.outs) {
            for ins in blocks(stage.in_groups(), cut.ins) {
                let sum = sums.take();
                let mut loss: Option<LossOnChip> = None;
                for (number, tile) in cut.size.tiles(context.batch, stage.rows, stage.cols).enumerate() {
                    let shape = self.losses(&context, cut, tile);
                    let loaded = loss.filter(|loss| loss.tile == shape);
                    let loss = *loss.insert(loaded.unwrap_or_else(|| {
                        let base = losses.take();
                        builder.load_loss(index, shape, outs, base, None);
                        LossOnChip { tile: shape, groups: outs, base }
                    }));
                    let input = OnChip { groups: ins, base: features.take() };
                    builder.load_input(stage, tile, ins, input.base);
                    let init = if number == 0 { Init::Zero } else { Init::Keep };
                    builder.compute_wu(index, tile, loss, input, Sums { base: sum, init });
                    builder.tile_done();
                }
                // the next block but one overwrites these sums; with one region, the next block does
                builder.update(index, outs, ins, sum);
                builder.updates.spread_over(tiles);
                let last = outs.0 + outs.1 == stage.out_groups() && ins.0 + ins.1 == stage.in_groups();
                if sum_slots == 1 && !last {
                    builder.finish_updates();
                }
            }
        }
    }
}
