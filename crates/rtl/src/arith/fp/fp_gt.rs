//! [`FpGt`]: FP32 comparison.

use ef_hdl_kit::block;
use rust_hdl::prelude::*;

/// Clock edges from operands to result: none.
pub const LATENCY: usize = 0;

block! {
    /// `gt = a > b` as values: bit for bit `ef_numerics::gt`. Combinational.
    ///
    /// ```text
    ///  a, b 32 --[ field 0? ]--[ two 31-bit compares ]--[ choose by the signs ]-- gt
    /// ```
    ///
    /// Zeros and denormals of either sign are equal to zero; there is no NaN, so the order is total.
    ///
    /// ```
    /// use ef_rtl::arith::fp_gt::FpGt;
    /// use rust_hdl::prelude::*;
    ///
    /// let mut unit = FpGt::default();
    /// unit.connect_all();
    /// unit.a.next = u64::from(0.5f32.to_bits()).into();
    /// unit.b.next = u64::from((-2.0f32).to_bits()).into();
    /// assert!(simulate(&mut unit, 100));
    /// assert!(unit.gt.val());
    /// ```
    pub struct FpGt {
        /// First operand, FP32.
        in a: Bits<32>,
        /// Second operand, FP32.
        in b: Bits<32>,
        /// `a` is the larger.
        out gt: Bit,
        net a_nonzero, b_nonzero, a_negative, b_negative: Bit, net pulse a_magnitude, b_magnitude: Bits<31>,
    }
}

impl Logic for FpGt {
    #[hdl_gen]
    fn update(&mut self) {
        self.a_nonzero.next = self.a.val().get_bits::<8>(23).any();
        self.b_nonzero.next = self.b.val().get_bits::<8>(23).any();
        self.a_negative.next = self.a_nonzero.val() && self.a.val().get_bit(31);
        self.b_negative.next = self.b_nonzero.val() && self.b.val().get_bit(31);
        if self.a_nonzero.val() {
            self.a_magnitude.next = self.a.val().get_bits::<31>(0);
        }
        if self.b_nonzero.val() {
            self.b_magnitude.next = self.b.val().get_bits::<31>(0);
        }
        if self.a_negative.val() && self.b_negative.val() {
            self.gt.next = self.b_magnitude.val() > self.a_magnitude.val();
        } else if self.a_negative.val() || self.b_negative.val() {
            self.gt.next = self.b_negative.val();
        } else {
            self.gt.next = self.a_magnitude.val() > self.b_magnitude.val();
        }
    }
}
