//! The update: old weights and velocities stream in, new ones stream out, gradients come from the partial sums.
//!
//! It needs the memory and the store engine, not the kernel: it is made in pieces between the tiles of what comes after it, so that the
//! kernel has work meanwhile.

use crate::Stage;
use crate::builder::{Builder, Context};
use crate::tile::blocks;
use ef_isa::load::{LoadOp, WordBuffer};
use ef_isa::store::{StoreKind, StoreOp};
use ef_isa::{LoadDesc, StoreDesc};
use ef_time::Traffic;
use std::collections::VecDeque;
use std::ops::Range;

/// Updates that are still to be made, in their order.
#[derive(Default)]
pub struct Updates {
    waiting: VecDeque<Piece>,
    /// Partial sums that they read.
    sums: Option<Range<usize>>,
    /// Tiles over which they are spread.
    tiles: usize,
    /// The pieces made so far: stage and commands of each. Successive pieces use the two halves of the operand
    /// buffer in turn.
    pub(crate) made: Vec<(usize, Range<usize>)>,
}

impl Updates {
    /// Whether an update that is still to be made reads partial sums of `range`.
    pub fn read(&self, range: Range<usize>) -> bool {
        self.sums.as_ref().is_some_and(|sums| sums.start < range.end && range.start < sums.end)
    }

    /// Spreads the updates over the next `tiles` tiles.
    pub fn spread_over(&mut self, tiles: usize) {
        self.tiles = tiles;
    }
}

/// A contiguous piece of a layer's parameters and where its gradients are.
struct Piece {
    /// Number of the stage.
    stage: usize,
    /// First word within the layer's parameters.
    at: usize,
    /// Elements as (kernel steps, output channels, input channels), and the partial-sum walk over them.
    shape: (usize, usize, usize),
    sum: usize,
    sum_step: usize,
    sum_channel: usize,
}

impl Context<'_> {
    /// Matrices of T x T weights in a piece: its weights and velocities, twice, share the operand buffer.
    fn matrices_at_once(&self) -> usize {
        ((1 << self.config.operand_aw) / 4 / (self.lanes() * self.lanes())).max(1)
    }

    /// Words of the operand buffer that updates use.
    pub(super) fn update_room(&self) -> usize {
        4 * self.matrices_at_once() * self.lanes() * self.lanes()
    }

    /// What the update of a whole layer loads and stores.
    pub(super) fn update_traffic(&self, stage: &Stage) -> (Traffic, Traffic) {
        let words = stage.out_groups() * stage.block_words();
        let area = stage.area();
        let (rows, steps) = if area == 1 { (1, stage.in_groups()) } else { (stage.in_groups(), area) };
        let pieces = stage.out_groups() * (1 + rows * steps.div_ceil(self.matrices_at_once()));
        // the new weights and the new velocities each read the old ones
        (Traffic::new(2 * words, 2 * pieces), Traffic::new(2 * words, 2 * pieces))
    }
}

impl Builder<'_> {
    /// Updates output groups `outs` x input groups `ins`, from now on; the gradients of each output group lie one after the other from
    /// `sums`, its bias gradient after its weights'.
    pub(super) fn update(&mut self, index: usize, outs: (usize, usize), ins: (usize, usize), sums: usize) {
        let stage = self.context.stage(index);
        let t = self.context.lanes();
        let area = stage.area();
        let stride = self.context.gradient_sums(stage, ins.1);
        let most = self.context.matrices_at_once();
        debug_assert!(!self.updates.read(sums..sums + outs.1 * stride), "sums of an update that waits");
        let waiting = self.updates.sums.take().unwrap_or(sums..sums);
        let end = sums + outs.1 * stride;
        self.updates.sums = Some(waiting.start.min(sums)..waiting.end.max(end));
        for m in 0..outs.1 {
            let block = (outs.0 + m) * stage.block_words();
            let own = sums + m * stride;
            // 1 x 1 kernels: steps run over the input groups
            let (rows, steps, step_sums) = if area == 1 { (1, ins.1, t) } else { (ins.1, area, 1) };
            for row in 0..rows {
                for (step, count) in blocks(steps, most) {
                    self.updates.waiting.push_back(Piece {
                        stage: index,
                        at: block + ((ins.0 + row) * area + step) * t * t,
                        shape: (count, t, t),
                        sum: own + row * area * t + step * step_sums,
                        sum_step: step_sums,
                        sum_channel: area,
                    });
                }
            }
            if ins.0 == 0 {
                let (at, sum) = (block + stage.block_words() - t, own + ins.1 * t * area);
                let shape = (1, t, 1);
                self.updates.waiting.push_back(Piece {
                    stage: index,
                    at,
                    shape,
                    sum,
                    sum_step: 0,
                    sum_channel: 0,
                });
            }
        }
    }

    /// To be called after the commands of a tile: makes this tile's share of the updates.
    pub(super) fn tile_done(&mut self) {
        let tiles = self.updates.tiles.max(1);
        let share = self.updates.waiting.len().div_ceil(tiles);
        self.updates.tiles = tiles - 1;
        self.make_updates(share);
    }

    /// Makes every update that is still to be made.
    pub(crate) fn finish_updates(&mut self) {
        self.make_updates(self.updates.waiting.len());
    }

    fn make_updates(&mut self, count: usize) {
        for _ in 0..count {
            let piece = self.updates.waiting.pop_front().expect("no more than wait");
            let (stage, first) = (piece.stage, self.commands.len());
            self.update_piece(piece);
            self.updates.made.push((stage, first..self.commands.len()));
        }
        if self.updates.waiting.is_empty() {
            self.updates.sums = None;
        }
    }

    fn update_piece(&mut self, piece: Piece) {
        let (steps, outs, ins) = piece.shape;
        let words = steps * outs * ins;
        let layer = &self.context.map.layers[piece.stage];
        let tensors = [layer.weights, layer.velocities];
        let first = self.updates.made.len() % 2 * (self.context.update_room() / 2);
        for (k, tensor) in tensors.into_iter().enumerate() {
            self.load(LoadDesc {
                op: LoadOp::words(WordBuffer::Operand).encode(),
                base: (first + k * words) as u32,
                dram: tensor + piece.at as u32,
                run: words as u32,
                n_run0: 1,
                n_run1: 1,
                ..Default::default()
            });
        }
        for (k, tensor) in tensors.into_iter().enumerate() {
            let op = StoreOp { velocity: k == 1, ..StoreOp::new(StoreKind::Update) };
            self.store(StoreDesc {
                op: op.encode(),
                tag: self.context.stage(piece.stage).tag,
                p_base: piece.sum as u32,
                p_g: piece.sum_step as u32,
                p_n: piece.sum_channel as u32,
                n_g: steps as u32,
                n_r: outs as u32,
                n_c: ins as u32,
                o_w: first as u32,
                o_v: (first + words) as u32,
                dram: tensor + piece.at as u32,
                run: words as u32,
                n_run: 1,
                ..Default::default()
            });
        }
    }
}
