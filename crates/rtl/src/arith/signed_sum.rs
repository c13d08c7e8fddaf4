//! [`SignedSum`]: the exact signed sum of the aligned terms of a dot product, as sign and magnitude.

use ef_hdl_kit::{K, glue, vec_of};
use rust_hdl::prelude::*;

/// Clock edges from aligned terms to sign and magnitude.
pub const LATENCY: usize = 3;

/// `a + b` relative to the sign of `a`: `sum` is `a + b` if both signs agree, `a - b` if not. Combinational.
///
/// The real sum is `sum`, negated if `a_negative`. Counting from one term's sign turns every node of the tree into one
/// adder-subtractor (a single carry chain) instead of a negation and an addition. Operands narrower than 32 bits are
/// magnitudes.
#[derive(LogicBlock, Default)]
pub struct RelativeAdd<const N: usize> {
    /// First term, relative to `a_negative`.
    pub a: Signal<In, Bits<N>>,
    /// Sign to which `a` and `sum` are relative.
    pub a_negative: Signal<In, Bit>,
    /// Second term, relative to `b_negative`.
    pub b: Signal<In, Bits<N>>,
    /// Sign to which `b` is relative.
    pub b_negative: Signal<In, Bit>,
    /// Sum, two's complement relative to `a_negative`.
    pub sum: Signal<Out, Bits<32>>,
    a_wide: Signal<Local, Bits<32>>,
    b_wide: Signal<Local, Bits<32>>,
}

impl<const N: usize> Logic for RelativeAdd<N> {
    #[hdl_gen]
    fn update(&mut self) {
        self.a_wide.next = bit_cast::<32, N>(self.a.val());
        self.b_wide.next = bit_cast::<32, N>(self.b.val());
        if self.a_negative.val() != self.b_negative.val() {
            self.sum.next = self.a_wide.val() - self.b_wide.val();
        } else {
            self.sum.next = self.a_wide.val() + self.b_wide.val();
        }
    }
}

/// Adds the addend to the sum of the lanes and takes the magnitude: the last two stages of [`SignedSum`].
///
/// Eight 28-bit terms relative to the first one's sign lie above `-2^31`, and with the addend below `2^32`: 32 bits hold
/// the total, and whether its top bit is a sign follows from the operands.
#[derive(LogicBlock, Default)]
pub struct Total {
    /// Clock.
    pub clock: Signal<In, Clock>,
    /// Sum of the lanes, two's complement relative to `lanes_negative`.
    pub lanes: Signal<In, Bits<32>>,
    /// Sign to which `lanes` is relative.
    pub lanes_negative: Signal<In, Bit>,
    /// Magnitude of the addend.
    pub addend: Signal<In, Bits<28>>,
    /// Sign of the addend.
    pub addend_negative: Signal<In, Bit>,
    /// Magnitude of the total, two clocks later.
    pub magnitude: Signal<Out, Bits<32>>,
    /// Sign of the total.
    pub negative: Signal<Out, Bit>,
    subtract: Signal<Local, Bit>,
    addend_word: Signal<Local, Bits<32>>,
    sum: Signal<Local, Bits<32>>,
    total: DFF<Bits<32>>,
    below_zero: DFF<Bit>,
    lanes_negative_1: DFF<Bit>,
    absolute: DFF<Bits<32>>,
    sign: DFF<Bit>,
    zero: K<32, 0>,
}

impl Logic for Total {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, total, below_zero, lanes_negative_1, absolute, sign);
        self.subtract.next = self.lanes_negative.val() != self.addend_negative.val();
        self.addend_word.next = bit_cast::<32, 28>(self.addend.val());
        if self.subtract.val() {
            self.sum.next = self.lanes.val() - self.addend_word.val();
        } else {
            self.sum.next = self.lanes.val() + self.addend_word.val();
        }
        self.total.d.next = self.sum.val();
        self.below_zero.d.next =
            self.sum.val().get_bit(31) && (self.lanes.val().get_bit(31) || self.subtract.val());
        self.lanes_negative_1.d.next = self.lanes_negative.val();
        if self.below_zero.q.val() {
            self.absolute.d.next = self.zero.val() - self.total.q.val();
        } else {
            self.absolute.d.next = self.zero.val() + self.total.q.val();
        }
        self.sign.d.next = self.below_zero.q.val() ^ self.lanes_negative_1.q.val();
        self.magnitude.next = self.absolute.q.val();
        self.negative.next = self.sign.q.val();
    }
}

/// Sum of `T` lane terms and the addend; the order of the lanes does not matter because nothing is rounded.
///
/// ```text
///  edge                 1                      2                  3
///  x[0..T] --[ +- ]--[ +- ]--+--[ +- ]--[ +- addend ]--[ absolute value ]-- magnitude 32
///  negative[0..T] ...........+..............................................  negative
///  addend, addend_negative --+-------------+
/// ```
///
/// `T` is 2, 4 or 8. Free-running: one sum per clock, [`LATENCY`] 3.
#[derive(LogicBlock)]
pub struct SignedSum<const T: usize> {
    /// Clock.
    pub clock: Signal<In, Clock>,
    /// Magnitude of each lane's term.
    pub x: Vec<Signal<In, Bits<28>>>,
    /// Sign of each lane's term.
    pub negative: Vec<Signal<In, Bit>>,
    /// Magnitude of the addend.
    pub addend: Signal<In, Bits<28>>,
    /// Sign of the addend.
    pub addend_negative: Signal<In, Bit>,
    /// Magnitude of the sum.
    pub magnitude: Signal<Out, Bits<32>>,
    /// Sign of the sum.
    pub sum_negative: Signal<Out, Bit>,
    pair: Vec<RelativeAdd<28>>,
    quad: Vec<RelativeAdd<32>>,
    /// The tree is cut here: the quads, or the only pair.
    held: Vec<DFF<Bits<32>>>,
    held_negative: Vec<DFF<Bit>>,
    /// The two quads of eight lanes.
    whole: Vec<RelativeAdd<32>>,
    addend_1: DFF<Bits<28>>,
    addend_negative_1: DFF<Bit>,
    total: Total,
}

impl<const T: usize> Default for SignedSum<T> {
    fn default() -> Self {
        assert!(matches!(T, 2 | 4 | 8), "a dot product has 2, 4 or 8 lanes, not {T}");
        Self {
            clock: Default::default(),
            x: vec_of(T),
            negative: vec_of(T),
            addend: Default::default(),
            addend_negative: Default::default(),
            magnitude: Default::default(),
            sum_negative: Default::default(),
            pair: vec_of(T / 2),
            quad: vec_of(T / 4),
            held: vec_of(T.div_ceil(4)),
            held_negative: vec_of(T.div_ceil(4)),
            whole: vec_of(T / 8),
            addend_1: Default::default(),
            addend_negative_1: Default::default(),
            total: Default::default(),
        }
    }
}

glue! { [const T: usize] SignedSum<T>; self => {
    for i in 0..self.pair.len() {
        wire!(self.pair[i].a, self.x[2 * i]);
        wire!(self.pair[i].a_negative, self.negative[2 * i]);
        wire!(self.pair[i].b, self.x[2 * i + 1]);
        wire!(self.pair[i].b_negative, self.negative[2 * i + 1]);
    }
    for i in 0..self.quad.len() {
        wire!(self.quad[i].a, self.pair[2 * i].sum);
        wire!(self.quad[i].a_negative, self.negative[4 * i]);
        wire!(self.quad[i].b, self.pair[2 * i + 1].sum);
        wire!(self.quad[i].b_negative, self.negative[4 * i + 2]);
    }
    for i in 0..self.held.len() {
        wire!(self.held[i].clock, self.clock);
        wire!(self.held_negative[i].clock, self.clock);
        if self.quad.is_empty() {
            wire!(self.held[i].d, self.pair[i].sum);
        } else {
            wire!(self.held[i].d, self.quad[i].sum);
        }
        wire!(self.held_negative[i].d, self.negative[4 * i]);
    }
    for i in 0..self.whole.len() {
        wire!(self.whole[i].a, self.held[2 * i].q);
        wire!(self.whole[i].a_negative, self.held_negative[2 * i].q);
        wire!(self.whole[i].b, self.held[2 * i + 1].q);
        wire!(self.whole[i].b_negative, self.held_negative[2 * i + 1].q);
    }
    if self.whole.is_empty() {
        wire!(self.total.lanes, self.held[0].q);
    } else {
        wire!(self.total.lanes, self.whole[0].sum);
    }
    wire!(self.addend_1.clock, self.clock);
    wire!(self.addend_1.d, self.addend);
    wire!(self.addend_negative_1.clock, self.clock);
    wire!(self.addend_negative_1.d, self.addend_negative);
    wire!(self.total.clock, self.clock);
    wire!(self.total.lanes_negative, self.held_negative[0].q);
    wire!(self.total.addend, self.addend_1.q);
    wire!(self.total.addend_negative, self.addend_negative_1.q);
    wire!(self.magnitude, self.total.magnitude);
    wire!(self.sum_negative, self.total.negative);
}}
