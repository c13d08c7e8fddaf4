//! BP of a stage: the gradient of its input from the gradient of its output.

use super::compute::{LossOnChip, OnChip, Sums};
use super::{Cut, Order, Part, Pass, Space, Visit};
use crate::Stage;
use crate::builder::{Builder, Context, Slots};
use crate::graph::Addend;
use crate::room::Needs;
use crate::tensors::loss::LossTile;
use crate::tile::{Tile, TileSize, blocks};
use crate::work::Work;
use ef_isa::compute::{Init, Phase};
use ef_time::Traffic;

/// BP of stage `.0`.
pub struct Backward(pub usize);

/// The regions of a pass in the buffers.
struct Regions {
    weights: Slots,
    losses: Slots,
    sums: Slots,
    /// Of the losses of stages that add this stage's input, and the vectors of the identity.
    joins: (Slots, usize),
}

/// Losses that are added to the gradient of a map.
pub struct Joins {
    pub vectors: usize,
    pub codes: usize,
    pub traffic: Traffic,
    pub count: usize,
}

impl Joins {
    /// Of tiles of a map of so many rows and columns.
    pub fn new(context: &Context, addends: &[Addend], cut: &Cut, map: (usize, usize)) -> Joins {
        let none = Joins { vectors: 0, codes: 0, traffic: Traffic::default(), count: 0 };
        addends.iter().fold(none, |all, Addend { stage, .. }| {
            let largest = context.largest_loss(stage, cut.size, map, |tile| Backward::reached(stage, tile));
            let traffic = context.loss_traffic(stage, cut.size, map, |tile| Backward::reached(stage, tile));
            Joins {
                vectors: all.vectors.max(largest.vectors),
                codes: all.codes.max(largest.codes),
                traffic: all.traffic + traffic,
                count: all.count + 1,
            }
        })
    }
}

impl Backward {
    fn tile(&self, context: &Context, tile: Tile) -> LossTile {
        Self::reached(context.stage(self.0), tile)
    }

    /// The losses of `stage` that a tile of its input depends on.
    pub(super) fn reached(stage: &Stage, tile: Tile) -> LossTile {
        let (rows, cols) = stage.bp_reach(tile);
        LossTile::new(stage, (tile.image, tile.images), rows, cols, (stage.cols, stage.rows * stage.cols))
    }

    /// Largest tiles and whole traffic of what is added.
    pub(super) fn joins(&self, context: &Context, cut: &Cut) -> Joins {
        let stage = context.stage(self.0);
        Joins::new(context, &context.graph.addends(self.0), cut, (stage.in_rows, stage.in_cols))
    }

    /// The weights of a block of inputs stay on chip for all tiles; else they come with each part of the outputs.
    fn weights_stay(&self, context: &Context, cut: &Cut) -> bool {
        let stage = context.stage(self.0);
        let slots = if cut.ins < stage.in_groups() { cut.slots } else { 1 };
        let all = slots * stage.out_groups() * stage.matrix_rows(cut.ins);
        cut.outs >= stage.out_groups()
            || all <= context.weight_room(!context.graph.addends(self.0).is_empty())
    }

    /// Output groups whose weights are on chip together, and regions for them.
    fn weight_part(&self, context: &Context, cut: &Cut) -> (usize, usize) {
        let stage = context.stage(self.0);
        match self.weights_stay(context, cut) {
            true => (stage.out_groups(), if cut.ins < stage.in_groups() { cut.slots } else { 1 }),
            false => (cut.outs, cut.slots),
        }
    }

    /// All output groups of a tile into the partial sums of `ins`, and their result to DRAM.
    fn block(
        &self,
        builder: &mut Builder,
        regions: &mut Regions,
        cut: &Cut,
        tile: Tile,
        ins: (usize, usize),
        (weights, loss): (Option<usize>, Option<usize>),
    ) {
        let index = self.0;
        let stage = builder.context.stage(index);
        let shape = self.tile(&builder.context, tile);
        let sum = regions.sums.take();
        for outs in blocks(stage.out_groups(), cut.outs) {
            let (base, first) = match weights {
                Some(base) => (base, 0),
                None => {
                    let base = regions.weights.take();
                    builder.load_bp_weights(index, outs, ins, base);
                    (base, outs.0)
                }
            };
            let loss = loss.unwrap_or_else(|| {
                let base = regions.losses.take();
                builder.load_loss(index, shape, outs, base, None);
                base
            });
            let init = if outs.0 == 0 { Init::Zero } else { Init::Keep };
            let on_chip = LossOnChip { tile: shape, groups: outs, base: loss };
            let weights = OnChip { groups: ins, base };
            builder.compute_bp(index, tile, on_chip, weights, first, Sums { base: sum, init });
        }
        let addends = builder.context.graph.addends(index);
        builder.add_joins(&addends, tile, ins, &mut regions.joins, Sums { base: sum, init: Init::Keep });
        let map = builder.context.gradient_store(stage);
        builder.store_map(&map, tile, ins, (tile.rows, tile.cols), sum);
        builder.tile_done();
    }
}

impl Builder<'_> {
    /// Adds losses to the partial sums of a tile; `regions` are for their tiles, and where the identity is. The first of them finds what `sums` says.
    pub(super) fn add_joins(
        &mut self,
        addends: &[Addend],
        tile: Tile,
        groups: (usize, usize),
        regions: &mut (Slots, usize),
        sums: Sums,
    ) {
        for (number, Addend { codes, stage }) in addends.iter().enumerate() {
            let base = regions.0.take();
            let shape = Backward::reached(stage, tile);
            self.load_loss_of(stage, *codes, shape, groups, base, None);
            let loss = LossOnChip { tile: shape, groups, base };
            let init = if number == 0 { sums.init } else { Init::Keep };
            self.add_bp(stage, tile, loss, regions.1, Sums { init, ..sums });
        }
    }
}

impl Pass for Backward {
    fn parts(&self) -> Vec<Part> {
        vec![(self.0, Phase::Bp)]
    }

    fn space(&self, context: &Context) -> Space {
        Space::of_input(context, context.stage(self.0), &[Order::GroupsFirst, Order::TilesFirst])
    }

    fn admits(&self, context: &Context, cut: &Cut) -> bool {
        cut.order == Order::GroupsFirst || cut.outs == context.stage(self.0).out_groups()
    }

    fn needs(&self, context: &Context, cut: &Cut) -> Needs {
        let stage = context.stage(self.0);
        let (part, slots) = self.weight_part(context, cut);
        let loss =
            context.largest_loss(stage, cut.size, (stage.in_rows, stage.in_cols), |t| self.tile(context, t));
        let joins = self.joins(context, cut);
        Needs {
            loss: cut.slots * (cut.outs * loss.vectors + cut.ins * joins.vectors),
            weight: slots * part * stage.matrix_rows(cut.ins) + context.identity_rows(joins.count > 0),
            psum: cut.slots * cut.ins * cut.size.pixels(),
            code: (cut.outs * loss.codes).max(cut.ins * joins.codes),
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
        let loss_loads = if cut.order == Order::TilesFirst { 1 } else { parts_in };
        let weights = stage.out_groups() * stage.block_words();
        let stay = self.weights_stay(context, cut) && cut.order == Order::GroupsFirst;
        let weight_loads = if stay { 1 } else { tiles };
        let store_runs = cut.size.store_runs(batch, stage.in_rows, stage.in_cols);
        let joins = self.joins(context, cut);
        let matrices = stage.out_groups() * stage.area() + joins.count;
        Work {
            loads: loss * loss_loads
                + Traffic::new(weights, stage.out_groups() * parts_in) * weight_loads
                + joins.traffic,
            stores: Traffic::new(
                batch * stage.in_groups() * stage.in_rows * stage.in_cols * context.lanes(),
                store_runs * stage.in_groups(),
            ),
            steps: (tiles * stage.in_groups() * matrices) as u64,
            step: cut.size.pixels() as u64,
            computations: (tiles * stage.in_groups() * (parts_out + joins.count)) as u64,
            ..cut.ends(context)
        }
    }

    fn emit(&self, builder: &mut Builder, cut: &Cut) {
        let index = self.0;
        let context = builder.context;
        let stage = context.stage(index);
        let bases = builder.begin_pass(&self.needs(&context, cut));
        let tiles = cut.size.count(context.batch, stage.in_rows, stage.in_cols);
        builder.updates.spread_over(stage.in_groups().div_ceil(cut.ins) * tiles);
        let (part, slots) = self.weight_part(&context, cut);
        let size: TileSize = cut.size;
        let vectors = context
            .largest_loss(stage, size, (stage.in_rows, stage.in_cols), |t| self.tile(&context, t))
            .vectors;
        let joins = self.joins(&context, cut);
        let (matrices, losses) = (part * stage.matrix_rows(cut.ins), cut.outs * vectors);
        let joined = Slots::new(bases.loss + cut.slots * losses, cut.ins * joins.vectors, cut.slots);
        let mut regions = Regions {
            weights: Slots::new(bases.weight, matrices, slots),
            losses: Slots::new(bases.loss, losses, cut.slots),
            sums: Slots::new(bases.psum, cut.ins * size.pixels(), cut.slots),
            joins: (joined, bases.weight + slots * matrices),
        };
        if joins.count > 0 {
            builder.load_identity(regions.joins.1);
        }
        let stay = self.weights_stay(&context, cut);
        let all = (0, stage.out_groups());
        let tiles: Vec<Tile> = size.tiles(context.batch, stage.in_rows, stage.in_cols).collect();
        let blocks: Vec<_> = blocks(stage.in_groups(), cut.ins).collect();
        let (mut weights, mut loss) = (None, None);
        for Visit { tile, groups, new_tile, new_block } in cut.visits(&tiles, &blocks) {
            if new_tile {
                let base = regions.losses.take();
                builder.load_loss(index, self.tile(&context, tile), all, base, None);
                loss = Some(base);
            }
            if new_block && stay {
                let base = regions.weights.take();
                builder.load_bp_weights(index, all, groups, base);
                weights = Some(base);
            }
            self.block(builder, &mut regions, cut, tile, groups, (weights, loss));
        }
    }
}
