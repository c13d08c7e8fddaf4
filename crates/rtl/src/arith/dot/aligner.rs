//! [`Aligner`]: one term of the dot product, shifted to the common exponent.

use ef_hdl_kit::block;
use rust_hdl::prelude::*;

/// Clock edges from exponents and value to the aligned value.
pub const LATENCY: usize = 3;

block! {
    /// `value >> (e_max - e)`, truncated; zero if the term is absent (`e` = 0) or shifted out. Then inverted if negative.
    ///
    /// ```text
    ///  edge            1                     2                       3
    ///  e_max 9 --[ e_max - e ]--[ >> 0, 4, .. 28 or clear ]--[ >> 0..3, invert? ]-- x 28
    ///  e 9 ------[           ]  [                         ]  [                  ]
    ///  value 28 -[           ]--[                         ]  [                  ]
    ///  negative -[           ]--[                         ]--[                  ]-- x_negative
    /// ```
    ///
    /// Inverting here, beside a short shift, keeps the adders of the sum free of it.
    /// Free-running: one term per clock, [`LATENCY`] 3. `e_max` must not be less than `e`.
    pub struct Aligner {
        /// Clock.
        in clock: Clock,
        /// Exponent of the term; 0 means that the term is absent.
        in e: Bits<9>,
        /// Largest exponent of all terms.
        in e_max: Bits<9>,
        /// Magnitude of the term.
        in value: Bits<28>,
        /// Sign of the term.
        in negative: Bit,
        /// Aligned magnitude, every bit inverted if the term is negative.
        out x: Bits<28>,
        /// Sign of the term.
        out x_negative: Bit,
        reg distance: Bits<9>, reg absent: Bit, reg value_1, coarse, fine => x: Bits<28>,
        reg rest: Bits<2>, reg sign: [Bit; 3],
        net by_fours: Bits<5>, net shifted: Bits<28>,
    }
}

impl Logic for Aligner {
    #[hdl_gen]
    fn update(&mut self) {
        self.sign[0].d.next = self.negative.val();
        for i in 1..3 {
            self.sign[i].d.next = self.sign[i - 1].q.val();
        }
        // edge 1
        self.distance.d.next = self.e_max.val() - self.e.val();
        self.absent.d.next = !self.e.val().any();
        self.value_1.d.next = self.value.val();
        // edge 2: clearing becomes the synchronous reset of the register
        self.by_fours.next = bit_cast::<5, 3>(self.distance.q.val().get_bits::<3>(2)) << 2;
        if self.absent.q.val() || self.distance.q.val().get_bits::<4>(5).any() {
            self.coarse.d.next = 0.into();
        } else {
            self.coarse.d.next = self.value_1.q.val() >> self.by_fours.val();
        }
        self.rest.d.next = self.distance.q.val().get_bits::<2>(0);
        // edge 3
        self.shifted.next = self.coarse.q.val() >> self.rest.q.val();
        self.fine.d.next = self.shifted.val();
        if self.sign[1].q.val() {
            self.fine.d.next = !self.shifted.val();
        }
        self.x_negative.next = self.sign[2].q.val();
    }
}
