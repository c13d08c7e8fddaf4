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
        in clock: Clock, in load, advance: Bit, in n, a_stride, b_stride: Bits<16>,
        out last: Bit, out a: Bits<16>, out b: Bits<B>,
        count: Counter,
        a_sum: Accumulator<16>,
        b_sum: Accumulator<B>,
    }
}

glue! { [const B: usize] Axis<B>; self => {
    wire!(self.{count, a_sum, b_sum} <- self: clock, load, advance);
    wire!(self.count.n, self.n);
    wire!(self.last, self.count.last);
    wire!(self.a_sum <- self: stride = a_stride, wrap = count.last);
    wire!(self <- self: a = a_sum.value, b = b_sum.value);
    wire!(self.b_sum <- self: stride = b_stride, wrap = count.last);
}}
