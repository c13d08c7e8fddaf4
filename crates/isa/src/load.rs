//! The load engine: the reshaping DMA from DRAM into the on-chip buffers.
//!
//! The DRAM side and the chip side are decoupled. The DRAM side reads `n_run1 x n_run0` runs of `run`
//! contiguous words: run (j, i) starts at `dram + j*d_run1 + i*d_run0`. The chip side turns that word
//! stream into vectors of T words (word n of a vector = lane n) or into single words. With `handed` the runs lie in the hand-over RAM,
//! which the store engine fills, and not in DRAM.
//!
//! Skew: a vector written at address `a` with phase `p` puts lane n into bank (n + p) mod T, address a.
//!
//! | kind | what |
//! |---|---|
//! | ZERO | writes `n0` zero vectors at `base`, `base+1`, ... of the buffer; no DRAM access |
//! | VECTORS | for i3<n3, i2<n2, i1<n1, i0<n0: takes T words, writes the vector at `base + sum(i_k*a_k)` with phase `phase + sum(i_k*p_k)` |
//! | VECTORS + mask | word n of the vector becomes 0 where its mask bit is 0 |
//! | VECTORS + pool | un-pool: each vector is written 4 times, q = 0..3 = (dr, dc) = (q/2, q%2): address `+ dr*a_down + dc`, phase `+ dr*p_down + dc`; lane n is 0 unless its index is q (and, with mask, its mask bit is 1) |
//! | WORDS | writes the words at `base`, `base+1`, ... of the operand buffer, the scratch or the code RAM; words of the operand buffer from [`TABLES_AT`] on are the tables of the vector unit; `unpack` (scratch only): every word is 4 pixels, low byte first, each becomes FP32 `byte * 2^-shift`, and `base` is rounded down to a multiple of 4 |
//! | GATHER | taps from the scratch into feature vectors, see below; no DRAM access |
//!
//! Codes: `mask` uses T bits per vector (bit n = lane n), `pool` 4T bits (bits 2n+1..2n = index of lane n,
//! bit 2T+n = mask of lane n). Vector number k of a row (i0 = k) has its code at bits `k*width` and up of the
//! row's words, `32/width` codes per word; every row (every change of i1) starts on a new word.
//! Rows lie one after the other in the code RAM from `code`.
//!
//! GATHER: for r<n1, c<n0 (output pixels) the taps t = 0.. run over channel < `g_ch`, kr < `g_kr`, kc < `g_kc`
//! (kc fastest). Tap t goes to lane t mod T of the vector of group t / T, written at
//! `base + (t/T)*a2 + r*a1 + c*a0` with phase `phase + r*p1 + c*p0`. Its value is scratch word
//! `g_src + ch*g_ch_stride + row*g_row_stride + col` where row = `g_row` + r*`g_sr` + kr, col = `g_col` + c*`g_sc` + kc
//! (signed), or 0 if row is not in 0..`g_h` or col not in 0..`g_w`. Lanes after the last tap are 0. Of the strides
//! `g_sr`, `g_sc` the low 3 bits count.
//!
//! The scratch holds a window of an image as well as all of it, and a command makes any range of channels: columns from x on are a
//! window with `g_col` smaller by x and `g_w` columns, channels from n on begin n*`g_ch_stride` words later, and their vectors
//! n*kr*kc/T groups later if that is a whole number.

use crate::effect::{Access, Effect, Space, Step, product};
use crate::fields::descriptor;
use crate::op::{OpValue, op, op_values};

/// From here on the operand buffer's addresses are those of the tables of the vector unit: their constants, then their control words.
pub const TABLES_AT: u32 = 0x8000;

descriptor! {
    /// Descriptor of the load engine. See the [module documentation](self) for the meaning of each field.
    LoadDesc {
        op: 16 "operation, see `LoadOp`",
        base: 16 "first on-chip address",
        phase: 16 "phase of the first vector",
        n0: 16 "innermost count (columns)",
        n1: 16 "count (rows)",
        n2: 16 "count (channel groups)",
        n3: 16 "outermost count (images)",
        a0: 16 "address stride of n0",
        a1: 16 "address stride of n1",
        a2: 16 "address stride of n2",
        a3: 16 "address stride of n3",
        p0: 16 "phase stride of n0",
        p1: 16 "phase stride of n1",
        p2: 16 "phase stride of n2",
        p3: 16 "phase stride of n3",
        a_down: 16 "un-pool: address stride of one map row",
        p_down: 16 "un-pool: phase stride of one map row",
        code: 16 "first word in the code RAM",
        dram: 32 "word address of the first run in DRAM or the hand-over RAM",
        run: 16 "words per run (1..65535)",
        n_run0: 16 "runs, inner count",
        d_run0: 32 "stride of n_run0, words",
        n_run1: 16 "runs, outer count",
        d_run1: 32 "stride of n_run1, words",
        g_ch: 16 "gather: channels",
        g_kr: 16 "gather: kernel rows",
        g_kc: 16 "gather: kernel columns",
        g_row: 16 "gather: scratch row of output row 0, tap 0 (signed)",
        g_col: 16 "gather: scratch column of output column 0, tap 0 (signed)",
        g_sr: 16 "gather: scratch rows from one output row to the next (0..7)",
        g_sc: 16 "gather: scratch columns from one output column to the next (0..7)",
        g_h: 16 "gather: rows in the scratch",
        g_w: 16 "gather: columns in the scratch",
        g_row_stride: 16 "gather: scratch words per row",
        g_ch_stride: 16 "gather: scratch words per channel",
        g_src: 16 "gather: first scratch word",
    }
}

impl LoadDesc {
    /// What the command reads and writes. Scratch and code RAM belong to the load engine alone.
    pub(crate) fn effect(&self, lanes: u32) -> Effect {
        let Some(op) = LoadOp::decode(self.op) else { return Effect::none(Self::op) };
        let buffer = [Space::Feature, Space::Loss, Space::Weight][op.destination.0 as usize];
        let mut effect = Effect::default();
        effect.reads([Self::op]);
        match op.kind {
            LoadKind::Zero => {
                effect.reads([Self::n0]);
                effect.walk(self, (buffer, true), Self::base, &[], self.n0.into());
            }
            LoadKind::Vectors => {
                self.source(op, &mut effect);
                effect.reads([Self::phase]);
                effect.reads((op.mask || op.pool).then_some(Self::code));
                let walk = |n, a, p| Step::counted(self, n, a).turning(p);
                // the four places of an un-pooled vector: a row down, and a column
                let rows = if op.pool { 2 } else { 1 };
                let loops = [
                    walk(Self::n0, Self::a0, Self::p0),
                    walk(Self::n1, Self::a1, Self::p1),
                    walk(Self::n2, Self::a2, Self::p2),
                    walk(Self::n3, Self::a3, Self::p3),
                    Step::of(self, rows, Self::a_down).further(1).turning(Self::p_down),
                ];
                effect.walk(self, (buffer, true), Self::base, &loops, 1);
            }
            LoadKind::Words => {
                self.source(op, &mut effect);
                effect.reads([Self::base]);
                if op.destination == WordBuffer::Operand.into() {
                    let words = product(&[self.run, self.n_run0, self.n_run1]);
                    match self.base.checked_sub(TABLES_AT) {
                        None => effect.walk(self, (Space::Operand, true), Self::base, &[], words),
                        Some(first) => effect.accesses.push(Access::written(Space::Table, first, words)),
                    }
                }
            }
            LoadKind::Gather => {
                effect.reads([Self::phase, Self::a2]);
                effect.reads(Self::g_ch..=Self::g_col);
                effect.reads(Self::g_h..=Self::g_src);
                let groups = product(&[self.g_ch, self.g_kr, self.g_kc]).div_ceil(lanes.into());
                let loops = [
                    Step::counted(self, Self::n0, Self::a0).turning(Self::p0).turning(Self::g_sc),
                    Step::counted(self, Self::n1, Self::a1).turning(Self::p1).turning(Self::g_sr),
                    Step::of(self, groups, Self::a2),
                ];
                effect.walk(self, (Space::Feature, true), Self::base, &loops, 1);
            }
        }
        effect
    }

    /// The runs of words that VECTORS and WORDS take.
    fn source(&self, op: LoadOp, effect: &mut Effect) {
        let from = if op.handed { Space::Handover } else { Space::Dram };
        let runs = [(Self::n_run0, Self::d_run0), (Self::n_run1, Self::d_run1)];
        let runs = runs.map(|(count, stride)| Step::counted(self, count, stride));
        effect.reads([Self::run]);
        effect.walk(self, (from, false), Self::dram, &runs, self.run.into());
    }
}

op_values! {
    /// What a command of the load engine does.
    LoadKind {
        /// Zero vectors into a buffer, without DRAM.
        Zero,
        /// Words of DRAM into the vectors of a buffer.
        Vectors,
        /// Words of DRAM into a memory of words.
        Words,
        /// Taps from the scratch into the feature buffer.
        Gather,
    }
}

/// Destination of ZERO and VECTORS, `LoadDesc::op` bits 3..2. GATHER writes the feature buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VectorBuffer {
    /// Maps and taps.
    Feature = 0,
    /// Gradients of maps.
    Loss = 1,
    /// Weights and biases.
    Weight = 2,
}

/// Destination of WORDS, `LoadDesc::op` bits 3..2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WordBuffer {
    /// Weights, what the optimiser keeps, and labels, for the store engine.
    Operand = 0,
    /// Raw rows of images, for GATHER.
    Scratch = 1,
    /// ReLU masks and pool indices, for VECTORS.
    Code = 2,
}

/// Banks of the scratch with so many lanes: GATHER reads a word of each per clock, unpacking writes a pixel to each.
pub const fn scratch_banks(lanes: usize) -> usize {
    if lanes < 4 { 2 } else { 4 }
}

/// A [`VectorBuffer`] or a [`WordBuffer`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Destination(pub u32);

impl OpValue for Destination {
    fn bits(self) -> u32 {
        self.0
    }
    fn of(bits: u32) -> Option<Self> {
        (bits < 3).then_some(Destination(bits))
    }
}

impl From<VectorBuffer> for Destination {
    fn from(to: VectorBuffer) -> Self {
        Destination(to as u32)
    }
}

impl From<WordBuffer> for Destination {
    fn from(to: WordBuffer) -> Self {
        Destination(to as u32)
    }
}

op! {
    /// The operation of a [`LoadDesc`]. Parts that a kind does not name have no meaning there.
    LoadOp {
        kind KIND [1, 0] LoadKind: "ZERO, VECTORS, WORDS or GATHER",
        destination DESTINATION [3, 2] Destination: "where to; GATHER writes the feature buffer",
        unpack UNPACK [4, 4] bool: "WORDS to the scratch: every word is 4 pixels",
        shift SHIFT [8, 5] u32: "pixels are scaled by 2^-shift",
        mask MASK [9, 9] bool: "VECTORS: 0 where the mask bit is 0",
        pool POOL [10, 10] bool: "VECTORS: un-pooled",
        handed HANDED [11, 11] bool: "VECTORS, WORDS: from the hand-over RAM",
    }
}

impl LoadOp {
    /// ZERO into a buffer.
    pub fn zero(to: VectorBuffer) -> Self {
        LoadOp { destination: to.into(), ..Self::default() }
    }
    /// VECTORS into a buffer, from DRAM, neither masked nor un-pooled.
    pub fn vectors(to: VectorBuffer) -> Self {
        LoadOp { kind: LoadKind::Vectors, destination: to.into(), ..Self::default() }
    }
    /// WORDS into a memory, from DRAM, not unpacked.
    pub fn words(to: WordBuffer) -> Self {
        LoadOp { kind: LoadKind::Words, destination: to.into(), ..Self::default() }
    }
    /// GATHER.
    pub fn gather() -> Self {
        LoadOp { kind: LoadKind::Gather, ..Self::default() }
    }
}
