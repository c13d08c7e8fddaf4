//! The address, rotation and lanes of a stationary read.

use ef_hdl_kit::{block, vec_of};
use rust_hdl::prelude::*;

block! {
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
    pub struct FetchAddress<const T: usize> {
        in clock: Clock, in load, read, read_bias, pixel, column: Bit,
        in s_base, s_phase, bias, g, k: Bits<16>, in row: Bits<3>, in pixel_lane: Vec<Bits<16>> = vec_of(T),
        in present: Vec<Bit> = vec_of(T),
        out addr: Bits<16>, out rot: Bits<3>, out loss: Bit, out lane: Vec<Bits<16>> = vec_of(T),
        out keep: Vec<Bit> = vec_of(T),
        reg base_q, bias_q, group, sum => addr: Bits<16>, reg phase_q, rot_2 => rot: Bits<3>,
        reg loss_1, loss_2 => loss, bias_1: Bit, reg lane_q: Vec<Bits<16>> = vec_of(T),
        reg keep_q: Vec<Bit> = vec_of(T), reg(read_bias) step: Bits<16>, reg(read_bias) rot_1: Bits<3>,
        number: Vec<Constant<Bits<16>>> = (0..T as u64).map(|n| Constant::new(n.into())).collect(),
        const zero: Bits<16> = 0,
    }
}

impl<const T: usize> FetchAddress<T> {
    /// Cycles from a read to its address.
    pub const LATENCY: usize = 2;
}

impl<const T: usize> Logic for FetchAddress<T> {
    #[hdl_gen]
    fn update(&mut self) {
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
        }
        self.bias_1.d.next = self.read_bias.val();
        self.loss_1.d.next = self.read.val() & self.pixel.val();
        self.sum.d.next = self.group.q.val() + self.step.q.val();
        self.rot_2.d.next = self.rot_1.q.val();
        self.loss_2.d.next = self.loss_1.q.val();
        for n in 0..T {
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
