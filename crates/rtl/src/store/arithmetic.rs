//! [`Arithmetic`]: the one adder and the one multiplier of the vector unit.

use crate::arith::fp_add::{self, FpAdd};
use crate::arith::fp_mul::{self, FpMul};
use crate::buffer::PulseDelay;
use ef_hdl_kit::glue;
use rust_hdl::prelude::*;

/// Cycles from the operands of a sum to `sum`.
pub const ADD: usize = fp_add::LATENCY + 1;
/// Cycles from the operands of a product to `product`.
pub const MULTIPLY: usize = fp_mul::LATENCY + 1;

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
#[derive(LogicBlock, Default)]
pub struct Arithmetic {
    pub clock: Signal<In, Clock>,
    pub clear: Signal<In, Bit>,
    pub second: Signal<In, Bit>,
    pub add: [Signal<In, Bit>; 2],
    pub add_a: [Signal<In, Bits<32>>; 2],
    pub add_b: [Signal<In, Bits<32>>; 2],
    pub subtract: [Signal<In, Bit>; 2],
    pub multiply: [Signal<In, Bit>; 2],
    pub mul_a: [Signal<In, Bits<32>>; 2],
    pub mul_b: [Signal<In, Bits<32>>; 2],
    pub sum: Signal<Out, Bits<32>>,
    pub product: Signal<Out, Bits<32>>,
    pub saturated: Signal<Out, Bit>,
    operands: ChooseOperands,
    adder: FpAdd,
    multiplier: FpMul,
    added: PulseDelay<ADD>,
    multiplied: PulseDelay<MULTIPLY>,
    watch: Saturation,
}

glue! { Arithmetic; self => {
    wire!(self.operands.clock, self.clock);
    wire!(self.operands.second, self.second);
    for i in 0..2 {
        wire!(self.operands.add[i], self.add[i]);
        wire!(self.operands.add_a[i], self.add_a[i]);
        wire!(self.operands.add_b[i], self.add_b[i]);
        wire!(self.operands.subtract[i], self.subtract[i]);
        wire!(self.operands.multiply[i], self.multiply[i]);
        wire!(self.operands.mul_a[i], self.mul_a[i]);
        wire!(self.operands.mul_b[i], self.mul_b[i]);
    }
    wire!(self.adder.clock, self.clock);
    wire!(self.adder.a, self.operands.term_a);
    wire!(self.adder.b, self.operands.term_b);
    wire!(self.adder.subtract, self.operands.negate);
    wire!(self.sum, self.adder.y);
    wire!(self.multiplier.clock, self.clock);
    wire!(self.multiplier.a, self.operands.factor_a);
    wire!(self.multiplier.b, self.operands.factor_b);
    wire!(self.product, self.multiplier.y);
    wire!(self.added.clock, self.clock);
    wire!(self.added.reset, self.clear);
    wire!(self.added.d, self.operands.adds);
    wire!(self.multiplied.clock, self.clock);
    wire!(self.multiplied.reset, self.clear);
    wire!(self.multiplied.d, self.operands.multiplies);
    wire!(self.watch.clock, self.clock);
    wire!(self.watch.added, self.added.q);
    wire!(self.watch.sum_overflow, self.adder.overflow);
    wire!(self.watch.multiplied, self.multiplied.q);
    wire!(self.watch.product_overflow, self.multiplier.overflow);
    wire!(self.saturated, self.watch.saturated);
}}

/// The operands of the client that works, registered.
#[derive(LogicBlock, Default)]
pub struct ChooseOperands {
    pub clock: Signal<In, Clock>,
    pub second: Signal<In, Bit>,
    pub add: [Signal<In, Bit>; 2],
    pub add_a: [Signal<In, Bits<32>>; 2],
    pub add_b: [Signal<In, Bits<32>>; 2],
    pub subtract: [Signal<In, Bit>; 2],
    pub multiply: [Signal<In, Bit>; 2],
    pub mul_a: [Signal<In, Bits<32>>; 2],
    pub mul_b: [Signal<In, Bits<32>>; 2],
    pub adds: Signal<Out, Bit>,
    pub multiplies: Signal<Out, Bit>,
    pub term_a: Signal<Out, Bits<32>>,
    pub term_b: Signal<Out, Bits<32>>,
    pub negate: Signal<Out, Bit>,
    pub factor_a: Signal<Out, Bits<32>>,
    pub factor_b: Signal<Out, Bits<32>>,
    a: DFF<Bits<32>>,
    b: DFF<Bits<32>>,
    negative: DFF<Bit>,
    c: DFF<Bits<32>>,
    d: DFF<Bits<32>>,
}

impl Logic for ChooseOperands {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, a, b, negative, c, d);
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
        self.term_a.next = self.a.q.val();
        self.term_b.next = self.b.q.val();
        self.negate.next = self.negative.q.val();
        self.factor_a.next = self.c.q.val();
        self.factor_b.next = self.d.q.val();
    }
}

/// Overflow of results that were asked for.
#[derive(LogicBlock, Default)]
pub struct Saturation {
    pub clock: Signal<In, Clock>,
    pub added: Signal<In, Bit>,
    pub sum_overflow: Signal<In, Bit>,
    pub multiplied: Signal<In, Bit>,
    pub product_overflow: Signal<In, Bit>,
    pub saturated: Signal<Out, Bit>,
    happened: DFF<Bit>,
}

impl Logic for Saturation {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, happened);
        self.happened.d.next = (self.added.val() && self.sum_overflow.val())
            || (self.multiplied.val() && self.product_overflow.val());
        self.saturated.next = self.happened.q.val();
    }
}
