//! The store engine: partial sums through the vector unit back to DRAM.
//!
//! The DRAM side writes the command's words, in order, as `n_run` runs of `run` contiguous words starting at
//! `dram + i*d_run`. Codes (MAP) follow as `n_run` runs of `second_run` words at `second_dram + i*second_d_run`.
//!
//! ## MAP: a map of `n_i` images x `n_g` groups x `n_r` rows x `n_c` columns
//! psum address of (i, g, r, c) = `p_base + g*p_g + (i*n_r + r)*n_c + c`. Words leave in the order `[i][g][r][c][lane]`.
//! - `pool`: 2 x 2 maximum, stride 2, a last odd row or column is dropped: rows n_r/2, columns n_c/2 (rounded down).
//!   The window is visited in the order q = 0..3 = (dr, dc) = (q/2, q%2); a later value replaces the maximum only if it is greater
//!   (`ef_numerics::gt`), so the index is the first maximum.
//! - `relu`: the word (after pool) becomes +0 unless it is positive (`ef_numerics::is_positive`).
//! - `codes`: for every vector that leaves, T mask bits, or with `pool` 4T bits: 2 bits of index per lane in bits 2n+1..2n,
//!   mask in bits 2T+n. Mask bit = is_positive(word) if `relu`, else 1. Packed `32/width` per word from the low end, a new word for every row.
//! - `hand_over`: the words go, in this order, to the hand-over RAM as well, from word `o_a` on, whence the load engine
//!   takes them; with `n_run` 0 only there, and no codes.
//!
//! ## VECTOR: a recipe of the vector unit, element by element
//! Executes the recipe that `recipe` names ([`RecipeWord`](crate::vector::RecipeWord)) over the elements of [`StoreDesc::walk`]: four loops of
//! `n_c`, `n_r`, `n_g`, `n_i` turns, innermost first. The partial-sum address begins at `p_base`; a step of a loop adds its `p_*`, wherever the
//! loops inside it have ended. Element number e reads operand words `o_a + e`, `o_b + e`, `o_c + e` (streams A, B, D); its channel k reads `o_c + k`.
//! Words leave as two streams, in the order of the elements: X as `n_run` runs of `run` words at `dram + i*d_run`, Y as runs of as many words at
//! `second_dram + i*second_d_run`, in turn. A burst waits until `prefill` words of its run are there, 1 if that is 0, at most [`MOST_PREFILL`]; with two
//! streams a run has at most [`LONGEST_OF_TWO`] words. The control words are loaded before: [`Tables`](crate::vector::Tables).

use crate::Descriptor;
use crate::effect::{Access, Effect, Space, Step, product};
use crate::fields::descriptor;
use crate::op::{op, op_values};
use crate::vector::{FIRST_ROW, RecipeWord, WORDS, Walk};

/// Words of a run of a VECTOR with two streams, at most: while one stream waits for its words, the other's stay in the word buffer.
pub const LONGEST_OF_TWO: u32 = 128;
/// The word buffer holds so many words of a stream while a burst waits.
pub const MOST_PREFILL: u32 = 160;

descriptor! {
    /// Descriptor of the store engine. See the [module documentation](self).
    StoreDesc {
        op: 16 "operation, see `StoreOp`",
        tag: 16 "layer number, 0..31: names the bit of the OVERFLOW register",
        p_base: 16 "first partial-sum address",
        p_c: 16 "VECTOR: what a step of `n_c` adds to the partial-sum address",
        p_r: 16 "VECTOR: what a step of `n_r` adds",
        p_g: 16 "MAP: partial-sum stride of a group; VECTOR: what a step of `n_g` adds",
        p_i: 16 "VECTOR: what a step of `n_i` adds",
        n_c: 16 "columns (MAP), turns of the innermost loop (VECTOR)",
        n_r: 16 "rows, turns of the second loop",
        n_g: 16 "groups, turns of the third loop",
        n_i: 16 "images, turns of the outermost loop",
        recipe: 32 "VECTOR: the recipe, see `RecipeWord`",
        limit: 16 "VECTOR: elements of this index and of greater ones do nothing, if the recipe is `bounded`",
        o_a: 16 "VECTOR: operand buffer, first word of stream A; MAP: hand-over RAM, first word",
        o_b: 16 "VECTOR: operand buffer, first word of stream B",
        o_c: 16 "VECTOR: operand buffer, word of channel 0, first word of stream D",
        prefill: 16 "VECTOR: words of a run that are there before its burst begins",
        dram: 32 "DRAM word address of the first run",
        run: 16 "words per run (1..65535)",
        n_run: 16 "runs",
        d_run: 32 "DRAM stride of a run, words",
        second_dram: 32 "DRAM word address of the first run of codes (MAP), of Y (VECTOR)",
        second_run: 16 "MAP: code words per run",
        second_d_run: 32 "DRAM stride of a run of codes (MAP), of Y (VECTOR), words",
    }
}

impl StoreDesc {
    /// What the command reads and writes.
    pub(crate) fn effect(&self, lanes: u32) -> Effect {
        let Some(op) = StoreOp::decode(self.op) else { return Effect::none(Self::op) };
        let mut effect = Effect::default();
        effect.reads([Self::op, Self::tag, Self::n_c]);
        match op.kind {
            StoreKind::Map => {
                effect.reads([Self::n_i, Self::n_r]);
                let groups = Step::counted(self, Self::n_g, Self::p_g);
                let sums = product(&[self.n_i, self.n_r, self.n_c]);
                effect.walk(self, (Space::Psum, false), Self::p_base, &[groups], sums);
                if op.hand_over {
                    let (rows, columns) =
                        if op.pool { (self.n_r / 2, self.n_c / 2) } else { (self.n_r, self.n_c) };
                    let words = product(&[self.n_i, self.n_g, rows, columns, lanes]);
                    effect.walk(self, (Space::Handover, true), Self::o_a, &[], words);
                }
                self.runs(&mut effect, [Self::dram, Self::run, Self::d_run]);
                if op.codes {
                    self.runs(&mut effect, [Self::second_dram, Self::second_run, Self::second_d_run]);
                }
                if op.hand_over && self.n_run == 0 {
                    effect.accesses.retain(|access| access.space != Space::Dram);
                }
            }
            StoreKind::Vector => self.vector_effect(&mut effect),
        }
        effect
    }

    /// What a recipe reads and writes.
    fn vector_effect(&self, effect: &mut Effect) {
        let Some(recipe) = RecipeWord::decode(self.recipe) else { return effect.reads([Self::recipe]) };
        let counts = [Self::n_c, Self::n_r, Self::n_g, Self::n_i];
        effect.reads([Self::recipe].into_iter().chain(counts));
        effect.reads(recipe.bounded.then_some(Self::limit));
        let walk = self.walk();
        if recipe.psum {
            let strides = walk.strides();
            let moves = [Self::p_c, Self::p_r, Self::p_g, Self::p_i];
            let loops: [Step; 4] =
                std::array::from_fn(|l| Step::counted(self, counts[l], moves[l]).at_stride(strides[l]));
            effect.walk(self, (Space::Psum, false), Self::p_base, &loops, 1);
        }
        let elements = product(&walk.turns);
        let channels = walk.turns[recipe.channel_level as usize].into();
        for (read, base, words) in [
            (recipe.a, Self::o_a, elements),
            (recipe.b, Self::o_b, elements),
            (recipe.c, Self::o_c, channels),
            (recipe.d, Self::o_c, elements),
        ] {
            if read {
                effect.walk(self, (Space::Operand, false), base, &[], words);
            }
        }
        let row = WORDS as i64;
        let (first, rows) = (i64::from(recipe.base), i64::from(recipe.period) + 1);
        for (lo, hi) in [(0, FIRST_ROW as i64), (first, first + rows)] {
            effect.accesses.push(Access { space: Space::Table, lo: lo * row, hi: hi * row, write: false });
        }
        if recipe.x {
            effect.reads([Self::prefill]);
            self.runs(effect, [Self::dram, Self::run, Self::d_run]);
        }
        if recipe.y {
            self.runs(effect, [Self::second_dram, Self::run, Self::second_d_run]);
        }
    }

    /// A VECTOR over the elements of a walk; its runs are for the caller to set.
    pub fn vector(walk: &Walk) -> StoreDesc {
        let ([n_c, n_r, n_g, n_i], [p_c, p_r, p_g, p_i]) = (walk.turns, walk.move_by);
        let &Walk { p_base, limit, o_a, o_b, o_c, .. } = walk;
        let (op, recipe) = (StoreOp::new(StoreKind::Vector).encode(), walk.recipe.encode());
        StoreDesc {
            op,
            recipe,
            n_c,
            n_r,
            n_g,
            n_i,
            p_base,
            p_c,
            p_r,
            p_g,
            p_i,
            limit,
            o_a,
            o_b,
            o_c,
            ..StoreDesc::default()
        }
    }

    /// The elements of a VECTOR.
    pub fn walk(&self) -> Walk {
        Walk {
            recipe: RecipeWord::decode(self.recipe).unwrap_or_default(),
            turns: [self.n_c, self.n_r, self.n_g, self.n_i],
            p_base: self.p_base,
            move_by: [self.p_c, self.p_r, self.p_g, self.p_i],
            limit: self.limit,
            o_a: self.o_a,
            o_b: self.o_b,
            o_c: self.o_c,
        }
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
        /// A recipe of the vector unit.
        Vector,
    }
}

op! {
    /// The operation of a [`StoreDesc`]. Parts that a kind does not name have no meaning there.
    StoreOp {
        kind KIND [1, 0] StoreKind: "MAP or VECTOR",
        relu RELU [2, 2] bool: "MAP: through ReLU",
        pool POOL [3, 3] bool: "MAP: the maxima of 2 x 2 windows",
        codes CODES [4, 4] bool: "MAP: masks and indices follow the words",
        hand_over HAND_OVER [5, 5] bool: "MAP: the words go to the hand-over RAM as well",
    }
}

impl StoreOp {
    /// An operation of that kind with all other bits 0.
    pub fn new(kind: StoreKind) -> Self {
        StoreOp { kind, ..Self::default() }
    }
}
