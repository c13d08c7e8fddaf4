//! The address of each bank for a skewed read.

use super::Rotator;
use ef_hdl_kit::{K, glue, vec_of};
use rust_hdl::prelude::*;

/// Turns lane addresses into bank addresses: bank b is read at `lane[(b - rot) mod T] + addr`.
///
/// ```text
///  rot  --> negate --v
///  lane[T] -----> Rotator --> + --> [DFF] --> bank[T]
///  addr --------> [DFF] ------^
/// ```
///
/// All inputs belong to one cycle; `bank` follows [`LATENCY`](Self::LATENCY) cycles later.
#[derive(LogicBlock)]
pub struct SkewAddress<const T: usize> {
    pub clock: Signal<In, Clock>,
    pub lane: Vec<Signal<In, Bits<16>>>,
    pub addr: Signal<In, Bits<16>>,
    pub rot: Signal<In, Bits<3>>,
    pub bank: Vec<Signal<Out, Bits<16>>>,
    negate: Negate,
    rotate: Rotator<T, 16>,
    common: DFF<Bits<16>>,
    sum: Vec<AddressSum>,
}

impl<const T: usize> SkewAddress<T> {
    /// Cycles from the inputs to `bank`.
    pub const LATENCY: usize = 2;
}

impl<const T: usize> Default for SkewAddress<T> {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            lane: vec_of(T),
            addr: Default::default(),
            rot: Default::default(),
            bank: vec_of(T),
            negate: Default::default(),
            rotate: Default::default(),
            common: Default::default(),
            sum: vec_of(T),
        }
    }
}

glue! { [const T: usize] SkewAddress<T>; self => {
    wire!(self.negate.x, self.rot);
    wire!(self.rotate.clock, self.clock);
    wire!(self.rotate.rot, self.negate.y);
    wire!(self.common.clock, self.clock);
    wire!(self.common.d, self.addr);
    for b in 0..T {
        wire!(self.rotate.x[b], self.lane[b]);
        wire!(self.sum[b].clock, self.clock);
        wire!(self.sum[b].a, self.rotate.y[b]);
        wire!(self.sum[b].b, self.common.q);
        wire!(self.bank[b], self.sum[b].y);
    }
}}

/// `y = -x` modulo 8.
#[derive(LogicBlock, Default)]
pub struct Negate {
    pub x: Signal<In, Bits<3>>,
    pub y: Signal<Out, Bits<3>>,
    zero: K<3, 0>,
}

impl Logic for Negate {
    #[hdl_gen]
    fn update(&mut self) {
        self.y.next = self.zero.val() - self.x.val();
    }
}

/// `y = a + b`, one cycle later.
#[derive(LogicBlock, Default)]
pub struct AddressSum {
    pub clock: Signal<In, Clock>,
    pub a: Signal<In, Bits<16>>,
    pub b: Signal<In, Bits<16>>,
    pub y: Signal<Out, Bits<16>>,
    sum: DFF<Bits<16>>,
}

impl Logic for AddressSum {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, sum);
        self.sum.d.next = self.a.val() + self.b.val();
        self.y.next = self.sum.q.val();
    }
}
