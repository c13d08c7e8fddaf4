//! The kernel's commands, shared by the passes.

use super::Part;
use crate::builder::{Builder, Context};
use crate::tensors::input::field;
use crate::tensors::loss::LossTile;
use crate::tile::Tile;
use crate::{Axis, Stage};
use ef_isa::ComputeDesc;
use ef_isa::compute::{ComputeOp, Init, Phase};

/// A loss tile on chip: its shape, first group and number of groups, first address.
#[derive(Clone, Copy)]
pub struct LossOnChip {
    pub tile: LossTile,
    pub groups: (usize, usize),
    pub base: usize,
}

/// A part of the input or of the weights on chip: first group and number of groups, first address.
#[derive(Clone, Copy)]
pub struct OnChip {
    pub groups: (usize, usize),
    pub base: usize,
}

/// Partial sums of FP: the first address, and the number of partial sums per output group.
#[derive(Clone, Copy)]
pub struct GroupSums {
    pub base: usize,
    pub stride: usize,
}

/// Partial sums of BP or WU: the first address, and what the sums start from.
#[derive(Clone, Copy)]
pub struct Sums {
    pub base: usize,
    pub init: Init,
}

impl GroupSums {
    /// Those of a tile alone.
    pub fn of_tile(base: usize, tile: Tile) -> GroupSums {
        GroupSums { base, stride: tile.images * tile.rows * tile.cols }
    }
}

impl Stage {
    /// The first raw output row and column that input row `row` and column `col` of a tile depends on, in BP.
    fn bp_corner(&self, tile: Tile) -> (i64, i64) {
        let before = |position: usize, axis: Axis| {
            position as i64 - (axis.extent() as i64 - 1 - axis.padding.0 as i64)
        };
        (before(tile.row, self.axes[0]), before(tile.col, self.axes[1]))
    }

    /// Raw output rows and columns that BP of an input tile reads.
    pub(super) fn bp_reach(&self, tile: Tile) -> ((i64, i64), (i64, i64)) {
        if self.averages() {
            // whole windows
            let under = |(at, length): (usize, usize), window: usize| {
                ((at / window) as i64, ((at + length) / window) as i64)
            };
            return (
                under((tile.row, tile.rows), self.kernel().0),
                under((tile.col, tile.cols), self.kernel().1),
            );
        }
        let (top, left) = self.bp_corner(tile);
        let [down, across] = self.axes.map(|axis| axis.extent() - 1);
        let (rows, cols) = (tile.rows + down, tile.cols + across);
        ((top, top + rows as i64), (left, left + cols as i64))
    }
}

impl Context<'_> {
    /// Partial sums that the gradients of one output group take, with room for the bias.
    pub(super) fn gradient_sums(&self, stage: &Stage, ins: usize) -> usize {
        ins * self.lanes() * stage.area() + 1
    }
}

impl Context<'_> {
    /// The stream fields of a compute descriptor that reads the losses which an input tile depends on, in the order of the flipped kernel.
    fn stream_loss(&self, stage: &Stage, tile: Tile, loss: LossOnChip) -> ComputeDesc {
        let t = self.lanes();
        let (kr, kc) = stage.kernel();
        let [down, across] = stage.axes.map(|axis| axis.dilation);
        let (top, left) = stage.bp_corner(tile);
        let (map, row_phase) = (loss.tile.map(), loss.tile.row_phase(t));
        ComputeDesc {
            tag: stage.tag,
            n_g: loss.groups.1 as u32,
            n_kr: kr as u32,
            n_kc: kc as u32,
            n_i: tile.images as u32,
            n_r: tile.rows as u32,
            n_c: tile.cols as u32,
            x_base: (loss.base + loss.tile.offset(top, left)) as u32,
            x_g: map as u32,
            x_kr: (down * loss.tile.cols) as u32,
            x_kc: across as u32,
            x_i: (loss.groups.1 * map) as u32,
            x_r: loss.tile.cols as u32,
            x_c: 1,
            x_phase: loss.tile.phase(top, left, t),
            ph_kr: (down * row_phase as usize % t) as u32,
            ph_kc: (across % t) as u32,
            ph_i: loss.tile.image_phase(t),
            ph_r: row_phase,
            ph_c: 1,
            ..Default::default()
        }
    }
}

/// T channels of a pixel enter, T outputs leave.
fn forward(init: Init) -> ComputeOp {
    ComputeOp { pixel_mode: false, stream_loss: false, column: false, init, ones: false, phase: Phase::Fp }
}

/// The same from losses, through the columns of the matrices.
fn backward(init: Init) -> ComputeOp {
    ComputeOp { stream_loss: true, column: true, phase: Phase::Bp, ..forward(init) }
}

/// Gradients of weights: T pixels of a channel enter; with `ones`, of the biases too.
fn gradients(init: Init, ones: bool) -> ComputeOp {
    ComputeOp { pixel_mode: true, ones, phase: Phase::Wu, ..forward(init) }
}

impl Builder<'_> {
    /// FP of output groups `outs.1` (weights in blocks from `weights.base`) from the input groups `input.groups`.
    pub(super) fn compute_fp(
        &mut self,
        index: usize,
        tile: Tile,
        outs: usize,
        input: OnChip,
        weights: OnChip,
        sums: GroupSums,
    ) {
        let stage = self.context.stage(index);
        let t = self.context.lanes();
        let block = stage.fp_block(weights.groups.1);
        // if all weights are on chip, those of earlier input groups come first
        let skip = stage.matrix_rows(input.groups.0 - weights.groups.0);
        let op = forward(if input.groups.0 == 0 { Init::Bias } else { Init::Keep });
        let stream = self.context.stream_input(stage, tile, input.groups.1, input.base);
        for m in 0..outs {
            let own = weights.base + m * block;
            self.compute(ComputeDesc {
                op: op.encode(),
                n_g: input.groups.1 as u32,
                s_base: (own + skip) as u32,
                s_0: t as u32,
                s_1: stage.matrix_rows(1) as u32,
                p_base: (sums.base + m * sums.stride) as u32,
                bias: (own + block - 1) as u32,
                ..stream.clone()
            });
        }
    }

    /// Adds the shortcut `shape` ([`Stage::identity`]), `groups` of which lie in the feature buffer at `base`, to the partial sums of FP.
    pub(super) fn add_fp(
        &mut self,
        shape: &Stage,
        tile: Tile,
        groups: usize,
        (base, identity): (usize, usize),
        sums: GroupSums,
    ) {
        let op = forward(Init::Keep);
        let stream = self.context.stream_input(shape, tile, groups, base);
        for m in 0..groups {
            self.compute(ComputeDesc {
                op: op.encode(),
                n_g: 1,
                x_base: stream.x_base + m as u32 * stream.x_g,
                s_base: identity as u32,
                p_base: (sums.base + m * sums.stride) as u32,
                ..stream.clone()
            });
        }
    }

    /// Adds losses that lie on the tile's map as `shape` does, in the loss buffer, to partial sums of BP.
    pub(super) fn add_bp(
        &mut self,
        shape: &Stage,
        tile: Tile,
        loss: LossOnChip,
        identity: usize,
        sums: Sums,
    ) {
        let stream = self.context.stream_loss(shape, tile, loss);
        for n in 0..loss.groups.1 {
            self.compute(ComputeDesc {
                op: backward(sums.init).encode(),
                n_g: 1,
                x_base: stream.x_base + n as u32 * stream.x_g,
                s_base: identity as u32,
                p_base: (sums.base + n * tile.images * tile.rows * tile.cols) as u32,
                ..stream.clone()
            });
        }
    }

    /// `groups` groups, each of its own input group in the feature buffer at `base`: matrices and biases lie from `weights` on.
    pub(super) fn compute_by_channel(
        &mut self,
        (index, phase): Part,
        tile: Tile,
        groups: usize,
        base: usize,
        weights: usize,
        sums: GroupSums,
    ) {
        let stage = self.context.stage(index);
        let stream = self.context.stream_input(stage, tile, groups, base);
        for m in 0..groups {
            let own = weights + m * stage.fp_block(1);
            self.compute(ComputeDesc {
                op: ComputeOp { phase, ..forward(Init::Bias) }.encode(),
                n_g: 1,
                x_base: stream.x_base + m as u32 * stream.x_g,
                s_base: own as u32,
                // all taps of a mean have the same matrix
                s_0: if stage.averages() { 0 } else { self.context.lanes() as u32 },
                p_base: (sums.base + m * sums.stride) as u32,
                bias: (own + stage.matrix_rows(1)) as u32,
                ..stream.clone()
            });
        }
    }

    /// BP of an input tile, each group from its own losses; matrices lie from `weights` on.
    pub(super) fn compute_bp_by_channel(
        &mut self,
        index: usize,
        tile: Tile,
        loss: LossOnChip,
        weights: usize,
        sums: Sums,
    ) {
        let (stage, t) = (self.context.stage(index), self.context.lanes());
        let stream = self.context.stream_loss(stage, tile, loss);
        for n in 0..loss.groups.1 {
            // the last kernel matrix first: the kernel is flipped
            let last = weights + (n + 1) * stage.matrix_rows(1) - t;
            self.compute(ComputeDesc {
                op: backward(sums.init).encode(),
                n_g: 1,
                x_base: stream.x_base + n as u32 * stream.x_g,
                s_base: last as u32,
                s_0: field(-(t as i64)),
                p_base: (sums.base + n * tile.images * tile.rows * tile.cols) as u32,
                ..stream.clone()
            });
        }
    }

    /// BP of an input tile of whole windows of a mean: each row of losses goes to all pixels of its windows.
    pub(super) fn compute_bp_of_means(
        &mut self,
        index: usize,
        tile: Tile,
        loss: LossOnChip,
        weights: usize,
        base: usize,
    ) {
        let (stage, t) = (self.context.stage(index), self.context.lanes());
        let (down, across) = stage.kernel();
        let map = loss.tile.map();
        let (row, col) = ((tile.row / down) as i64, (tile.col / across) as i64);
        for n in 0..loss.groups.1 {
            for (image, window) in (0..tile.images).flat_map(|i| (0..tile.rows / down).map(move |r| (i, r))) {
                let at = row + window as i64;
                let phase = loss.tile.phase(at, col, t) + image as u32 * loss.tile.image_phase(t);
                let rows = (n * tile.images + image) * tile.rows + window * down;
                self.compute(ComputeDesc {
                    op: backward(Init::Zero).encode(),
                    tag: stage.tag,
                    n_g: 1,
                    n_kr: 1,
                    n_kc: 1,
                    // pixels of a window, windows, pixels of a window
                    n_i: down as u32,
                    n_r: (tile.cols / across) as u32,
                    n_c: across as u32,
                    x_base: (loss.base + (image * loss.groups.1 + n) * map + loss.tile.offset(at, col))
                        as u32,
                    x_r: 1,
                    ph_r: 1,
                    x_phase: phase % t as u32,
                    s_base: (weights + n * stage.matrix_rows(1)) as u32,
                    p_base: (base + rows * tile.cols) as u32,
                    ..Default::default()
                });
            }
        }
    }

    /// WU of an output tile: gradients of each group from its own losses and inputs accumulate from `sums`.
    pub(super) fn compute_wu_by_channel(
        &mut self,
        index: usize,
        tile: Tile,
        loss: LossOnChip,
        input: usize,
        sums: Sums,
    ) {
        let stage = self.context.stage(index);
        let stream = self.context.stream_input(stage, tile, loss.groups.1, input);
        let (row, col) = (tile.row as i64, tile.col as i64);
        let stride = self.context.gradient_sums(stage, 1);
        for m in 0..loss.groups.1 {
            let start = loss.base + loss.tile.offset(row, col) + m * loss.tile.map();
            self.compute(ComputeDesc {
                op: gradients(sums.init, stage.bias).encode(),
                n_g: self.context.lanes() as u32,
                x_base: stream.x_base + m as u32 * stream.x_g,
                s_base: start as u32,
                s_0: 1,
                s_1: loss.tile.cols as u32,
                s_2: (loss.groups.1 * loss.tile.map()) as u32,
                s_phase: loss.tile.phase(row, col, self.context.lanes()),
                p_base: (sums.base + m * stride) as u32,
                ..stream.clone()
            });
        }
    }

    /// BP of an input tile from a loss tile, for `weights.groups.1` input groups. The weights lie as `[outs][ins]` from output group
    /// `outs` on.
    pub(super) fn compute_bp(
        &mut self,
        index: usize,
        tile: Tile,
        loss: LossOnChip,
        weights: OnChip,
        outs: usize,
        sums: Sums,
    ) {
        let stage = self.context.stage(index);
        let t = self.context.lanes();
        let ins = weights.groups.1;
        let descriptor = ComputeDesc {
            op: backward(sums.init).encode(),
            s_0: field(-(t as i64)),
            s_1: stage.matrix_rows(ins) as u32,
            ..self.context.stream_loss(stage, tile, loss)
        };
        let pixels = tile.images * tile.rows * tile.cols;
        for n in 0..ins {
            // the last kernel matrix first: the kernel is flipped
            let own = stage.matrix_rows((loss.groups.0 - outs) * ins + n);
            self.compute(ComputeDesc {
                s_base: (weights.base + own + stage.matrix_rows(1) - t) as u32,
                p_base: (sums.base + n * pixels) as u32,
                ..descriptor.clone()
            });
        }
    }

    /// WU of an output tile: gradients of `loss.groups` x `input.groups` accumulate from `sums`.
    pub(super) fn compute_wu(
        &mut self,
        index: usize,
        tile: Tile,
        loss: LossOnChip,
        input: OnChip,
        sums: Sums,
    ) {
        let stage = self.context.stage(index);
        let t = self.context.lanes();
        let op = gradients(sums.init, stage.bias && input.groups.0 == 0);
        let map = loss.tile.map();
        let stride = self.context.gradient_sums(stage, input.groups.1);
        let (row, col) = (tile.row as i64, tile.col as i64);
        let descriptor = ComputeDesc {
            op: op.encode(),
            n_g: (input.groups.1 * t) as u32,
            s_0: 1,
            s_1: loss.tile.cols as u32,
            s_2: (loss.groups.1 * map) as u32,
            s_phase: loss.tile.phase(row, col, t),
            ..self.context.stream_input(stage, tile, input.groups.1, input.base)
        };
        let start = loss.base + loss.tile.offset(row, col);
        for m in 0..loss.groups.1 {
            self.compute(ComputeDesc {
                s_base: (start + m * map) as u32,
                p_base: (sums.base + m * stride) as u32,
                ..descriptor.clone()
            });
        }
    }
}
