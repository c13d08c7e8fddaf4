//! [`SfuFinish`]: stage 6 of the special functions, from the interpolated value to a word.

use super::functions::SCALE_OFFSET;
use crate::arith::fp_mul::{self, FpMul};
use crate::arith::normalise_round::{self, NormaliseRound};
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

/// Clock edges from value to word.
pub const LATENCY: usize = 3 + normalise_round::LATENCY + fp_mul::LATENCY;

const LN_2: u64 = ef_numerics::sfu::LN_2 as u64;

/// Field of a logarithm whose leading one is bit 31 of the magnitude, plus the offset.
const LN_EXPONENT: u64 = 127 + 31 - 24 + SCALE_OFFSET - 1;

block! {
    /// Reconstruction, `ef_numerics::sfu::reconstruct`.
    ///
    /// ```text
    ///  edge            14                    15              16             17 .. 21           22 .. 28
    ///  value 31 --[ ln: round to 24 ]--[ ln: add the  ]--[ negate? ]--[ NormaliseRound ]--[ FpMul by ln 2 ]-- y 32
    ///             [ else: append 1  ]  [ exponent     ]  [         ]  [                ]  [ or by 1       ]-- overflow
    ///  is_ln, scale, negative, saturate, vanish: in step with the value
    /// ```
    ///
    /// (Edges count from the input of the whole unit.) One tail serves all functions: a one appended to the value turns the
    /// rounding to even into the rounding up of ties that `recip`, `rsqrt` and `exp` are defined with, and a
    /// multiplication by 1 changes nothing. Free-running: one word per clock, [`LATENCY`] 15.
    pub struct SfuFinish {
        /// Clock.
        in clock: Clock,
        /// The function in the table's units, `2^-30`.
        in value: Bits<31>,
        /// It is half of a logarithm to base 2.
        in is_ln: Bit,
        /// As given by the reduction.
        in scale: Bits<9>,
        /// Sign of the result; for `ln`, only if it saturates.
        in negative: Bit,
        /// The result is the largest finite value, and an overflow.
        in saturate: Bit,
        /// The result is zero.
        in vanish: Bit,
        /// Result, FP32.
        out y: Bits<32>,
        /// The result is a saturated one.
        out overflow: Bit,
        // edge 14
        net rounded: Bits<31>,
        reg body_14: Bits<32>, reg scale_14: Bits<9>, reg is_ln_14, negative_14, saturate_14: Bit,
        // edge 15
        net whole: Bits<9>, net times_ln_2: Bit,
        reg body_15: Bits<32>, reg exponent_15: Bits<9>, reg negative_15: Bit,
        reg pulse negate_15: Bit,
        /// A shift register: bit `i` belongs to the value `i + 2` edges ago.
        reg factor: Bits<7>,
        // edge 16
        net flipped: Bits<32>,
        reg magnitude: Bits<32>, reg exponent_16: Bits<9>, reg negative_16: Bit,
        finish: NormaliseRound<{ 1024 + 1 - SCALE_OFFSET }>,
        /// A shift register: saturations on their way around the multiplier.
        reg saturated: Bits<7>,
        multiply: FpMul,
        const half: Bits<31> = 16, const one: Bits<32> = 1, const ln_exponent: Bits<9> = LN_EXPONENT,
        const top_exponent: Bits<9> = 511, const one_word: Bits<32> = 0x3f80_0000,
        const ln_2_word: Bits<32> = LN_2,
    }
}

impl Logic for SfuFinish {
    #[hdl_gen]
    fn update(&mut self) {
        // edge 14
        self.rounded.next = (self.value.val() + self.half.val()) >> 5;
        if self.vanish.val() {
            self.body_14.d.next = 0.into();
        } else if self.is_ln.val() {
            self.body_14.d.next = bit_cast::<32, 31>(self.rounded.val());
        } else {
            self.body_14.d.next = (bit_cast::<32, 31>(self.value.val()) << 1) | self.one.val();
        }
        self.scale_14.d.next = self.scale.val();
        self.is_ln_14.d.next = self.is_ln.val();
        self.negative_14.d.next = self.negative.val();
        self.saturate_14.d.next = self.saturate.val();
        // edge 15: exponent + logarithm of the significand, 9 + 24 bits; the top one is the sign
        self.whole.next = self.scale_14.q.val() + bit_cast::<9, 1>(self.body_14.q.val().get_bit(24).into());
        self.body_15.d.next = self.body_14.q.val();
        self.exponent_15.d.next = self.scale_14.q.val();
        self.negative_15.d.next = self.negative_14.q.val();
        if self.is_ln_14.q.val() {
            self.body_15.d.next = (bit_cast::<32, 8>(self.whole.val().get_bits::<8>(0)) << 24)
                | bit_cast::<32, 24>(self.body_14.q.val().get_bits::<24>(0));
            self.negate_15.d.next = self.whole.val().get_bit(8);
            self.exponent_15.d.next = self.ln_exponent.val();
            self.negative_15.d.next = self.whole.val().get_bit(8);
        }
        if self.saturate_14.q.val() {
            self.exponent_15.d.next = self.top_exponent.val();
            self.negative_15.d.next = self.negative_14.q.val();
        }
        self.times_ln_2.next = self.is_ln_14.q.val() && !self.saturate_14.q.val();
        self.factor.d.next = (self.factor.q.val() << 1) | bit_cast::<7, 1>(self.times_ln_2.val().into());
        // edge 16
        self.flipped.next = self.body_15.q.val();
        if self.negate_15.q.val() {
            self.flipped.next = !self.body_15.q.val();
        }
        self.magnitude.d.next = self.flipped.val() + bit_cast::<32, 1>(self.negate_15.q.val().into());
        self.exponent_16.d.next = self.exponent_15.q.val();
        self.negative_16.d.next = self.negative_15.q.val();
        // edges 17 to 21
        self.finish.clock.next = self.clock.val();
        self.finish.magnitude.next = self.magnitude.q.val();
        self.finish.exponent.next = self.exponent_16.q.val();
        self.finish.negative.next = self.negative_16.q.val();
        // edges 22 to 28
        self.multiply.clock.next = self.clock.val();
        self.multiply.a.next = self.finish.y.val();
        self.multiply.b.next = self.one_word.val();
        if self.factor.q.val().get_bit(6) {
            self.multiply.b.next = self.ln_2_word.val();
        }
        self.saturated.d.next =
            (self.saturated.q.val() << 1) | bit_cast::<7, 1>(self.finish.overflow.val().into());
        self.y.next = self.multiply.y.val();
        self.overflow.next = self.multiply.overflow.val() || self.saturated.q.val().get_bit(6);
    }
}
