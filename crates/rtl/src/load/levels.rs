//! [`Levels`]: which loop nest each kind of command walks.

use ef_hdl_kit::{K, vec_of};
use rust_hdl::prelude::*;

/// Chooses counts and strides for the [`Walker`](super::Walker) from the descriptor, and cuts phases to 3 bits. Combinational.
///
/// | level | VECTORS | ZERO | GATHER |
/// |---|---|---|---|
/// | 0 | n0, a0, p0 | n0, 1 | groups of taps, a2, 0; ended by the taps |
/// | 1 | n1, a1, p1 | 1 | n0, a0, p0 |
/// | 2 | n2, a2, p2 | 1 | n1, a1, p1 |
/// | 3 | n3, a3, p3 | 1 | 1 |
///
#[derive(LogicBlock)]
pub struct Levels {
    pub zero: Signal<In, Bit>,
    pub gather: Signal<In, Bit>,
    pub channels: Signal<In, Bits<16>>,
    pub kernel_rows: Signal<In, Bits<16>>,
    pub kernel_cols: Signal<In, Bits<16>>,
    pub n: Vec<Signal<In, Bits<16>>>,
    pub a: Vec<Signal<In, Bits<16>>>,
    pub p: Vec<Signal<In, Bits<16>>>,
    pub phase: Signal<In, Bits<16>>,
    pub p_down: Signal<In, Bits<16>>,
    pub count: Vec<Signal<Out, Bits<16>>>,
    pub stride: Vec<Signal<Out, Bits<16>>>,
    pub phase_stride: Vec<Signal<Out, Bits<3>>>,
    pub from_phase: Signal<Out, Bits<3>>,
    pub phase_down: Signal<Out, Bits<3>>,
    unlimited: K<16, 0xffff>,
}

impl Default for Levels {
    fn default() -> Self {
        Self {
            zero: Default::default(),
            gather: Default::default(),
            channels: Default::default(),
            kernel_rows: Default::default(),
            kernel_cols: Default::default(),
            n: vec_of(4),
            a: vec_of(4),
            p: vec_of(4),
            phase: Default::default(),
            p_down: Default::default(),
            count: vec_of(4),
            stride: vec_of(4),
            phase_stride: vec_of(4),
            from_phase: Default::default(),
            phase_down: Default::default(),
            unlimited: Default::default(),
        }
    }
}

impl Logic for Levels {
    #[hdl_gen]
    fn update(&mut self) {
        self.from_phase.next = self.phase.val().get_bits::<3>(0);
        self.phase_down.next = self.p_down.val().get_bits::<3>(0);
        for k in 0..4 {
            self.count[k].next = self.n[k].val();
            self.stride[k].next = self.a[k].val();
            self.phase_stride[k].next = self.p[k].val().get_bits::<3>(0);
        }
        if self.zero.val() {
            self.stride[0].next = 1.into();
            for k in 1..4 {
                self.count[k].next = 1.into();
            }
        }
        if self.gather.val() {
            self.count[0].next = 0.into();
            if self.channels.val().any() && self.kernel_rows.val().any() && self.kernel_cols.val().any() {
                self.count[0].next = self.unlimited.val();
            }
            self.stride[0].next = self.a[2].val();
            self.phase_stride[0].next = 0.into();
            for k in 1..3 {
                self.count[k].next = self.n[k - 1].val();
                self.stride[k].next = self.a[k - 1].val();
                self.phase_stride[k].next = self.p[k - 1].val().get_bits::<3>(0);
            }
            self.count[3].next = 1.into();
        }
    }
}
