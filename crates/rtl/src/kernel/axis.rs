//! A loop with two address contributions.

use super::{Accumulator, Counter};
use ef_hdl_kit::glue;
use rust_hdl::prelude::*;

/// A [`Counter`] with two [`Accumulator`]s: `a` of 16 bits, `b` of B bits.
///
/// ```text
///  load, n, advance --> Counter -----> last
///                          | wrap
///  a_stride ---------> Accumulator --> a
///  b_stride ---------> Accumulator --> b
/// ```
#[derive(LogicBlock, Default)]
pub struct Axis<const B: usize> {
    pub clock: Signal<In, Clock>,
    pub load: Signal<In, Bit>,
    pub n: Signal<In, Bits<16>>,
    pub a_stride: Signal<In, Bits<16>>,
    pub b_stride: Signal<In, Bits<16>>,
    pub advance: Signal<In, Bit>,
    pub last: Signal<Out, Bit>,
    pub a: Signal<Out, Bits<16>>,
    pub b: Signal<Out, Bits<B>>,
    count: Counter,
    a_sum: Accumulator<16>,
    b_sum: Accumulator<B>,
}

glue! { [const B: usize] Axis<B>; self => {
    wire!(self.count.clock, self.clock);
    wire!(self.count.load, self.load);
    wire!(self.count.n, self.n);
    wire!(self.count.advance, self.advance);
    wire!(self.last, self.count.last);
    wire!(self.a_sum.clock, self.clock);
    wire!(self.a_sum.load, self.load);
    wire!(self.a_sum.stride, self.a_stride);
    wire!(self.a_sum.advance, self.advance);
    wire!(self.a_sum.wrap, self.count.last);
    wire!(self.a, self.a_sum.value);
    wire!(self.b_sum.clock, self.clock);
    wire!(self.b_sum.load, self.load);
    wire!(self.b_sum.stride, self.b_stride);
    wire!(self.b_sum.advance, self.advance);
    wire!(self.b_sum.wrap, self.count.last);
    wire!(self.b, self.b_sum.value);
}}
