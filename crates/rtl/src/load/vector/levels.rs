//! [`Levels`]: which loop nest each kind of command walks.

use ef_hdl_kit::{block, vec_of};
use rust_hdl::prelude::*;

block! {
    /// Chooses base, counts and strides for the [`Walker`](crate::load::Walker) from the descriptor, and cuts phases to 3 bits.
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
    pub struct Levels {
        in clock: Clock, in reset, start, zero, gather: Bit,
        in channels, kernel_rows, kernel_cols, base, phase: Bits<16>, in n, a, p: Vec<Bits<16>> = vec_of(4),
        out walk_start: Bit, out walk_base: Bits<16>, out walk_phase: Bits<3>,
        out count, stride: Vec<Bits<16>> = vec_of(4), out phase_stride: Vec<Bits<3>> = vec_of(4),
        reg started => walk_start: Bit, reg from => walk_base: Bits<16>,
        reg from_phase => walk_phase: Bits<3>, reg counts, strides: Vec<Bits<16>> = vec_of(4),
        reg phases: Vec<Bits<3>> = vec_of(4),
        const unlimited: Bits<16> = 0xffff,
    }
}

impl Logic for Levels {
    #[hdl_gen]
    fn update(&mut self) {
        self.started.d.next = self.start.val() && !self.reset.val();
        self.from.d.next = self.base.val();
        self.from_phase.d.next = self.phase.val().get_bits::<3>(0);
        for k in 0..4 {
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
        for k in 0..4 {
            self.count[k].next = self.counts[k].q.val();
            self.stride[k].next = self.strides[k].q.val();
            self.phase_stride[k].next = self.phases[k].q.val();
        }
    }
}
