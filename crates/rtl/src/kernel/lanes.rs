//! The addresses of T consecutive output pixels.

use super::Axis;
use ef_hdl_kit::{glue, vec_of};
use rust_hdl::prelude::*;

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
#[derive(LogicBlock)]
pub struct Lanes<const T: usize> {
    pub clock: Signal<In, Clock>,
    pub load: Signal<In, Bit>,
    pub n_c: Signal<In, Bits<16>>,
    pub n_r: Signal<In, Bits<16>>,
    pub n_i: Signal<In, Bits<16>>,
    pub x_c: Signal<In, Bits<16>>,
    pub x_r: Signal<In, Bits<16>>,
    pub x_i: Signal<In, Bits<16>>,
    pub s_c: Signal<In, Bits<16>>,
    pub s_r: Signal<In, Bits<16>>,
    pub s_i: Signal<In, Bits<16>>,
    pub run: Signal<In, Bit>,
    pub over: Signal<Out, Bit>,
    pub x: Vec<Signal<Out, Bits<16>>>,
    pub s: Vec<Signal<Out, Bits<16>>>,
    pub present: Vec<Signal<Out, Bit>>,
    c: Axis<16>,
    r: Axis<16>,
    i: Axis<16>,
    walk: PixelWalk,
    lane: Vec<LaneCell>,
}

impl<const T: usize> Lanes<T> {
    /// Cycles from a `run` to the cycle in which its pixel is in lane T-1.
    pub const LATENCY: usize = 3;
}

impl<const T: usize> Default for Lanes<T> {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            load: Default::default(),
            n_c: Default::default(),
            n_r: Default::default(),
            n_i: Default::default(),
            x_c: Default::default(),
            x_r: Default::default(),
            x_i: Default::default(),
            s_c: Default::default(),
            s_r: Default::default(),
            s_i: Default::default(),
            run: Default::default(),
            over: Default::default(),
            x: vec_of(T),
            s: vec_of(T),
            present: vec_of(T),
            c: Default::default(),
            r: Default::default(),
            i: Default::default(),
            walk: Default::default(),
            lane: vec_of(T),
        }
    }
}

glue! { [const T: usize] Lanes<T>; self => {
    wire!(self.c.clock, self.clock);
    wire!(self.c.load, self.load);
    wire!(self.c.n, self.n_c);
    wire!(self.c.a_stride, self.x_c);
    wire!(self.c.b_stride, self.s_c);
    wire!(self.c.advance, self.walk.advance_c);
    wire!(self.r.clock, self.clock);
    wire!(self.r.load, self.load);
    wire!(self.r.n, self.n_r);
    wire!(self.r.a_stride, self.x_r);
    wire!(self.r.b_stride, self.s_r);
    wire!(self.r.advance, self.walk.advance_r);
    wire!(self.i.clock, self.clock);
    wire!(self.i.load, self.load);
    wire!(self.i.n, self.n_i);
    wire!(self.i.a_stride, self.x_i);
    wire!(self.i.b_stride, self.s_i);
    wire!(self.i.advance, self.walk.advance_i);

    wire!(self.walk.clock, self.clock);
    wire!(self.walk.load, self.load);
    wire!(self.walk.run, self.run);
    wire!(self.walk.last_c, self.c.last);
    wire!(self.walk.last_r, self.r.last);
    wire!(self.walk.last_i, self.i.last);
    wire!(self.walk.x_c, self.c.a);
    wire!(self.walk.x_r, self.r.a);
    wire!(self.walk.x_i, self.i.a);
    wire!(self.walk.s_c, self.c.b);
    wire!(self.walk.s_r, self.r.b);
    wire!(self.walk.s_i, self.i.b);
    wire!(self.over, self.walk.over);

    for n in 0..T {
        wire!(self.lane[n].clock, self.clock);
        wire!(self.lane[n].shift, self.walk.shift);
        if n == T - 1 {
            wire!(self.lane[n].x_in, self.walk.x);
            wire!(self.lane[n].s_in, self.walk.s);
            wire!(self.lane[n].present_in, self.walk.present);
        } else {
            wire!(self.lane[n].x_in, self.lane[n + 1].x);
            wire!(self.lane[n].s_in, self.lane[n + 1].s);
            wire!(self.lane[n].present_in, self.lane[n + 1].present);
        }
        wire!(self.x[n], self.lane[n].x);
        wire!(self.s[n], self.lane[n].s);
        wire!(self.present[n], self.lane[n].present);
    }
}}

/// Steers the three loops and adds up their contributions: `x`, `s` and `present` come with `shift`, 2 cycles after `run`.
#[derive(LogicBlock, Default)]
pub struct PixelWalk {
    pub clock: Signal<In, Clock>,
    pub load: Signal<In, Bit>,
    pub run: Signal<In, Bit>,
    pub last_c: Signal<In, Bit>,
    pub last_r: Signal<In, Bit>,
    pub last_i: Signal<In, Bit>,
    pub advance_c: Signal<Out, Bit>,
    pub advance_r: Signal<Out, Bit>,
    pub advance_i: Signal<Out, Bit>,
    pub over: Signal<Out, Bit>,
    pub x_c: Signal<In, Bits<16>>,
    pub x_r: Signal<In, Bits<16>>,
    pub x_i: Signal<In, Bits<16>>,
    pub s_c: Signal<In, Bits<16>>,
    pub s_r: Signal<In, Bits<16>>,
    pub s_i: Signal<In, Bits<16>>,
    pub shift: Signal<Out, Bit>,
    pub x: Signal<Out, Bits<16>>,
    pub s: Signal<Out, Bits<16>>,
    pub present: Signal<Out, Bit>,
    done: DFF<Bit>,
    run_1: DFF<Bit>,
    run_2: DFF<Bit>,
    present_1: DFF<Bit>,
    present_2: DFF<Bit>,
    x_pixel: DFF<Bits<16>>,
    x_image: DFF<Bits<16>>,
    x_sum: DFF<Bits<16>>,
    s_pixel: DFF<Bits<16>>,
    s_image: DFF<Bits<16>>,
    s_sum: DFF<Bits<16>>,
    step: Signal<Local, Bit>,
}

impl Logic for PixelWalk {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, done, run_1, run_2, present_1, present_2);
        dff_setup!(self, clock, x_pixel, x_image, x_sum, s_pixel, s_image, s_sum);
        self.step.next = self.run.val() & !self.done.q.val();
        self.advance_c.next = self.step.val();
        self.advance_r.next = self.step.val() & self.last_c.val();
        self.advance_i.next = self.step.val() & self.last_c.val() & self.last_r.val();
        if self.step.val() & self.last_c.val() & self.last_r.val() & self.last_i.val() {
            self.done.d.next = true;
        }
        if self.load.val() {
            self.done.d.next = false;
        }
        self.over.next = self.done.q.val();

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
        self.shift.next = self.run_2.q.val();
        self.present.next = self.present_2.q.val();
        self.x.next = self.x_sum.q.val();
        self.s.next = self.s_sum.q.val();
    }
}

/// One lane of the shift register.
#[derive(LogicBlock, Default)]
pub struct LaneCell {
    pub clock: Signal<In, Clock>,
    pub shift: Signal<In, Bit>,
    pub x_in: Signal<In, Bits<16>>,
    pub s_in: Signal<In, Bits<16>>,
    pub present_in: Signal<In, Bit>,
    pub x: Signal<Out, Bits<16>>,
    pub s: Signal<Out, Bits<16>>,
    pub present: Signal<Out, Bit>,
    x_q: DFF<Bits<16>>,
    s_q: DFF<Bits<16>>,
    present_q: DFF<Bit>,
}

impl Logic for LaneCell {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, x_q, s_q, present_q);
        if self.shift.val() {
            self.x_q.d.next = self.x_in.val();
            self.s_q.d.next = self.s_in.val();
            self.present_q.d.next = self.present_in.val();
        }
        self.x.next = self.x_q.q.val();
        self.s.next = self.s_q.q.val();
        self.present.next = self.present_q.q.val();
    }
}
