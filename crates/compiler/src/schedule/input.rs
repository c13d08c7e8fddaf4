//! Input tiles: the feature map's pixels under the kernel, for FP and WU, in the feature buffer.

use super::builder::{Builder, Geometry};
use super::runs::Runs;
use super::tiles::Tile;
use crate::{PixelFormat, Stage};
use ef_program::load::{LoadOp, VectorBuffer, WordBuffer};
use ef_program::{ComputeDesc, LoadDesc, layout};

/// Size of a tile in the feature buffer: rows and columns under the kernel.
pub fn input_map(stage: &Stage, rows: usize) -> (usize, usize) {
    let (kr, kc) = stage.steps();
    (rows + kr - 1, stage.cols + kc - 1)
}

/// Raw words per row in the scratch.
fn scratch_row(stage: &Stage, pixels: PixelFormat) -> usize {
    match pixels {
        PixelFormat::U8 { .. } => stage.in_cols.div_ceil(4) * 4,
        PixelFormat::F32 => stage.in_cols,
    }
}

/// Input rows that output rows `row..row + rows` read: what exists of them.
fn input_rows(stage: &Stage, row: usize, rows: usize) -> (usize, usize) {
    let last = (row + rows + stage.kernel.0 - 1).saturating_sub(stage.padding);
    (row.saturating_sub(stage.padding).min(stage.in_rows), last.min(stage.in_rows))
}

impl Builder<'_> {
    /// Scratch words that gathering one image of a tile needs.
    pub fn scratch_words(&self, index: usize, rows: usize) -> usize {
        let stage = &self.stages[index];
        let most = (rows + stage.kernel.0 - 1).min(stage.in_rows);
        if stage.gathered { stage.inputs * most * scratch_row(stage, self.map.pixels) } else { 0 }
    }

    /// DRAM words of the input of a tile.
    pub fn input_words(&self, index: usize, tile: Tile, groups: usize) -> usize {
        let stage = &self.stages[index];
        let (lo, hi) = input_rows(stage, tile.row, tile.rows);
        if stage.gathered {
            let packed = matches!(self.map.pixels, PixelFormat::U8 { .. });
            tile.images * stage.inputs * (hi - lo) * layout::raw_row_words(stage.in_cols, packed)
        } else {
            tile.images * groups * (hi - lo) * stage.in_cols * self.lanes()
        }
    }

    /// Loads channel groups `first..first + count` of a tile to `base`.
    pub fn load_input(&mut self, index: usize, tile: Tile, groups: (usize, usize), base: usize) {
        if self.stages[index].gathered {
            self.gather_input(index, tile, base);
        } else {
            self.load_map(index, tile, groups, base);
        }
    }

    fn load_map(&mut self, index: usize, tile: Tile, (first, count): (usize, usize), base: usize) {
        let stage = &self.stages[index];
        let t = self.lanes();
        let (rows, cols) = input_map(stage, tile.rows);
        let (lo, hi) = input_rows(stage, tile.row, tile.rows);
        // a tile below the map, with wide padding, has no real row
        let top = (lo + stage.padding).saturating_sub(tile.row).min(rows);
        let left = stage.padding;
        let row_words = stage.in_cols * t;
        let group_words = stage.in_rows * row_words;
        let image_words = stage.in_groups() * group_words;
        let dram = self.map.maps[index - 1] as usize
            + tile.image * image_words
            + first * group_words
            + lo * row_words;
        let runs = Runs::new((hi - lo) * row_words, (count, group_words), (tile.images, image_words));
        let [run, n_run0, d_run0, n_run1, d_run1] = runs.fields();
        let descriptor = LoadDesc {
            op: LoadOp::vectors(VectorBuffer::Feature).encode(),
            base: (base + top * cols + left) as u32,
            phase: ((top * stage.cols + left) % t) as u32,
            n0: stage.in_cols as u32,
            n1: (hi - lo) as u32,
            n2: count as u32,
            n3: tile.images as u32,
            a0: 1,
            a1: cols as u32,
            a2: (rows * cols) as u32,
            a3: (count * rows * cols) as u32,
            p0: 1,
            p1: (stage.cols % t) as u32,
            p2: 0,
            p3: (tile.rows * stage.cols % t) as u32,
            dram: dram as u32,
            run,
            n_run0,
            d_run0,
            n_run1,
            d_run1,
            ..Default::default()
        };
        let geometry = Geometry {
            maps: tile.images * count,
            rows,
            cols,
            real_rows: (top, top + hi - lo),
            real_cols: (left, left + stage.in_cols),
        };
        self.zero_padding(VectorBuffer::Feature, base, geometry);
        if hi > lo {
            self.load(descriptor);
        }
    }

    fn gather_input(&mut self, index: usize, tile: Tile, base: usize) {
        let stage = self.stages[index].clone();
        let t = self.lanes();
        let groups = stage.in_groups();
        let (lo, hi) = input_rows(&stage, tile.row, tile.rows);
        let (shift, packed) = match self.map.pixels {
            PixelFormat::U8 { shift } => (shift, true),
            PixelFormat::F32 => (0, false),
        };
        let row_words = layout::raw_row_words(stage.in_cols, packed);
        let scratch_row = scratch_row(&stage, self.map.pixels);
        let channel_words = stage.in_rows * row_words;
        let map = tile.rows * stage.cols;
        let geometry = Geometry {
            maps: tile.images * groups,
            rows: tile.rows,
            cols: stage.cols,
            real_rows: (0, tile.rows),
            real_cols: (0, stage.cols),
        };
        self.zero_padding(VectorBuffer::Feature, base, geometry);
        // as many images at once as the scratch holds
        let image_scratch = stage.inputs * (hi - lo) * scratch_row;
        let at_once = ((1 << self.config.scratch_aw) / image_scratch.max(1)).clamp(1, tile.images);
        for (i, n) in super::tiles::blocks(tile.images, at_once) {
            let dram = self.map.images as usize + (tile.image + i) * self.map.image_words + lo * row_words;
            let runs =
                Runs::new((hi - lo) * row_words, (stage.inputs, channel_words), (n, self.map.image_words));
            let [run, n_run0, d_run0, n_run1, d_run1] = runs.fields();
            let op = LoadOp { unpack: packed, shift, ..LoadOp::words(WordBuffer::Scratch) };
            let rows = LoadDesc {
                op: op.encode(),
                dram: dram as u32,
                run,
                n_run0,
                d_run0,
                n_run1,
                d_run1,
                ..Default::default()
            };
            if hi > lo {
                self.load(rows);
            }
            for k in 0..n {
                self.load(LoadDesc {
                    op: LoadOp::gather().encode(),
                    base: (base + (i + k) * groups * map) as u32,
                    phase: ((i + k) * map % t) as u32,
                    n0: stage.cols as u32,
                    n1: tile.rows as u32,
                    a0: 1,
                    a1: stage.cols as u32,
                    a2: map as u32,
                    p0: 1,
                    p1: (stage.cols % t) as u32,
                    g_ch: stage.inputs as u32,
                    g_kr: stage.kernel.0 as u32,
                    g_kc: stage.kernel.1 as u32,
                    g_row: field(tile.row as i64 - stage.padding as i64 - lo as i64),
                    g_col: field(-(stage.padding as i64)),
                    g_sr: 1,
                    g_sc: 1,
                    g_h: (hi - lo) as u32,
                    g_w: stage.in_cols as u32,
                    g_row_stride: scratch_row as u32,
                    g_ch_stride: ((hi - lo) * scratch_row) as u32,
                    g_src: (k * image_scratch) as u32,
                    ..Default::default()
                });
            }
        }
    }

    /// The stream fields of a compute descriptor that reads an input tile of `groups` groups at `base`.
    pub fn stream_input(&self, index: usize, tile: Tile, groups: usize, base: usize) -> ComputeDesc {
        let stage = &self.stages[index];
        let t = self.lanes();
        let (rows, cols) = input_map(stage, tile.rows);
        let (kr, kc) = stage.steps();
        let row_phase = (stage.cols % t) as u32;
        ComputeDesc {
            tag: stage.tag,
            n_kr: kr as u32,
            n_kc: kc as u32,
            n_i: tile.images as u32,
            n_r: tile.rows as u32,
            n_c: stage.cols as u32,
            x_base: base as u32,
            x_g: (rows * cols) as u32,
            x_kr: cols as u32,
            x_kc: 1,
            x_i: (groups * rows * cols) as u32,
            x_r: cols as u32,
            x_c: 1,
            ph_kr: row_phase,
            ph_kc: 1,
            ph_i: (tile.rows * stage.cols % t) as u32,
            ph_r: row_phase,
            ph_c: 1,
            ..Default::default()
        }
    }
}

/// A signed number as a 16-bit field.
pub fn field(value: i64) -> u32 {
    u32::from(value as i16 as u16)
}
