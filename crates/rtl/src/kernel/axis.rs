//! A loop with two address contributions.

use super::{Accumulator, Counter};
use ef_hdl_kit::{block, glue};
use rust_hdl::prelude::*;

block! {
    /// A [`Counter`] with two [`Accumulator`]s: `a` of 16 bits, `b` of B bits.
    ///
    /// ```text
    ///  load, n, advance --> Counter -----> last
    ///                          | wrap
    ///  a_stride ---------> Accumulator --> a
    ///  b_stride ---------> Accumulator --> b
    /// ```
    pub struct Axis<const B: usize> {
        in clock: Clock,
        in load: Bit,
        in n, a_stride, b_stride: Bits<16>,
        in advance: Bit,
        out last: Bit,
        out a: Bits<16>,
        out b: Bits<B>,
        count: Counter,
        a_sum: Accumulator<16>,
        b_sum: Accumulator<B>,
    }
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
