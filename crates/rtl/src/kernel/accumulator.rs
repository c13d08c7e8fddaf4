//! The contribution of one loop to an address or a rotation.

use ef_hdl_kit::K;
use rust_hdl::prelude::*;

/// `value` = turn number * stride, W bits (at most 16), without a multiplier.
///
/// `load` takes the stride (its low W bits) and starts at 0; `advance` adds it, or returns to 0 with `wrap`.
#[derive(LogicBlock, Default)]
pub struct Accumulator<const W: usize> {
    pub clock: Signal<In, Clock>,
    pub load: Signal<In, Bit>,
    pub stride: Signal<In, Bits<16>>,
    pub advance: Signal<In, Bit>,
    pub wrap: Signal<In, Bit>,
    pub value: Signal<Out, Bits<W>>,
    step: DFF<Bits<W>>,
    sum: DFF<Bits<W>>,
    zero: K<W, 0>,
}

impl<const W: usize> Logic for Accumulator<W> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, step, sum);
        if self.load.val() {
            self.step.d.next = self.stride.val().get_bits::<W>(0);
        }
        if self.advance.val() {
            self.sum.d.next = self.sum.q.val() + self.step.q.val();
        }
        if self.load.val() | (self.advance.val() & self.wrap.val()) {
            self.sum.d.next = self.zero.val();
        }
        self.value.next = self.sum.q.val();
    }
}
