//! Input tiles: the map's pixels under the kernel, for FP and WU, in the feature buffer.

use super::runs::Runs;
use crate::builder::{Builder, Context, Geometry};
use crate::tile::{Tile, blocks};
use crate::{Axis, Stage};
use ef_isa::load::{LoadOp, VectorBuffer};
use ef_isa::{ComputeDesc, LoadDesc};

impl Stage {
    /// Rows and columns under the kernel of a tile of `rows x cols`, in vectors of the feature buffer.
    pub(crate) fn input_map(&self, rows: usize, cols: usize) -> (usize, usize) {
        let [down, across] = self.loaded_axes();
        (down.reach(rows), across.reach(cols))
    }

    /// Rows `lo..hi` of the input that a tile reads.
    pub(crate) fn input_rows(&self, tile: Tile) -> (usize, usize) {
        self.axes[0].under((tile.row, tile.rows), self.in_rows)
    }

    /// Where input row `lo` and column `from` of a tile lie in its region. A tile beside the map, with wide padding, has no real pixel.
    fn input_offset(&self, tile: Tile, (lo, from): (usize, usize)) -> (usize, usize) {
        let (rows, cols) = self.input_map(tile.rows, tile.cols);
        let from_corner = |axis: usize, at: usize, tile: usize, length: usize| {
            let Axis { padding, stride, .. } = self.axes[axis];
            (at + padding.0).saturating_sub(tile * stride).min(length)
        };
        (from_corner(0, lo, tile.row, rows), from_corner(1, from, tile.col, cols))
    }

    /// Columns `lo..hi` of the input that a tile reads.
    pub(crate) fn input_cols(&self, tile: Tile) -> (usize, usize) {
        self.axes[1].under((tile.col, tile.cols), self.in_cols)
    }
}

impl Context<'_> {
    /// DRAM words of one row of groups `groups` of the input of a tile.
    pub(super) fn input_row_words(&self, stage: &Stage, tile: Tile, groups: (usize, usize)) -> usize {
        let (left, right) = stage.input_cols(tile);
        groups.1 * (right - left) * self.lanes()
    }
}

impl Builder<'_> {
    /// Loads channel groups `first..first + count` of a tile to `base`.
    pub fn load_input(&mut self, stage: &Stage, tile: Tile, groups: (usize, usize), base: usize) {
        if stage.gathered {
            self.gather_input(stage, tile, groups, base);
        } else {
            self.load_map(stage, tile, groups, base);
        }
    }

    fn load_map(&mut self, stage: &Stage, tile: Tile, (first, count): (usize, usize), base: usize) {
        let t = self.context.lanes();
        let ((lo, hi), (from, to)) = (stage.input_rows(tile), stage.input_cols(tile));
        self.zero_around(stage, tile, count, base);
        if hi == lo || to == from {
            return;
        }
        let row_words = stage.in_cols * t;
        let group_words = stage.in_rows * row_words;
        let image_words = stage.in_groups() * group_words;
        let (map, pixels) = (stage.input_map(tile.rows, tile.cols), tile.rows * tile.cols);
        // where rows do not touch, one image at a time
        let whole = hi - lo == 1 || to - from == stage.in_cols;
        for (k, images) in blocks(tile.images, if whole { tile.images } else { 1 }) {
            let image = tile.image + k;
            let at = image * image_words + first * group_words + lo * row_words + from * t;
            let runs = Runs::of_rows(
                (to - from) * t,
                (hi - lo, row_words),
                (count, group_words),
                (images, image_words),
            );
            let at_k = base + k * count * map.0 * map.1;
            let place = self.context.input_vectors(stage, tile, count, at_k, (lo, hi));
            self.load(runs.read_by(LoadDesc {
                dram: self.context.map.values[stage.input] + at as u32,
                n3: images as u32,
                phase: (place.phase + (k * pixels) as u32) % t as u32,
                ..place
            }));
        }
    }

    /// Loads some rows of all channel groups of a tile of whole rows, at `base`, from the hand-over RAM; not its padding.
    pub fn load_handed_input(&mut self, stage: &Stage, tile: Tile, from: &HandedRows, base: usize) {
        let (groups, t) = (stage.in_groups(), self.context.lanes());
        let (left, right) = stage.input_cols(tile);
        let rows = (from.rows.1 - from.rows.0, stage.in_cols * t);
        let runs = Runs::of_rows((right - left) * t, rows, (groups, from.group_words), (1, 0));
        self.load(runs.read_by(LoadDesc {
            op: LoadOp { handed: true, ..LoadOp::vectors(VectorBuffer::Feature) }.encode(),
            dram: (from.at + left * t) as u32,
            ..self.context.input_vectors(stage, tile, groups, base, from.rows)
        }));
    }

    /// Makes the padding of an input tile of `count` groups at `base` zero.
    pub fn zero_around(&mut self, stage: &Stage, tile: Tile, count: usize, base: usize) {
        let (rows, cols) = stage.input_map(tile.rows, tile.cols);
        let ((lo, hi), (from, to)) = (stage.input_rows(tile), stage.input_cols(tile));
        let (top, left) = stage.input_offset(tile, (lo, from));
        let geometry = Geometry {
            maps: tile.images * count,
            rows,
            cols,
            real_rows: (top, top + hi - lo),
            real_cols: (left, left + to - from),
            spread: [1; 2],
        };
        self.zero_padding(VectorBuffer::Feature, base, geometry);
    }
}

/// Rows of a map in the hand-over RAM, of all channel groups.
pub struct HandedRows {
    /// First row, and the one after the last.
    pub rows: (usize, usize),
    /// Word of the first of them, group 0.
    pub at: usize,
    /// Words from a group to the next.
    pub group_words: usize,
}

impl Context<'_> {
    /// The chip's side of a load of rows `lo..hi` of an input tile of `count` groups at `base`.
    fn input_vectors(
        &self,
        stage: &Stage,
        tile: Tile,
        count: usize,
        base: usize,
        (lo, hi): (usize, usize),
    ) -> LoadDesc {
        let t = self.lanes();
        let (rows, cols) = stage.input_map(tile.rows, tile.cols);
        let (from, to) = stage.input_cols(tile);
        let (top, left) = stage.input_offset(tile, (lo, from));
        LoadDesc {
            op: LoadOp::vectors(VectorBuffer::Feature).encode(),
            base: (base + top * cols + left) as u32,
            phase: ((top * tile.cols + left) % t) as u32,
            n0: (to - from) as u32,
            n1: (hi - lo) as u32,
            n2: count as u32,
            n3: tile.images as u32,
            a0: 1,
            a1: cols as u32,
            a2: (rows * cols) as u32,
            a3: (count * rows * cols) as u32,
            p0: 1,
            p1: (tile.cols % t) as u32,
            p2: 0,
            p3: (tile.rows * tile.cols % t) as u32,
            ..Default::default()
        }
    }

    /// The stream fields of a compute descriptor that reads an input tile of `groups` groups at `base`.
    pub fn stream_input(&self, stage: &Stage, tile: Tile, groups: usize, base: usize) -> ComputeDesc {
        let t = self.lanes();
        let (rows, cols) = stage.input_map(tile.rows, tile.cols);
        let (kr, kc) = stage.steps();
        let [down, across] = stage.loaded_axes().map(|axis| axis.dilation);
        let stride = stage.loaded_axes().map(|axis| axis.stride);
        ComputeDesc {
            tag: stage.tag,
            n_kr: kr as u32,
            n_kc: kc as u32,
            n_i: tile.images as u32,
            n_r: tile.rows as u32,
            n_c: tile.cols as u32,
            x_base: base as u32,
            x_g: (rows * cols) as u32,
            x_kr: (down * cols) as u32,
            x_kc: across as u32,
            x_i: (groups * rows * cols) as u32,
            x_r: (stride[0] * cols) as u32,
            x_c: stride[1] as u32,
            ph_kr: (down * tile.cols % t) as u32,
            ph_kc: (across % t) as u32,
            ph_i: (tile.rows * tile.cols % t) as u32,
            ph_r: (stride[0] * tile.cols % t) as u32,
            ph_c: (stride[1] % t) as u32,
            ..Default::default()
        }
    }
}

/// A signed number as a 16-bit field.
pub fn field(value: i64) -> u32 {
    u32::from(value as i16 as u16)
}
