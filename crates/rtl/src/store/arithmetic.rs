//! [`Arithmetic`]: the one adder and the one multiplier of the vector unit.

use crate::arith::fp_add::{self, FpAdd};
use crate::arith::fp_mul::{self, FpMul};
use crate::buffer::PulseDelay;
use ef_hdl_kit::{block, glue};
use rust_hdl::prelude::*;

/// Cycles from the operands of a sum to `sum`.
pub const ADD: usize = fp_add::LATENCY + 1;
/// Cycles from the operands of a product to `product`.
pub const MULTIPLY: usize = fp_mul::LATENCY + 1;

block! {
    /// FP32 sums and products for two clients, of which only one works at a time.
    ///
    /// ```text
    ///  client 0: a, b --[mux]--[ FF ]--[ FpAdd ]--> sum      (both clients see every result)
    ///  client 1: a, b ---+              overflow --+
    ///                                              +--> saturated
    ///  client 0: a, b --[mux]--[ FF ]--[ FpMul ]--> product
    ///  client 1: a, b ---+
    /// ```
    /// Free-running, one sum and one product per cycle, [`ADD`] and [`MULTIPLY`] cycles later.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `clear` | 1 | forget what is under way |
    /// | `second` | 1 | client 1 works |
    /// | `add[2]`, `add_a[2]`, `add_b[2]`, `subtract[2]` | 1, 32, 32, 1 | a sum or difference is asked for |
    /// | `multiply[2]`, `mul_a[2]`, `mul_b[2]` | 1, 32, 32 | a product is asked for |
    /// | `sum`, `product` | 32 | |
    /// | `saturated` | 1 | pulse: a result that was asked for was saturated |
    pub struct Arithmetic {
        in clock: Clock, in clear, second: Bit, in add, subtract, multiply: [Bit; 2],
        in add_a, add_b, mul_a, mul_b: [Bits<32>; 2],
        out sum, product: Bits<32>, out saturated: Bit,
        operands: ChooseOperands,
        adder: FpAdd,
        multiplier: FpMul,
        added: PulseDelay<ADD>,
        multiplied: PulseDelay<MULTIPLY>,
        watch: Saturation,
    }
}

glue! { Arithmetic; self => {
    wire!(self.operands <- self: clock, second);
    for i in 0..2 {
        wire!(self.operands <- self: add[i] = add[i], add_a[i] = add_a[i], add_b[i] = add_b[i]);
        wire!(self.operands <- self: subtract[i] = subtract[i], multiply[i] = multiply[i]);
        wire!(self.operands <- self: mul_a[i] = mul_a[i], mul_b[i] = mul_b[i]);
    }
    wire!(self.{adder, multiplier, added, multiplied, watch} <- self: clock);
    wire!(self.adder <- self.operands: a = term_a, b = term_b, subtract = negate);
    wire!(self <- self: sum = adder.y, product = multiplier.y);
    wire!(self.multiplier <- self.operands: a = factor_a, b = factor_b);
    wire!(self.added <- self: reset = clear, d = operands.adds);
    wire!(self.multiplied <- self: reset = clear, d = operands.multiplies);
    wire!(self.watch <- self: added = added.q, sum_overflow = adder.overflow, multiplied = multiplied.q);
    wire!(self.watch <- self: product_overflow = multiplier.overflow);
    wire!(self.saturated, self.watch.saturated);
}}

block! {
    /// The operands of the client that works, registered.
    pub struct ChooseOperands {
        in clock: Clock, in second: Bit, in add, subtract, multiply: [Bit; 2],
        in add_a, add_b, mul_a, mul_b: [Bits<32>; 2],
        out adds, multiplies, negate: Bit, out term_a, term_b, factor_a, factor_b: Bits<32>,
        reg a => term_a, b => term_b, c => factor_a, d => factor_b: Bits<32>, reg negative => negate: Bit,
    }
}

impl Logic for ChooseOperands {
    #[hdl_gen]
    fn update(&mut self) {
        self.adds.next = self.add[0].val();
        self.multiplies.next = self.multiply[0].val();
        self.a.d.next = self.add_a[0].val();
        self.b.d.next = self.add_b[0].val();
        self.negative.d.next = self.subtract[0].val();
        self.c.d.next = self.mul_a[0].val();
        self.d.d.next = self.mul_b[0].val();
        if self.second.val() {
            self.adds.next = self.add[1].val();
            self.multiplies.next = self.multiply[1].val();
            self.a.d.next = self.add_a[1].val();
            self.b.d.next = self.add_b[1].val();
            self.negative.d.next = self.subtract[1].val();
            self.c.d.next = self.mul_a[1].val();
            self.d.d.next = self.mul_b[1].val();
        }
    }
}

block! {
    /// Overflow of results that were asked for.
    pub struct Saturation {
        in clock: Clock, in added, sum_overflow, multiplied, product_overflow: Bit,
        out saturated: Bit,
        reg happened => saturated: Bit,
    }
}

impl Logic for Saturation {
    #[hdl_gen]
    fn update(&mut self) {
        self.happened.d.next = (self.added.val() && self.sum_overflow.val())
            || (self.multiplied.val() && self.product_overflow.val());
    }
}
