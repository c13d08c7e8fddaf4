//! [`Aligner`]: one term of the dot product, shifted to the common exponent.

use rust_hdl::prelude::*;

/// Clock edges from exponents and value to the aligned value.
pub const LATENCY: usize = 3;

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
#[derive(LogicBlock, Default)]
pub struct Aligner {
    /// Clock.
    pub clock: Signal<In, Clock>,
    /// Exponent of the term; 0 means that the term is absent.
    pub e: Signal<In, Bits<9>>,
    /// Largest exponent of all terms.
    pub e_max: Signal<In, Bits<9>>,
    /// Magnitude of the term.
    pub value: Signal<In, Bits<28>>,
    /// Sign of the term.
    pub negative: Signal<In, Bit>,
    /// Aligned magnitude, every bit inverted if the term is negative.
    pub x: Signal<Out, Bits<28>>,
    /// Sign of the term.
    pub x_negative: Signal<Out, Bit>,
    distance: DFF<Bits<9>>,
    absent: DFF<Bit>,
    value_1: DFF<Bits<28>>,
    by_fours: Signal<Local, Bits<5>>,
    coarse: DFF<Bits<28>>,
    rest: DFF<Bits<2>>,
    shifted: Signal<Local, Bits<28>>,
    fine: DFF<Bits<28>>,
    sign: [DFF<Bit>; 3],
}

impl Logic for Aligner {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, distance, absent, value_1, coarse, rest, fine);
        for i in 0..3 {
            self.sign[i].clock.next = self.clock.val();
        }
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
        self.x.next = self.fine.q.val();
        self.x_negative.next = self.sign[2].q.val();
    }
}
