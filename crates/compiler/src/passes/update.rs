//! The update: old weights and the optimiser's tensors stream in, new ones stream out, gradients come from the partial sums.
//!
//! It needs the memory and the store engine, not the kernel: it is made in pieces between the tiles of what comes after it, so that the
//! kernel has work meanwhile.

use crate::Stage;
use crate::builder::{Builder, Context, prefill};
use crate::tile::blocks;
use ef_isa::load::{LoadOp, WordBuffer};
use ef_isa::store::LONGEST_OF_TWO;
use ef_isa::vector::recipes::Gradient;
use ef_isa::vector::{Update, Walk, library};
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

/// The fewest runs of equal length that each stream of a pass over so many words can have.
fn runs(words: usize, pass: &Update) -> usize {
    let longest = if pass.leave.len() > 1 { LONGEST_OF_TWO as usize } else { usize::from(u16::MAX) };
    (words.div_ceil(longest)..).find(|n| words.is_multiple_of(*n)).expect("a run for each word is possible")
}

/// A contiguous piece of a layer's parameters and where its gradients are.
#[derive(Default)]
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
    /// From an output channel to the next, beside its lane.
    sum_lane: usize,
    /// Its gradients are in the accumulators of the channels.
    by_channel: bool,
}

impl Piece {
    /// The biases of a group of `lanes` outputs, whose gradients are one vector.
    fn of_biases(stage: usize, at: usize, lanes: usize, sum: usize) -> Piece {
        Piece { stage, at, shape: (1, lanes, 1), sum, ..Piece::default() }
    }
}

impl Context<'_> {
    /// Tensors that an update reads and writes: the weights, and what the optimiser keeps.
    fn update_tensors(&self) -> usize {
        1 + self.graph.optimiser.state().len()
    }

    /// Matrices of T x T weights in a piece: its words of all tensors, twice, share the operand buffer.
    fn matrices_at_once(&self) -> usize {
        let pieces = 2 * self.update_tensors() * self.lanes() * self.lanes();
        ((1 << self.config.operand_aw) / pieces).max(1)
    }

    /// Words of the operand buffer that updates use.
    pub(super) fn update_room(&self) -> usize {
        2 * self.update_tensors() * self.matrices_at_once() * self.lanes() * self.lanes()
    }

    /// What the update of a whole layer loads and stores.
    pub(super) fn update_traffic(&self, stage: &Stage) -> (Traffic, Traffic) {
        let words = stage.out_groups() * stage.block_words();
        let (area, t) = (stage.area(), self.lanes());
        let (rows, steps, matrix) = match stage.by_channel {
            Some(_) => (1, area, t),
            None if area == 1 => (1, stage.in_groups(), t * t),
            None => (stage.in_groups(), area, t * t),
        };
        let most = self.matrices_at_once();
        let (full, rest) = (steps / most, steps % most);
        let tensors = self.update_tensors();
        // bursts of a piece of so many words, of all tensors
        let stored = |words: usize| -> usize {
            let passes = library().updates(self.graph.optimiser, Gradient::Sum).iter();
            passes.map(|pass| pass.leave.len() * runs(words, pass)).sum()
        };
        let in_a_row = full * stored(most * matrix) + if rest > 0 { stored(rest * matrix) } else { 0 };
        let (bias, biases) = if stage.bias { (1, stored(self.lanes())) } else { (0, 0) };
        let words = tensors * (words - (1 - bias) * stage.out_groups() * self.lanes());
        let loads = tensors * stage.out_groups() * (bias + rows * steps.div_ceil(most));
        let stores = stage.out_groups() * (biases + rows * in_a_row);
        (Traffic::new(words, loads), Traffic::new(words, stores))
    }
}

impl Builder<'_> {
    /// Updates output groups `outs` x input groups `ins`, from now on; the gradients of each output group lie one after the other from
    /// `sums`, its bias gradient after its weights'.
    pub(super) fn update(&mut self, index: usize, outs: (usize, usize), ins: (usize, usize), sums: usize) {
        if !self.context.updates {
            return;
        }
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
            if stage.by_channel.is_some() {
                self.update_by_channel(index, outs.0 + m, own);
                continue;
            }
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
                        ..Piece::default()
                    });
                }
            }
            if stage.bias && ins.0 == 0 {
                let (at, sum) = (block + stage.block_words() - t, own + ins.1 * t * area);
                self.updates.waiting.push_back(Piece::of_biases(index, at, t, sum));
            }
        }
    }

    /// Group `group` of a stage that works by channel: its gradients are on the diagonals of the matrices from `own` on, its biases' behind them.
    fn update_by_channel(&mut self, index: usize, group: usize, own: usize) {
        let (stage, t) = (self.context.stage(index), self.context.lanes());
        let (area, block) = (stage.area(), group * stage.block_words());
        for (step, count) in blocks(area, self.context.matrices_at_once()) {
            self.updates.waiting.push_back(Piece {
                stage: index,
                at: block + step * t,
                shape: (count, t, 1),
                sum: own + step,
                sum_step: 1,
                sum_lane: area,
                ..Piece::default()
            });
        }
        if stage.bias {
            self.updates.waiting.push_back(Piece::of_biases(index, block + area * t, t, own + area * t));
        }
    }

    /// Updates, now, T words at `at` of a stage's parameters, whose gradients are in the accumulators of their channels.
    pub(super) fn update_channels(&mut self, index: usize, at: usize) {
        if self.context.updates {
            let biases = Piece::of_biases(index, at, self.context.lanes(), 0);
            self.make_update(Piece { by_channel: true, ..biases });
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
            self.make_update(piece);
        }
        if self.updates.waiting.is_empty() {
            self.updates.sums = None;
        }
    }

    fn make_update(&mut self, piece: Piece) {
        let (stage, first) = (piece.stage, self.commands.len());
        self.update_piece(piece);
        self.updates.made.push((stage, first..self.commands.len()));
    }

    fn update_piece(&mut self, piece: Piece) {
        let (steps, outs, ins) = piece.shape;
        let words = steps * outs * ins;
        let layer = self.context.layer(piece.stage);
        let tensors: Vec<u32> = std::iter::once(&layer.weights).chain(&layer.state).copied().collect();
        let first = self.updates.made.len() % 2 * (self.context.update_room() / 2);
        let operand = |tensor: usize| (first + tensor * words) as u32;
        for (tensor, at) in tensors.iter().enumerate() {
            self.load(LoadDesc {
                op: LoadOp::words(WordBuffer::Operand).encode(),
                base: operand(tensor),
                dram: at + piece.at as u32,
                run: words as u32,
                n_run0: 1,
                n_run1: 1,
                ..Default::default()
            });
        }
        let from = if piece.by_channel { Gradient::Channel } else { Gradient::Sum };
        for pass in library().updates(self.context.graph.optimiser, from) {
            let recipe = pass.recipe;
            self.use_recipe(recipe);
            let walk = Walk {
                recipe,
                turns: [ins as u32, outs as u32, steps as u32, 1],
                p_base: piece.sum as u32,
                o_a: operand(0),
                o_b: operand(1),
                o_c: operand(2),
                ..Walk::default()
            }
            .with_strides([piece.sum_channel, piece.sum_lane, piece.sum_step, 0].map(|stride| stride as i64));
            let n_run = runs(words, pass);
            let run = (words / n_run) as u32;
            let leaves = |k: usize| pass.leave.get(k).map(|tensor| tensors[*tensor] + piece.at as u32);
            self.store(StoreDesc {
                tag: self.context.stage(piece.stage).tag,
                dram: leaves(0).expect("a pass makes something"),
                run,
                n_run: n_run as u32,
                d_run: run,
                second_dram: leaves(1).unwrap_or_default(),
                second_d_run: if pass.leave.len() > 1 { run } else { 0 },
                prefill: prefill(run, recipe),
                ..StoreDesc::vector(&walk)
            });
        }
    }
}
