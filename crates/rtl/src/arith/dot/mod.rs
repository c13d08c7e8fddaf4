//! [`Dot`]: the fused dot-product-accumulate unit.

pub mod aligner;
pub mod dot_lane;
pub mod exponent_max;
pub mod sig_product;
pub mod signed_sum;

use super::normalise_round::{self, NormaliseRound};
use dot_lane::{DotAddend, DotLane};
use ef_hdl_kit::{block, glue, vec_of};
use exponent_max::ExponentMax;
use rust_hdl::prelude::*;
use signed_sum::SignedSum;

/// Clock edges from operands to result, for every number of lanes.
pub const LATENCY: usize = dot_lane::LATENCY + signed_sum::LATENCY + normalise_round::LATENCY;

/// Clock edges during which the largest exponent waits for the sum.
const EXPONENT_WAIT: usize = LATENCY - normalise_round::LATENCY - dot_lane::E_MAX_AT;

/// The field of a result whose leading one is bit 31 of the magnitude is `e_max - 122` (mod 2^10): the sums of exponent
/// fields carry one bias too many (127), and bit 26 of the window, five places lower, is worth `2^(e_max - 254)`.
const FIELD_OFFSET: u64 = 1024 - 127 + 5;

const _: () = assert!(dot_lane::LANE_E_AT + exponent_max::LATENCY == dot_lane::E_MAX_AT);

block! {
    /// `y = c + sum a[i] * b[i]` over `T` FP32 lanes (2, 4 or 8), rounded once: bit for bit `ef_numerics::dot`.
    ///
    /// ```text
    ///  edge       1 .. 5                   6 .. 8        9 .. 11        12 .. 16
    ///  a[i] --[ DotLane: product       ]--[ align ]--+
    ///  b[i] --[          e = ea + eb   ]  [       ]  |-[ SignedSum ]--[ NormaliseRound ]-- y 32
    ///              | e[i]        e_max |             |                [                ]-- overflow
    ///           [ ExponentMax          ]-------- wait ----------------[                ]
    ///              | e of c      e_max |             |
    ///  c    --[ DotAddend: exponent    ]--[ align ]--+
    /// ```
    ///
    /// Ports: operands `a`, `b` (`T` words each) and `c` enter on the same edge; `y` and `overflow` leave [`LATENCY`] = 16
    /// edges later. Free-running: one result per clock, no stall and no valid bit (delay yours by [`LATENCY`]).
    /// `overflow` marks a `y` that was saturated to the largest finite value.
    ///
    /// ```
    /// use ef_rtl::arith::dot::{LATENCY, Dot};
    /// use rust_hdl::prelude::*;
    ///
    /// let mut unit = Dot::<2>::default();
    /// unit.connect_all();
    /// for (lane, (a, b)) in [(2.0f32, 3.0f32), (4.0, -0.5)].into_iter().enumerate() {
    ///     unit.a[lane].next = u64::from(a.to_bits()).into();
    ///     unit.b[lane].next = u64::from(b.to_bits()).into();
    /// }
    /// unit.c.next = u64::from(0.125f32.to_bits()).into();
    /// for _ in 0..LATENCY {
    ///     for level in [false, true] {
    ///         unit.clock.next = level.into();
    ///         assert!(simulate(&mut unit, 100));
    ///     }
    /// }
    /// assert_eq!(unit.y.val(), u64::from(4.125f32.to_bits()));
    /// ```
    pub struct Dot<const T: usize> {
        /// Clock.
        in clock: Clock,
        /// First factors, FP32.
        in a: Vec<Bits<32>> = vec_of(T),
        /// Second factors, FP32.
        in b: Vec<Bits<32>> = vec_of(T),
        /// Addend (partial sum), FP32.
        in c: Bits<32>,
        /// Result, FP32.
        out y: Bits<32>,
        /// The result is a saturated one.
        out overflow: Bit,
        lane: Vec<DotLane> = vec_of(T),
        addend: DotAddend,
        largest: ExponentMax<T>,
        sum: SignedSum<T>,
        exponent: Vec<DFF<Bits<9>>> = vec_of(EXPONENT_WAIT),
        finish: NormaliseRound<FIELD_OFFSET>,
    }
}

glue! { [const T: usize] Dot<T>; self => {
    wire!(self.{addend, largest, sum} <- self: clock);
    wire!(self.addend.c, self.c);
    wire!(self.addend.e_max, self.largest.e_max);
    wire!(self.largest.e_addend, self.addend.e);
    wire!(self.sum <- self.addend: addend = x, addend_negative = negative);
    for i in 0..T {
        wire!(self.lane[i].clock, self.clock);
        wire!(self.lane[i] <- self: a = a[i], b = b[i]);
        wire!(self.lane[i].e_max, self.largest.e_max);
        wire!(self.largest.e[i], self.lane[i].e);
        wire!(self.sum <- self.lane[i]: x[i] = x, negative[i] = negative);
    }
    wire!(self.exponent[0].d, self.largest.e_max);
    for i in 1..EXPONENT_WAIT {
        wire!(self.exponent[i].d, self.exponent[i - 1].q);
    }
    for i in 0..EXPONENT_WAIT {
        wire!(self.exponent[i].clock, self.clock);
    }
    wire!(self.finish.clock, self.clock);
    wire!(self.finish.magnitude, self.sum.magnitude);
    wire!(self.finish <- self: exponent = exponent[EXPONENT_WAIT - 1].q, negative = sum.sum_negative);
    wire!(self <- self.finish: y, overflow);
}}
