//! The address of each bank for a skewed read.

use super::Rotator;
use ef_hdl_kit::{block, glue, vec_of};
use rust_hdl::prelude::*;

block! {
    /// Turns lane addresses into bank addresses: bank b is read at `lane[(b - rot) mod T] + addr`.
    ///
    /// ```text
    ///  rot  --> negate --v
    ///  lane[T] -----> Rotator --> + --> [DFF] --> bank[T]
    ///  addr --------> [DFF] ------^
    /// ```
    ///
    /// All inputs belong to one cycle; `bank` follows [`LATENCY`](Self::LATENCY) cycles later.
    pub struct SkewAddress<const T: usize> {
        in clock: Clock, in lane: Vec<Bits<16>> = vec_of(T), in addr: Bits<16>,
        in rot: Bits<3>,
        out bank: Vec<Bits<16>> = vec_of(T),
        negate: Negate,
        rotate: Rotator<T, 16>,
        common: DFF<Bits<16>>,
        sum: Vec<AddressSum> = vec_of(T),
    }
}

impl<const T: usize> SkewAddress<T> {
    /// Cycles from the inputs to `bank`.
    pub const LATENCY: usize = 2;
}

glue! { [const T: usize] SkewAddress<T>; self => {
    wire!(self.negate.x, self.rot);
    wire!(self.{rotate, common} <- self: clock);
    wire!(self.rotate.rot, self.negate.y);
    wire!(self.common.d, self.addr);
    for b in 0..T {
        wire!(self.rotate.x[b], self.lane[b]);
        wire!(self.sum[b].clock, self.clock);
        wire!(self.sum[b] <- self: a = rotate.y[b], b = common.q);
        wire!(self.bank[b], self.sum[b].y);
    }
}}

block! {
    /// `y = -x` modulo 8.
    pub struct Negate {
        in x: Bits<3>,
        out y: Bits<3>,
        const zero: Bits<3> = 0,
    }
}

impl Logic for Negate {
    #[hdl_gen]
    fn update(&mut self) {
        self.y.next = self.zero.val() - self.x.val();
    }
}

block! {
    /// `y = a + b`, one cycle later.
    pub struct AddressSum {
        in clock: Clock, in a, b: Bits<16>,
        out y: Bits<16>,
        reg sum => y: Bits<16>,
    }
}

impl Logic for AddressSum {
    #[hdl_gen]
    fn update(&mut self) {
        self.sum.d.next = self.a.val() + self.b.val();
    }
}
