//! [`SfuInterpolate`]: stages 2 to 5 of the special functions, a table of quadratics.

use super::functions::{LN, RECIP, RSQRT};
use crate::arith::mult18::Multiplier;
use ef_hdl_kit::block;
use ef_numerics::sfu::Coef;
use rust_hdl::prelude::*;

/// Clock edges from point to value.
pub const LATENCY: usize = 6;

block! {
    /// `c0 +- c1 * offset +- c2 * offset^2` in units of `2^-30`, `ef_numerics::sfu::interpolate`.
    ///
    /// ```text
    ///  edge                8        9         10   11          12              13
    ///  op, segment --[ ROM read ]--[FF]-- c0 -----------[ c0 +- linear ]--[ +- quadratic ]-- value 31
    ///                                 +-- c1 --[ mult18 ]-[            ]  [              ]
    ///  position --[ fold ]-- offset ----------[         ]                 [              ]
    ///                   +--[ mult18 square ]--[ mult18 ]------------------[              ]
    ///                                 +-- c2 --[        ]
    /// ```
    ///
    /// (Edges count from the input of the whole unit.) The ROM is 512 words of 64 bits, in two halves of 32: two block RAMs,
    /// with a bare register behind them because they are slow. Three DSP blocks. Free-running: one point per clock,
    /// [`LATENCY`] 6.
    pub struct SfuInterpolate {
        /// Clock.
        in clock: Clock,
        /// Which function.
        in op: Bits<2>,
        /// Segment (7 bits) above position (18 bits).
        in point: Bits<25>,
        /// The function at the point, unit `2^-30`.
        out value: Bits<31>,
        net address: Bits<9>,
        rom_low: SyncROM<Bits<32>, 9> = rom(|coef| coef.c0 << 2 | coef.c2 & 3),
        rom_high: SyncROM<Bits<32>, 9> = rom(|coef| coef.c1 << 14 | coef.c2 >> 2),
        reg word_low, word_high: Bits<32>, reg offset_8, offset_9: Bits<18>,
        net left: Bit, net distance: Bits<17>, net offset: Bits<18>,
        square, linear, quadratic: Multiplier<2>,
        net falls: Bit,
        /// Shift registers: bit `i` belongs to the point `i + 1` edges ago.
        reg subtract_linear: Bits<4>,
        /// As the one above.
        reg subtract_quadratic: Bits<5>,
        // edges 10 to 13
        reg c0_10, c0_11: Bits<30>, reg partial, sum => value: Bits<31>,
        reg quadratic_11: Bits<15>,
        net linear_term, linear_flipped, quadratic_term, quadratic_flipped: Bits<31>,
        const recip: Bits<2> = RECIP, const rsqrt: Bits<2> = RSQRT, const ln: Bits<2> = LN,
    }
}

/// One half of every ROM word: the first has `c0` above the low two bits of `c2`, the second `c1` above the rest of `c2`.
fn rom(half: fn(&Coef) -> u32) -> SyncROM<Bits<32>, 9> {
    ef_numerics::sfu::table().iter().map(|coef| Bits::<32>::from(u64::from(half(coef)))).into()
}

impl Logic for SfuInterpolate {
    #[hdl_gen]
    fn update(&mut self) {
        // edges 8 and 9: coefficients
        self.address.next =
            (bit_cast::<9, 2>(self.op.val()) << 7) | bit_cast::<9, 7>(self.point.val().get_bits::<7>(18));
        clock!(self, clock, rom_low, rom_high);
        self.rom_low.address.next = self.address.val();
        self.rom_high.address.next = self.address.val();
        self.word_low.d.next = self.rom_low.data.val();
        self.word_high.d.next = self.rom_high.data.val();
        // edges 8 and 9: distance from the middle of the segment, and its square
        self.left.next = !self.point.val().get_bit(17);
        self.distance.next = self.point.val().get_bits::<17>(0);
        if self.left.val() {
            self.distance.next = !self.point.val().get_bits::<17>(0);
        }
        self.offset.next = (bit_cast::<18, 17>(self.distance.val()) << 1) | 1;
        self.square.clock.next = self.clock.val();
        self.square.a.next = self.offset.val();
        self.square.b.next = self.offset.val();
        self.offset_8.d.next = self.offset.val();
        self.offset_9.d.next = self.offset_8.q.val();
        // edges 10 and 11
        self.linear.clock.next = self.clock.val();
        self.linear.a.next = self.word_high.q.val().get_bits::<18>(14);
        self.linear.b.next = self.offset_9.q.val();
        self.quadratic.clock.next = self.clock.val();
        self.quadratic.a.next = (bit_cast::<18, 14>(self.word_high.q.val().get_bits::<14>(0)) << 2)
            | bit_cast::<18, 2>(self.word_low.q.val().get_bits::<2>(0));
        self.quadratic.b.next = self.square.p_high.val();
        self.c0_10.d.next = self.word_low.q.val().get_bits::<30>(2);
        self.c0_11.d.next = self.c0_10.q.val();
        // edge 12: a subtraction is the addition of the inverted term and a one
        self.falls.next = (self.op.val() == self.recip.val()) || (self.op.val() == self.rsqrt.val());
        self.subtract_linear.d.next = (self.subtract_linear.q.val() << 1)
            | bit_cast::<4, 1>((self.left.val() != self.falls.val()).into());
        self.linear_term.next = (bit_cast::<31, 18>(self.linear.p_high.val()) << 4)
            | bit_cast::<31, 4>(self.linear.p_low.val().get_bits::<4>(14));
        self.linear_flipped.next = self.linear_term.val();
        if self.subtract_linear.q.val().get_bit(3) {
            self.linear_flipped.next = !self.linear_term.val();
        }
        self.partial.d.next = bit_cast::<31, 30>(self.c0_11.q.val())
            + self.linear_flipped.val()
            + bit_cast::<31, 1>(self.subtract_linear.q.val().get_bit(3).into());
        self.quadratic_11.d.next = self.quadratic.p_high.val().get_bits::<15>(1);
        // edge 13
        self.subtract_quadratic.d.next = (self.subtract_quadratic.q.val() << 1)
            | bit_cast::<5, 1>((self.op.val() == self.ln.val()).into());
        self.quadratic_term.next = bit_cast::<31, 15>(self.quadratic_11.q.val());
        self.quadratic_flipped.next = self.quadratic_term.val();
        if self.subtract_quadratic.q.val().get_bit(4) {
            self.quadratic_flipped.next = !self.quadratic_term.val();
        }
        self.sum.d.next = self.partial.q.val()
            + self.quadratic_flipped.val()
            + bit_cast::<31, 1>(self.subtract_quadratic.q.val().get_bit(4).into());
    }
}
