//! The address, rotation and lanes of a stationary read.

use ef_hdl_kit::{K, vec_of};
use rust_hdl::prelude::*;

/// Forms what the stationary read path needs, in two registered steps.
///
/// ```text
///  s_base + g (or bias) ----+
///  k + row (not column) ----+--> + --> addr
///  s_phase + row (or 0) ----------> rot
///  lane[n]: pixel mode: of pixel n; column: n; else 0      keep[n]: 0 for a lane without a pixel
/// ```
///
/// Everything follows [`LATENCY`](Self::LATENCY) cycles after `read` or `read_bias`; `loss` is high only with a read of the loss buffer.
#[derive(LogicBlock)]
pub struct FetchAddress<const T: usize> {
    pub clock: Signal<In, Clock>,
    pub load: Signal<In, Bit>,
    pub s_base: Signal<In, Bits<16>>,
    pub s_phase: Signal<In, Bits<16>>,
    pub bias: Signal<In, Bits<16>>,
    pub g: Signal<In, Bits<16>>,
    pub k: Signal<In, Bits<16>>,
    pub row: Signal<In, Bits<3>>,
    pub read: Signal<In, Bit>,
    pub read_bias: Signal<In, Bit>,
    pub pixel: Signal<In, Bit>,
    pub column: Signal<In, Bit>,
    pub pixel_lane: Vec<Signal<In, Bits<16>>>,
    pub present: Vec<Signal<In, Bit>>,
    pub addr: Signal<Out, Bits<16>>,
    pub rot: Signal<Out, Bits<3>>,
    pub loss: Signal<Out, Bit>,
    pub lane: Vec<Signal<Out, Bits<16>>>,
    pub keep: Vec<Signal<Out, Bit>>,
    base_q: DFF<Bits<16>>,
    phase_q: DFF<Bits<3>>,
    bias_q: DFF<Bits<16>>,
    group: DFF<Bits<16>>,
    step: DFF<Bits<16>>,
    sum: DFF<Bits<16>>,
    rot_1: DFF<Bits<3>>,
    rot_2: DFF<Bits<3>>,
    loss_1: DFF<Bit>,
    loss_2: DFF<Bit>,
    bias_1: DFF<Bit>,
    lane_q: Vec<DFF<Bits<16>>>,
    keep_q: Vec<DFF<Bit>>,
    number: Vec<Constant<Bits<16>>>,
    zero: K<16, 0>,
    rot_zero: K<3, 0>,
}

impl<const T: usize> FetchAddress<T> {
    /// Cycles from a read to its address.
    pub const LATENCY: usize = 2;
}

impl<const T: usize> Default for FetchAddress<T> {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            load: Default::default(),
            s_base: Default::default(),
            s_phase: Default::default(),
            bias: Default::default(),
            g: Default::default(),
            k: Default::default(),
            row: Default::default(),
            read: Default::default(),
            read_bias: Default::default(),
            pixel: Default::default(),
            column: Default::default(),
            pixel_lane: vec_of(T),
            present: vec_of(T),
            addr: Default::default(),
            rot: Default::default(),
            loss: Default::default(),
            lane: vec_of(T),
            keep: vec_of(T),
            base_q: Default::default(),
            phase_q: Default::default(),
            bias_q: Default::default(),
            group: Default::default(),
            step: Default::default(),
            sum: Default::default(),
            rot_1: Default::default(),
            rot_2: Default::default(),
            loss_1: Default::default(),
            loss_2: Default::default(),
            bias_1: Default::default(),
            lane_q: vec_of(T),
            keep_q: vec_of(T),
            number: (0..T as u64).map(|n| Constant::new(n.into())).collect(),
            zero: Default::default(),
            rot_zero: Default::default(),
        }
    }
}

impl<const T: usize> Logic for FetchAddress<T> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, base_q, phase_q, bias_q, group, step, sum);
        dff_setup!(self, clock, rot_1, rot_2, loss_1, loss_2, bias_1);
        if self.load.val() {
            self.base_q.d.next = self.s_base.val();
            self.phase_q.d.next = self.s_phase.val().get_bits::<3>(0);
            self.bias_q.d.next = self.bias.val();
        }
        self.group.d.next = self.base_q.q.val() + self.g.val();
        self.step.d.next = self.k.val();
        if !(self.pixel.val() | self.column.val()) {
            self.step.d.next = self.k.val() + bit_cast::<16, 3>(self.row.val());
        }
        self.rot_1.d.next = self.phase_q.q.val() + self.row.val();
        if self.read_bias.val() {
            self.group.d.next = self.bias_q.q.val();
            self.step.d.next = self.zero.val();
            self.rot_1.d.next = self.rot_zero.val();
        }
        self.bias_1.d.next = self.read_bias.val();
        self.loss_1.d.next = self.read.val() & self.pixel.val();
        self.sum.d.next = self.group.q.val() + self.step.q.val();
        self.rot_2.d.next = self.rot_1.q.val();
        self.loss_2.d.next = self.loss_1.q.val();
        self.addr.next = self.sum.q.val();
        self.rot.next = self.rot_2.q.val();
        self.loss.next = self.loss_2.q.val();
        for n in 0..T {
            self.lane_q[n].clock.next = self.clock.val();
            self.keep_q[n].clock.next = self.clock.val();
            self.lane_q[n].d.next = self.zero.val();
            self.keep_q[n].d.next = true;
            if self.pixel.val() {
                self.lane_q[n].d.next = self.pixel_lane[n].val();
                self.keep_q[n].d.next = self.present[n].val();
            } else if self.column.val() & !self.bias_1.q.val() {
                self.lane_q[n].d.next = self.number[n].val();
            }
            self.lane[n].next = self.lane_q[n].q.val();
            self.keep[n].next = self.keep_q[n].q.val();
        }
    }
}
