//! Loss tiles: the gradient of a stage's convolution output, un-pooled and masked on the way in, for BP and WU.

use super::builder::{Builder, Geometry};
use super::runs::Runs;
use crate::Stage;
use ef_program::LoadDesc;
use ef_program::load::{LoadOp, VectorBuffer, WordBuffer};

/// A tile in the loss buffer: which rows and columns of the raw output map its vectors stand for.
///
/// Rows and columns outside the map are zero. Rows are extended to whole pooling windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LossTile {
    pub image: usize,
    pub images: usize,
    /// Raw output row and column of the first vector.
    pub row: i64,
    pub col: i64,
    pub rows: usize,
    pub cols: usize,
    /// Rows of the output map that have a gradient: pooled (or raw) rows `lo..hi`.
    real: (usize, usize),
    /// Raw pixels per image that WU counts through: gives images their phase.
    image_pixels: usize,
}

impl LossTile {
    /// The tile that holds raw rows `rows.0..rows.1` and columns `cols.0..cols.1`, all or partly outside the map.
    pub fn new(
        stage: &Stage,
        (image, images): (usize, usize),
        rows: (i64, i64),
        cols: (i64, i64),
        image_pixels: usize,
    ) -> Self {
        let window = if stage.pool { 2 } else { 1 };
        let lo = rows.0.clamp(0, stage.rows as i64) as usize / window;
        let hi = (rows.1.clamp(0, stage.rows as i64) as usize).div_ceil(window).min(stage.out_rows());
        let hi = hi.max(lo);
        let row = rows.0.min((lo * window) as i64);
        let end = rows.1.max((hi * window) as i64);
        let col = cols.0.min(0);
        let right = cols.1.max(stage.cols as i64);
        LossTile {
            image,
            images,
            row,
            col,
            rows: (end - row) as usize,
            cols: (right - col) as usize,
            real: (lo, hi),
            image_pixels,
        }
    }

    /// Vectors per image and group.
    pub fn map(&self) -> usize {
        self.rows * self.cols
    }

    /// Offset of a raw row and column from the tile's first vector.
    pub fn offset(&self, row: i64, col: i64) -> usize {
        ((row - self.row) as usize) * self.cols + (col - self.col) as usize
    }

    /// Phase of a raw row and column, modulo T.
    pub fn phase(&self, stage: &Stage, row: i64, col: i64, lanes: usize) -> u32 {
        let phase = (row - self.row) * stage.cols as i64 + (col - self.col);
        phase.rem_euclid(lanes as i64) as u32
    }

    pub fn image_phase(&self, lanes: usize) -> u32 {
        (self.image_pixels % lanes) as u32
    }

    /// Code words of `groups` groups.
    pub fn codes(&self, stage: &Stage, groups: usize) -> usize {
        self.images * groups * (self.real.1 - self.real.0) * stage.code_row()
    }
}

impl Builder<'_> {
    /// Loads groups `first..first + count` of a loss tile to `base`.
    pub fn load_loss(&mut self, index: usize, tile: LossTile, (first, count): (usize, usize), base: usize) {
        let stage = self.stages[index].clone();
        let t = self.lanes();
        let window = if stage.pool { 2 } else { 1 };
        let (lo, hi) = tile.real;
        let top = ((lo * window) as i64 - tile.row) as usize;
        let left = -tile.col as usize;
        let geometry = Geometry {
            maps: tile.images * count,
            rows: tile.rows,
            cols: tile.cols,
            real_rows: (top, top + (hi - lo) * window),
            real_cols: (left, left + stage.out_cols() * window),
        };
        self.zero_padding(VectorBuffer::Loss, base, geometry);
        if hi == lo {
            return;
        }
        // (first word, runs) of a tensor with this many words per row
        let runs = |tensor: u32, row: usize| {
            let group = stage.out_rows() * row;
            let image = stage.out_groups() * group;
            let dram = tensor as usize + tile.image * image + first * group + lo * row;
            (dram as u32, Runs::new((hi - lo) * row, (count, group), (tile.images, image)).fields())
        };
        if stage.coded() {
            let (dram, [run, n_run0, d_run0, n_run1, d_run1]) = runs(self.map.codes[index], stage.code_row());
            self.load(LoadDesc {
                op: LoadOp::words(WordBuffer::Code).encode(),
                dram,
                run,
                n_run0,
                d_run0,
                n_run1,
                d_run1,
                ..Default::default()
            });
        }
        let (dram, [run, n_run0, d_run0, n_run1, d_run1]) =
            runs(self.map.losses[index], stage.out_cols() * t);
        let op = LoadOp { mask: stage.relu, pool: stage.pool, ..LoadOp::vectors(VectorBuffer::Loss) };
        let phase = |n: usize| (n % t) as u32;
        self.load(LoadDesc {
            op: op.encode(),
            base: (base + top * tile.cols + left) as u32,
            phase: phase(top * stage.cols + left),
            n0: stage.out_cols() as u32,
            n1: (hi - lo) as u32,
            n2: count as u32,
            n3: tile.images as u32,
            a0: window as u32,
            a1: (window * tile.cols) as u32,
            a2: tile.map() as u32,
            a3: (count * tile.map()) as u32,
            p0: phase(window),
            p1: phase(window * stage.cols),
            p2: 0,
            p3: tile.image_phase(t),
            a_down: if stage.pool { tile.cols as u32 } else { 0 },
            p_down: if stage.pool { phase(stage.cols) } else { 0 },
            dram,
            run,
            n_run0,
            d_run0,
            n_run1,
            d_run1,
            ..Default::default()
        });
    }
}
