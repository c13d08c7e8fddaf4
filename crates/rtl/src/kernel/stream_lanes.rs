//! What the lanes of a streamed read add to its address.

use ef_hdl_kit::{K, vec_of};
use rust_hdl::prelude::*;

/// Holds the lane offsets of the block that streams, while those of the next block are produced: taken with `copy`, from
/// `block` in pixel mode, else 0.
#[derive(LogicBlock)]
pub struct StreamLanes<const T: usize> {
    pub clock: Signal<In, Clock>,
    pub copy: Signal<In, Bit>,
    pub pixel: Signal<In, Bit>,
    pub block: Vec<Signal<In, Bits<16>>>,
    pub lane: Vec<Signal<Out, Bits<16>>>,
    lane_q: Vec<DFF<Bits<16>>>,
    zero: K<16, 0>,
}

impl<const T: usize> Default for StreamLanes<T> {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            copy: Default::default(),
            pixel: Default::default(),
            block: vec_of(T),
            lane: vec_of(T),
            lane_q: vec_of(T),
            zero: Default::default(),
        }
    }
}

impl<const T: usize> Logic for StreamLanes<T> {
    #[hdl_gen]
    fn update(&mut self) {
        for n in 0..T {
            self.lane_q[n].clock.next = self.clock.val();
            self.lane_q[n].d.next = self.lane_q[n].q.val();
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
