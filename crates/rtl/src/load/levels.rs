//! [`Levels`]: which loop nest each kind of command walks.

use ef_hdl_kit::{K, vec_of};
use rust_hdl::prelude::*;

/// Chooses base, counts and strides for the [`Walker`](super::Walker) from the descriptor, and cuts phases to 3 bits.
///
/// ```text
///  descriptor --> by kind --> [ ] --> walk_base, walk_phase, count[4], stride[4], phase_stride[4]
///  start -------------------> [ ] --> walk_start
/// ```
///
/// | level | VECTORS | ZERO | GATHER |
/// |---|---|---|---|
/// | 0 | n0, a0, p0 | n0, 1 | groups of taps, a2, 0; ended by the taps |
/// | 1 | n1, a1, p1 | 1 | n0, a0, p0 |
/// | 2 | n2, a2, p2 | 1 | n1, a1, p1 |
/// | 3 | n3, a3, p3 | 1 | 1 |
///
/// Latency 1: the descriptor comes from across the chip, and the walker does arithmetic on the counts.
#[derive(LogicBlock)]
pub struct Levels {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub start: Signal<In, Bit>,
    pub zero: Signal<In, Bit>,
    pub gather: Signal<In, Bit>,
    pub channels: Signal<In, Bits<16>>,
    pub kernel_rows: Signal<In, Bits<16>>,
    pub kernel_cols: Signal<In, Bits<16>>,
    pub base: Signal<In, Bits<16>>,
    pub phase: Signal<In, Bits<16>>,
    pub n: Vec<Signal<In, Bits<16>>>,
    pub a: Vec<Signal<In, Bits<16>>>,
    pub p: Vec<Signal<In, Bits<16>>>,
    pub walk_start: Signal<Out, Bit>,
    pub walk_base: Signal<Out, Bits<16>>,
    pub walk_phase: Signal<Out, Bits<3>>,
    pub count: Vec<Signal<Out, Bits<16>>>,
    pub stride: Vec<Signal<Out, Bits<16>>>,
    pub phase_stride: Vec<Signal<Out, Bits<3>>>,
    started: DFF<Bit>,
    from: DFF<Bits<16>>,
    from_phase: DFF<Bits<3>>,
    counts: Vec<DFF<Bits<16>>>,
    strides: Vec<DFF<Bits<16>>>,
    phases: Vec<DFF<Bits<3>>>,
    unlimited: K<16, 0xffff>,
}

impl Default for Levels {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            reset: Default::default(),
            start: Default::default(),
            zero: Default::default(),
            gather: Default::default(),
            channels: Default::default(),
            kernel_rows: Default::default(),
            kernel_cols: Default::default(),
            base: Default::default(),
            phase: Default::default(),
            n: vec_of(4),
            a: vec_of(4),
            p: vec_of(4),
            walk_start: Default::default(),
            walk_base: Default::default(),
            walk_phase: Default::default(),
            count: vec_of(4),
            stride: vec_of(4),
            phase_stride: vec_of(4),
            started: Default::default(),
            from: Default::default(),
            from_phase: Default::default(),
            counts: vec_of(4),
            strides: vec_of(4),
            phases: vec_of(4),
            unlimited: Default::default(),
        }
    }
}

impl Logic for Levels {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, started, from, from_phase);
        self.started.d.next = self.start.val() && !self.reset.val();
        self.from.d.next = self.base.val();
        self.from_phase.d.next = self.phase.val().get_bits::<3>(0);
        for k in 0..4 {
            self.counts[k].clock.next = self.clock.val();
            self.strides[k].clock.next = self.clock.val();
            self.phases[k].clock.next = self.clock.val();
            self.counts[k].d.next = self.n[k].val();
            self.strides[k].d.next = self.a[k].val();
            self.phases[k].d.next = self.p[k].val().get_bits::<3>(0);
        }
        if self.zero.val() {
            self.strides[0].d.next = 1.into();
            for k in 1..4 {
                self.counts[k].d.next = 1.into();
            }
        }
        if self.gather.val() {
            self.counts[0].d.next = 0.into();
            if self.channels.val().any() && self.kernel_rows.val().any() && self.kernel_cols.val().any() {
                self.counts[0].d.next = self.unlimited.val();
            }
            self.strides[0].d.next = self.a[2].val();
            self.phases[0].d.next = 0.into();
            for k in 1..3 {
                self.counts[k].d.next = self.n[k - 1].val();
                self.strides[k].d.next = self.a[k - 1].val();
                self.phases[k].d.next = self.p[k - 1].val().get_bits::<3>(0);
            }
            self.counts[3].d.next = 1.into();
        }
        self.walk_start.next = self.started.q.val();
        self.walk_base.next = self.from.q.val();
        self.walk_phase.next = self.from_phase.q.val();
        for k in 0..4 {
            self.count[k].next = self.counts[k].q.val();
            self.stride[k].next = self.strides[k].q.val();
            self.phase_stride[k].next = self.phases[k].q.val();
        }
    }
}
