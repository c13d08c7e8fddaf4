//! Loss tiles: the gradient of a stage's convolution output, un-pooled and masked on the way in, for BP and WU.

use super::runs::Runs;
use crate::Stage;
use crate::builder::{Builder, Geometry};
use crate::tile::TileSize;
use ef_isa::LoadDesc;
use ef_isa::load::{LoadOp, VectorBuffer, WordBuffer};

/// A tile in the loss buffer: which rows and columns of the raw output map its vectors stand for.
///
/// Rows and columns outside the map are zero. The tile is extended to whole pooling windows and, to the left, to the first column of a
/// word of codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LossTile {
    pub image: usize,
    pub images: usize,
    /// Raw output row and column of the first vector.
    pub row: i64,
    pub col: i64,
    pub rows: usize,
    pub cols: usize,
    /// Pooled (or raw) rows and columns that have a gradient.
    real_rows: (usize, usize),
    real_cols: (usize, usize),
    /// Raw pixels per row and image that WU counts through: they give rows and images their phase.
    counted: (usize, usize),
}

/// The extent of a tile along one axis that must hold the raw positions `span` of `raw`. In pooled positions
/// (of `window` raw ones each, `length` in all): `lo..hi`, with `lo` a multiple of `unit`. In raw positions:
/// the first one, and their number, extended to whole windows.
fn extend(
    (first, end): (i64, i64),
    (raw, length): (usize, usize),
    (window, unit): (usize, usize),
) -> ((usize, usize), (i64, usize)) {
    let inside = |position: i64| position.clamp(0, raw as i64) as usize;
    let lo = (inside(first) / window / unit * unit).min(length);
    let hi = inside(end).div_ceil(window).min(length).max(lo);
    let start = if hi > lo { first.min((lo * window) as i64) } else { first };
    let end = if hi > lo { end.max((hi * window) as i64) } else { end };
    ((lo, hi), (start, (end - start) as usize))
}

impl LossTile {
    /// The tile that holds raw rows `rows.0..rows.1` and columns `cols.0..cols.1`, all or partly outside the map. WU counts through
    /// `counted` pixels per row and per image.
    pub fn new(
        stage: &Stage,
        (image, images): (usize, usize),
        rows: (i64, i64),
        cols: (i64, i64),
        counted: (usize, usize),
    ) -> Self {
        let [window, across] = stage.windows();
        let (real_rows, (row, rows)) = extend(rows, (stage.rows, stage.out_rows()), (window, 1));
        let unit = stage.codes_of_word();
        // rows of several images are loaded whole
        let cols = if images > 1 { (cols.0.min(0), cols.1.max(stage.cols as i64)) } else { cols };
        let (real_cols, (col, cols)) = extend(cols, (stage.cols, stage.out_cols()), (across, unit));
        LossTile { image, images, row, col, rows, cols, real_rows, real_cols, counted }
    }

    /// The same for a tile of WU, which counts through the pixels of tiles of this size.
    pub fn counted_in(self, size: TileSize) -> Self {
        LossTile { counted: (size.cols, size.rows * size.cols), ..self }
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
    pub fn phase(&self, row: i64, col: i64, lanes: usize) -> u32 {
        let phase = (row - self.row) * self.counted.0 as i64 + (col - self.col);
        phase.rem_euclid(lanes as i64) as u32
    }

    pub fn row_phase(&self, lanes: usize) -> u32 {
        (self.counted.0 % lanes) as u32
    }

    pub fn image_phase(&self, lanes: usize) -> u32 {
        (self.counted.1 % lanes) as u32
    }

    /// Rows and columns that have a gradient, pooled where the stage pools.
    pub(super) fn real(&self) -> (usize, usize) {
        (self.real_rows.1 - self.real_rows.0, self.real_cols.1 - self.real_cols.0)
    }

    /// Code words of one row of one group.
    pub(super) fn code_row(&self, stage: &Stage) -> usize {
        if stage.coded() { self.real().1.div_ceil(stage.codes_of_word()) } else { 0 }
    }
}

impl LossTile {
    /// The chip's side of a load of `count` groups to `base`, whose first real row and column lie at `top` and `left`, beside `place`.
    fn vectors(
        &self,
        stage: &Stage,
        count: usize,
        (top, left): (usize, usize),
        base: usize,
        place: LoadDesc,
    ) -> LoadDesc {
        let (t, [down, across], counted, (rows, cols)) =
            (stage.lanes, stage.windows(), self.counted.0, self.real());
        let phase = |n: usize| (n % t) as u32;
        LoadDesc {
            base: (base + top * self.cols + left) as u32,
            phase: phase(top * counted + left),
            n0: cols as u32,
            n1: rows as u32,
            n2: count as u32,
            n3: self.images as u32,
            a0: across as u32,
            a1: (down * self.cols) as u32,
            a2: self.map() as u32,
            a3: (count * self.map()) as u32,
            p0: phase(across),
            p1: phase(down * counted),
            p2: 0,
            p3: self.image_phase(t),
            a_down: if stage.pool { self.cols as u32 } else { 0 },
            p_down: if stage.pool { phase(counted) } else { 0 },
            ..place
        }
    }
}

impl Builder<'_> {
    /// Loads groups `first..first + count` of a loss tile to `base`: from DRAM, or, all of a tile of whole rows, from word `handed` of the
    /// hand-over RAM.
    pub fn load_loss(
        &mut self,
        index: usize,
        tile: LossTile,
        (first, count): (usize, usize),
        base: usize,
        handed: Option<usize>,
    ) {
        self.load_loss_of(self.context.stage(index), Some(index), tile, (first, count), base, handed);
    }

    /// The same of a stage, with the codes of stage `codes`, if it has some.
    pub fn load_loss_of(
        &mut self,
        stage: &Stage,
        codes: Option<usize>,
        tile: LossTile,
        (first, count): (usize, usize),
        base: usize,
        handed: Option<usize>,
    ) {
        let t = self.context.lanes();
        let [down, across] = stage.windows();
        let ((lo, _), (from, _), (rows, cols)) = (tile.real_rows, tile.real_cols, tile.real());
        let (top, left) = match (rows, cols) {
            (0, _) | (_, 0) => (0, 0),
            _ => (((lo * down) as i64 - tile.row) as usize, ((from * across) as i64 - tile.col) as usize),
        };
        let geometry = Geometry {
            maps: tile.images * count,
            rows: tile.rows,
            cols: tile.cols,
            real_rows: (top, top + rows * down),
            real_cols: (left, left + cols * across),
            spread: stage.spread,
        };
        self.zero_padding(VectorBuffer::Loss, base, geometry);
        if rows == 0 || cols == 0 {
            return;
        }
        // where a tensor has it with so many words per row, of which the tile takes `words` from `at` on
        let place = |tensor: u32, row: usize, at: usize, words: usize| {
            let group = stage.out_rows() * row;
            let image = stage.out_groups() * group;
            let dram = tensor as usize + tile.image * image + first * group + lo * row + at;
            placed(dram, Runs::of_rows(words, (rows, row), (count, group), (tile.images, image)))
        };
        if let (true, Some(index)) = (stage.coded(), codes) {
            let unit = stage.codes_of_word();
            let codes = self.context.map.codes[index];
            let op = LoadOp::words(WordBuffer::Code).encode();
            self.load(LoadDesc { op, ..place(codes, stage.code_row(), from / unit, tile.code_row(stage)) });
        }
        let place = match handed {
            Some(at) => placed(at, Runs::new(count * rows * cols * t, (1, 0), (1, 0))),
            None => place(self.context.map.losses[stage.output], stage.out_cols() * t, from * t, cols * t),
        };
        let handed = handed.is_some();
        let op = LoadOp { mask: stage.relu, pool: stage.pool, handed, ..LoadOp::vectors(VectorBuffer::Loss) };
        let op = op.encode();
        self.load(LoadDesc { op, ..tile.vectors(stage, count, (top, left), base, place) });
    }
}

/// A descriptor with nothing but these runs.
fn placed(at: usize, runs: Runs) -> LoadDesc {
    runs.read_by(LoadDesc { dram: at as u32, ..Default::default() })
}
