//! [`RoundPack`]: the last two stages of every unit that produces an FP32 word.

use ef_hdl_kit::K;
use rust_hdl::prelude::*;

/// Clock edges from a normalised result to its word.
pub const LATENCY: usize = 2;

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
#[derive(LogicBlock, Default)]
pub struct RoundPack {
    /// Clock.
    pub clock: Signal<In, Clock>,
    /// Exponent field before rounding, two's complement.
    pub exponent: Signal<In, Bits<10>>,
    /// Significand without its leading one.
    pub fraction: Signal<In, Bits<23>>,
    /// Add one unit in the last place.
    pub up: Signal<In, Bit>,
    /// Low: the result is zero, whatever the other inputs say.
    pub present: Signal<In, Bit>,
    /// Sign of the result, unless it is zero.
    pub negative: Signal<In, Bit>,
    /// The word.
    pub y: Signal<Out, Bits<32>>,
    /// The word is a saturated one.
    pub overflow: Signal<Out, Bit>,
    rounded: DFF<Bits<32>>,
    flushed: DFF<Bit>,
    sign: DFF<Bit>,
    sign_word: Signal<Local, Bits<32>>,
    field: Signal<Local, Bits<9>>,
    word: DFF<Bits<32>>,
    saturated: DFF<Bit>,
    max_finite: K<32, 0x7f7f_ffff>,
    magnitude_mask: K<32, 0x7fff_ffff>,
}

impl Logic for RoundPack {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, rounded, flushed, sign, word, saturated);
        // edge 1: a negative exponent cannot become 1 by rounding, so its sign bit stays out of the addition
        self.rounded.d.next = ((bit_cast::<32, 9>(self.exponent.val().get_bits::<9>(0)) << 23)
            | bit_cast::<32, 23>(self.fraction.val()))
            + bit_cast::<32, 1>(self.up.val().into());
        self.flushed.d.next = !self.present.val() || self.exponent.val().get_bit(9);
        self.sign.d.next = self.negative.val();
        // edge 2
        self.field.next = self.rounded.q.val().get_bits::<9>(23);
        self.sign_word.next = bit_cast::<32, 1>(self.sign.q.val().into()) << 31;
        self.saturated.d.next = false;
        if self.flushed.q.val() || !self.field.val().any() {
            self.word.d.next = 0.into();
        } else if self.field.val().get_bit(8) || self.field.val().get_bits::<8>(0).all() {
            self.word.d.next = self.max_finite.val() | self.sign_word.val();
            self.saturated.d.next = true;
        } else {
            self.word.d.next = (self.rounded.q.val() & self.magnitude_mask.val()) | self.sign_word.val();
        }
        self.y.next = self.word.q.val();
        self.overflow.next = self.saturated.q.val();
    }
}
