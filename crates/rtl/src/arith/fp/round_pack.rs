//! [`RoundPack`]: the last two stages of every unit that produces an FP32 word.

use ef_hdl_kit::block;
use rust_hdl::prelude::*;

/// Clock edges from a normalised result to its word.
pub const LATENCY: usize = 2;

block! {
    /// Adds the rounding bit to a normalised result, then flushes or saturates by the exponent field that comes out.
    ///
    /// ```text
    ///  edge                 1                         2
    ///  exponent 10 --+---------------------+--[ < 1: zero        ]-- y 32
    ///  fraction 23 --[ {exponent,fraction}  ]--[ > 254: saturate ]-- overflow
    ///  up -----------[        + up          ]   |
    ///  present, negative -------------------[ ]-+
    /// ```
    ///
    /// `exponent` is the field the result would have without rounding, two's complement in -512..=510; a carry out of the
    /// fraction runs into it. The result is `+0` if `present` is low or the field is below 1, and the largest finite value
    /// with `overflow` high if the field is above 254. Free-running: one word per clock, [`LATENCY`] 2.
    pub struct RoundPack {
        /// Clock.
        in clock: Clock,
        /// Exponent field before rounding, two's complement.
        in exponent: Bits<10>,
        /// Significand without its leading one.
        in fraction: Bits<23>,
        /// Add one unit in the last place.
        in up: Bit,
        /// Low: the result is zero, whatever the other inputs say.
        in present: Bit,
        /// Sign of the result, unless it is zero.
        in negative: Bit,
        /// The word.
        out y: Bits<32>,
        /// The word is a saturated one.
        out overflow: Bit,
        reg rounded, word => y: Bits<32>, reg flushed, sign: Bit,
        net sign_word: Bits<32>, net field: Bits<9>,
        reg pulse saturated => overflow: Bit,
        const max_finite: Bits<32> = 0x7f7f_ffff, const magnitude_mask: Bits<32> = 0x7fff_ffff,
    }
}

impl Logic for RoundPack {
    #[hdl_gen]
    fn update(&mut self) {
        // edge 1: a negative exponent cannot become 1 by rounding, so its sign bit stays out of the addition
        self.rounded.d.next = ((bit_cast::<32, 9>(self.exponent.val().get_bits::<9>(0)) << 23)
            | bit_cast::<32, 23>(self.fraction.val()))
            + bit_cast::<32, 1>(self.up.val().into());
        self.flushed.d.next = !self.present.val() || self.exponent.val().get_bit(9);
        self.sign.d.next = self.negative.val();
        // edge 2
        self.field.next = self.rounded.q.val().get_bits::<9>(23);
        self.sign_word.next = bit_cast::<32, 1>(self.sign.q.val().into()) << 31;
        if self.flushed.q.val() || !self.field.val().any() {
            self.word.d.next = 0.into();
        } else if self.field.val().get_bit(8) || self.field.val().get_bits::<8>(0).all() {
            self.word.d.next = self.max_finite.val() | self.sign_word.val();
            self.saturated.d.next = true;
        } else {
            self.word.d.next = (self.rounded.q.val() & self.magnitude_mask.val()) | self.sign_word.val();
        }
    }
}
