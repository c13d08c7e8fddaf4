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

use crate::Descriptor;
use crate::effect::{Effect, Space, Step, product};
use crate::fields::descriptor;
use crate::op::{op, op_values};

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
    /// What the command reads and writes.
    pub(crate) fn effect(&self, lanes: u32) -> Effect {
        let Some(op) = StoreOp::decode(self.op) else { return Effect::none(Self::op) };
        let mut effect = Effect::default();
        effect.reads([Self::op, Self::tag, Self::n_c]);
        let groups = Step::counted(self, Self::n_g, Self::p_g);
        match op.kind {
            StoreKind::Map => {
                effect.reads([Self::n_i, Self::n_r]);
                let sums = product(&[self.n_i, self.n_r, self.n_c]);
                effect.walk(self, (Space::Psum, false), Self::p_base, &[groups], sums);
                if op.hand_over {
                    let (rows, columns) =
                        if op.pool { (self.n_r / 2, self.n_c / 2) } else { (self.n_r, self.n_c) };
                    let words = product(&[self.n_i, self.n_g, rows, columns, lanes]);
                    effect.walk(self, (Space::Handover, true), Self::o_w, &[], words);
                }
                self.runs(&mut effect, [Self::dram, Self::run, Self::d_run]);
                if op.codes {
                    self.runs(&mut effect, [Self::code_dram, Self::code_run, Self::code_d_run]);
                }
                if op.hand_over && self.n_run == 0 {
                    effect.accesses.retain(|access| access.space != Space::Dram);
                }
            }
            StoreKind::Update => {
                effect.reads([Self::n_r]);
                let inputs = Step::counted(self, Self::n_c, Self::p_n);
                effect.walk(self, (Space::Psum, false), Self::p_base, &[groups, inputs], 1);
                let elements = product(&[self.n_g, self.n_r, self.n_c]);
                for operand in [Self::o_w, Self::o_v] {
                    effect.walk(self, (Space::Operand, false), operand, &[], elements);
                }
                self.runs(&mut effect, [Self::dram, Self::run, Self::d_run]);
            }
            StoreKind::Softmax => {
                effect.reads([Self::n_i, Self::p_g]);
                let classes = Step::of(self, self.n_c.div_ceil(lanes).into(), Self::p_g);
                effect.walk(self, (Space::Psum, false), Self::p_base, &[classes], self.n_i.into());
                effect.walk(self, (Space::Operand, false), Self::o_w, &[], self.n_i.into());
                if op.gradient {
                    self.runs(&mut effect, [Self::dram, Self::run, Self::d_run]);
                }
            }
        }
        effect
    }

    /// `n_run` runs to DRAM; the fields of the first run's address, of a run's length and stride.
    fn runs(&self, effect: &mut Effect, [first, run, stride]: [usize; 3]) {
        effect.reads([run]);
        let runs = Step::counted(self, Self::n_run, stride);
        effect.walk(self, (Space::Dram, true), first, &[runs], self.get(run).into());
    }
}

op_values! {
    /// What a command of the store engine does.
    StoreKind {
        /// Partial sums to a map.
        Map,
        /// The optimiser: new weights or velocities.
        Update,
        /// Loss and gradient of the logits.
        Softmax,
    }
}

op! {
    /// The operation of a [`StoreDesc`]. Parts that a kind does not name have no meaning there.
    StoreOp {
        kind KIND [1, 0] StoreKind: "MAP, UPDATE or SOFTMAX",
        relu RELU [2, 2] bool: "MAP: through ReLU",
        pool POOL [3, 3] bool: "MAP: the maxima of 2 x 2 windows",
        codes CODES [4, 4] bool: "MAP: masks and indices follow the words",
        velocity VELOCITY [5, 5] bool: "UPDATE: writes velocities, not weights",
        gradient GRADIENT [6, 6] bool: "SOFTMAX: writes the gradient",
        hand_over HAND_OVER [7, 7] bool: "MAP: the words go to the hand-over RAM as well",
    }
}

impl StoreOp {
    /// An operation of that kind with all other bits 0.
    pub fn new(kind: StoreKind) -> Self {
        StoreOp { kind, ..Self::default() }
    }
}
