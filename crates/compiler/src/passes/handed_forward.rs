//! FP of two stages, a tile of the one and a tile of the other in turns. The second stage reads the first one's
//! map from the hand-over RAM.
//!
//! Tile k of the first stage has the rows of its map that tiles up to k of the second need and that tile k - 1 has not made, so every row is
//! made once. It is made before tile k - 1 of the second stage, which gives the engines that time to hand it over. Its last rows go to tiles k
//! and k + 1 of the second stage, one after the other.

use super::compute::{GroupSums, OnChip};
use super::{Cut, Order, Part, Pass, Space};
use crate::Stage;
use crate::builder::{Builder, Context, Slots};
use crate::room::Needs;
use crate::tensors::input::HandedRows;
use crate::tensors::output::HandOver;
use crate::tile::{Grid, Tile, TileSize};
use crate::work::Work;
use ef_isa::compute::Phase;
use ef_time::Traffic;

/// FP of stage `.0` and of the one after it.
pub struct HandedForward(pub usize);

/// Regions of the hand-over RAM: one is written while the other is read.
const REGIONS: usize = 2;

/// A tile of the first stage's map: its rows after pooling, and where it lies in the hand-over RAM.
#[derive(Clone, Copy)]
struct Made {
    rows: (usize, usize),
    at: usize,
}

/// What a tile of each stage takes, in vectors of the feature buffer, the weight buffer and the partial sums; and in words of the hand-over RAM.
struct Sizes {
    inputs: [usize; 2],
    weights: [usize; 2],
    sums: [usize; 2],
    handed: usize,
}

/// The regions of the pass in the buffers.
struct Regions {
    weights: [usize; 2],
    first_input: usize,
    inputs: Slots,
    sums: [Slots; 2],
    handed: Slots,
}

impl HandedForward {
    /// The stage after stage `first` reads its map as it is, and is not the last one.
    pub fn possible(context: &Context, first: usize) -> bool {
        let stages = &context.graph.stages;
        let Some(next) = stages.get(first + 1).filter(|_| first + 2 < stages.len()) else { return false };
        let dense = [&stages[first], next].iter().all(|stage| stage.by_channel.is_none());
        let whole = stages[first].flattened.is_none() && !stages[first].striped();
        let joins = [&stages[first], next].iter().any(|stage| stage.shortcut.is_some());
        whole
            && dense
            && !joins
            && context.graph.reads_alone(first + 1)
            && next.flattened.is_none()
            && next.input == stages[first].output
    }

    fn stages<'a>(&self, context: &Context<'a>) -> (&'a Stage, &'a Stage) {
        (&context.graph.stages[self.0], &context.graph.stages[self.0 + 1])
    }

    /// Rows `lo..hi` of the first stage's map that are made for tile `tile` of the second stage.
    fn rows(&self, second: &Stage, size: TileSize, tile: Tile) -> (usize, usize) {
        let before = Tile { row: tile.row.saturating_sub(size.rows), rows: size.rows, ..tile };
        let lo = if tile.row == 0 { 0 } else { second.input_rows(before).1 };
        let last = tile.row + tile.rows == second.rows;
        (lo, if last { second.in_rows } else { second.input_rows(tile).1 })
    }

    /// The tiles of the second stage for one image.
    fn tiles(second: &Stage, size: TileSize) -> impl Iterator<Item = Tile> {
        size.tiles(1, second.rows, second.cols)
    }

    /// The most rows of the first stage's map in a tile.
    fn most_rows(&self, second: &Stage, size: TileSize) -> usize {
        let rows = |tile| self.rows(second, size, tile);
        Self::tiles(second, size).map(|tile| rows(tile).1 - rows(tile).0).max().unwrap_or(0)
    }

    /// The rows before pooling that give rows `lo..hi` of the first stage's map.
    fn raw(first: &Stage, image: usize, (lo, hi): (usize, usize)) -> Tile {
        let window = first.window();
        Tile { image, images: 1, row: lo * window, rows: (hi - lo) * window, col: 0, cols: first.cols }
    }

    fn sizes(&self, context: &Context, cut: &Cut) -> Sizes {
        let (first, second) = self.stages(context);
        let rows = self.most_rows(second, cut.size);
        let raw = Self::raw(first, 0, (0, rows));
        let input = |stage: &Stage, rows: usize, cols: usize| {
            let (rows, cols) = stage.input_map(rows, cols);
            stage.in_groups() * rows * cols
        };
        let weights = |stage: &Stage| stage.out_groups() * stage.fp_block(stage.in_groups());
        Sizes {
            inputs: [input(first, raw.rows, raw.cols), input(second, cut.size.rows, cut.size.cols)],
            weights: [weights(first), weights(second)],
            sums: [first.out_groups() * raw.rows * raw.cols, second.out_groups() * cut.size.pixels()],
            handed: first.out_groups() * rows * first.out_cols() * context.lanes(),
        }
    }

    /// The map of the first stage goes to DRAM too.
    fn kept(&self, context: &Context) -> bool {
        context.train && context.graph.read_again(self.0)
    }

    /// A tile of the first stage, to the hand-over RAM, and to DRAM if it is needed again.
    fn make(&self, builder: &mut Builder, regions: &mut Regions, image: usize, rows: (usize, usize)) -> Made {
        let at = regions.handed.take();
        if rows.0 == rows.1 {
            return Made { rows, at };
        }
        let (first, _) = self.stages(&builder.context);
        let (raw, groups) = (Self::raw(first, image, rows), first.in_groups());
        builder.load_input(first, raw, (0, groups), regions.first_input);
        let sum = regions.sums[0].take();
        let on_chip = |base| OnChip { groups: (0, groups), base };
        let (input, weights) = (on_chip(regions.first_input), on_chip(regions.weights[0]));
        builder.compute_fp(self.0, raw, first.out_groups(), input, weights, GroupSums::of_tile(sum, raw));
        let out = Tile { row: rows.0, rows: rows.1 - rows.0, cols: first.out_cols(), ..raw };
        let mut map = builder.context.output_store(self.0);
        map.hand_over = Some(HandOver { at, only: !self.kept(&builder.context) });
        builder.store_map(&map, out, (0, first.out_groups()), (raw.rows, raw.cols), sum);
        Made { rows, at }
    }

    /// Loads the rows of a tile of the second stage that `made` has.
    fn hand_on(&self, builder: &mut Builder, tile: Tile, made: Made, base: usize) {
        let (first, second) = self.stages(&builder.context);
        let row_words = first.out_cols() * builder.context.lanes();
        let (lo, hi) = second.input_rows(tile);
        let rows = (lo.max(made.rows.0), hi.min(made.rows.1));
        if rows.0 < rows.1 {
            let at = made.at + (rows.0 - made.rows.0) * row_words;
            let group_words = (made.rows.1 - made.rows.0) * row_words;
            builder.load_handed_input(second, tile, &HandedRows { rows, at, group_words }, base);
        }
    }

    /// Makes a tile of the second stage in the region at `base`, which already holds the rows of the tiles
    /// before `made`. The rows of `made` that the next tile of the image needs are loaded into that tile's
    /// region, whose address is returned.
    fn take(
        &self,
        builder: &mut Builder,
        regions: &mut Regions,
        (tile, base): (Tile, usize),
        made: Made,
        next: Option<Tile>,
    ) -> Option<usize> {
        let (_, second) = self.stages(&builder.context);
        self.hand_on(builder, tile, made, base);
        let next = next.map(|next| {
            let base = regions.input(builder, second, next);
            self.hand_on(builder, next, made, base);
            base
        });
        let sum = regions.sums[1].take();
        let on_chip = |base| OnChip { groups: (0, second.in_groups()), base };
        let (input, weights) = (on_chip(base), on_chip(regions.weights[1]));
        builder.compute_fp(
            self.0 + 1,
            tile,
            second.out_groups(),
            input,
            weights,
            GroupSums::of_tile(sum, tile),
        );
        builder.store_forward(self.0 + 1, tile, (0, second.out_groups()), sum);
        next
    }
}

impl Regions {
    /// The region for a tile of the second stage, with its padding.
    fn input(&mut self, builder: &mut Builder, second: &Stage, tile: Tile) -> usize {
        let base = self.inputs.take();
        builder.zero_around(second, tile, second.in_groups(), base);
        base
    }
}

impl Pass for HandedForward {
    fn parts(&self) -> Vec<Part> {
        vec![(self.0, Phase::Fp), (self.0 + 1, Phase::Fp)]
    }

    fn space(&self, context: &Context) -> Space {
        let (_, second) = self.stages(context);
        let (rows, cols, row_step) = (second.rows, second.cols, second.window());
        Space {
            grid: Grid { rows, cols, row_step, col_step: cols },
            most_pixels: 1 << context.config.psum_aw,
            outs: vec![second.out_groups()],
            ins: vec![second.in_groups()],
            orders: &[Order::TilesFirst],
        }
    }

    fn admits(&self, context: &Context, cut: &Cut) -> bool {
        let (_, second) = self.stages(context);
        let mut before = 0;
        // the first rows of the next tile come while this one is computed
        let room = cut.slots == 2 || cut.size.rows == second.rows;
        cut.size.images == 1
            && room
            && Self::tiles(second, cut.size).all(|tile| {
                // no more than two tiles of the first stage are on chip
                let enough = second.input_rows(tile).0 >= before;
                before = self.rows(second, cut.size, tile).0;
                enough
            })
    }

    fn needs(&self, context: &Context, cut: &Cut) -> Needs {
        let (first, second) = self.stages(context);
        let Sizes { inputs, weights, sums, handed } = self.sizes(context, cut);
        let rows = self.most_rows(second, cut.size);
        let codes = |stage: &Stage, rows: usize| stage.out_groups() * rows * stage.code_row();
        Needs {
            feature: inputs[0] + cut.slots * inputs[1],
            weight: weights[0] + weights[1],
            psum: cut.slots * (sums[0] + sums[1]),
            scratch: context.scratch_words(first, rows * first.window(), first.cols, first.in_groups()),
            code: codes(first, rows).max(codes(second, cut.size.rows / second.window())),
            handover: REGIONS * handed,
            ..Default::default()
        }
    }

    fn work(&self, context: &Context, cut: &Cut) -> Work {
        let (first, second) = self.stages(context);
        let batch = context.batch;
        let rows = self.most_rows(second, cut.size) * first.window();
        let tiles = cut.size.count(batch, second.rows, second.cols);
        let input = context.input_traffic(first, TileSize { images: 1, rows, cols: first.cols });
        let weights = |stage: &Stage| stage.out_groups() * stage.block_words();
        let vectors = |stage: &Stage| {
            (batch * stage.rows * stage.cols * stage.out_groups() * stage.in_groups() * stage.area()) as u64
        };
        let stored = |stage: &Stage| stage.out_words() + stage.code_words();
        let kept = if self.kept(context) { stored(first) } else { 0 };
        let handed: usize = Self::tiles(second, cut.size)
            .map(|tile| second.input_rows(tile).1 - second.input_rows(tile).0)
            .sum();
        let step = cut.size.pixels() as u64;
        Work {
            loads: input + Traffic::new(weights(first) + weights(second), 2),
            stores: Traffic::new(
                batch * (kept + stored(second)),
                2 * tiles * (first.out_groups() + second.out_groups()),
            ),
            steps: (vectors(first) + vectors(second)).div_ceil(step),
            step,
            computations: (tiles * (first.out_groups() + second.out_groups())) as u64,
            gather: context.gather_cycles(first)
                + (batch * handed * second.in_groups() * second.in_cols * context.lanes()) as u64,
            ..cut.ends(context)
        }
    }

    fn emit(&self, builder: &mut Builder, cut: &Cut) {
        let context = builder.context;
        let (first, second) = self.stages(&context);
        let bases = builder.begin_pass(&self.needs(&context, cut));
        let Sizes { inputs, weights, sums, handed } = self.sizes(&context, cut);
        let all = |stage: &Stage| ((0, stage.out_groups()), (0, stage.in_groups()));
        let mut regions = Regions {
            weights: [bases.weight, bases.weight + weights[0]],
            first_input: bases.feature,
            inputs: Slots::new(bases.feature + inputs[0], inputs[1], cut.slots),
            sums: [
                Slots::new(bases.psum, sums[0], cut.slots),
                Slots::new(bases.psum + cut.slots * sums[0], sums[1], cut.slots),
            ],
            handed: Slots::new(0, handed, REGIONS),
        };
        for (k, stage) in [first, second].into_iter().enumerate() {
            builder.load_fp_weights(self.0 + k, all(stage).0, all(stage).1, regions.weights[k]);
        }
        let mut tiles = cut.size.tiles(context.batch, second.rows, second.cols).peekable();
        let make = |builder: &mut Builder, regions: &mut Regions, tile: Tile| {
            self.make(builder, regions, tile.image, self.rows(second, cut.size, tile))
        };
        let mut made = tiles.peek().map(|tile| make(builder, &mut regions, *tile));
        let mut base = None;
        while let (Some(tile), Some(ready)) = (tiles.next(), made) {
            let base_of = base.take().unwrap_or_else(|| regions.input(builder, second, tile));
            made = tiles.peek().map(|tile| make(builder, &mut regions, *tile));
            let next = tiles.peek().copied().filter(|next| next.image == tile.image);
            base = self.take(builder, &mut regions, (tile, base_of), ready, next);
        }
    }
}
