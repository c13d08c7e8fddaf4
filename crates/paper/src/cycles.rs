use crate::layer::Convolution;
use crate::{ConvLayer, Machine};
use ef_isa::compute::Phase;

/// How a phase of a layer is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    /// Tr: rows of a tile, at least 1.
    pub rows: usize,
    /// M_on: result channels (in BP, of the layer's input) whose weights are on chip at once, at least 1.
    pub on_chip: usize,
}

/// Cycles of a batch of `batch` images, at least 1, in a layer and a phase.
///
/// M_on blocks follow one another: all of one size, and the rest.
pub fn cycles(machine: &Machine, layer: &ConvLayer, phase: Phase, tile: Tile, batch: usize) -> u64 {
    let convolution = layer.convolution(phase);
    let block = |outputs: usize| {
        let times = Times::new(machine, &convolution, tile.rows, outputs);
        match phase {
            Phase::Fp | Phase::Bp => times.reduction(phase, batch as u64),
            Phase::Wu => times.weight_gradients(batch as u64),
        }
    };
    let (blocks, rest) = (convolution.m / tile.on_chip, convolution.m % tile.on_chip);
    let full = if blocks > 0 { blocks as u64 * block(tile.on_chip) } else { 0 };
    full + if rest > 0 { block(rest) } else { 0 }
}

/// Counts and times of one M_on block.
struct Times {
    /// m = ceil(M_on / Tm), n = ceil(N / Tn), r = ceil(R / Tr).
    m: u64,
    n: u64,
    r: u64,
    /// t0.
    restart: u64,
    /// tCOMP = Tr * Tc * K^2.
    compute: u64,
    /// tIFM = t0 + ceil(Tn / p) * Tr_in * Tc_in; ceil(N / p) beats per pixel where N <= 4.
    input: u64,
    /// ceil(Tm / p) * Tr * Tc: the tOUT of FP and BP; with t0, the tOFM of WU.
    map: u64,
    /// ceil(Tm * Tn / p) * K^2: the tWEI of FP, the tOUT of WU.
    weights: u64,
    /// ceil(M_on * Tn / p) * K^2 + t0: the tWEI of BP.
    block_weights: u64,
}

impl Times {
    fn new(machine: &Machine, of: &Convolution, rows: usize, outputs: usize) -> Times {
        let Machine { lanes, words_per_beat, restart } = *machine;
        let beats = |words: usize| words.div_ceil(words_per_beat);
        let channels = if of.n <= 4 { of.n } else { lanes };
        let pixels = rows * of.cols;
        Times {
            m: outputs.div_ceil(lanes) as u64,
            n: of.n.div_ceil(lanes) as u64,
            r: of.rows.div_ceil(rows) as u64,
            restart: restart as u64,
            compute: (pixels * of.area()) as u64,
            input: (restart + beats(channels) * of.in_pixels(rows)) as u64,
            map: (beats(lanes) * pixels) as u64,
            weights: (beats(lanes * lanes) * of.area()) as u64,
            block_weights: (beats(outputs * lanes) * of.area() + restart) as u64,
        }
    }

    /// FP and BP of a block: (B - 1) * L3 + b3. The first image also loads the weights.
    fn reduction(&self, phase: Phase, batch: u64) -> u64 {
        let Times { m, n, r, compute, input, map, .. } = *self;
        let weights = if phase == Phase::Bp { self.block_weights } else { self.weights };
        let load = input.max(weights);
        let (prod1, prod2, store) = (input.max(compute), load.max(compute), compute.max(map));
        let l1 = (n - 1) * prod1 + input + compute;
        let l2 = (n - 1) * prod1 + input + store;
        let l3 = (m * r - 1) * l2 + l1 + map + self.restart;
        let b1 = (n - 1) * prod2 + input + compute;
        let b2 = (n - 1) * prod2 + input + store;
        let others = if phase == Phase::Bp { (m * r - 1) * l2 } else { m * (r - 1) * l2 + (m - 1) * b2 };
        (batch - 1) * l3 + others + b1 + map + self.restart
    }

    /// WU of a block. Where one tile covers all rows, the losses are loaded once for all input channels.
    fn weight_gradients(&self, batch: u64) -> u64 {
        let Times { m, n, r, compute, input, weights: out, .. } = *self;
        let load = input.max(self.map + self.restart);
        if r > 1 {
            let rows = (r - 1) * load.max(compute) + load;
            let (l1, b1) = (rows + compute, rows + compute.max(out));
            ((batch - 1) * m * n + 1) * l1 + (m * n - 1) * b1 + out
        } else {
            let prod2 = input.max(compute);
            let l1 = (n - 1) * prod2 + load + compute;
            let b1 = (n - 1) * (prod2 + out) + load + compute + out;
            m * ((batch - 1) * l1 + b1)
        }
    }
}
