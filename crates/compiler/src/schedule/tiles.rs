//! Tiles: a block of images, or some rows of one image.

use super::LONGEST;

/// Images `image..image + images`, rows `row..row + rows` of the map that the tile produces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    pub image: usize,
    pub images: usize,
    pub row: usize,
    pub rows: usize,
}

/// The size of a pass's tiles: several images of all rows, or one image of some rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TileSize {
    pub images: usize,
    pub rows: usize,
}

impl TileSize {
    /// The tiles of a batch of maps with `rows` rows.
    pub fn tiles(self, batch: usize, rows: usize) -> Vec<Tile> {
        let mut tiles = Vec::new();
        for image in (0..batch).step_by(self.images) {
            for row in (0..rows).step_by(self.rows) {
                tiles.push(Tile {
                    image,
                    images: self.images.min(batch - image),
                    row,
                    rows: self.rows.min(rows - row),
                });
            }
        }
        tiles
    }

    /// Number of tiles of a batch of maps with `rows` rows.
    pub fn count(self, batch: usize, rows: usize) -> usize {
        batch.div_ceil(self.images) * rows.div_ceil(self.rows)
    }

    /// Every size worth a look: whole maps of many images first, then fewer rows. A tile has at most `most` rows in all its images,
    /// row tiles are multiples of `step`, and no size makes more tiles than a schedule may have commands.
    pub fn candidates(batch: usize, rows: usize, step: usize, most: usize) -> Vec<TileSize> {
        let images = batch.min(most / rows);
        let mut sizes: Vec<TileSize> = (1..=images).rev().map(|images| TileSize { images, rows }).collect();
        let fewer = (1..rows.min(most.saturating_add(1))).rev().filter(|r| r % step == 0);
        sizes.extend(fewer.map(|rows| TileSize { images: 1, rows }));
        sizes.retain(|size| size.count(batch, rows) <= LONGEST);
        sizes
    }
}

/// The largest number up to `most` for which `fits` holds, from `least` on; if it holds for one below `most`, it holds for all smaller ones.
pub fn largest(least: usize, most: usize, fits: impl Fn(usize) -> bool) -> Option<usize> {
    if fits(most) {
        return Some(most);
    }
    // all below `low` fit, none from `high` on
    let (mut low, mut high) = (least, most);
    while low < high {
        let middle = low + (high - low) / 2;
        if fits(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    (low > least).then(|| low - 1)
}

/// Consecutive blocks of `size` of `0..total`: (first, count).
pub fn blocks(total: usize, size: usize) -> Vec<(usize, usize)> {
    (0..total).step_by(size).map(|first| (first, size.min(total - first))).collect()
}

/// Streamed vectors between two visits of one partial sum below which the kernel waits (its pipeline depth, rounded up).
const PIPELINE: usize = 24;
/// Cycles a command costs beyond its work.
const COMMAND: usize = 40;
/// Cycles per DRAM word that schedules are made for: a 16-bit memory at the core's clock.
const CYCLES_PER_WORD: usize = 2;

/// Rough cycles of a pass, to compare tile sizes with.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    pub words: usize,
    /// Streamed vectors per sweep and number of sweeps.
    pub sweeps: usize,
    pub sweep: usize,
    pub commands: usize,
    /// Words of one tile: what is not overlapped at either end.
    pub tile_words: usize,
}

impl Cost {
    pub fn cycles(&self) -> usize {
        let kernel = self.sweeps * self.sweep.max(PIPELINE);
        kernel.max(self.words * CYCLES_PER_WORD) + self.commands * COMMAND + self.tile_words * CYCLES_PER_WORD
    }
}
