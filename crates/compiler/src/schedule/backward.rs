//! BP and WU of a stage. Where everything fits, each loss tile is loaded once and serves both; else two passes.

use super::LONGEST;
use super::builder::{Builder, Slots};
use super::forward::MapStore;
use super::input::{field, input_map};
use super::loss::LossTile;
use super::tiles::{Cost, Tile, TileSize, blocks, largest};
use super::update::gradient_sums;
use crate::CompileError;
use ef_program::ComputeDesc;
use ef_program::compute::{ComputeOp, Init, Phase};
use ef_program::store::{StoreKind, StoreOp};

/// A loss tile on chip: its shape, first group and number of groups, first address.
#[derive(Clone, Copy)]
struct OnChip {
    tile: LossTile,
    groups: (usize, usize),
    base: usize,
}

/// An input tile on chip: first group and number of groups, first address.
#[derive(Clone, Copy)]
struct Input {
    groups: (usize, usize),
    base: usize,
}

/// How a backward pass is cut up.
#[derive(Clone, Copy, Debug)]
struct Cut {
    size: TileSize,
    /// Groups of output channels (losses) together.
    outs: usize,
    /// Groups of input channels together.
    ins: usize,
    slots: usize,
}

/// What one group of a loss tile needs.
struct Loss {
    vectors: usize,
    codes: usize,
}

impl Builder<'_> {
    pub fn backward(&mut self, index: usize) -> Result<(), CompileError> {
        if index == 0 {
            return self.weight_pass(index);
        }
        match self.cut_fused(index) {
            Some(cut) => self.fused_pass(index, cut),
            None => {
                self.loss_pass(index)?;
                self.weight_pass(index)?;
            }
        }
        Ok(())
    }

    /// The loss tile under rows of the input map: BP reads output rows `row - (K-1-p)` and on.
    fn bp_tile(&self, index: usize, tile: Tile) -> LossTile {
        let stage = &self.stages[index];
        let (kr, kc) = stage.kernel;
        let top = tile.row as i64 - (kr as i64 - 1 - stage.padding as i64);
        let left = -(kc as i64 - 1 - stage.padding as i64);
        let rows = (top, top + (tile.rows + kr - 1) as i64);
        let cols = (left, left + (stage.in_cols + kc - 1) as i64);
        LossTile::new(stage, (tile.image, tile.images), rows, cols, stage.rows * stage.cols)
    }

    /// The loss tile that serves BP and WU: under all rows of the input map, and all rows of the output map.
    fn fused_tile(&self, index: usize, tile: Tile) -> LossTile {
        let stage = &self.stages[index];
        let bp = self.bp_tile(index, tile);
        let rows = (bp.row.min(0), (bp.row + bp.rows as i64).max(stage.rows as i64));
        let cols = (bp.col, bp.col + bp.cols as i64);
        LossTile::new(stage, (tile.image, tile.images), rows, cols, stage.rows * stage.cols)
    }

    /// The loss tile of output rows: what WU holds stationary.
    fn wu_tile(&self, index: usize, tile: Tile) -> LossTile {
        let stage = &self.stages[index];
        let rows = (tile.row as i64, (tile.row + tile.rows) as i64);
        let cols = (0, stage.cols as i64);
        LossTile::new(stage, (tile.image, tile.images), rows, cols, tile.rows * stage.cols)
    }

    /// BP of one loss tile into partial sums, for input groups `0..ins` whose weights lie at `weight`.
    fn compute_bp(&mut self, index: usize, tile: Tile, loss: OnChip, ins: usize, weight: usize, sum: usize) {
        let stage = &self.stages[index];
        let t = self.lanes();
        let (kr, kc) = stage.kernel;
        let top = tile.row as i64 - (kr as i64 - 1 - stage.padding as i64);
        let left = -(kc as i64 - 1 - stage.padding as i64);
        let map = loss.tile.map();
        let row_phase = (stage.cols % t) as u32;
        let matrix_rows = stage.area() * t;
        let op = ComputeOp {
            pixel_mode: false,
            stream_loss: true,
            column: true,
            init: if loss.groups.0 == 0 { Init::Zero } else { Init::Keep },
            ones: false,
            phase: Phase::Bp,
        };
        let descriptor = ComputeDesc {
            op: op.encode(),
            tag: stage.tag,
            n_g: loss.groups.1 as u32,
            n_kr: kr as u32,
            n_kc: kc as u32,
            n_i: tile.images as u32,
            n_r: tile.rows as u32,
            n_c: stage.in_cols as u32,
            x_base: (loss.base + loss.tile.offset(top, left)) as u32,
            x_g: map as u32,
            x_kr: loss.tile.cols as u32,
            x_kc: 1,
            x_i: (loss.groups.1 * map) as u32,
            x_r: loss.tile.cols as u32,
            x_c: 1,
            x_phase: loss.tile.phase(stage, top, left, t),
            ph_kr: row_phase,
            ph_kc: 1,
            ph_i: loss.tile.image_phase(t),
            ph_r: row_phase,
            ph_c: 1,
            s_0: field(-(t as i64)),
            s_1: (ins * matrix_rows) as u32,
            ..Default::default()
        };
        let pixels = tile.images * tile.rows * stage.in_cols;
        for n in 0..ins {
            // the last kernel matrix first: the kernel is flipped
            let first = weight + (loss.groups.0 * ins + n) * matrix_rows + matrix_rows - t;
            self.compute(ComputeDesc {
                s_base: first as u32,
                p_base: (sum + n * pixels) as u32,
                ..descriptor.clone()
            });
        }
    }

    /// Stores input groups `ins` of the gradient that BP left in the partial sums.
    fn store_bp(&mut self, index: usize, tile: Tile, ins: (usize, usize), sum: usize) {
        let stage = &self.stages[index];
        let map = MapStore {
            op: StoreOp::new(StoreKind::Map),
            dram: self.map.losses[index - 1] as usize,
            groups: stage.in_groups(),
            rows: stage.in_rows,
            row_words: stage.in_cols * self.lanes(),
            codes: None,
        };
        let (raw, tag) = ((tile.rows, stage.in_cols), stage.tag);
        self.store_map(map, tile, ins, raw, sum, tag);
    }

    /// WU of one tile: gradients of `loss.groups` x `input.groups` accumulate from `sums`.
    fn compute_wu(&mut self, index: usize, tile: Tile, loss: OnChip, input: Input, sums: usize, first: bool) {
        let stage = &self.stages[index];
        let t = self.lanes();
        let Input { groups: ins, base: feature } = input;
        let bias = ins.0 == 0;
        let op = ComputeOp {
            pixel_mode: true,
            stream_loss: false,
            column: false,
            init: if first { Init::Zero } else { Init::Keep },
            ones: bias,
            phase: Phase::Wu,
        };
        let map = loss.tile.map();
        let stride = gradient_sums(ins.1, stage.area(), t, bias);
        let descriptor = ComputeDesc {
            op: op.encode(),
            n_g: (ins.1 * t) as u32,
            s_0: 1,
            s_1: loss.tile.cols as u32,
            s_2: (loss.groups.1 * map) as u32,
            s_phase: loss.tile.phase(stage, tile.row as i64, 0, t),
            ..self.stream_input(index, tile, ins.1, feature)
        };
        let start = loss.base + loss.tile.offset(tile.row as i64, 0);
        for m in 0..loss.groups.1 {
            self.compute(ComputeDesc {
                s_base: (start + m * map) as u32,
                p_base: (sums + m * stride) as u32,
                ..descriptor.clone()
            });
        }
    }

    // ---- both at once: whole maps, all groups on chip ----

    fn fused_pass(&mut self, index: usize, cut: Cut) {
        let stage = self.stages[index].clone();
        let (outs, ins) = (stage.out_groups(), stage.in_groups());
        let (rows, cols) = input_map(&stage, stage.rows);
        let all = Tile { image: 0, images: cut.size.images, row: 0, rows: stage.in_rows };
        let mut losses = Slots::new(0, cut.size.images * outs * self.fused_tile(index, all).map(), cut.slots);
        let mut features = Slots::new(0, cut.size.images * ins * rows * cols, cut.slots);
        let gradients = outs * gradient_sums(ins, stage.area(), self.lanes(), true);
        let sum_size = ins * cut.size.images * stage.in_rows * stage.in_cols;
        let mut sums = Slots::new(gradients, sum_size, cut.slots);
        self.load_bp_weights(index, (0, ins), 0);
        let tiles = TileSize { rows: stage.in_rows, ..cut.size }.tiles(self.map.batch, stage.in_rows);
        for (number, tile) in tiles.into_iter().enumerate() {
            let loss = OnChip { tile: self.fused_tile(index, tile), groups: (0, outs), base: losses.take() };
            self.load_loss(index, loss.tile, loss.groups, loss.base);
            let sum = sums.take();
            self.compute_bp(index, tile, loss, ins, 0, sum);
            self.store_bp(index, tile, (0, ins), sum);
            let out_tile = Tile { rows: stage.rows, ..tile };
            let feature = features.take();
            self.load_input(index, out_tile, (0, ins), feature);
            let input = Input { groups: (0, ins), base: feature };
            self.compute_wu(index, out_tile, loss, input, 0, number == 0);
        }
        self.update(index, (0, outs), (0, ins), 0, true);
    }

    fn cut_fused(&self, index: usize) -> Option<Cut> {
        let stage = &self.stages[index];
        let (outs, ins) = (stage.out_groups(), stage.in_groups());
        let (rows, cols) = input_map(stage, stage.rows);
        let t = self.lanes();
        let gradients = outs * gradient_sums(ins, stage.area(), t, true);
        let fits = |images: usize, slots: usize| -> Result<(), CompileError> {
            let all = Tile { image: 0, images, row: 0, rows: stage.in_rows };
            let loss = self.fused_tile(index, all);
            let sums = slots * ins * images * stage.in_rows * stage.in_cols;
            let name = &stage.name;
            self.fits_loss(name, "", slots * images * outs * loss.map())?;
            self.fits_feature(name, "", slots * images * ins * rows * cols)?;
            self.fits_psum(name, "", gradients + sums)?;
            self.fits_code(name, loss.codes(stage, outs))?;
            self.fits_weight(name, "", outs * ins * stage.area() * t)
        };
        let candidate = |slots: usize| {
            (1..=self.map.batch)
                .filter(|images| fits(*images, slots).is_ok())
                .map(|images| {
                    let size = TileSize { images, rows: stage.in_rows };
                    let tiles = self.map.batch.div_ceil(images);
                    let words = images
                        * (stage.out_words()
                            + stage.code_words()
                            + 2 * ins * stage.in_rows * stage.in_cols * t);
                    let pixels = images * stage.in_rows * stage.in_cols;
                    let cost = Cost {
                        words: words / images * self.map.batch,
                        sweeps: tiles * outs * ins * stage.area(),
                        sweep: pixels,
                        commands: tiles * (ins + outs + 5),
                        tile_words: words,
                    };
                    (cost.cycles(), Cut { size, outs, ins, slots })
                })
                .min_by_key(|(cycles, _)| *cycles)
                .map(|(_, cut)| cut)
        };
        candidate(2).or_else(|| candidate(1))
    }

    // ---- BP alone ----

    fn loss_pass(&mut self, index: usize) -> Result<(), CompileError> {
        let stage = self.stages[index].clone();
        let most = (1 << self.config.psum_aw) / stage.in_cols;
        let largest = |b: &Self, size| b.largest_loss(index, size, stage.in_rows, Self::bp_tile);
        let fits = |b: &Self, cut: &Cut, loss: &Loss| b.loss_pass_fits(index, cut, loss);
        let cut = self.cut_backward(index, (stage.in_rows, 1, most), largest, fits)?;
        let matrix_rows = stage.area() * self.lanes();
        let weight_slots = if cut.ins < stage.in_groups() { cut.slots } else { 1 };
        let mut weights = Slots::new(0, stage.out_groups() * cut.ins * matrix_rows, weight_slots);
        let loss = self.largest_loss(index, cut.size, stage.in_rows, Self::bp_tile);
        let mut losses = Slots::new(0, cut.outs * loss.vectors, cut.slots);
        let mut sums = Slots::new(0, cut.ins * cut.size.images * cut.size.rows * stage.in_cols, cut.slots);
        for ins in blocks(stage.in_groups(), cut.ins) {
            let weight = weights.take();
            self.load_bp_weights(index, ins, weight);
            for tile in cut.size.tiles(self.map.batch, stage.in_rows) {
                let sum = sums.take();
                for groups in blocks(stage.out_groups(), cut.outs) {
                    let loss = OnChip { tile: self.bp_tile(index, tile), groups, base: losses.take() };
                    self.load_loss(index, loss.tile, groups, loss.base);
                    self.compute_bp(index, tile, loss, ins.1, weight, sum);
                }
                self.store_bp(index, tile, ins, sum);
            }
        }
        Ok(())
    }

    fn loss_pass_fits(&self, index: usize, cut: &Cut, loss: &Loss) -> Result<(), CompileError> {
        let stage = &self.stages[index];
        let name = &stage.name;
        let weight_slots = if cut.ins < stage.in_groups() { cut.slots } else { 1 };
        let weights = weight_slots * stage.out_groups() * cut.ins * stage.area() * self.lanes();
        let sums = cut.slots * cut.ins * cut.size.images * cut.size.rows * stage.in_cols;
        self.fits_weight(name, "its weights in BP", weights)?;
        self.fits_psum(name, "its BP tile", sums)?;
        self.loss_fits(index, cut, loss)
    }

    // ---- WU alone ----

    fn weight_pass(&mut self, index: usize) -> Result<(), CompileError> {
        let stage = self.stages[index].clone();
        let step = if stage.pool { 2 } else { 1 };
        let most = (1 << self.config.feature_aw) / stage.cols;
        let largest = |b: &Self, size| b.largest_loss(index, size, stage.rows, Self::wu_tile);
        let fits = |b: &Self, cut: &Cut, loss: &Loss| b.weight_pass_fits(index, cut, loss);
        let cut = self.cut_backward(index, (stage.rows, step, most), largest, fits)?;
        let (rows, cols) = input_map(&stage, cut.size.rows);
        let loss = self.largest_loss(index, cut.size, stage.rows, Self::wu_tile);
        let mut losses = Slots::new(0, cut.outs * loss.vectors, cut.slots);
        let mut features = Slots::new(0, cut.size.images * cut.ins * rows * cols, cut.slots);
        let gradients = cut.outs * gradient_sums(cut.ins, stage.area(), self.lanes(), true);
        let mut sums = Slots::new(0, gradients, cut.slots);
        for outs in blocks(stage.out_groups(), cut.outs) {
            for ins in blocks(stage.in_groups(), cut.ins) {
                let sum = sums.take();
                for (number, tile) in cut.size.tiles(self.map.batch, stage.rows).into_iter().enumerate() {
                    let loss = OnChip { tile: self.wu_tile(index, tile), groups: outs, base: losses.take() };
                    self.load_loss(index, loss.tile, outs, loss.base);
                    let feature = features.take();
                    self.load_input(index, tile, ins, feature);
                    let input = Input { groups: ins, base: feature };
                    self.compute_wu(index, tile, loss, input, sum, number == 0);
                }
                self.update(index, outs, ins, sum, ins.0 == 0);
            }
        }
        Ok(())
    }

    fn weight_pass_fits(&self, index: usize, cut: &Cut, loss: &Loss) -> Result<(), CompileError> {
        let stage = &self.stages[index];
        let name = &stage.name;
        let (rows, cols) = input_map(stage, cut.size.rows);
        let gradients = cut.slots * cut.outs * gradient_sums(cut.ins, stage.area(), self.lanes(), true);
        self.fits_psum(name, "its weight gradients", gradients)?;
        self.fits_feature(name, "its input tile in WU", cut.slots * cut.size.images * cut.ins * rows * cols)?;
        self.fits_scratch(name, self.scratch_words(index, cut.size.rows))?;
        self.loss_fits(index, cut, loss)
    }

    // ---- cutting ----

    /// What one group of the largest loss tile of a pass over maps of `rows` rows needs.
    fn largest_loss(
        &self,
        index: usize,
        size: TileSize,
        rows: usize,
        tile_of: fn(&Self, usize, Tile) -> LossTile,
    ) -> Loss {
        // the first tiles have as many images as any
        let images = size.images.min(self.map.batch);
        let stage = &self.stages[index];
        let mut most = Loss { vectors: 0, codes: 0 };
        for row in (0..rows).step_by(size.rows) {
            let tile = tile_of(self, index, Tile { image: 0, images, row, rows: size.rows.min(rows - row) });
            most.vectors = most.vectors.max(images * tile.map());
            most.codes = most.codes.max(tile.codes(stage, 1));
        }
        most
    }

    fn loss_fits(&self, index: usize, cut: &Cut, loss: &Loss) -> Result<(), CompileError> {
        let stage = &self.stages[index];
        self.fits_loss(&stage.name, "its loss tile", cut.slots * cut.outs * loss.vectors)?;
        self.fits_code(&stage.name, cut.outs * loss.codes)
    }

    /// The cheapest cut that fits, of a pass over maps of `rows` rows. Row tiles are multiples of `step`, and no tile of one group of input
    /// channels fits with more than `most` rows.
    fn cut_backward(
        &self,
        index: usize,
        (rows, step, most): (usize, usize, usize),
        largest_loss: impl Fn(&Self, TileSize) -> Loss,
        fits: impl Fn(&Self, &Cut, &Loss) -> Result<(), CompileError>,
    ) -> Result<Cut, CompileError> {
        let stage = &self.stages[index];
        let t = self.lanes();
        let batch = self.map.batch;
        let least_ins = if stage.gathered { stage.in_groups() } else { 1 };
        for slots in [2, 1] {
            let mut best: Option<(usize, Cut)> = None;
            for ins in least_ins..=stage.in_groups() {
                let most = most / (slots * ins);
                if most == 0 {
                    break;
                }
                for size in TileSize::candidates(batch, rows, step, most) {
                    let tiles = size.count(batch, rows);
                    if tiles * stage.in_groups().div_ceil(ins) > LONGEST {
                        continue;
                    }
                    let loss = largest_loss(self, size);
                    let cut = |outs| Cut { size, outs, ins, slots };
                    let outs = largest(1, stage.out_groups(), |outs| fits(self, &cut(outs), &loss).is_ok());
                    let Some(cut) = outs.map(cut) else { continue };
                    let passes = stage.in_groups().div_ceil(ins) * stage.out_groups().div_ceil(cut.outs);
                    let input = stage.in_groups() * stage.in_rows * stage.in_cols * t;
                    let halo = (stage.steps().0 - 1) * tiles * stage.in_cols * t * (ins + cut.outs);
                    let cost = Cost {
                        words: passes * (batch * (stage.out_words() + input) + halo),
                        sweeps: tiles * stage.out_groups() * stage.in_groups() * stage.area(),
                        sweep: size.images * size.rows * stage.cols,
                        commands: tiles * passes * (ins + cut.outs + 4),
                        tile_words: size.images * (stage.out_words() + input) * size.rows / rows,
                    };
                    if best.is_none_or(|(least, _)| cost.cycles() < least) {
                        best = Some((cost.cycles(), cut));
                    }
                }
            }
            if let Some((_, cut)) = best {
                return Ok(cut);
            }
        }
        let size = TileSize { images: 1, rows: step.min(rows) };
        let smallest = Cut { size, outs: 1, ins: least_ins, slots: 1 };
        fits(self, &smallest, &largest_loss(self, size))?;
        // it fits, but is one of too many
        Err(self.too_long(index, size.count(batch, rows) * stage.in_groups()))
    }
}
