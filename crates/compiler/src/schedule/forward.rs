//! FP of a stage, with ReLU and pooling on the way out; the loss after the last stage.

use super::builder::{Builder, Slots};
use super::input::input_map;
use super::tiles::{Cost, Tile, TileSize, blocks, largest};
use crate::CompileError;
use ef_program::compute::{ComputeOp, Init, Phase};
use ef_program::store::{StoreKind, StoreOp};
use ef_program::{ComputeDesc, StoreDesc};

/// How FP of a stage is cut up.
#[derive(Clone, Copy, Debug)]
struct Cut {
    size: TileSize,
    /// Output groups whose weights are on chip together.
    out_groups: usize,
    /// Input groups loaded together.
    in_groups: usize,
    /// Regions per buffer: 2 where loading and computing overlap.
    slots: usize,
}

/// The weight buffer in FP: regions of `block` vectors per output group.
struct WeightRegion {
    whole: bool,
    block: usize,
    slots: usize,
}

impl Builder<'_> {
    pub fn forward(&mut self, index: usize) -> Result<(), CompileError> {
        let cut = self.cut_forward(index)?;
        let stage = self.stages[index].clone();
        let t = self.lanes();
        let last = index + 1 == self.stages.len();
        let (rows, cols) = input_map(&stage, cut.size.rows);
        let WeightRegion { whole, block, slots } = self.weight_region(index, &cut);
        let mut weights = Slots::new(0, cut.out_groups * block, slots);
        let mut features = Slots::new(0, cut.size.images * cut.in_groups * rows * cols, cut.slots);
        let pixels = cut.size.images * cut.size.rows * stage.cols;
        let mut sums = Slots::new(0, cut.out_groups * pixels, cut.slots);

        for outs in blocks(stage.out_groups(), cut.out_groups) {
            let mut weight = weights.take();
            if whole {
                self.load_fp_weights(index, outs, weight);
            }
            for tile in cut.size.tiles(self.map.batch, stage.rows) {
                let sum = sums.take();
                let pixels = tile.images * tile.rows * stage.cols;
                for ins in blocks(stage.in_groups(), cut.in_groups) {
                    if !whole {
                        weight = weights.take();
                        self.load_fp_chunk(index, outs, ins, weight, block);
                    }
                    let matrices = if whole { ins.0 * stage.area() * t } else { 0 };
                    let feature = features.take();
                    self.load_input(index, tile, ins, feature);
                    let stream = self.stream_input(index, tile, ins.1, feature);
                    for m in 0..outs.1 {
                        let op = ComputeOp {
                            pixel_mode: false,
                            stream_loss: false,
                            column: false,
                            init: if ins.0 == 0 { Init::Bias } else { Init::Keep },
                            ones: false,
                            phase: Phase::Fp,
                        };
                        let own = weight + m * block;
                        self.compute(ComputeDesc {
                            op: op.encode(),
                            n_g: ins.1 as u32,
                            s_base: (own + matrices) as u32,
                            s_0: t as u32,
                            s_1: (stage.area() * t) as u32,
                            p_base: (sum + m * pixels) as u32,
                            bias: (own + block - 1) as u32,
                            ..stream.clone()
                        });
                    }
                }
                if last {
                    self.store_loss(index, tile, sum);
                } else {
                    self.store_output(index, tile, outs, sum);
                }
            }
        }
        Ok(())
    }

    /// The output map of a tile, and for training its codes.
    fn store_output(&mut self, index: usize, tile: Tile, outs: (usize, usize), sum: usize) {
        let stage = &self.stages[index];
        let t = self.lanes();
        let halve = |n: usize| if stage.pool { n / 2 } else { n };
        let codes = self.train && stage.coded();
        let op = StoreOp { relu: stage.relu, pool: stage.pool, codes, ..StoreOp::new(StoreKind::Map) };
        let map = MapStore {
            op,
            dram: self.map.maps[index] as usize,
            groups: stage.out_groups(),
            rows: stage.out_rows(),
            row_words: stage.out_cols() * t,
            codes: codes.then_some((self.map.codes[index] as usize, stage.code_row())),
        };
        let out = Tile { row: halve(tile.row), rows: halve(tile.rows), ..tile };
        let raw = (tile.rows, stage.cols);
        let tag = stage.tag;
        self.store_map(map, out, outs, raw, sum, tag);
    }

    /// Stores groups `first..first + count` of a tile of `raw` (rows, columns) partial sums per image and group.
    pub fn store_map(
        &mut self,
        map: MapStore,
        out: Tile,
        (first, count): (usize, usize),
        raw: (usize, usize),
        sum: usize,
        tag: u32,
    ) {
        if out.rows == 0 {
            return;
        }
        let image_words = map.groups * map.rows * map.row_words;
        let joined = count == map.groups && out.images * image_words <= 65535;
        // (first word, words per run, runs, stride) of a tensor with this many words per row
        let runs = |base: usize, row: usize| {
            let group = map.rows * row;
            let image = map.groups * group;
            let at = base + out.image * image + first * group + out.row * row;
            if out.rows < map.rows {
                (at, out.rows * row, count, group)
            } else if joined {
                (at, out.images * image, 1, 0)
            } else {
                (at, count * group, out.images, image)
            }
        };
        let (dram, run, n_run, d_run) = runs(map.dram, map.row_words);
        let mut descriptor = StoreDesc {
            op: map.op.encode(),
            tag,
            p_base: sum as u32,
            p_g: (out.images * raw.0 * raw.1) as u32,
            n_i: out.images as u32,
            n_g: count as u32,
            n_r: raw.0 as u32,
            n_c: raw.1 as u32,
            dram: dram as u32,
            run: run as u32,
            n_run: n_run as u32,
            d_run: d_run as u32,
            ..Default::default()
        };
        if let Some((base, row)) = map.codes {
            let (at, run, _, d_run) = runs(base, row);
            descriptor.code_dram = at as u32;
            descriptor.code_run = run as u32;
            descriptor.code_d_run = d_run as u32;
        }
        self.store(descriptor);
    }

    fn store_loss(&mut self, index: usize, tile: Tile, sum: usize) {
        let stage = &self.stages[index];
        let image_words = stage.out_groups() * self.lanes();
        let op = StoreOp { gradient: self.train, ..StoreOp::new(StoreKind::Softmax) };
        let descriptor = StoreDesc {
            op: op.encode(),
            tag: stage.tag,
            p_base: sum as u32,
            p_g: tile.images as u32,
            n_i: tile.images as u32,
            n_c: stage.outputs as u32,
            o_w: tile.image as u32,
            dram: self.map.losses[index] + (tile.image * image_words) as u32,
            run: (tile.images * image_words) as u32,
            n_run: 1,
            ..Default::default()
        };
        self.store(descriptor);
    }

    fn cut_forward(&self, index: usize) -> Result<Cut, CompileError> {
        let stage = &self.stages[index];
        let batch = self.map.batch;
        let last = index + 1 == self.stages.len();
        let step = if stage.pool { 2 } else { 1 };
        let fewest_outs = if last { stage.out_groups() } else { 1 };
        let mut best: Option<(usize, Cut)> = None;
        for slots in [2, 1] {
            for out_groups in fewest_outs..=stage.out_groups() {
                // more rows have no room in the partial sums
                let most = (1 << self.config.psum_aw) / (slots * out_groups * stage.cols);
                if most == 0 {
                    break;
                }
                for size in TileSize::candidates(batch, stage.rows, step, most) {
                    let fewest_ins = if stage.gathered { stage.in_groups() } else { 1 };
                    let fits = |in_groups| {
                        self.forward_fits(index, &Cut { size, out_groups, in_groups, slots }).is_ok()
                    };
                    let Some(in_groups) = largest(fewest_ins, stage.in_groups(), fits) else { continue };
                    let cut = Cut { size, out_groups, in_groups, slots };
                    let cost = self.forward_cost(index, &cut).cycles();
                    if best.is_none_or(|(least, _)| cost < least) {
                        best = Some((cost, cut));
                    }
                }
            }
            if let Some((_, cut)) = best {
                return Ok(cut);
            }
        }
        let in_groups = if stage.gathered { stage.in_groups() } else { 1 };
        let rows = step.min(stage.rows);
        let smallest =
            Cut { size: TileSize { images: 1, rows }, out_groups: fewest_outs, in_groups, slots: 1 };
        self.forward_fits(index, &smallest)?;
        // it fits, but is one of too many
        Err(self.too_long(index, smallest.size.count(batch, stage.rows)))
    }

    /// Weights stay on chip for all tiles where they fit; else they come with each chunk of input groups.
    fn weight_region(&self, index: usize, cut: &Cut) -> WeightRegion {
        let stage = &self.stages[index];
        let block = self.fp_block(index);
        let slots = if cut.out_groups < stage.out_groups() { cut.slots } else { 1 };
        if cut.in_groups == stage.in_groups() || slots * cut.out_groups * block <= 1 << self.config.weight_aw
        {
            WeightRegion { whole: true, block, slots }
        } else {
            WeightRegion {
                whole: false,
                block: cut.in_groups * stage.area() * self.lanes() + 1,
                slots: cut.slots,
            }
        }
    }

    fn forward_fits(&self, index: usize, cut: &Cut) -> Result<(), CompileError> {
        let stage = &self.stages[index];
        let (rows, cols) = input_map(stage, cut.size.rows);
        let pixels = cut.size.images * cut.size.rows * stage.cols;
        let WeightRegion { block, slots, .. } = self.weight_region(index, cut);
        let out_rows = if stage.pool { cut.size.rows / 2 } else { cut.size.rows };
        let name = &stage.name;
        self.fits_weight(name, "its weights", slots * cut.out_groups * block)?;
        self.fits_feature(name, "its input tile", cut.slots * cut.size.images * cut.in_groups * rows * cols)?;
        self.fits_psum(name, "its output tile", cut.slots * cut.out_groups * pixels)?;
        self.fits_code(name, cut.out_groups * cut.size.images * out_rows * stage.code_row())?;
        self.fits_scratch(name, self.scratch_words(index, cut.size.rows))
    }

    fn forward_cost(&self, index: usize, cut: &Cut) -> Cost {
        let stage = &self.stages[index];
        let tiles = cut.size.tiles(self.map.batch, stage.rows);
        let passes = stage.out_groups().div_ceil(cut.out_groups);
        let chunks = stage.in_groups().div_ceil(cut.in_groups);
        let input: usize = tiles.iter().map(|t| self.input_words(index, *t, stage.in_groups())).sum();
        let first = self.input_words(index, tiles[0], cut.in_groups);
        let reloads = if self.weight_region(index, cut).whole { 1 } else { tiles.len() };
        Cost {
            words: reloads * stage.out_groups() * stage.block_words()
                + passes * input
                + self.map.batch * (stage.out_words() + stage.code_words()),
            sweeps: tiles.len() * stage.out_groups() * stage.in_groups() * stage.area(),
            sweep: cut.size.images * cut.size.rows * stage.cols,
            commands: tiles.len() * passes * (chunks * (cut.out_groups + 2) + 1),
            tile_words: first + stage.out_words() * cut.size.images * cut.size.rows / stage.rows,
        }
    }
}

/// Where and how a map is stored.
pub struct MapStore {
    pub op: StoreOp,
    /// Word address of the tensor.
    pub dram: usize,
    pub groups: usize,
    pub rows: usize,
    pub row_words: usize,
    /// Word address and words per row of its codes.
    pub codes: Option<(usize, usize)>,
}
