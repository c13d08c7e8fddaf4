//! What the lanes of a streamed read add to its address.

use ef_hdl_kit::{block, vec_of};
use rust_hdl::prelude::*;

block! {
    /// Holds the lane offsets of the block that streams, while those of the next block are produced: taken with `copy`, from
    /// `block` in pixel mode, else 0.
    pub struct StreamLanes<const T: usize> {
        in clock: Clock, in copy, pixel: Bit, in block: Vec<Bits<16>> = vec_of(T),
        out lane: Vec<Bits<16>> = vec_of(T),
        reg lane_q: Vec<Bits<16>> = vec_of(T),
        const zero: Bits<16> = 0,
    }
}

impl<const T: usize> Logic for StreamLanes<T> {
    #[hdl_gen]
    fn update(&mut self) {
        for n in 0..T {
            if self.copy.val() {
                self.lane_q[n].d.next = self.zero.val();
                if self.pixel.val() {
                    self.lane_q[n].d.next = self.block[n].val();
                }
            }
            self.lane[n].next = self.lane_q[n].q.val();
        }
    }
}
