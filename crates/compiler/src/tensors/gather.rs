//! Input tiles of a convolution on the images: raw rows into the scratch, taps from there into the feature buffer.

use super::input::field;
use super::runs::Runs;
use crate::builder::{Builder, Context, Geometry};
use crate::tile::{Tile, blocks};
use crate::{PixelFormat, Stage};
use ef_program::LoadDesc;
use ef_program::load::{LoadOp, VectorBuffer, WordBuffer};

/// The part of the images under a tile, as it lies in the scratch.
struct Window {
    /// First channel and number of channels.
    channels: (usize, usize),
    rows: (usize, usize),
    cols: (usize, usize),
    /// Scratch words of a row, DRAM words of a row's part.
    scratch_row: usize,
    row_words: usize,
}

impl Window {
    /// Scratch words of one image.
    fn words(&self) -> usize {
        self.channels.1 * (self.rows.1 - self.rows.0) * self.scratch_row
    }
}

impl Stage {
    /// The channels whose taps are groups `first..first + count`: first and number.
    pub(crate) fn gathered_channels(&self, (first, count): (usize, usize)) -> (usize, usize) {
        let taps = self.kernel.0 * self.kernel.1;
        let channel = first * self.lanes / taps;
        (channel, (count * self.lanes / taps).min(self.inputs - channel).max(1))
    }
}

impl Context<'_> {
    fn window(&self, stage: &Stage, tile: Tile, groups: (usize, usize)) -> Window {
        let (mut left, right) = stage.input_cols(tile);
        let (scratch_row, row_words) = match self.map.pixels {
            // four pixels a word
            PixelFormat::U8 { .. } => {
                left = left / 4 * 4;
                let words = (right - left).div_ceil(4);
                (4 * words, words)
            }
            PixelFormat::F32 => (right - left, right - left),
        };
        Window {
            channels: stage.gathered_channels(groups),
            rows: stage.input_rows(tile),
            cols: (left, right),
            scratch_row,
            row_words,
        }
    }

    /// Scratch words that gathering one image of a tile of at most `rows x cols` needs.
    pub fn scratch_words(&self, stage: &Stage, rows: usize, cols: usize, groups: usize) -> usize {
        if !stage.gathered {
            return 0;
        }
        let span = |length: usize, kernel: usize, all: usize| ((length - 1) * stage.stride + kernel).min(all);
        let (rows, cols) =
            (span(rows, stage.kernel.0, stage.in_rows), span(cols, stage.kernel.1, stage.in_cols));
        // a window of packed pixels begins up to three pixels to the left
        let row = match self.map.pixels {
            PixelFormat::U8 { .. } if cols < stage.in_cols => (cols + 3).div_ceil(4) * 4,
            PixelFormat::U8 { .. } => cols.div_ceil(4) * 4,
            PixelFormat::F32 => cols,
        };
        stage.gathered_channels((0, groups)).1 * rows * row
    }
}

impl Builder<'_> {
    pub(super) fn gather_input(&mut self, stage: &Stage, tile: Tile, groups: (usize, usize), base: usize) {
        let window = self.context.window(stage, tile, groups);
        let map = tile.rows * tile.cols;
        let geometry = Geometry {
            maps: tile.images * groups.1,
            rows: tile.rows,
            cols: tile.cols,
            real_rows: (0, tile.rows),
            real_cols: (0, tile.cols),
        };
        self.zero_padding(VectorBuffer::Feature, base, geometry);
        // as many images at once as the scratch holds
        let possible = (1 << self.context.config.scratch_aw) / window.words().max(1);
        for (i, n) in blocks(tile.images, possible.clamp(1, tile.images)) {
            self.load_window(stage, tile.image + i, n, &window);
            for k in 0..n {
                let at = base + (i + k) * groups.1 * map;
                self.gather_image(stage, tile, &window, (k, i + k), at);
            }
        }
    }

    /// The window of `images` images from `image` on, one after the other into the scratch.
    fn load_window(&mut self, stage: &Stage, image: usize, images: usize, window: &Window) {
        let map = self.context.map;
        let (shift, packed) = match map.pixels {
            PixelFormat::U8 { shift } => (shift, true),
            PixelFormat::F32 => (0, false),
        };
        let all_row_words = ef_program::layout::raw_row_words(stage.in_cols, packed);
        let column_words = if packed { window.cols.0 / 4 } else { window.cols.0 };
        let channel_words = stage.in_rows * all_row_words;
        let rows = window.rows.1 - window.rows.0;
        if window.words() == 0 {
            return;
        }
        let op = LoadOp { unpack: packed, shift, ..LoadOp::words(WordBuffer::Scratch) };
        // where rows do not touch, one image at a time
        let whole = window.row_words == all_row_words || rows == 1;
        for (first, n) in blocks(images, if whole { images } else { 1 }) {
            let at = (image + first) * map.image_words
                + window.channels.0 * channel_words
                + window.rows.0 * all_row_words
                + column_words;
            let runs = Runs::of_rows(
                window.row_words,
                (rows, all_row_words),
                (window.channels.1, channel_words),
                (n, map.image_words),
            );
            let [run, n_run0, d_run0, n_run1, d_run1] = runs.fields();
            self.load(LoadDesc {
                op: op.encode(),
                base: (first * window.words()) as u32,
                dram: map.images + at as u32,
                run,
                n_run0,
                d_run0,
                n_run1,
                d_run1,
                ..Default::default()
            });
        }
    }

    /// The taps of the tile's image number `image`, number `at` in the scratch, to `base`.
    fn gather_image(
        &mut self,
        stage: &Stage,
        tile: Tile,
        window: &Window,
        (at, image): (usize, usize),
        base: usize,
    ) {
        let t = self.context.lanes();
        let map = tile.rows * tile.cols;
        let rows = window.rows.1 - window.rows.0;
        let first = |tile: usize, window: usize| {
            field((tile * stage.stride) as i64 - stage.padding as i64 - window as i64)
        };
        self.load(LoadDesc {
            op: LoadOp::gather().encode(),
            base: base as u32,
            phase: (image * map % t) as u32,
            n0: tile.cols as u32,
            n1: tile.rows as u32,
            a0: 1,
            a1: tile.cols as u32,
            a2: map as u32,
            p0: 1,
            p1: (tile.cols % t) as u32,
            g_ch: window.channels.1 as u32,
            g_kr: stage.kernel.0 as u32,
            g_kc: stage.kernel.1 as u32,
            g_row: first(tile.row, window.rows.0),
            g_col: first(tile.col, window.cols.0),
            g_sr: stage.stride as u32,
            g_sc: stage.stride as u32,
            g_h: rows as u32,
            g_w: (window.cols.1 - window.cols.0) as u32,
            g_row_stride: window.scratch_row as u32,
            g_ch_stride: (rows * window.scratch_row) as u32,
            g_src: (at * window.words()) as u32,
            ..Default::default()
        });
    }
}
