//! [`BufferWriter`]: vectors in lane order to writes in bank order.

use crate::buffer::Rotator;
use ef_hdl_kit::{block, glue, vec_of};
use rust_hdl::prelude::*;

block! {
    /// Rotates a vector into bank order and presents it to the write port of one of the three buffers.
    ///
    /// ```text
    ///  word[T] --> [ Rotator ] --> wdata[T]
    ///  turn -----------^
    ///  address --> [ ] ----------> waddr
    ///  valid, to > [ ] ----------> feature_we, loss_we, weight_we
    /// ```
    ///
    /// One vector per clock, latency 1.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `to` | 2 | 0 feature, 1 loss, 2 weight; constant while vectors are under way |
    /// | `valid`, `address`, `turn`, `word[T]` | 1, 16, 3, 32 | a vector, and the rotation that brings it into bank order |
    /// | `pending`, `idle` | 1 | vectors may still come; none will, and the last write has happened |
    /// | `feature_we`, `loss_we`, `weight_we` | 1 | which buffer is written |
    /// | `waddr`, `wdata[T]` | 16, 32 | where, and what each bank gets |
    pub struct BufferWriter<const T: usize> {
        in clock: Clock, in to: Bits<2>, in pending, valid: Bit, in address: Bits<16>,
        in turn: Bits<3>, in word: Vec<Bits<32>> = vec_of(T),
        out idle, feature_we, loss_we, weight_we: Bit, out waddr: Bits<16>,
        out wdata: Vec<Bits<32>> = vec_of(T),
        rotator: Rotator<T, 32>,
        select: WriteSelect,
    }
}

glue! { [const T: usize] BufferWriter<T>; self => {
    wire!(self.{rotator, select} <- self: clock);
    wire!(self.rotator.rot, self.turn);
    wire!(self.select <- self: to, pending, valid, address);
    wire!(self <- self.select: idle, feature_we, loss_we, weight_we, waddr);
    for n in 0..T {
        wire!(self.rotator.x[n], self.word[n]);
        wire!(self.wdata[n], self.rotator.y[n]);
    }
}}

block! {
    /// Address and write enables, delayed like the data in a [`Rotator`].
    pub struct WriteSelect {
        in clock: Clock, in to: Bits<2>, in pending, valid: Bit, in address: Bits<16>,
        out idle, feature_we, loss_we, weight_we: Bit, out waddr: Bits<16>,
        reg feature => feature_we, loss => loss_we, weight => weight_we: Bit, reg at => waddr: Bits<16>,
    }
}

impl Logic for WriteSelect {
    #[hdl_gen]
    fn update(&mut self) {
        self.feature.d.next = self.valid.val() && !self.to.val().any();
        self.loss.d.next = self.valid.val() && self.to.val().get_bit(0);
        self.weight.d.next = self.valid.val() && self.to.val().get_bit(1);
        self.at.d.next = self.address.val();
        self.idle.next =
            !self.pending.val() && !self.feature.q.val() && !self.loss.q.val() && !self.weight.q.val();
    }
}
