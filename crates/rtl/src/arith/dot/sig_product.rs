//! [`SigProduct`]: the significand product of one lane of the dot product, from two DSP blocks.

use crate::arith::mult18::Multiplier;
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

/// Clock edges from operands to product.
pub const LATENCY: usize = 5;

block! {
    /// The top 28 bits of the 48-bit product of two 24-bit significands, less up to 1.4922 of their units than the exact
    /// product (`docs/numerics-bounds.md`): bit for bit the product of `ef_numerics::dot`.
    ///
    /// With `m = high * 2^6 + low` (18 and 6 bits), the exact product is
    /// `ah * bh * 2^12 + (ah * bl + al * bh) * 2^6 + al * bl`. A second multiplier forms both cross products at once, from
    /// operands rotated by 12 bits; what else its product contains is known (`al * bl` above, the top of `ah * bh` below)
    /// and is taken off:
    ///
    /// ```text
    ///  edge      1         2                3                          4                      5
    ///  ah,bh --[ mult18, 3 registers       ]-- p1 --+------------[             ]-- p1 --[ p1 + middle ]-- p 28
    ///                                               |                                        |
    ///  rot a,b [ mult18      ]-- p2 --[ (p2 >> 12) - (low << 12) ]--[ - (p1 >> 24) ]-- middle
    ///                             |
    ///  al,bl --[ 3*al ][ rows ]-- low = al * bl mod 2^8 (20 bits of middle are kept)
    /// ```
    ///
    /// Free-running: one product per clock, [`LATENCY`] 5.
    pub struct SigProduct {
        /// Clock.
        in clock: Clock,
        /// First significand, bit 23 set.
        in a: Bits<24>,
        /// Second significand, bit 23 set.
        in b: Bits<24>,
        /// Bits 47..20 of the product.
        out p: Bits<28>,
        main: Multiplier<3>,
        rotated: Multiplier<2>,
        // al * bl, one row per base-4 digit of bl
        reg single, triple, low: Bits<8>, reg digits: Bits<6>,
        net digit: [Bits<2>; 3], net row: [Bits<8>; 3],
        // edge 3
        reg crosses_top: Bits<8>, reg crosses_low: Bits<12>,
        // edge 4
        reg middle: Bits<20>, reg p1_top: Bits<28>, reg p1_low: Bits<8>,
        // edge 5: one more bit below brings the carry of the low bits into the adder
        net low_sum: Bits<9>, net addend, sum: Bits<29>,
        reg product => p: Bits<28>,
        const ones: Bits<29> = 0x1fff_e000, const one: Bits<29> = 1,
    }
}

impl Logic for SigProduct {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, main, rotated);
        self.main.a.next = self.a.val().get_bits::<18>(6);
        self.main.b.next = self.b.val().get_bits::<18>(6);
        self.rotated.a.next = (bit_cast::<18, 6>(self.a.val().get_bits::<6>(0)) << 12)
            | bit_cast::<18, 12>(self.a.val().get_bits::<12>(12));
        self.rotated.b.next = (bit_cast::<18, 6>(self.b.val().get_bits::<6>(0)) << 12)
            | bit_cast::<18, 12>(self.b.val().get_bits::<12>(12));
        // edge 1
        self.single.d.next = bit_cast::<8, 6>(self.a.val().get_bits::<6>(0));
        self.triple.d.next = bit_cast::<8, 6>(self.a.val().get_bits::<6>(0))
            + (bit_cast::<8, 6>(self.a.val().get_bits::<6>(0)) << 1);
        self.digits.d.next = self.b.val().get_bits::<6>(0);
        // edge 2
        self.digit[0].next = self.digits.q.val().get_bits::<2>(0);
        self.digit[1].next = self.digits.q.val().get_bits::<2>(2);
        self.digit[2].next = self.digits.q.val().get_bits::<2>(4);
        for i in 0..3 {
            self.row[i].next = 0.into();
            if self.digit[i].val() == 1 {
                self.row[i].next = self.single.q.val();
            } else if self.digit[i].val() == 2 {
                self.row[i].next = self.single.q.val() << 1;
            } else if self.digit[i].val() == 3 {
                self.row[i].next = self.triple.q.val();
            }
        }
        self.low.d.next = self.row[0].val() + (self.row[1].val() << 2) + (self.row[2].val() << 4);
        // edge 3
        self.crosses_top.d.next = self.rotated.p_high.val().get_bits::<8>(6) - self.low.q.val();
        self.crosses_low.d.next = (bit_cast::<12, 6>(self.rotated.p_high.val().get_bits::<6>(0)) << 6)
            | bit_cast::<12, 6>(self.rotated.p_low.val().get_bits::<6>(12));
        // edge 4
        self.middle.d.next = ((bit_cast::<20, 8>(self.crosses_top.q.val()) << 12)
            | bit_cast::<20, 12>(self.crosses_low.q.val()))
            - bit_cast::<20, 12>(self.main.p_high.val().get_bits::<12>(6));
        self.p1_top.d.next = (bit_cast::<28, 18>(self.main.p_high.val()) << 10)
            | bit_cast::<28, 10>(self.main.p_low.val().get_bits::<10>(8));
        self.p1_low.d.next = self.main.p_low.val().get_bits::<8>(0);
        // edge 5: sign-extend the middle by hand
        self.low_sum.next =
            bit_cast::<9, 8>(self.p1_low.q.val()) + bit_cast::<9, 8>(self.middle.q.val().get_bits::<8>(0));
        self.addend.next = (bit_cast::<29, 12>(self.middle.q.val().get_bits::<12>(8)) << 1)
            | bit_cast::<29, 1>(self.low_sum.val().get_bit(8).into());
        if self.middle.q.val().get_bit(19) {
            self.addend.next = (bit_cast::<29, 12>(self.middle.q.val().get_bits::<12>(8)) << 1)
                | bit_cast::<29, 1>(self.low_sum.val().get_bit(8).into())
                | self.ones.val();
        }
        self.sum.next = ((bit_cast::<29, 28>(self.p1_top.q.val()) << 1) | self.one.val()) + self.addend.val();
        self.product.d.next = self.sum.val().get_bits::<28>(1);
    }
}
