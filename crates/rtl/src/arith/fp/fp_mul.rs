//! [`FpMul`]: elementwise FP32 multiplication.

use crate::arith::round_pack::{self, RoundPack};
use crate::arith::sig_product_exact::{self, SigProductExact};
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

/// Clock edges from operands to product.
pub const LATENCY: usize = sig_product_exact::LATENCY + 1 + round_pack::LATENCY;

block! {
    /// `y = a * b`, rounded to nearest even: bit for bit `ef_numerics::mul`.
    ///
    /// ```text
    ///  edge        1 .. 4                       5                   6 .. 7
    ///  a, b 32 --[ SigProductExact ]--[ normalise by <= 1, up? ]--[ RoundPack ]-- y 32, overflow
    ///          --[ ea + eb - 127   ]--[ + 1 if no shift        ]--[           ]
    /// ```
    ///
    /// Free-running: one product per clock, [`LATENCY`] 7, four DSP blocks. `overflow` marks a saturated `y`.
    ///
    /// ```
    /// use ef_rtl::arith::fp_mul::{LATENCY, FpMul};
    /// use rust_hdl::prelude::*;
    ///
    /// let mut unit = FpMul::default();
    /// unit.connect_all();
    /// unit.a.next = u64::from(1.5f32.to_bits()).into();
    /// unit.b.next = u64::from((-3.0f32).to_bits()).into();
    /// for _ in 0..LATENCY {
    ///     for level in [false, true] {
    ///         unit.clock.next = level.into();
    ///         assert!(simulate(&mut unit, 100));
    ///     }
    /// }
    /// assert_eq!(unit.y.val(), u64::from((-4.5f32).to_bits()));
    /// ```
    pub struct FpMul {
        /// Clock.
        in clock: Clock,
        /// First factor, FP32.
        in a: Bits<32>,
        /// Second factor, FP32.
        in b: Bits<32>,
        /// Product, FP32.
        out y: Bits<32>,
        /// The product is a saturated one.
        out overflow: Bit,
        net field_a, field_b: Bits<8>,
        product: SigProductExact,
        reg exponent: [Bits<10>; 4],
        /// Shift registers, as deep as the product: bit 3 belongs to it.
        reg sign, present: Bits<4>,
        // edge 5
        reg fraction: Bits<23>, reg up, sign_5, present_5: Bit, reg exponent_5: Bits<10>,
        net dropped: Bits<4>, net sticky: Bit,
        pack: RoundPack,
        const hidden: Bits<24> = 0x80_0000, const bias: Bits<10> = 127, const one: Bits<10> = 1,
    }
}

impl Logic for FpMul {
    #[hdl_gen]
    fn update(&mut self) {
        // edges 1 to 4
        self.field_a.next = self.a.val().get_bits::<8>(23);
        self.field_b.next = self.b.val().get_bits::<8>(23);
        self.product.clock.next = self.clock.val();
        self.product.a.next = bit_cast::<24, 23>(self.a.val().get_bits::<23>(0)) | self.hidden.val();
        self.product.b.next = bit_cast::<24, 23>(self.b.val().get_bits::<23>(0)) | self.hidden.val();
        self.exponent[0].d.next =
            bit_cast::<10, 8>(self.field_a.val()) + bit_cast::<10, 8>(self.field_b.val());
        self.exponent[1].d.next = self.exponent[0].q.val() - self.bias.val();
        for i in 2..4 {
            self.exponent[i].d.next = self.exponent[i - 1].q.val();
        }
        self.sign.d.next = (self.sign.q.val() << 1)
            | bit_cast::<4, 1>((self.a.val().get_bit(31) ^ self.b.val().get_bit(31)).into());
        self.present.d.next = (self.present.q.val() << 1)
            | bit_cast::<4, 1>((self.field_a.val().any() && self.field_b.val().any()).into());
        // edge 5: the leading one is bit 29 or 28 of the high part
        self.dropped.next = self.product.high.val().get_bits::<4>(0);
        self.sticky.next = self.dropped.val().any() || self.product.low.val().any();
        self.fraction.d.next = self.product.high.val().get_bits::<23>(5);
        self.up.d.next =
            self.product.high.val().get_bit(4) && (self.product.high.val().get_bit(5) || self.sticky.val());
        self.exponent_5.d.next = self.exponent[3].q.val();
        if self.product.high.val().get_bit(29) {
            self.fraction.d.next = self.product.high.val().get_bits::<23>(6);
            self.up.d.next = self.product.high.val().get_bit(5)
                && (self.product.high.val().get_bit(6)
                    || self.product.high.val().get_bit(4)
                    || self.sticky.val());
            self.exponent_5.d.next = self.exponent[3].q.val() + self.one.val();
        }
        self.sign_5.d.next = self.sign.q.val().get_bit(3);
        self.present_5.d.next = self.present.q.val().get_bit(3);
        // edges 6 and 7
        self.pack.clock.next = self.clock.val();
        self.pack.exponent.next = self.exponent_5.q.val();
        self.pack.fraction.next = self.fraction.q.val();
        self.pack.up.next = self.up.q.val();
        self.pack.present.next = self.present_5.q.val();
        self.pack.negative.next = self.sign_5.q.val();
        self.y.next = self.pack.y.val();
        self.overflow.next = self.pack.overflow.val();
    }
}
