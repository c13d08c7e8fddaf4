//! How much of a tensor the tiles of a size hold and move, without making them.

use super::loss::LossTile;
use crate::Stage;
use crate::builder::Context;
use crate::tile::{Tile, TileSize, blocks};
use ef_time::Traffic;

/// What one group of the largest loss tile of a pass needs: vectors of the loss buffer, words of the code RAM.
#[derive(Clone, Copy, Debug, Default)]
pub struct LargestLoss {
    pub vectors: usize,
    pub codes: usize,
}

/// Tiles along one axis that may differ in words and bursts: those at the ends of the map, and between them one
/// for each position within a pooling window and a code word.
fn different(total: usize, size: usize) -> impl Iterator<Item = (usize, usize)> {
    const PERIOD: usize = 34;
    let count = total.div_ceil(size);
    let ends = (0..count.min(PERIOD)).chain(count.saturating_sub(2).max(PERIOD)..count);
    ends.map(move |n| (n * size, size.min(total - n * size)))
}

impl TileSize {
    /// Runs of a map of `rows x cols` that are stored in tiles of this size, per group.
    pub fn store_runs(self, batch: usize, rows: usize, cols: usize) -> usize {
        let tiles = self.count(batch, rows, cols);
        if self.cols < cols { tiles * self.rows } else { tiles }
    }
}

impl Context<'_> {
    pub fn largest_loss(
        &self,
        stage: &Stage,
        size: TileSize,
        (rows, cols): (usize, usize),
        tile_of: impl Fn(Tile) -> LossTile,
    ) -> LargestLoss {
        let images = size.images;
        let first = Tile { image: 0, images, row: 0, rows: size.rows, col: 0, cols: size.cols };
        let most = |values: &mut dyn Iterator<Item = (usize, usize)>| {
            values.fold((0, 0), |most, value| (most.0.max(value.0), most.1.max(value.1)))
        };
        let (vector_rows, real_rows) = most(&mut different(rows, size.rows).map(|(row, rows)| {
            let tile = tile_of(Tile { row, rows, ..first });
            (tile.rows, tile.real().0)
        }));
        let (vector_cols, code_row) = most(&mut different(cols, size.cols).map(|(col, cols)| {
            let tile = tile_of(Tile { col, cols, ..first });
            (tile.cols, tile.code_row(stage))
        }));
        LargestLoss { vectors: images * vector_rows * vector_cols, codes: images * real_rows * code_row }
    }

    /// Words and bursts of loading every loss tile of a pass over maps of `rows x cols`, all groups, codes included.
    pub fn loss_traffic(
        &self,
        stage: &Stage,
        size: TileSize,
        (rows, cols): (usize, usize),
        tile_of: impl Fn(Tile) -> LossTile,
    ) -> Traffic {
        let first = Tile { image: 0, images: 1, row: 0, rows: size.rows, col: 0, cols: size.cols };
        let real_rows: usize =
            spread(rows, size.rows, |row, rows| tile_of(Tile { row, rows, ..first }).real().0);
        let words = |tile: LossTile| tile.real().1 * self.lanes() + tile.code_row(stage);
        let row_words = spread(cols, size.cols, |col, cols| words(tile_of(Tile { col, cols, ..first })));
        let groups = stage.out_groups();
        let tiles = size.count(self.batch, rows, cols);
        let runs = if size.cols < cols { size.rows * groups } else { groups };
        let kinds = if stage.coded() { 2 } else { 1 };
        Traffic::new(self.batch * groups * real_rows * row_words, kinds * tiles * runs)
    }

    /// Words and bursts of loading every input tile of a pass over the output map, all groups.
    pub fn input_traffic(&self, stage: &Stage, size: TileSize) -> Traffic {
        if stage.gathered {
            return self.images_traffic(stage, size);
        }
        let first = Tile { image: 0, images: 1, row: 0, rows: size.rows, col: 0, cols: size.cols };
        let span = |(lo, hi): (usize, usize)| hi - lo;
        let rows =
            spread(stage.rows, size.rows, |row, rows| span(stage.input_rows(Tile { row, rows, ..first })));
        let words = |tile: Tile| self.input_row_words(stage, tile, (0, stage.in_groups()));
        let row_words = spread(stage.cols, size.cols, |col, cols| words(Tile { col, cols, ..first }));
        let tiles = size.count(self.batch, stage.rows, stage.cols);
        let maps = stage.in_groups();
        let runs = if size.cols < stage.cols { size.rows * maps } else { maps };
        Traffic::new(self.batch * rows * row_words, tiles * runs)
    }
}

/// The sum of `value` over the tiles along one axis; over very many, of a sample of them.
fn spread(total: usize, size: usize, value: impl Fn(usize, usize) -> usize) -> usize {
    const SAMPLE: usize = 64;
    let count = total.div_ceil(size);
    if count <= SAMPLE {
        return blocks(total, size).map(|(first, length)| value(first, length)).sum();
    }
    let sum: usize = blocks(total, size).take(SAMPLE).map(|(first, length)| value(first, length)).sum();
    sum * count / SAMPLE
}
