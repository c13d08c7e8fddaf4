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
//! | WORDS | writes the words at `base`, `base+1`, ... of the operand buffer, the scratch or the code RAM; `unpack` (scratch only): every word is 4 pixels, low byte first, each becomes FP32 `byte * 2^-shift`, and `base` is rounded down to a multiple of 4 |
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

use crate::fields::{FieldSet, descriptor};

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
    /// The fields that the operation reads; strides of counts of 1 are not among them.
    pub(crate) fn fields_read(&self) -> FieldSet {
        let op = LoadOp::decode(self.op);
        let mut read = FieldSet::of(&[Self::op]);
        let mut walk = |count_at: usize, count: u32, strides: &[usize]| {
            read.push(count_at);
            if count != 1 {
                read.extend(strides.iter().copied());
            }
        };
        match op.kind {
            LoadKind::Zero => read.extend([Self::base, Self::n0]),
            LoadKind::Vectors => {
                walk(Self::n0, self.n0, &[Self::a0, Self::p0]);
                walk(Self::n1, self.n1, &[Self::a1, Self::p1]);
                walk(Self::n2, self.n2, &[Self::a2, Self::p2]);
                walk(Self::n3, self.n3, &[Self::a3, Self::p3]);
                read.extend([Self::base, Self::phase]);
            }
            LoadKind::Words => read.push(Self::base),
            LoadKind::Gather => {
                walk(Self::n0, self.n0, &[Self::a0, Self::p0, Self::g_sc]);
                walk(Self::n1, self.n1, &[Self::a1, Self::p1, Self::g_sr]);
                read.extend([Self::base, Self::phase, Self::a2]);
                read.extend(Self::g_ch..=Self::g_col);
                read.extend(Self::g_h..=Self::g_src);
            }
        }
        if matches!(op.kind, LoadKind::Vectors | LoadKind::Words) {
            read.extend([Self::dram, Self::run, Self::n_run0, Self::n_run1]);
            read.extend((self.n_run0 != 1).then_some(Self::d_run0));
            read.extend((self.n_run1 != 1).then_some(Self::d_run1));
        }
        if op.kind == LoadKind::Vectors {
            read.extend((op.mask || op.pool).then_some(Self::code));
            read.extend(op.pool.then_some([Self::a_down, Self::p_down]).into_iter().flatten());
        }
        read
    }
}

/// `LoadDesc::op` bits 1..0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LoadKind {
    /// Zero vectors into a buffer, without DRAM.
    Zero = 0,
    /// Words of DRAM into the vectors of a buffer.
    Vectors = 1,
    /// Words of DRAM into a memory of words.
    Words = 2,
    /// Taps from the scratch into the feature buffer.
    Gather = 3,
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
    /// Weights, velocities and labels, for the store engine.
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

/// The decoded `op` field.
///
/// ```text
///  11      10    9     8..5   4       3..2         1..0
///  handed  pool  mask  shift  unpack  destination  kind
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LoadOp {
    /// What is done.
    pub kind: LoadKind,
    /// Bits 3..2: a [`VectorBuffer`] or a [`WordBuffer`].
    pub destination: u32,
    /// Of WORDS to the scratch; without meaning elsewhere.
    pub unpack: bool,
    /// Pixels are scaled by 2^-shift, 0..15.
    pub shift: u32,
    /// A word becomes 0 where its mask bit is 0.
    pub mask: bool,
    /// Each vector is written to its 2 x 2 window.
    pub pool: bool,
    /// The words of VECTORS or WORDS come from the hand-over RAM.
    pub handed: bool,
}

impl LoadOp {
    /// Lowest bit of `destination`, which has two.
    pub const DESTINATION: u32 = 2;
    /// Bit of `unpack`.
    pub const UNPACK: u32 = 4;
    /// Lowest bit of `shift`, which has four.
    pub const SHIFT: u32 = 5;
    /// Bit of `mask`.
    pub const MASK: u32 = 9;
    /// Bit of `pool`.
    pub const POOL: u32 = 10;
    /// Bit of `handed`.
    pub const HANDED: u32 = 11;

    /// ZERO into a buffer.
    pub fn zero(to: VectorBuffer) -> Self {
        Self::vectors(to).with_kind(LoadKind::Zero)
    }
    /// VECTORS into a buffer, from DRAM, neither masked nor un-pooled.
    pub fn vectors(to: VectorBuffer) -> Self {
        LoadOp {
            kind: LoadKind::Vectors,
            destination: to as u32,
            unpack: false,
            shift: 0,
            mask: false,
            pool: false,
            handed: false,
        }
    }
    /// WORDS into a memory, from DRAM, not unpacked.
    pub fn words(to: WordBuffer) -> Self {
        Self::vectors(VectorBuffer::Feature).with_kind(LoadKind::Words).with_destination(to as u32)
    }
    /// GATHER.
    pub fn gather() -> Self {
        Self::vectors(VectorBuffer::Feature).with_kind(LoadKind::Gather)
    }
    fn with_kind(self, kind: LoadKind) -> Self {
        LoadOp { kind, ..self }
    }
    fn with_destination(self, destination: u32) -> Self {
        LoadOp { destination, ..self }
    }

    /// The word of the field `op`.
    pub fn encode(self) -> u32 {
        self.kind as u32
            | self.destination << Self::DESTINATION
            | u32::from(self.unpack) << Self::UNPACK
            | self.shift << Self::SHIFT
            | u32::from(self.mask) << Self::MASK
            | u32::from(self.pool) << Self::POOL
            | u32::from(self.handed) << Self::HANDED
    }

    /// The operation of a field `op`: every word has one, but `destination` may be 3, which is undefined.
    pub fn decode(op: u32) -> Self {
        let bit = |at: u32| op >> at & 1 != 0;
        LoadOp {
            kind: [LoadKind::Zero, LoadKind::Vectors, LoadKind::Words, LoadKind::Gather][op as usize & 3],
            destination: op >> Self::DESTINATION & 3,
            unpack: bit(Self::UNPACK),
            shift: op >> Self::SHIFT & 15,
            mask: bit(Self::MASK),
            pool: bit(Self::POOL),
            handed: bit(Self::HANDED),
        }
    }
}
