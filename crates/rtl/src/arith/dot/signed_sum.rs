//! [`SignedSum`]: the exact sum of the aligned terms of a dot product, as sign and magnitude.

use ef_hdl_kit::{block, glue, vec_of};
use rust_hdl::prelude::*;

/// Clock edges from aligned terms to sign and magnitude.
pub const LATENCY: usize = 3;

block! {
    /// First level of the tree: adds two terms. A negative term comes as its inverted magnitude and needs 1 added; this adds the 1 of `a`,
    /// that of `b` is left to a later adder. Combinational.
    ///
    /// `sum = a + b + carry`, 32 bits two's complement; `a` and `b` are 28 bits under a sign.
    pub struct PairAdd {
        /// First term: a magnitude, every bit inverted if `a_negative`.
        in a: Bits<28>,
        /// Sign of the first term.
        in a_negative: Bit,
        /// Second term: a magnitude, every bit inverted if `b_negative`.
        in b: Bits<28>,
        /// Sign of the second term.
        in b_negative: Bit,
        /// `a + b`, and 1 more if `a_negative`; 1 too little if `b_negative`.
        out sum: Bits<32>,
        net a_wide, b_wide: Bits<32>,
        const sign_bits: Bits<32> = 0xf000_0000,
    }
}

impl Logic for PairAdd {
    #[hdl_gen]
    fn update(&mut self) {
        self.a_wide.next = bit_cast::<32, 28>(self.a.val());
        if self.a_negative.val() {
            self.a_wide.next = bit_cast::<32, 28>(self.a.val()) | self.sign_bits.val();
        }
        self.b_wide.next = bit_cast::<32, 28>(self.b.val());
        if self.b_negative.val() {
            self.b_wide.next = bit_cast::<32, 28>(self.b.val()) | self.sign_bits.val();
        }
        self.sum.next =
            self.a_wide.val() + self.b_wide.val() + bit_cast::<32, 1>(self.a_negative.val().into());
    }
}

block! {
    /// Further levels of the tree: `sum = a + b + carry`. Combinational.
    pub struct CarryAdd {
        /// First operand.
        in a: Bits<32>,
        /// Second operand.
        in b: Bits<32>,
        /// One more.
        in carry: Bit,
        /// The sum.
        out sum: Bits<32>,
    }
}

impl Logic for CarryAdd {
    #[hdl_gen]
    fn update(&mut self) {
        self.sum.next = self.a.val() + self.b.val() + bit_cast::<32, 1>(self.carry.val().into());
    }
}

block! {
    /// The other half of [`SignedSum`]: adds the addend to the sum of the lanes and takes the magnitude.
    ///
    /// ```text
    ///  edge             1                       2                   3
    ///  addend 28 --[ negate? ]--+
    ///  lanes 32 ----------------+--[ lanes + addend + carry ]--[ negate? ]-- magnitude 32, negative
    /// ```
    ///
    /// Eight lanes lie within `+-2^31` and the addend within `+-2^27`: the total has a 32-bit magnitude, and 33 bits with its
    /// sign, which follows from the signs of the operands if they agree, else from the top bit of the 32-bit sum.
    pub struct Total {
        /// Clock.
        in clock: Clock,
        /// Magnitude of the addend, every bit inverted if `addend_negative`.
        in addend: Bits<28>,
        /// Sign of the addend.
        in addend_negative: Bit,
        /// Sum of the lanes, one clock after the addend.
        in lanes: Bits<32>,
        /// One more, one clock after the addend.
        in carry: Bit,
        /// Magnitude of the total, three clocks after the addend.
        out magnitude: Bits<32>,
        /// Sign of the total.
        out negative: Bit,
        net addend_wide, flipped: Bits<32>, net below_zero: Bit,
        reg negated, total, absolute => magnitude: Bits<32>,
        reg lanes_sign, addend_sign, sign => negative: Bit,
        const sign_bits: Bits<32> = 0xf000_0000,
    }
}

impl Logic for Total {
    #[hdl_gen]
    fn update(&mut self) {
        // edge 1
        self.addend_wide.next = bit_cast::<32, 28>(self.addend.val());
        if self.addend_negative.val() {
            self.addend_wide.next = bit_cast::<32, 28>(self.addend.val()) | self.sign_bits.val();
        }
        self.negated.d.next = self.addend_wide.val() + bit_cast::<32, 1>(self.addend_negative.val().into());
        // edge 2
        self.total.d.next =
            self.lanes.val() + self.negated.q.val() + bit_cast::<32, 1>(self.carry.val().into());
        self.lanes_sign.d.next = self.lanes.val().get_bit(31);
        self.addend_sign.d.next = self.negated.q.val().get_bit(31);
        // edge 3
        self.below_zero.next = (self.lanes_sign.q.val() && self.addend_sign.q.val())
            || ((self.lanes_sign.q.val() || self.addend_sign.q.val()) && self.total.q.val().get_bit(31));
        self.flipped.next = self.total.q.val();
        if self.below_zero.val() {
            self.flipped.next = !self.total.q.val();
        }
        self.absolute.d.next = self.flipped.val() + bit_cast::<32, 1>(self.below_zero.val().into());
        self.sign.d.next = self.below_zero.val();
    }
}

block! {
    /// Sum of `T` lane terms and the addend; the order of the lanes does not matter because nothing is rounded.
    ///
    /// ```text
    ///  edge                       1                          2                       3
    ///  x[0..T], --[ PairAdd ]--[ CarryAdd ]--[ ]--[ CarryAdd ]--[ Total ]--[ Total ]-- magnitude 32
    ///  negative[0..T] .... carries ..........[ ] .............. [       ]  [       ]-- sum_negative
    ///  addend, addend_negative --------------[ ]----------------[       ]
    /// ```
    ///
    /// A negative term arrives with every bit inverted and lacks a one. `T` terms meet in `T` adders, the one of the addend
    /// included, so every missing one enters as the carry of an adder, at no cost. `T` is 2, 4 or 8. Free-running: one sum
    /// per clock, [`LATENCY`] 3.
    pub struct SignedSum<const T: usize> {
        assert!(matches!(T, 2 | 4 | 8), "a dot product has 2, 4 or 8 lanes, not {T}");
        /// Clock.
        in clock: Clock,
        /// Each lane's term: a magnitude, every bit inverted if negative.
        in x: Vec<Bits<28>> = vec_of(T),
        /// Sign of each lane's term.
        in negative: Vec<Bit> = vec_of(T),
        /// The addend: a magnitude, every bit inverted if negative.
        in addend: Bits<28>,
        /// Sign of the addend.
        in addend_negative: Bit,
        /// Magnitude of the sum.
        out magnitude: Bits<32>,
        /// Sign of the sum.
        out sum_negative: Bit,
        pair: Vec<PairAdd> = vec_of(T / 2),
        quad: Vec<CarryAdd> = vec_of(T / 4),
        /// The tree is cut here: the quads, or the only pair.
        held: Vec<DFF<Bits<32>>> = vec_of(T.div_ceil(4)),
        /// The ones still missing in `held`.
        missing: Vec<DFF<Bit>> = vec_of(T.div_ceil(4)),
        /// The two quads of eight lanes.
        whole: Vec<CarryAdd> = vec_of(T / 8),
        total: Total,
    }
}

glue! { [const T: usize] SignedSum<T>; self => {
    // a pair takes the one of its even lane, a quad that of its lane 1, the rest wait for later adders
    for i in 0..self.pair.len() {
        wire!(self.pair[i] <- self: a = x[2 * i], a_negative = negative[2 * i], b = x[2 * i + 1]);
        wire!(self.pair[i] <- self: b_negative = negative[2 * i + 1]);
    }
    for i in 0..self.quad.len() {
        wire!(self.quad[i] <- self: a = pair[2 * i].sum, b = pair[2 * i + 1].sum);
        wire!(self.quad[i] <- self: carry = negative[4 * i + 1]);
        wire!(self.held[i].d, self.quad[i].sum);
        wire!(self.missing[i].d, self.negative[4 * i + 3]);
    }
    if T == 2 {
        wire!(self.held[0].d, self.pair[0].sum);
        wire!(self.missing[0].d, self.negative[1]);
    }
    for i in 0..self.held.len() {
        wire!(self.{held[i], missing[i]} <- self: clock);
    }
    if T == 8 {
        wire!(self.whole[0] <- self: a = held[0].q, b = held[1].q, carry = missing[0].q);
        wire!(self.total.lanes, self.whole[0].sum);
    }
    if T < 8 {
        wire!(self.total.lanes, self.held[0].q);
    }
    wire!(self.total <- self: clock, addend, addend_negative);
    wire!(self.total.carry, self.missing[self.missing.len() - 1].q);
    wire!(self.magnitude, self.total.magnitude);
    wire!(self.sum_negative, self.total.negative);
}}
