//! The addresses of T consecutive output pixels.

use crate::compute::Axis;
use ef_hdl_kit::{block, glue, vec_of};
use rust_hdl::prelude::*;

block! {
    /// Walks over the pixels (i, r, c) of a command in pixel mode, one per cycle, and holds what T of them add to a streamed address (`x`)
    /// and to a stationary one (`s`).
    ///
    /// ```text
    ///  run --> Axis c, r, i --> x = x_i + x_r + x_c --+--> [T-1] --> ... --> [1] --> [0]
    ///                           s = s_i + s_r + s_c --+
    ///                           present ---------------+
    /// ```
    ///
    /// `run` is high for T cycles per block; the lanes hold the block [`LATENCY`](Self::LATENCY) cycles after its last `run`.
    /// `present` is low for the lanes behind the last pixel; `over` rises with the last pixel.
    pub struct Lanes<const T: usize> {
        in clock: Clock, in load, run: Bit, in n_c, n_r, n_i, x_c, x_r, x_i, s_c, s_r, s_i: Bits<16>,
        out over: Bit, out x, s: Vec<Bits<16>> = vec_of(T), out present: Vec<Bit> = vec_of(T),
        c, r, i: Axis<16>,
        walk: PixelWalk,
        lane: Vec<LaneCell> = vec_of(T),
    }
}

impl<const T: usize> Lanes<T> {
    /// Cycles from a `run` to the cycle in which its pixel is in lane T-1.
    pub const LATENCY: usize = 3;
}

glue! { [const T: usize] Lanes<T>; self => {
    wire!(self.{c, r, i} <- self: clock, load);
    wire!(self.c <- self: n = n_c, a_stride = x_c, b_stride = s_c, advance = walk.advance_c);
    wire!(self.r <- self: n = n_r, a_stride = x_r, b_stride = s_r, advance = walk.advance_r);
    wire!(self.i <- self: n = n_i, a_stride = x_i, b_stride = s_i, advance = walk.advance_i);

    wire!(self.walk <- self: clock, load, run);
    wire!(self.walk <- self.c: last_c = last, x_c = a, s_c = b);
    wire!(self.walk <- self.r: last_r = last, x_r = a, s_r = b);
    wire!(self.walk <- self.i: last_i = last, x_i = a, s_i = b);
    wire!(self.over, self.walk.over);

    for n in 0..T {
        wire!(self.lane[n].clock, self.clock);
        wire!(self.lane[n].shift, self.walk.shift);
        if n == T - 1 {
            wire!(self.lane[n] <- self.walk: x_in = x, s_in = s, present_in = present);
        } else {
            wire!(self.lane[n] <- self.lane[n + 1]: x_in = x, s_in = s, present_in = present);
        }
        wire!(self <- self.lane[n]: x[n] = x, s[n] = s, present[n] = present);
    }
}}

block! {
    /// Steers the three loops and adds up their contributions: `x`, `s` and `present` come with `shift`, 2 cycles after `run`.
    pub struct PixelWalk {
        in clock: Clock, in load, run, last_c, last_r, last_i: Bit,
        in x_c, x_r, x_i, s_c, s_r, s_i: Bits<16>,
        out advance_c, advance_r, advance_i, over, shift, present: Bit, out x, s: Bits<16>,
        reg(load) done => over: Bit, reg run_1, run_2 => shift, present_1, present_2 => present: Bit,
        reg x_pixel, x_image, x_sum => x, s_pixel, s_image, s_sum => s: Bits<16>,
        net step: Bit,
    }
}

impl Logic for PixelWalk {
    #[hdl_gen]
    fn update(&mut self) {
        self.step.next = self.run.val() & !self.done.q.val();
        self.advance_c.next = self.step.val();
        self.advance_r.next = self.step.val() & self.last_c.val();
        self.advance_i.next = self.step.val() & self.last_c.val() & self.last_r.val();
        if self.step.val() & self.last_c.val() & self.last_r.val() & self.last_i.val() {
            self.done.d.next = true;
        }

        self.run_1.d.next = self.run.val();
        self.present_1.d.next = !self.done.q.val();
        self.x_pixel.d.next = self.x_c.val() + self.x_r.val();
        self.x_image.d.next = self.x_i.val();
        self.s_pixel.d.next = self.s_c.val() + self.s_r.val();
        self.s_image.d.next = self.s_i.val();
        self.run_2.d.next = self.run_1.q.val();
        self.present_2.d.next = self.present_1.q.val();
        self.x_sum.d.next = self.x_pixel.q.val() + self.x_image.q.val();
        self.s_sum.d.next = self.s_pixel.q.val() + self.s_image.q.val();
    }
}

block! {
    /// One lane of the shift register.
    pub struct LaneCell {
        in clock: Clock, in shift, present_in: Bit, in x_in, s_in: Bits<16>,
        out x, s: Bits<16>, out present: Bit,
        reg x_q => x, s_q => s: Bits<16>, reg present_q => present: Bit,
    }
}

impl Logic for LaneCell {
    #[hdl_gen]
    fn update(&mut self) {
        if self.shift.val() {
            self.x_q.d.next = self.x_in.val();
            self.s_q.d.next = self.s_in.val();
            self.present_q.d.next = self.present_in.val();
        }
    }
}
