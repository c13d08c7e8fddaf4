//! BP and WU of the second stage with WU of the first, tile by tile in turns: the gradient of the second stage's input, which is the loss of
//! the first, comes from the hand-over RAM and never sees DRAM.

use super::compute::{LossOnChip, OnChip, Sums};
use super::fused::{self, Fused};
use super::weight::Weight;
use super::{Cut, Order, Part, Pass, Space};
use crate::Stage;
use crate::builder::{Builder, Context, Slots};
use crate::room::Needs;
use crate::tensors::output::HandOver;
use crate::tile::{Grid, Tile, TileSize};
use crate::work::Work;
use ef_isa::compute::{Init, Phase};

/// BP and WU of stage 1, WU of stage 0, which has no BP.
pub struct HandedBackward;

const FIRST: usize = 0;
const SECOND: Fused = Fused(1);

/// Regions of the hand-over RAM: one is written while the other is read.
const REGIONS: usize = 2;

/// The regions of the pass in the buffers.
struct Regions {
    second: fused::Regions,
    weights: usize,
    first_losses: usize,
    first_input: usize,
    first_gradients: usize,
    handed: Slots,
}

impl HandedBackward {
    pub fn possible(context: &Context) -> bool {
        let stages = &context.graph.stages;
        let [first, second, ..] = &stages[..] else { return false };
        context.graph.has_wu(FIRST)
            && context.graph.has_wu(SECOND.0)
            && first.flattened.is_none()
            && !first.striped()
            && second.flattened.is_none()
            && second.input == first.output
            && second.spread == [1; 2]
            && Fused::possible(context, SECOND.0)
    }

    fn stages<'a>(context: &Context<'a>) -> (&'a Stage, &'a Stage) {
        (&context.graph.stages[FIRST], &context.graph.stages[SECOND.0])
    }

    /// The tile of the first stage's output before pooling whose loss is that gradient.
    fn raw(first: &Stage, tile: Tile) -> Tile {
        let window = first.window();
        Tile { row: tile.row * window, rows: tile.rows * window, cols: first.cols, ..tile }
    }

    /// Vectors and code words of the largest loss tile of the first stage, one group.
    fn first_loss(context: &Context, first: &Stage, size: TileSize) -> (usize, usize) {
        let tile = Tile { image: 0, images: 1, row: 0, rows: size.rows, col: 0, cols: size.cols };
        let loss = Weight(FIRST).tile(context, Self::raw(first, tile));
        (loss.map(), size.rows * first.code_row())
    }

    /// WU of the first stage with the gradient at `at`.
    fn first(&self, builder: &mut Builder, regions: &Regions, tile: Tile, at: usize, init: Init) {
        let context = builder.context;
        let (stage, _) = Self::stages(&context);
        let raw = Self::raw(stage, tile);
        let shape = Weight(FIRST).tile(&context, raw);
        let loss = LossOnChip { tile: shape, groups: (0, stage.out_groups()), base: regions.first_losses };
        builder.load_loss(FIRST, shape, loss.groups, loss.base, Some(at));
        let input = OnChip { groups: (0, stage.in_groups()), base: regions.first_input };
        builder.load_input(stage, raw, input.groups, input.base);
        builder.compute_wu(FIRST, raw, loss, input, Sums { base: regions.first_gradients, init });
        builder.tile_done();
    }

    fn regions(&self, builder: &mut Builder, cut: &Cut) -> Regions {
        let context = builder.context;
        let (first, second) = Self::stages(&context);
        let needs = self.needs(&context, cut);
        let bases = builder.begin_pass(&needs);
        let sums = cut.ins * cut.size.pixels();
        let gradients = |stage: &Stage| stage.out_groups() * context.gradient_sums(stage, stage.in_groups());
        let raw = first.window() * cut.size.rows;
        let input = first.input_map(raw, first.cols);
        let first_input = first.in_groups() * input.0 * input.1;
        let first_losses = first.out_groups() * Self::first_loss(&context, first, cut.size).0;
        let slots = |base: usize, size: usize| Slots::new(base, size / cut.slots, cut.slots);
        Regions {
            second: fused::Regions {
                losses: slots(bases.loss, needs.loss - first_losses),
                inputs: slots(bases.feature, needs.feature - first_input),
                sums: Slots::new(bases.psum, sums, cut.slots),
                gradients: bases.psum + cut.slots * sums,
            },
            weights: bases.weight,
            first_losses: bases.loss + needs.loss - first_losses,
            first_input: bases.feature + needs.feature - first_input,
            first_gradients: bases.psum + cut.slots * sums + gradients(second),
            handed: Slots::new(0, needs.handover / REGIONS, REGIONS),
        }
    }
}

impl Pass for HandedBackward {
    fn parts(&self) -> Vec<Part> {
        vec![(SECOND.0, Phase::Bp), (SECOND.0, Phase::Wu), (FIRST, Phase::Wu)]
    }

    fn space(&self, context: &Context) -> Space {
        let (_, second) = Self::stages(context);
        let space = SECOND.space(context);
        let grid = Grid { col_step: second.in_cols, ..space.grid };
        Space { grid, ins: vec![second.in_groups()], orders: &[Order::GroupsFirst], ..space }
    }

    fn admits(&self, context: &Context, cut: &Cut) -> bool {
        let (_, second) = Self::stages(context);
        let counted = |tile| SECOND.wu_tile(second, tile).rows > 0;
        cut.size.images == 1 && cut.size.tiles(1, second.in_rows, second.in_cols).all(counted)
    }

    fn needs(&self, context: &Context, cut: &Cut) -> Needs {
        let (first, second) = Self::stages(context);
        let needs = SECOND.needs(context, cut);
        let raw = first.window() * cut.size.rows;
        let input = first.input_map(raw, first.cols);
        let (vectors, codes) = Self::first_loss(context, first, cut.size);
        Needs {
            feature: needs.feature + first.in_groups() * input.0 * input.1,
            loss: needs.loss + first.out_groups() * vectors,
            psum: needs.psum + first.out_groups() * context.gradient_sums(first, first.in_groups()),
            scratch: context.scratch_words(first, raw, first.cols, first.in_groups()),
            code: needs.code.max(first.out_groups() * codes),
            handover: REGIONS * second.in_groups() * cut.size.pixels() * context.lanes(),
            ..needs
        }
    }

    fn work(&self, context: &Context, cut: &Cut) -> Work {
        let (first, second) = Self::stages(context);
        let size = TileSize { images: 1, rows: cut.size.rows * first.window(), cols: first.cols };
        let only = Cut { size, outs: first.out_groups(), ins: first.in_groups(), ..*cut };
        let (mut work, weight) = (SECOND.work(context, cut), Weight(FIRST).work(context, &only));
        let words = context.batch * second.in_groups() * second.in_rows * second.in_cols * context.lanes();
        let handed = words as u64;
        // the gradient is neither stored nor loaded
        work.stores.words -= handed;
        work.loads = work.loads + weight.loads;
        work.loads.words -= handed;
        work.stores = work.stores + weight.stores;
        work.update = work.update + weight.update;
        work.steps += (weight.steps * weight.step).div_ceil(work.step);
        work.computations += weight.computations;
        work.gather += weight.gather + handed;
        work
    }

    fn emit(&self, builder: &mut Builder, cut: &Cut) {
        let mut regions = self.regions(builder, cut);
        let context = builder.context;
        let (first, second) = Self::stages(&context);
        let all = |stage: &Stage| ((0, stage.out_groups()), (0, stage.in_groups()));
        builder.updates.spread_over(cut.size.count(context.batch, second.in_rows, second.in_cols));
        builder.load_bp_weights(SECOND.0, all(second).0, all(second).1, regions.weights);
        let weight = OnChip { groups: all(second).1, base: regions.weights };
        let mut waiting = None;
        // what the weight gradients of the first and of the second stage start from
        let mut init = [Init::Zero; 2];
        for tile in cut.size.tiles(context.batch, second.in_rows, second.in_cols) {
            let at = regions.handed.take();
            let hand_over = Some(HandOver { at, only: true });
            SECOND.emit_tile(builder, &mut regions.second, cut, tile, (weight, init[1]), hand_over);
            init[1] = Init::Keep;
            if let Some((tile, at)) = waiting.replace((tile, at)) {
                self.first(builder, &regions, tile, at, init[0]);
                init[0] = Init::Keep;
            }
        }
        if let Some((tile, at)) = waiting {
            self.first(builder, &regions, tile, at, init[0]);
        }
        builder.update(SECOND.0, all(second).0, all(second).1, regions.second.gradients);
        builder.update(FIRST, all(first).0, all(first).1, regions.first_gradients);
    }
}
