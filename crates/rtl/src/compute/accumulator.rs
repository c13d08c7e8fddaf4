//! The contribution of one loop to an address or a rotation.

use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// `value` = turn number * stride, W bits (at most 16), without a multiplier.
    ///
    /// `load` takes the stride (its low W bits) and starts at 0; `advance` adds it, or returns to 0 with `wrap`.
    pub struct Accumulator<const W: usize> {
        in clock: Clock, in load, advance, wrap: Bit, in stride: Bits<16>,
        out value: Bits<W>,
        reg step, sum => value: Bits<W>,
        const zero: Bits<W> = 0,
    }
}

impl<const W: usize> Logic for Accumulator<W> {
    #[hdl_gen]
    fn update(&mut self) {
        if self.load.val() {
            self.step.d.next = self.stride.val().get_bits::<W>(0);
        }
        if self.advance.val() {
            self.sum.d.next = self.sum.q.val() + self.step.q.val();
        }
        if self.load.val() | (self.advance.val() & self.wrap.val()) {
            self.sum.d.next = self.zero.val();
        }
    }
}
