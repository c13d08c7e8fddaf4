//! [`Pixel`]: a byte as an FP32 word.

use ef_hdl_kit::block;
use rust_hdl::prelude::*;

/// Clock edges from byte to word.
pub const LATENCY: usize = 1;

block! {
    /// `y = pixel * 2^-shift`, exactly: bit for bit `ef_numerics::pixel`.
    ///
    /// ```text
    ///  pixel 8 --[ normalise: << 4, 2, 1 ]--[ FF ]-- y 32
    ///  shift 4 -[ 134 - zeros - shift   ]--[    ]
    /// ```
    ///
    /// Free-running: one word per clock, [`LATENCY`] 1.
    ///
    /// ```
    /// use ef_rtl::arith::pixel::{LATENCY, Pixel};
    /// use rust_hdl::prelude::*;
    ///
    /// let mut unit = Pixel::default();
    /// unit.connect_all();
    /// unit.pixel.next = 192.into();
    /// unit.shift.next = 8.into();
    /// for _ in 0..LATENCY {
    ///     for level in [false, true] {
    ///         unit.clock.next = level.into();
    ///         assert!(simulate(&mut unit, 100));
    ///     }
    /// }
    /// assert_eq!(unit.y.val(), u64::from(0.75f32.to_bits()));
    /// ```
    pub struct Pixel {
        /// Clock.
        in clock: Clock,
        /// The pixel.
        in pixel: Bits<8>,
        /// Power of two to divide by.
        in shift: Bits<4>,
        /// The word.
        out y: Bits<32>,
        net zero_4, zero_2, zero_1: Bit, net by_4, by_2, by_1, zeros, field: Bits<8>,
        reg pulse word => y: Bits<32>,
        const top_field: Bits<8> = 134,
    }
}

impl Logic for Pixel {
    #[hdl_gen]
    fn update(&mut self) {
        self.zero_4.next = !self.pixel.val().get_bits::<4>(4).any();
        self.by_4.next = self.pixel.val();
        if self.zero_4.val() {
            self.by_4.next = self.pixel.val() << 4;
        }
        self.zero_2.next = !self.by_4.val().get_bits::<2>(6).any();
        self.by_2.next = self.by_4.val();
        if self.zero_2.val() {
            self.by_2.next = self.by_4.val() << 2;
        }
        self.zero_1.next = !self.by_2.val().get_bit(7);
        self.by_1.next = self.by_2.val();
        if self.zero_1.val() {
            self.by_1.next = self.by_2.val() << 1;
        }
        self.zeros.next = (bit_cast::<8, 1>(self.zero_4.val().into()) << 2)
            | (bit_cast::<8, 1>(self.zero_2.val().into()) << 1)
            | bit_cast::<8, 1>(self.zero_1.val().into());
        self.field.next = self.top_field.val() - self.zeros.val() - bit_cast::<8, 4>(self.shift.val());
        if self.by_1.val().get_bit(7) {
            self.word.d.next = (bit_cast::<32, 8>(self.field.val()) << 23)
                | (bit_cast::<32, 7>(self.by_1.val().get_bits::<7>(0)) << 16);
        }
    }
}
