//! [`SigProductExact`]: the exact product of two significands, from four DSP blocks.

use crate::arith::mult18::Multiplier;
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

/// Clock edges from operands to product.
pub const LATENCY: usize = 4;

block! {
    /// Exact unsigned 24x24 -> 48 bit product, schoolbook over 18 + 6 bits.
    ///
    /// ```text
    ///  edge      1    2             3                 4
    ///  al, bl --[ mult18 ]-- ll --+---------------------------- low  18 = p[17:0]
    ///  ah, bh --[ mult18 ]-- hh --+--[ {hh, ll >> 18} ]--[ + ]-- high 30 = p[47:18]
    ///  al, bh --[ mult18 ]-- lh --+--[ lh + hl        ]--[   ]
    ///  ah, bl --[ mult18 ]-- hl --+
    /// ```
    ///
    /// Two outputs, so that no signal is wider than 32 bits. Free-running: one product per clock, [`LATENCY`] 4.
    pub struct SigProductExact {
        /// Clock.
        in clock: Clock,
        /// First factor.
        in a: Bits<24>,
        /// Second factor.
        in b: Bits<24>,
        /// Product bits 47..18.
        out high: Bits<30>,
        /// Product bits 17..0.
        out low: Bits<18>,
        low_low, low_high, high_low, high_high: Multiplier<2>,
        reg outer, sum => high: Bits<30>, reg middle: Bits<25>, reg low_3, low_4 => low: Bits<18>,
        net low_high_word, high_low_word: Bits<25>,
    }
}

impl Logic for SigProductExact {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, low_low, low_high, high_low, high_high);
        self.low_low.a.next = self.a.val().get_bits::<18>(0);
        self.low_low.b.next = self.b.val().get_bits::<18>(0);
        self.low_high.a.next = self.a.val().get_bits::<18>(0);
        self.low_high.b.next = bit_cast::<18, 6>(self.b.val().get_bits::<6>(18));
        self.high_low.a.next = bit_cast::<18, 6>(self.a.val().get_bits::<6>(18));
        self.high_low.b.next = self.b.val().get_bits::<18>(0);
        self.high_high.a.next = bit_cast::<18, 6>(self.a.val().get_bits::<6>(18));
        self.high_high.b.next = bit_cast::<18, 6>(self.b.val().get_bits::<6>(18));
        // edge 3
        self.outer.d.next = (bit_cast::<30, 12>(self.high_high.p_low.val().get_bits::<12>(0)) << 18)
            | bit_cast::<30, 18>(self.low_low.p_high.val());
        self.low_high_word.next = (bit_cast::<25, 6>(self.low_high.p_high.val().get_bits::<6>(0)) << 18)
            | bit_cast::<25, 18>(self.low_high.p_low.val());
        self.high_low_word.next = (bit_cast::<25, 6>(self.high_low.p_high.val().get_bits::<6>(0)) << 18)
            | bit_cast::<25, 18>(self.high_low.p_low.val());
        self.middle.d.next = self.low_high_word.val() + self.high_low_word.val();
        self.low_3.d.next = self.low_low.p_low.val();
        // edge 4
        self.sum.d.next = self.outer.q.val() + bit_cast::<30, 25>(self.middle.q.val());
        self.low_4.d.next = self.low_3.q.val();
    }
}
