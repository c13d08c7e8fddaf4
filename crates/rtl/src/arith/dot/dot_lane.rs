//! The terms of a dot product: [`DotLane`] for `a * b` and [`DotAddend`] for `c`.

use crate::arith::aligner::{self, Aligner};
use crate::arith::sig_product::{self, SigProduct};
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

/// Clock edges from operands to the aligned term, with `e_max` given at [`E_MAX_AT`].
pub const LATENCY: usize = sig_product::LATENCY + aligner::LATENCY;

/// Clock edges from operands to the moment when `e_max` is taken.
pub const E_MAX_AT: usize = sig_product::LATENCY;

/// Clock edges from operands to [`DotLane::e`].
pub const LANE_E_AT: usize = 1;

/// Clock edges from operands to [`DotAddend::e`]: just in time for the last comparison.
pub const ADDEND_E_AT: usize = E_MAX_AT - 1;

block! {
    /// One lane: exponent and sign of `a * b`, the significand product, and its alignment to the largest exponent.
    ///
    /// ```text
    ///  edge        1        2     3     4     5                6    7    8
    ///  a, b 32 --[ SigProduct                 ]--------------[ Aligner      ]-- x 28
    ///          --[ ea + eb ]--[  ]--[  ]--[  ]--[  ]---------[              ]
    ///                      +-- e 9                  e_max 9 -[              ]
    ///          --[ sign    ] ... [                                          ]-- negative
    /// ```
    ///
    /// An operand with exponent field 0 is zero and makes the lane absent (`e` = 0, `x` = 0). Field 255 is an ordinary
    /// binade. Free-running: one term per clock, [`LATENCY`] 8.
    pub struct DotLane {
        /// Clock.
        in clock: Clock,
        /// First factor, FP32.
        in a: Bits<32>,
        /// Second factor, FP32.
        in b: Bits<32>,
        /// Sum of the exponent fields, or 0; [`LANE_E_AT`] edges after the operands.
        out e: Bits<9>,
        /// Largest exponent of the dot product; [`E_MAX_AT`] edges after the operands.
        in e_max: Bits<9>,
        /// Aligned magnitude, every bit inverted if the term is negative.
        out x: Bits<28>,
        /// Sign of the term.
        out negative: Bit,
        net field_a, field_b: Bits<8>,
        product: SigProduct,
        align: Aligner,
        reg exponent: [Bits<9>; 5],
        /// A shift register of signs: bit `i` is the sign of the operands `i + 1` edges ago.
        reg sign: Bits<5>,
        const hidden: Bits<24> = 0x80_0000,
    }
}

impl Logic for DotLane {
    #[hdl_gen]
    fn update(&mut self) {
        self.product.clock.next = self.clock.val();
        self.product.a.next = bit_cast::<24, 23>(self.a.val().get_bits::<23>(0)) | self.hidden.val();
        self.product.b.next = bit_cast::<24, 23>(self.b.val().get_bits::<23>(0)) | self.hidden.val();
        self.field_a.next = self.a.val().get_bits::<8>(23);
        self.field_b.next = self.b.val().get_bits::<8>(23);
        self.exponent[0].d.next = 0.into();
        if self.field_a.val().any() && self.field_b.val().any() {
            self.exponent[0].d.next =
                bit_cast::<9, 8>(self.field_a.val()) + bit_cast::<9, 8>(self.field_b.val());
        }
        for i in 1..5 {
            self.exponent[i].d.next = self.exponent[i - 1].q.val();
        }
        self.e.next = self.exponent[0].q.val();
        self.sign.d.next = (self.sign.q.val() << 1)
            | bit_cast::<5, 1>((self.a.val().get_bit(31) ^ self.b.val().get_bit(31)).into());
        self.align.clock.next = self.clock.val();
        self.align.e.next = self.exponent[4].q.val();
        self.align.e_max.next = self.e_max.val();
        self.align.value.next = self.product.p.val();
        self.align.negative.next = self.sign.q.val().get_bit(4);
        self.x.next = self.align.x.val();
        self.negative.next = self.align.x_negative.val();
    }
}

block! {
    /// The addend's lane: like [`DotLane`] for the product `c * 1`, without a multiplier.
    ///
    /// ```text
    ///  edge       1..3          4           5      6    7    8
    ///  c 32 --[ [  ] [  ] ]--[ ec + 127 ]--[  ]--[ Aligner      ]-- x 28
    ///                        [          ]  e_max 9 -[           ]
    ///                        +-- e 9                            -- negative
    /// ```
    ///
    /// Its significand stands 3 bits above bit 0 of the window, where the products' leading bits are 26 or 27. Free-running:
    /// one term per clock, [`LATENCY`] 8.
    pub struct DotAddend {
        /// Clock.
        in clock: Clock,
        /// Addend, FP32.
        in c: Bits<32>,
        /// Exponent field + 127, or 0 if the addend is zero; [`ADDEND_E_AT`] edges after the operand.
        out e: Bits<9>,
        /// Largest exponent of the dot product; [`E_MAX_AT`] edges after the operand.
        in e_max: Bits<9>,
        /// Aligned magnitude, every bit inverted if the term is negative.
        out x: Bits<28>,
        /// Sign of the addend.
        out negative: Bit,
        reg word: [Bits<32>; 3], reg exponent: [Bits<9>; 2], reg fraction: [Bits<23>; 2],
        net field: Bits<8>,
        /// As in [`DotLane`].
        reg sign: Bits<2>,
        align: Aligner,
        const hidden: Bits<28> = 0x400_0000, const bias: Bits<9> = 127,
    }
}

impl Logic for DotAddend {
    #[hdl_gen]
    fn update(&mut self) {
        self.word[0].d.next = self.c.val();
        for i in 1..3 {
            self.word[i].d.next = self.word[i - 1].q.val();
        }
        self.field.next = self.word[2].q.val().get_bits::<8>(23);
        self.exponent[0].d.next = 0.into();
        if self.field.val().any() {
            self.exponent[0].d.next = bit_cast::<9, 8>(self.field.val()) + self.bias.val();
        }
        self.exponent[1].d.next = self.exponent[0].q.val();
        self.e.next = self.exponent[0].q.val();
        self.fraction[0].d.next = self.word[2].q.val().get_bits::<23>(0);
        self.fraction[1].d.next = self.fraction[0].q.val();
        self.sign.d.next =
            (self.sign.q.val() << 1) | bit_cast::<2, 1>(self.word[2].q.val().get_bit(31).into());
        self.align.clock.next = self.clock.val();
        self.align.e.next = self.exponent[1].q.val();
        self.align.e_max.next = self.e_max.val();
        self.align.negative.next = self.sign.q.val().get_bit(1);
        self.align.value.next = (bit_cast::<28, 23>(self.fraction[1].q.val()) << 3) | self.hidden.val();
        self.x.next = self.align.x.val();
        self.negative.next = self.align.x_negative.val();
    }
}
