//! Tiles: a block of images, some rows of one image, or some columns of some of its rows.

/// Images `image..image + images`, rows `row..row + rows` and columns `col..col + cols` of a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    pub image: usize,
    pub images: usize,
    pub row: usize,
    pub rows: usize,
    pub col: usize,
    pub cols: usize,
}

/// The size of a pass's tiles. Several images only with all rows and columns of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TileSize {
    /// Whole maps, if more than 1.
    pub images: usize,
    /// Rows of a map.
    pub rows: usize,
    /// Columns of a map.
    pub cols: usize,
}

/// Rows and columns of a map, and of what a tile of it is a multiple of (but at the map's end).
#[derive(Clone, Copy, Debug)]
pub struct Grid {
    pub rows: usize,
    pub cols: usize,
    pub row_step: usize,
    pub col_step: usize,
}

impl TileSize {
    /// Pixels of a tile: images times rows times columns.
    pub fn pixels(&self) -> usize {
        self.images * self.rows * self.cols
    }

    /// The tiles of a batch of maps, in the order in which they lie in DRAM.
    pub fn tiles(self, batch: usize, rows: usize, cols: usize) -> impl Iterator<Item = Tile> {
        let columns = move || blocks(cols, self.cols);
        let lines = move || blocks(rows, self.rows).flat_map(move |r| columns().map(move |c| (r, c)));
        blocks(batch, self.images).flat_map(move |(image, images)| {
            lines().map(move |((row, rows), (col, cols))| Tile { image, images, row, rows, col, cols })
        })
    }

    /// Number of tiles of a batch of maps.
    pub fn count(self, batch: usize, rows: usize, cols: usize) -> usize {
        batch.div_ceil(self.images) * rows.div_ceil(self.rows) * cols.div_ceil(self.cols)
    }

    /// Every size that may be the best one, of at most `most` pixels: whole maps of many images, then fewer
    /// rows of one image, then fewer columns of
    /// few rows.
    pub fn candidates(batch: usize, grid: Grid, most: usize) -> Vec<TileSize> {
        let Grid { rows, cols, row_step, col_step } = grid;
        let fits = |size: &TileSize| size.pixels() <= most;
        let whole = parts(batch, 1).into_iter().map(|images| TileSize { images, rows, cols });
        let fewer_rows = parts(rows, row_step).into_iter().filter(|r| *r < rows);
        let some_rows = fewer_rows.map(|rows| TileSize { images: 1, rows, cols });
        let few =
            std::iter::successors(Some(row_step.min(rows)), |r| (2 * r <= rows.min(16)).then_some(2 * r));
        let fewer_cols: Vec<usize> = parts(cols, col_step).into_iter().filter(|c| *c < cols).collect();
        let some_cols =
            few.flat_map(|rows| fewer_cols.iter().map(move |cols| TileSize { images: 1, rows, cols: *cols }));
        whole.chain(some_rows).chain(some_cols).filter(fits).collect()
    }

    /// The smallest size that the grid allows.
    pub fn smallest(grid: Grid) -> TileSize {
        TileSize { images: 1, rows: grid.row_step.min(grid.rows), cols: grid.col_step.min(grid.cols) }
    }
}

/// Consecutive blocks of `size` of `0..total`: (first, count).
pub fn blocks(total: usize, size: usize) -> impl Iterator<Item = (usize, usize)> + Clone {
    (0..total).step_by(size).map(move |first| (first, size.min(total - first)))
}

/// The sizes of equal parts of `total`, largest first: for every number of parts the smallest multiple of `step` that makes so few,
/// and the whole.
pub fn parts(total: usize, step: usize) -> Vec<usize> {
    let units = total.div_ceil(step);
    let mut sizes = Vec::new();
    let mut count = 1;
    while count <= units {
        let size = units.div_ceil(count);
        sizes.push((size * step).min(total));
        if size == 1 {
            break;
        }
        // the next number of parts that makes them smaller
        count = units.div_ceil(size - 1);
    }
    sizes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_equal_and_each_size_is_named_once() {
        assert_eq!(parts(10, 1), [10, 5, 4, 3, 2, 1]);
        assert_eq!(parts(7, 2), [7, 4, 2]);
        assert_eq!(parts(1, 4), [1]);
        assert!(parts(65_535, 1).len() < 520);
    }

    #[test]
    fn the_tiles_of_a_size_cover_every_pixel_once() {
        let size = TileSize { images: 1, rows: 3, cols: 2 };
        let mut seen = [[[0; 5]; 4]; 2];
        for tile in size.tiles(2, 4, 5) {
            for row in &mut seen[tile.image][tile.row..tile.row + tile.rows] {
                row[tile.col..tile.col + tile.cols].iter_mut().for_each(|pixel| *pixel += 1);
            }
        }
        assert_eq!(seen, [[[1; 5]; 4]; 2]);
        assert_eq!(size.count(2, 4, 5), size.tiles(2, 4, 5).count());
    }
}
