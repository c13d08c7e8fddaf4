//! [`FpAdd`]: elementwise FP32 addition and subtraction.

use crate::arith::normalise_round::{self, NormaliseRound};
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

/// Clock edges from operands to sum.
pub const LATENCY: usize = 4 + normalise_round::LATENCY;

block! {
    /// `y = a + b`, or `a - b` if `subtract`, rounded to nearest even: bit for bit `ef_numerics::{add, sub}`.
    ///
    /// ```text
    ///  edge         1                   2                 3            4          5 .. 9
    ///  a, b 32 --[ order by    ]--[ greater           ]--[        ]--[ greater +- ]--[ Normalise ]-- y 32
    ///  subtract -[ magnitude,  ]--[ lesser >> 8 * n  ]--[ >> 0..7]--[    lesser ]--[ Round     ]-- overflow
    ///            [ distance    ]  [ sticky          ]  [ sticky ]  [          ]  [           ]
    /// ```
    ///
    /// Free-running: one sum per clock, [`LATENCY`] 9. `overflow` marks a saturated `y`.
    ///
    /// ```
    /// use ef_rtl::arith::fp_add::{LATENCY, FpAdd};
    /// use rust_hdl::prelude::*;
    ///
    /// let mut unit = FpAdd::default();
    /// unit.connect_all();
    /// unit.a.next = u64::from(1.5f32.to_bits()).into();
    /// unit.b.next = u64::from(0.25f32.to_bits()).into();
    /// unit.subtract.next = true;
    /// for _ in 0..LATENCY {
    ///     for level in [false, true] {
    ///         unit.clock.next = level.into();
    ///         assert!(simulate(&mut unit, 100));
    ///     }
    /// }
    /// assert_eq!(unit.y.val(), u64::from(1.25f32.to_bits()));
    /// ```
    pub struct FpAdd {
        /// Clock.
        in clock: Clock,
        /// First operand, FP32.
        in a: Bits<32>,
        /// Second operand, FP32.
        in b: Bits<32>,
        /// Flip the sign of `b`.
        in subtract: Bit,
        /// Sum, FP32.
        out y: Bits<32>,
        /// The sum is a saturated one.
        out overflow: Bit,
        // edge 1
        net b_sign, b_greater: Bit,
        reg greater, lesser: Bits<31>, reg distance: Bits<8>, reg negative, opposed: Bit,
        // edge 2
        reg pulse greater_2: Bits<24>,
        net pulse lesser_sig: Bits<27>, net by_eights: Bits<5>, net lost_2: Bit,
        reg coarse: Bits<27>, reg sticky_2, negative_2, opposed_2: Bit, reg rest: Bits<3>,
        reg field_2: Bits<8>,
        // edge 3
        net kept_mask, lost_3: Bits<7>,
        reg greater_3: Bits<24>, reg fine: Bits<27>, reg sticky_3, negative_3, opposed_3: Bit,
        reg field_3: Bits<8>,
        // edge 4
        net greater_word, lesser_word, term: Bits<28>,
        reg sum: Bits<28>, reg field_4: Bits<8>, reg negative_4: Bit,
        // edges 5 to 9: if the sum carries into its bit 27, the field is one more
        finish: NormaliseRound<1>,
        const hidden: Bits<27> = 0x400_0000, const hidden_greater: Bits<24> = 0x80_0000,
        const ones: Bits<7> = 0x7f,
    }
}

impl Logic for FpAdd {
    #[hdl_gen]
    fn update(&mut self) {
        // edge 1
        self.b_sign.next = self.b.val().get_bit(31) ^ self.subtract.val();
        self.b_greater.next = self.b.val().get_bits::<31>(0) > self.a.val().get_bits::<31>(0);
        self.opposed.d.next = self.a.val().get_bit(31) ^ self.b_sign.val();
        if self.b_greater.val() {
            self.greater.d.next = self.b.val().get_bits::<31>(0);
            self.lesser.d.next = self.a.val().get_bits::<31>(0);
            self.distance.d.next = self.b.val().get_bits::<8>(23) - self.a.val().get_bits::<8>(23);
            self.negative.d.next = self.b_sign.val();
        } else {
            self.greater.d.next = self.a.val().get_bits::<31>(0);
            self.lesser.d.next = self.b.val().get_bits::<31>(0);
            self.distance.d.next = self.a.val().get_bits::<8>(23) - self.b.val().get_bits::<8>(23);
            self.negative.d.next = self.a.val().get_bit(31);
        }
        // edge 2: three more bits below the significands; zeros and denormals become 0
        if self.greater.q.val().get_bits::<8>(23).any() {
            self.greater_2.d.next =
                bit_cast::<24, 23>(self.greater.q.val().get_bits::<23>(0)) | self.hidden_greater.val();
        }
        if self.lesser.q.val().get_bits::<8>(23).any() {
            self.lesser_sig.next =
                (bit_cast::<27, 23>(self.lesser.q.val().get_bits::<23>(0)) << 3) | self.hidden.val();
        }
        self.by_eights.next = bit_cast::<5, 2>(self.distance.q.val().get_bits::<2>(3)) << 3;
        self.lost_2.next = (self.distance.q.val().get_bit(3) && self.lesser_sig.val().get_bits::<8>(0).any())
            || (self.distance.q.val().get_bit(4) && self.lesser_sig.val().get_bits::<16>(0).any())
            || (self.distance.q.val().get_bit(3)
                && self.distance.q.val().get_bit(4)
                && self.lesser_sig.val().get_bits::<8>(16).any());
        if self.distance.q.val().get_bits::<3>(5).any() {
            self.coarse.d.next = 0.into();
            self.sticky_2.d.next = self.lesser_sig.val().get_bit(26);
        } else {
            self.coarse.d.next = self.lesser_sig.val() >> self.by_eights.val();
            self.sticky_2.d.next = self.lost_2.val();
        }
        self.rest.d.next = self.distance.q.val().get_bits::<3>(0);
        self.field_2.d.next = self.greater.q.val().get_bits::<8>(23);
        self.negative_2.d.next = self.negative.q.val();
        self.opposed_2.d.next = self.opposed.q.val();
        // edge 3
        self.fine.d.next = self.coarse.q.val() >> self.rest.q.val();
        self.kept_mask.next = self.ones.val() << self.rest.q.val();
        self.lost_3.next = self.coarse.q.val().get_bits::<7>(0) & (self.ones.val() ^ self.kept_mask.val());
        self.sticky_3.d.next = self.sticky_2.q.val() || self.lost_3.val().any();
        self.greater_3.d.next = self.greater_2.q.val();
        self.field_3.d.next = self.field_2.q.val();
        self.negative_3.d.next = self.negative_2.q.val();
        self.opposed_3.d.next = self.opposed_2.q.val();
        // edge 4: never negative, because the operands are in order. One carry chain adds or subtracts: a subtraction is
        // the addition of the inverted term and a one.
        self.greater_word.next = bit_cast::<28, 24>(self.greater_3.q.val()) << 3;
        self.lesser_word.next =
            bit_cast::<28, 27>(self.fine.q.val()) | bit_cast::<28, 1>(self.sticky_3.q.val().into());
        self.term.next = self.lesser_word.val();
        if self.opposed_3.q.val() {
            self.term.next = !self.lesser_word.val();
        }
        self.sum.d.next =
            self.greater_word.val() + self.term.val() + bit_cast::<28, 1>(self.opposed_3.q.val().into());
        self.field_4.d.next = self.field_3.q.val();
        self.negative_4.d.next = self.negative_3.q.val();
        // edges 5 to 9
        self.finish.clock.next = self.clock.val();
        self.finish.magnitude.next = bit_cast::<32, 28>(self.sum.q.val()) << 4;
        self.finish.exponent.next = bit_cast::<9, 8>(self.field_4.q.val());
        self.finish.negative.next = self.negative_4.q.val();
        self.y.next = self.finish.y.val();
        self.overflow.next = self.finish.overflow.val();
    }
}
