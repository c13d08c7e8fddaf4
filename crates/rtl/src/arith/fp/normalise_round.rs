//! [`NormaliseRound`]: from an exact sign and magnitude to an FP32 word.

use crate::arith::round_pack::{self, RoundPack};
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

/// Clock edges from magnitude to word.
pub const LATENCY: usize = 3 + round_pack::LATENCY;

block! {
    /// Shifts the leading one of a 32-bit magnitude to the top, rounds to 24 bits (nearest, ties to even), packs.
    ///
    /// ```text
    ///  edge               1             2              3             4..5
    ///  magnitude 32 --[ <<16, <<8 ]--[ <<4,2,1 ]--[ round up?  ]--[ RoundPack ]-- y 32, overflow
    ///  exponent   9 --[ + OFFSET  ]--[         ]--[ - shift    ]--[           ]
    ///  negative ------------------------------------------------- [           ]
    /// ```
    ///
    /// The word has the exponent field `exponent + OFFSET` (mod 2^10, two's complement) when bit 31 of `magnitude` leads; a
    /// zero magnitude gives `+0`. Free-running: one word per clock, [`LATENCY`] 5.
    pub struct NormaliseRound<const OFFSET: u64> {
        /// Clock.
        in clock: Clock,
        /// Magnitude, any alignment; no bit may have been dropped below bit 0 except into a sticky one.
        in magnitude: Bits<32>,
        /// Exponent of bit 31, less `OFFSET`; unsigned.
        in exponent: Bits<9>,
        /// Sign of the value.
        in negative: Bit,
        /// The word.
        out y: Bits<32>,
        /// The word is a saturated one.
        out overflow: Bit,
        // edge 1
        net by_16, by_8: Bits<32>, net zero_16, zero_8: Bit,
        reg coarse: Bits<32>, reg shift_coarse: Bits<2>, reg exponent_1: Bits<10>,
        reg negative_1: Bit,
        // edge 2
        net by_4, by_2: Bits<32>, net zero_4, zero_2, zero_1: Bit,
        reg fine: Bits<32>, reg shift: Bits<5>, reg exponent_2: Bits<10>, reg negative_2: Bit,
        // edge 3
        reg fraction: Bits<23>, reg up, present, negative_3: Bit, reg exponent_3: Bits<10>,
        pack: RoundPack,
        const offset: Bits<10> = OFFSET,
    }
}

impl<const OFFSET: u64> Logic for NormaliseRound<OFFSET> {
    #[hdl_gen]
    fn update(&mut self) {
        // edge 1
        self.zero_16.next = !self.magnitude.val().get_bits::<16>(16).any();
        self.by_16.next = self.magnitude.val();
        if self.zero_16.val() {
            self.by_16.next = self.magnitude.val() << 16;
        }
        self.zero_8.next = !self.by_16.val().get_bits::<8>(24).any();
        self.by_8.next = self.by_16.val();
        if self.zero_8.val() {
            self.by_8.next = self.by_16.val() << 8;
        }
        self.coarse.d.next = self.by_8.val();
        self.shift_coarse.d.next =
            (bit_cast::<2, 1>(self.zero_16.val().into()) << 1) | bit_cast::<2, 1>(self.zero_8.val().into());
        self.exponent_1.d.next = bit_cast::<10, 9>(self.exponent.val()) + self.offset.val();
        self.negative_1.d.next = self.negative.val();
        // edge 2
        self.zero_4.next = !self.coarse.q.val().get_bits::<4>(28).any();
        self.by_4.next = self.coarse.q.val();
        if self.zero_4.val() {
            self.by_4.next = self.coarse.q.val() << 4;
        }
        self.zero_2.next = !self.by_4.val().get_bits::<2>(30).any();
        self.by_2.next = self.by_4.val();
        if self.zero_2.val() {
            self.by_2.next = self.by_4.val() << 2;
        }
        self.zero_1.next = !self.by_2.val().get_bit(31);
        self.fine.d.next = self.by_2.val();
        if self.zero_1.val() {
            self.fine.d.next = self.by_2.val() << 1;
        }
        self.shift.d.next = (bit_cast::<5, 2>(self.shift_coarse.q.val()) << 3)
            | (bit_cast::<5, 1>(self.zero_4.val().into()) << 2)
            | (bit_cast::<5, 1>(self.zero_2.val().into()) << 1)
            | bit_cast::<5, 1>(self.zero_1.val().into());
        self.exponent_2.d.next = self.exponent_1.q.val();
        self.negative_2.d.next = self.negative_1.q.val();
        // edge 3: 24 bits are kept, bit 7 is worth half of the last one
        self.fraction.d.next = self.fine.q.val().get_bits::<23>(8);
        self.up.d.next = self.fine.q.val().get_bit(7)
            && (self.fine.q.val().get_bit(8) || self.fine.q.val().get_bits::<7>(0).any());
        self.present.d.next = self.fine.q.val().get_bit(31);
        self.exponent_3.d.next = self.exponent_2.q.val() - bit_cast::<10, 5>(self.shift.q.val());
        self.negative_3.d.next = self.negative_2.q.val();
        // edges 4 and 5
        self.pack.clock.next = self.clock.val();
        self.pack.exponent.next = self.exponent_3.q.val();
        self.pack.fraction.next = self.fraction.q.val();
        self.pack.up.next = self.up.q.val();
        self.pack.present.next = self.present.q.val();
        self.pack.negative.next = self.negative_3.q.val();
        self.y.next = self.pack.y.val();
        self.overflow.next = self.pack.overflow.val();
    }
}
