//! [`BufferWriter`]: vectors in lane order to writes in bank order.

use crate::buffer::Rotator;
use ef_hdl_kit::{glue, vec_of};
use rust_hdl::prelude::*;

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
#[derive(LogicBlock)]
pub struct BufferWriter<const T: usize> {
    pub clock: Signal<In, Clock>,
    pub to: Signal<In, Bits<2>>,
    pub pending: Signal<In, Bit>,
    pub idle: Signal<Out, Bit>,
    pub valid: Signal<In, Bit>,
    pub address: Signal<In, Bits<16>>,
    pub turn: Signal<In, Bits<3>>,
    pub word: Vec<Signal<In, Bits<32>>>,
    pub feature_we: Signal<Out, Bit>,
    pub loss_we: Signal<Out, Bit>,
    pub weight_we: Signal<Out, Bit>,
    pub waddr: Signal<Out, Bits<16>>,
    pub wdata: Vec<Signal<Out, Bits<32>>>,
    rotator: Rotator<T, 32>,
    select: WriteSelect,
}

impl<const T: usize> Default for BufferWriter<T> {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            to: Default::default(),
            pending: Default::default(),
            idle: Default::default(),
            valid: Default::default(),
            address: Default::default(),
            turn: Default::default(),
            word: vec_of(T),
            feature_we: Default::default(),
            loss_we: Default::default(),
            weight_we: Default::default(),
            waddr: Default::default(),
            wdata: vec_of(T),
            rotator: Default::default(),
            select: Default::default(),
        }
    }
}

glue! { [const T: usize] BufferWriter<T>; self => {
    wire!(self.rotator.clock, self.clock);
    wire!(self.rotator.rot, self.turn);
    wire!(self.select.clock, self.clock);
    wire!(self.select.to, self.to);
    wire!(self.select.pending, self.pending);
    wire!(self.idle, self.select.idle);
    wire!(self.select.valid, self.valid);
    wire!(self.select.address, self.address);
    wire!(self.feature_we, self.select.feature_we);
    wire!(self.loss_we, self.select.loss_we);
    wire!(self.weight_we, self.select.weight_we);
    wire!(self.waddr, self.select.waddr);
    for n in 0..T {
        wire!(self.rotator.x[n], self.word[n]);
        wire!(self.wdata[n], self.rotator.y[n]);
    }
}}

/// Address and write enables, delayed like the data in a [`Rotator`].
#[derive(LogicBlock, Default)]
pub struct WriteSelect {
    pub clock: Signal<In, Clock>,
    pub to: Signal<In, Bits<2>>,
    pub pending: Signal<In, Bit>,
    pub idle: Signal<Out, Bit>,
    pub valid: Signal<In, Bit>,
    pub address: Signal<In, Bits<16>>,
    pub feature_we: Signal<Out, Bit>,
    pub loss_we: Signal<Out, Bit>,
    pub weight_we: Signal<Out, Bit>,
    pub waddr: Signal<Out, Bits<16>>,
    feature: DFF<Bit>,
    loss: DFF<Bit>,
    weight: DFF<Bit>,
    at: DFF<Bits<16>>,
}

impl Logic for WriteSelect {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, feature, loss, weight, at);
        self.feature.d.next = self.valid.val() && !self.to.val().any();
        self.loss.d.next = self.valid.val() && self.to.val().get_bit(0);
        self.weight.d.next = self.valid.val() && self.to.val().get_bit(1);
        self.at.d.next = self.address.val();
        self.feature_we.next = self.feature.q.val();
        self.loss_we.next = self.loss.q.val();
        self.weight_we.next = self.weight.q.val();
        self.waddr.next = self.at.q.val();
        self.idle.next =
            !self.pending.val() && !self.feature.q.val() && !self.loss.q.val() && !self.weight.q.val();
    }
}
