//! [`SfuReduce`]: stage 1 of the special functions, from a word to a point of the table.

use super::functions::{EXP, LN, RECIP, RSQRT, SCALE_OFFSET};
use crate::arith::sig_product_exact::{self, SigProductExact};
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

/// Clock edges from word to point.
pub const LATENCY: usize = sig_product_exact::LATENCY + 3;

const LOG2_E: u64 = ef_numerics::sfu::LOG2_E as u64;

block! {
    /// Range reduction, `ef_numerics::sfu::reduce`: where in the table, and what to do with the result.
    ///
    /// ```text
    ///  edge              1 .. 4               5                 6                    7
    ///  x 32 --[ significand * log2(e) ]--[ >> 8 * n ]--[ >> 0..7, invert? ]--[ exp ? t         ]-- point 25
    ///       --[ delay                 ]--[          ]--[ fraction, field  ]--[     : fraction ]-- scale 9
    ///  op 2 --[                       ]--[          ]--[                  ]--[ special cases  ]-- negative,
    ///                                                                                  saturate, vanish, op_out
    /// ```
    ///
    /// `point` is the segment (7 bits) above the position (18 bits). `scale` is, for `ln`, the unbiased exponent of `x` (two's
    /// complement), else the field of the result plus [`SCALE_OFFSET`]. Free-running: one word per clock, [`LATENCY`] 7.
    pub struct SfuReduce {
        /// Clock.
        in clock: Clock,
        /// Argument, FP32.
        in x: Bits<32>,
        /// Which function.
        in op: Bits<2>,
        /// Segment and position.
        out point: Bits<25>,
        /// Power of two of the result, or of the argument for `ln`.
        out scale: Bits<9>,
        /// Sign of the result; for `ln`, only if it saturates.
        out negative: Bit,
        /// The result is the largest finite value, and an overflow.
        out saturate: Bit,
        /// The result is zero.
        out vanish: Bit,
        /// `op`, delayed.
        out op_out: Bits<2>,
        reg word: [Bits<32>; 5], reg op_line: [Bits<2>; 7],
        // exp: x * log2(e), 33 bits with 25 behind the point
        product: SigProductExact,
        reg distance: Bits<8>, reg rest: Bits<3>, reg coarse: Bits<33>, reg t_point: Bits<25>,
        reg t_scale: Bits<9>,
        net by_eights: Bits<6>, net exact, fine, flipped: Bits<33>,
        // the others: straight from the fields
        net field, half_field: Bits<9>, net fraction: Bits<25>,
        reg f_point: Bits<25>, reg f_scale: Bits<9>, reg is_zero, is_huge, sign: Bit,
        // edge 7
        reg chosen_point => point: Bits<25>, reg chosen_scale => scale: Bits<9>,
        reg chosen_negative => negative, chosen_saturate => saturate: Bit,
        reg pulse chosen_vanish => vanish: Bit,
        const hidden: Bits<24> = 0x80_0000, const odd: Bits<25> = 0x100_0000, const log2_e: Bits<24> = LOG2_E,
        const largest_field: Bits<8> = 133, const one: Bits<9> = 1, const bias: Bits<9> = 127,
        const exp_scale: Bits<9> = 127 + SCALE_OFFSET, const recip_scale: Bits<9> = 253 + SCALE_OFFSET,
        const rsqrt_scale: Bits<9> = 190 + SCALE_OFFSET, const recip: Bits<2> = RECIP,
        const rsqrt: Bits<2> = RSQRT, const exp: Bits<2> = EXP, const ln: Bits<2> = LN,
    }
}

impl Logic for SfuReduce {
    #[hdl_gen]
    fn update(&mut self) {
        self.word[0].d.next = self.x.val();
        for i in 1..5 {
            self.word[i].d.next = self.word[i - 1].q.val();
        }
        self.op_line[0].d.next = self.op.val();
        for i in 1..7 {
            self.op_line[i].d.next = self.op_line[i - 1].q.val();
        }
        // edges 1 to 4
        self.product.clock.next = self.clock.val();
        self.product.a.next = bit_cast::<24, 23>(self.x.val().get_bits::<23>(0)) | self.hidden.val();
        self.product.b.next = self.log2_e.val();
        self.distance.d.next = self.largest_field.val() - self.word[2].q.val().get_bits::<8>(23);
        // edge 5: a distance of 40 and more leaves nothing of 33 bits
        self.by_eights.next = bit_cast::<6, 3>(self.distance.q.val().get_bits::<3>(3)) << 3;
        self.exact.next = (bit_cast::<33, 30>(self.product.high.val()) << 3)
            | bit_cast::<33, 3>(self.product.low.val().get_bits::<3>(15));
        if self.distance.q.val().get_bits::<2>(6).any() {
            self.coarse.d.next = 0.into();
        } else {
            self.coarse.d.next = self.exact.val() >> self.by_eights.val();
        }
        self.rest.d.next = self.distance.q.val().get_bits::<3>(0);
        // edge 6: the 34th bit of t is the sign of x
        self.fine.next = self.coarse.q.val() >> self.rest.q.val();
        self.flipped.next = self.fine.val();
        if self.word[4].q.val().get_bit(31) {
            self.flipped.next = !self.fine.val();
        }
        self.t_point.d.next = self.flipped.val().get_bits::<25>(0);
        self.t_scale.d.next = bit_cast::<9, 8>(self.flipped.val().get_bits::<8>(25))
            | (bit_cast::<9, 1>(self.word[4].q.val().get_bit(31).into()) << 8);
        self.field.next = bit_cast::<9, 8>(self.word[4].q.val().get_bits::<8>(23));
        self.half_field.next = (self.field.val() + self.one.val()) >> 1;
        self.fraction.next = bit_cast::<25, 23>(self.word[4].q.val().get_bits::<23>(0));
        self.f_point.d.next = self.fraction.val() << 2;
        if self.op_line[4].q.val() == self.recip.val() {
            self.f_scale.d.next = self.recip_scale.val() - self.field.val();
        } else if self.op_line[4].q.val() == self.rsqrt.val() {
            self.f_scale.d.next = self.rsqrt_scale.val() - self.half_field.val();
            self.f_point.d.next = self.fraction.val() << 1;
            if !self.field.val().get_bit(0) {
                self.f_point.d.next = (self.fraction.val() << 1) | self.odd.val();
            }
        } else {
            self.f_scale.d.next = self.field.val() - self.bias.val();
        }
        self.is_zero.d.next = !self.field.val().any();
        self.is_huge.d.next = self.word[4].q.val().get_bits::<8>(23) > self.largest_field.val();
        self.sign.d.next = self.word[4].q.val().get_bit(31);
        // edge 7
        if self.op_line[5].q.val() == self.exp.val() {
            self.chosen_point.d.next = self.t_point.q.val();
            self.chosen_scale.d.next = self.t_scale.q.val() + self.exp_scale.val();
            self.chosen_saturate.d.next = self.is_huge.q.val() && !self.sign.q.val();
            self.chosen_vanish.d.next = self.is_huge.q.val() && self.sign.q.val();
            self.chosen_negative.d.next = false;
        } else {
            self.chosen_point.d.next = self.f_point.q.val();
            self.chosen_scale.d.next = self.f_scale.q.val();
            self.chosen_saturate.d.next = self.is_zero.q.val();
            self.chosen_negative.d.next = self.sign.q.val();
            if self.is_zero.q.val() || (self.op_line[5].q.val() != self.recip.val()) {
                self.chosen_negative.d.next = self.op_line[5].q.val() == self.ln.val();
            }
        }
        self.op_out.next = self.op_line[6].q.val();
    }
}
