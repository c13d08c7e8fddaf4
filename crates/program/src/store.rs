//! The store engine: partial sums through the vector unit back to DRAM.
//!
//! The DRAM side writes the command's words, in order, as `n_run` runs of `run` contiguous words starting at
//! `dram + i*d_run`. Codes (MAP only) follow as `n_run` runs of `code_run` words at `code_dram + i*code_d_run`.
//!
//! ## MAP: a map of `n_i` images x `n_g` groups x `n_r` rows x `n_c` columns
//! psum address of (i, g, r, c) = `p_base + g*p_g + (i*n_r + r)*n_c + c`. Words leave in the order `[i][g][r][c][lane]`.
//! - `pool`: 2 x 2 maximum, stride 2, a last odd row or column is dropped: rows n_r/2, columns n_c/2 (rounded down).
//!   The window is visited in the order q = 0..3 = (dr, dc) = (q/2, q%2); a later value replaces the maximum only if it is greater
//!   (`ef_numerics::gt`), so the index is the first maximum.
//! - `relu`: the word (after pool) becomes +0 unless it is positive (`ef_numerics::is_positive`).
//! - `codes`: for every vector that leaves, T mask bits, or with `pool` 4T bits: 2 bits of index per lane in bits 2n+1..2n,
//!   mask in bits 2T+n. Mask bit = is_positive(word) if `relu`, else 1. Packed `32/width` per word from the low end, a new word for every row.
//! - `hand_over`: the words go, in this order, to the hand-over RAM as well, from word `o_w` on, whence the load engine
//!   takes them; with `n_run` 0 only there, and no codes.
//!
//! ## UPDATE: SGD with momentum and weight decay
//! For s < n_g, m < n_r, n < n_c (n fastest), element number e: gradient = psum[m][`p_base + s*p_g + n*p_n`], weight w = operand[`o_w` + e],
//! velocity v = operand[`o_v` + e]. `v' = mu*v + (g + wd*w)`, `w' = w - lr*v'`, every product and sum rounded on its own
//! (`mul`, `add` of ef_numerics): t1 = mul(wd,w), t2 = add(g,t1), t3 = mul(mu,v), v' = add(t3,t2), t4 = mul(lr,v'), w' = sub(w,t4).
//! Writes w', or with `velocity` v'. (Two commands update both.)
//!
//! ## SOFTMAX: softmax cross-entropy over `n_c` classes, `n_i` images
//! Logit of class k of image i: psum[k mod T][`p_base + (k/T)*p_g + i`]. Label of image i: operand word `o_w + i` (integer).
//! Per image, in class order: max = largest logit (first one wins), x_k = sub(z_k, max), e_k = exp(x_k), sum = e_0, then add(sum, e_k) for k = 1..;
//! inv = recip(sum); p_k = mul(e_k, inv); d_k = p_k, or sub(p_k, 1.0) for k = label; gradient = mul(d_k, INV_BATCH).
//! Loss of the image = sub(ln(sum), x_label); LOSS_SUM = add(LOSS_SUM, loss). CORRECT counts images whose first largest logit is the label.
//! After the last image MEAN_LOSS = mul(LOSS_SUM, INV_BATCH).
//! With `gradient` the words leave in the order `[i][class]`, each image padded with +0 to a multiple of T; without it nothing is written.

use crate::fields::{FieldSet, descriptor};

descriptor! {
    /// Descriptor of the store engine. See the [module documentation](self).
    StoreDesc {
        op: 16 "operation, see `StoreOp`",
        tag: 16 "layer number, 0..31: names the bit of the OVERFLOW register",
        p_base: 16 "first partial-sum address",
        p_g: 16 "partial-sum stride of a group (MAP, SOFTMAX) or of a kernel step (UPDATE)",
        p_n: 16 "UPDATE: partial-sum stride of an input channel",
        n_i: 16 "images",
        n_g: 16 "groups (MAP), kernel steps (UPDATE)",
        n_r: 16 "rows (MAP), output channels (UPDATE)",
        n_c: 16 "columns (MAP), input channels (UPDATE), classes (SOFTMAX)",
        o_w: 16 "operand buffer: first weight (UPDATE), first label (SOFTMAX); hand-over RAM: first word (MAP)",
        o_v: 16 "operand buffer: first velocity (UPDATE)",
        dram: 32 "DRAM word address of the first run",
        run: 16 "words per run (1..65535)",
        n_run: 16 "runs",
        d_run: 32 "DRAM stride of a run, words",
        code_dram: 32 "DRAM word address of the first run of codes",
        code_run: 16 "code words per run",
        code_d_run: 32 "DRAM stride of a run of codes, words",
    }
}

impl StoreDesc {
    /// The fields that the operation reads; strides of counts of 1 are not among them.
    pub(crate) fn fields_read(&self) -> FieldSet {
        let Some(op) = StoreOp::decode(self.op) else { return FieldSet::of(&[Self::op]) };
        let mut read = FieldSet::of(&[Self::op, Self::tag, Self::p_base, Self::n_c]);
        let groups = match op.kind {
            StoreKind::Map => {
                read.extend([Self::n_i, Self::n_g, Self::n_r]);
                read.extend(op.hand_over.then_some(Self::o_w));
                self.n_g != 1
            }
            StoreKind::Update => {
                read.extend([Self::n_g, Self::n_r, Self::o_w, Self::o_v]);
                read.extend((self.n_c != 1).then_some(Self::p_n));
                self.n_g != 1
            }
            StoreKind::Softmax => {
                read.extend([Self::n_i, Self::o_w]);
                true
            }
        };
        read.extend(groups.then_some(Self::p_g));
        if op.kind != StoreKind::Softmax || op.gradient {
            read.extend([Self::dram, Self::run, Self::n_run]);
            read.extend((self.n_run != 1).then_some(Self::d_run));
        }
        if op.kind == StoreKind::Map && op.codes {
            read.extend([Self::code_dram, Self::code_run]);
            read.extend((self.n_run != 1).then_some(Self::code_d_run));
        }
        read
    }
}

/// `StoreDesc::op` bits 1..0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StoreKind {
    /// Partial sums to a map.
    Map = 0,
    /// The optimiser: new weights or velocities.
    Update = 1,
    /// Loss and gradient of the logits.
    Softmax = 2,
}

/// The decoded `op` field.
///
/// ```text
///  7          6         5         4      3     2     1..0
///  hand_over  gradient  velocity  codes  pool  relu  kind
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StoreOp {
    /// What is done.
    pub kind: StoreKind,
    /// MAP: words that are not positive become +0.
    pub relu: bool,
    /// MAP: 2 x 2 maximum.
    pub pool: bool,
    /// MAP: mask bits and indices follow.
    pub codes: bool,
    /// UPDATE: writes velocities, not weights.
    pub velocity: bool,
    /// SOFTMAX: writes the gradient.
    pub gradient: bool,
    /// Of a MAP; without meaning elsewhere.
    pub hand_over: bool,
}

impl StoreOp {
    /// Bit of `relu`.
    pub const RELU: u32 = 2;
    /// Bit of `pool`.
    pub const POOL: u32 = 3;
    /// Bit of `codes`.
    pub const CODES: u32 = 4;
    /// Bit of `velocity`.
    pub const VELOCITY: u32 = 5;
    /// Bit of `gradient`.
    pub const GRADIENT: u32 = 6;
    /// Bit of `hand_over`.
    pub const HAND_OVER: u32 = 7;

    /// An operation of that kind with all other bits 0.
    pub fn new(kind: StoreKind) -> Self {
        StoreOp {
            kind,
            relu: false,
            pool: false,
            codes: false,
            velocity: false,
            gradient: false,
            hand_over: false,
        }
    }

    /// The word of the field `op`.
    pub fn encode(self) -> u32 {
        self.kind as u32
            | u32::from(self.relu) << Self::RELU
            | u32::from(self.pool) << Self::POOL
            | u32::from(self.codes) << Self::CODES
            | u32::from(self.velocity) << Self::VELOCITY
            | u32::from(self.gradient) << Self::GRADIENT
            | u32::from(self.hand_over) << Self::HAND_OVER
    }

    /// `None` if the kind is not defined.
    pub fn decode(op: u32) -> Option<Self> {
        let bit = |at: u32| op >> at & 1 != 0;
        Some(StoreOp {
            kind: *[StoreKind::Map, StoreKind::Update, StoreKind::Softmax].get(op as usize & 3)?,
            relu: bit(Self::RELU),
            pool: bit(Self::POOL),
            codes: bit(Self::CODES),
            velocity: bit(Self::VELOCITY),
            gradient: bit(Self::GRADIENT),
            hand_over: bit(Self::HAND_OVER),
        })
    }
}
