//! Results from the partial sums to DRAM: maps with their codes, and the loss.

use crate::Stage;
use crate::builder::{Builder, Context, prefill};
use crate::tile::{Tile, blocks};
use ef_isa::load::{LoadOp, WordBuffer};
use ef_isa::store::{StoreKind, StoreOp};
use ef_isa::vector::{LANES, Logits, library};
use ef_isa::{LoadDesc, StoreDesc};

/// Where and how a map is stored.
pub struct MapStore {
    pub op: StoreOp,
    pub tag: u32,
    /// Word address of the tensor, its groups, rows, columns.
    pub dram: usize,
    pub groups: usize,
    pub rows: usize,
    pub cols: usize,
    /// Word address of its codes, words per row of them, and the columns of the map that a word serves.
    pub codes: Option<(usize, usize, usize)>,
    /// Whole rows go to the hand-over RAM as well.
    pub hand_over: Option<HandOver>,
}

/// A tile that the next stage takes from the hand-over RAM.
#[derive(Clone, Copy)]
pub struct HandOver {
    /// Its first word there.
    pub at: usize,
    /// It does not go to DRAM.
    pub only: bool,
}

/// Words of the longest run that a descriptor can hold.
const LONGEST_RUN: usize = 65535;

/// Runs of a tensor in DRAM: first word, words, runs, stride.
type StoreRuns = (usize, usize, usize, usize);

impl Context<'_> {
    /// The output map of a stage, and for training its codes.
    pub fn output_store(&self, index: usize) -> MapStore {
        let stage = self.stage(index);
        let codes = self.train && stage.coded() && self.graph.has_loss(index);
        MapStore {
            op: StoreOp { relu: stage.relu, pool: stage.pool, codes, ..StoreOp::new(StoreKind::Map) },
            tag: stage.tag,
            dram: self.map.values[stage.output] as usize,
            groups: stage.out_groups(),
            rows: stage.out_rows(),
            cols: stage.out_cols(),
            codes: codes.then(|| (self.map.codes[index] as usize, stage.code_row(), stage.codes_of_word())),
            hand_over: None,
        }
    }

    /// The gradient of a stage's input.
    pub fn gradient_store(&self, stage: &Stage) -> MapStore {
        MapStore {
            op: StoreOp::new(StoreKind::Map),
            tag: stage.tag,
            dram: self.map.losses[stage.input] as usize,
            groups: stage.in_groups(),
            rows: stage.in_rows,
            cols: stage.in_cols,
            codes: None,
            hand_over: None,
        }
    }
}

impl Builder<'_> {
    /// Stores groups `outs` of a tile of a stage's output, with its ReLU and pooling.
    pub fn store_forward(&mut self, index: usize, tile: Tile, outs: (usize, usize), sum: usize) {
        let window = self.context.stage(index).window();
        let [row, rows, col, cols] = [tile.row, tile.rows, tile.col, tile.cols].map(|n| n / window);
        let map = self.context.output_store(index);
        self.store_map(&map, Tile { row, rows, col, cols, ..tile }, outs, (tile.rows, tile.cols), sum);
    }

    /// Stores groups `outs` of a row of tiles of `cols` columns, of which `last` is the last: one row after pooling. The sums lie tile by
    /// tile, which the store engine takes for images.
    pub fn store_row(&mut self, index: usize, last: Tile, cols: usize, outs: (usize, usize), sum: usize) {
        let stage = self.context.stage(index);
        let (window, map) = (stage.window(), self.context.output_store(index));
        let (equal, rest) = (stage.cols / cols, stage.cols % cols);
        let pixels = last.rows * stage.cols;
        for group in 0..outs.1 {
            for (tiles, col, cols) in [(equal, 0, cols), (1, equal * cols, rest)] {
                let [row, rows, col_out, cols_out] =
                    [last.row, last.rows, col, tiles * cols].map(|n| n / window);
                let out = Tile { row, rows, col: col_out, cols: cols_out, ..last };
                if cols_out > 0 {
                    let at = sum + group * pixels + col * last.rows;
                    self.store_part(&map, out, (outs.0 + group, 1), (tiles, last.rows, cols), (at, pixels));
                }
            }
        }
    }

    /// Stores groups `first..first + count` of tile `out`, from `raw` (rows, columns) partial sums per image and group.
    pub fn store_map(
        &mut self,
        map: &MapStore,
        out: Tile,
        (first, count): (usize, usize),
        raw: (usize, usize),
        sum: usize,
    ) {
        if out.rows == 0 || out.cols == 0 {
            return;
        }
        let pixels = out.images * raw.0 * raw.1;
        let raw = (out.images, raw.0, raw.1);
        if out.cols == map.cols {
            return self.store_part(map, out, (first, count), raw, (sum, pixels));
        }
        debug_assert!(map.hand_over.is_none(), "only whole rows are handed on");
        // rows that do not touch: a command for each group
        for group in 0..count {
            self.store_part(map, out, (first + group, 1), raw, (sum + group * pixels, pixels));
        }
    }

    fn store_part(
        &mut self,
        map: &MapStore,
        out: Tile,
        groups: (usize, usize),
        raw: (usize, usize, usize),
        (sum, sum_stride): (usize, usize),
    ) {
        let t = self.context.lanes();
        let joined =
            groups.1 == map.groups && out.images * map.groups * map.rows * map.cols * t <= LONGEST_RUN;
        let part = (map.cols * t, out.col * t, out.cols * t);
        let (dram, run, n_run, d_run) = map.runs(map.dram, out, groups, joined, part);
        let mut descriptor = StoreDesc {
            op: map.op.encode(),
            tag: map.tag,
            p_base: sum as u32,
            p_g: sum_stride as u32,
            n_i: raw.0 as u32,
            n_g: groups.1 as u32,
            n_r: raw.1 as u32,
            n_c: raw.2 as u32,
            dram: dram as u32,
            run: run as u32,
            n_run: n_run as u32,
            d_run: d_run as u32,
            ..Default::default()
        };
        if let Some((base, row, per_word)) = map.codes {
            let part = (row, out.col / per_word, out.cols.div_ceil(per_word));
            let (at, run, _, d_run) = map.runs(base, out, groups, joined, part);
            descriptor.second_dram = at as u32;
            descriptor.second_run = run as u32;
            descriptor.second_d_run = d_run as u32;
        }
        if let Some(HandOver { at, only }) = map.hand_over {
            descriptor.op = StoreOp { hand_over: true, ..map.op }.encode();
            descriptor.o_a = at as u32;
            if only {
                descriptor.n_run = 0;
            }
        }
        self.store(descriptor);
    }

    /// Loads the labels of a tile of the last stage and makes its loss and gradient from the logits at `sum`.
    pub fn store_loss(&mut self, index: usize, tile: Tile, sum: usize, labels: usize) {
        let stage = self.context.stage(index);
        let image_words = stage.out_groups() * self.context.lanes();
        self.load(LoadDesc {
            op: LoadOp::words(WordBuffer::Operand).encode(),
            base: labels as u32,
            dram: self.context.map.labels + tile.image as u32,
            run: tile.images as u32,
            n_run0: 1,
            n_run1: 1,
            ..Default::default()
        });
        // an image has a lane of the accumulators; all that leaves is one run, as long as a descriptor can hold
        let at_once = (LONGEST_RUN / image_words).clamp(1, tile.images.min(LANES as usize));
        for (first, images) in blocks(tile.images, at_once) {
            let gradient =
                self.context.map.losses[stage.output] + ((tile.image + first) * image_words) as u32;
            let logits = Logits {
                images: images as u32,
                classes: stage.outputs as u32,
                p_base: (sum + first) as u32,
                p_g: tile.images as u32,
                labels: (labels + first) as u32,
                smoothed: self.context.train && self.context.graph.label_smoothing > 0.0,
            };
            self.softmax(stage, &logits, gradient);
        }
    }

    /// Loss and, for training, gradient of a few images: passes over their logits.
    fn softmax(&mut self, stage: &Stage, logits: &Logits, gradient: u32) {
        let words = logits.images * (stage.out_groups() * self.context.lanes()) as u32;
        for walk in library().softmax(logits, self.context.lanes() as u32) {
            let recipe = walk.recipe;
            if recipe.x && !self.context.train {
                continue;
            }
            self.use_recipe(recipe);
            let run = if recipe.x { words } else { 0 };
            self.store(StoreDesc {
                tag: stage.tag,
                dram: gradient,
                run,
                n_run: recipe.x.into(),
                prefill: prefill(run, recipe),
                ..StoreDesc::vector(&walk)
            });
        }
    }
}

impl MapStore {
    /// The runs of groups `first..first + count` of tile `out` in a tensor at `base` with `row` words per row, of which the tile has
    /// `words` from `at` on. Whole images are one run if `joined`.
    fn runs(
        &self,
        base: usize,
        out: Tile,
        (first, count): (usize, usize),
        joined: bool,
        (row, at, words): (usize, usize, usize),
    ) -> StoreRuns {
        let group = self.rows * row;
        let image = self.groups * group;
        let start = base + out.image * image + first * group + out.row * row + at;
        if out.cols < self.cols {
            (start, words, out.rows, row)
        } else if out.rows < self.rows {
            (start, out.rows * row, count, group)
        } else if joined {
            (start, out.images * image, 1, 0)
        } else {
            (start, count * group, out.images, image)
        }
    }
}
