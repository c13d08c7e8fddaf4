//! [`Walker`]: addresses and phases of a four-level loop nest, without a multiplier.

use ef_hdl_kit::{block, vec_of};
use rust_hdl::prelude::*;

block! {
    /// For `i3 < n[3]`, `i2 < n[2]`, `i1 < n[1]`, `i0 < n[0]`: `address = base + sum(i_k * a[k])`, `phase` likewise modulo 8.
    ///
    /// ```text
    ///  at[3] --+--------------------+
    ///  at[2] --+    a[k] of the     +--> at[k], and every at[j], j < k
    ///  at[1] --+--> innermost  --> (+)
    ///  at[0] --+    level not at its end
    ///    +--> address
    /// ```
    ///
    /// Each level keeps the address at which its current iteration began. A step adds the stride of the innermost level k that is not at
    /// its end to `at[k]`; the levels inside start again from there. Counts are kept minus two in 17 bits: the sign bit means "the
    /// last iteration".
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `start` | 1 | takes all inputs below; the first element is there in the next cycle |
    /// | `n[4]`, `a[4]`, `p[4]` | 16, 16, 3 | counts, address strides, phase strides; a count of 0 makes an empty walk |
    /// | `base`, `from_phase` | 16, 3 | address and phase of the first element |
    /// | `step` | 1 | go on to the next element |
    /// | `cut` | 1 | with `step`: this element ends its innermost loop, whatever `n[0]` says |
    /// | `valid` | 1 | there is an element |
    /// | `address`, `phase` | 16, 3 | of this element |
    /// | `row_end`, `last` | 1 | it ends an innermost loop; it is the last of all |
    ///
    /// One element per clock. `row_end` and `last` depend combinationally on `cut`, nothing else on any input.
    pub struct Walker {
        in clock: Clock, in reset, start, step, cut: Bit, in n, a: Vec<Bits<16>> = vec_of(4),
        in p: Vec<Bits<3>> = vec_of(4), in base: Bits<16>, in from_phase: Bits<3>,
        out valid, row_end, last: Bit, out address: Bits<16>, out phase: Bits<3>,
        reg(reset) walking => valid: Bit, reg count, left: Vec<Bits<17>> = vec_of(4),
        reg stride, at: Vec<Bits<16>> = vec_of(4), reg phase_stride, phase_at: Vec<Bits<3>> = vec_of(4),
        net ends0, ends1, ends2, ends3, outer2, outer3: Bit, net from, by, sum: Bits<16>,
        net phase_from, phase_by, phase_sum: Bits<3>, net less_two: Vec<Bits<17>> = vec_of(4),
        const one: Bits<17> = 1, const two: Bits<17> = 2,
    }
}

impl Logic for Walker {
    #[hdl_gen]
    fn update(&mut self) {
        self.address.next = self.at[0].q.val();
        self.phase.next = self.phase_at[0].q.val();

        // ends_k: level k and all inside it are in their last iteration; side by side, not in a chain, as `cut` and `step` come late
        self.ends0.next = self.left[0].q.val().get_bit(16) || self.cut.val();
        self.outer2.next = self.left[1].q.val().get_bit(16) && self.left[2].q.val().get_bit(16);
        self.outer3.next = self.outer2.val() && self.left[3].q.val().get_bit(16);
        self.ends1.next = self.ends0.val() && self.left[1].q.val().get_bit(16);
        self.ends2.next = self.ends0.val() && self.outer2.val();
        self.ends3.next = self.ends0.val() && self.outer3.val();
        self.row_end.next = self.ends0.val();
        self.last.next = self.ends3.val();

        if !self.ends0.val() {
            self.from.next = self.at[0].q.val();
            self.by.next = self.stride[0].q.val();
            self.phase_from.next = self.phase_at[0].q.val();
            self.phase_by.next = self.phase_stride[0].q.val();
        } else if !self.left[1].q.val().get_bit(16) {
            self.from.next = self.at[1].q.val();
            self.by.next = self.stride[1].q.val();
            self.phase_from.next = self.phase_at[1].q.val();
            self.phase_by.next = self.phase_stride[1].q.val();
        } else if !self.left[2].q.val().get_bit(16) {
            self.from.next = self.at[2].q.val();
            self.by.next = self.stride[2].q.val();
            self.phase_from.next = self.phase_at[2].q.val();
            self.phase_by.next = self.phase_stride[2].q.val();
        } else {
            self.from.next = self.at[3].q.val();
            self.by.next = self.stride[3].q.val();
            self.phase_from.next = self.phase_at[3].q.val();
            self.phase_by.next = self.phase_stride[3].q.val();
        }
        self.sum.next = self.from.val() + self.by.val();
        self.phase_sum.next = self.phase_from.val() + self.phase_by.val();

        if self.step.val() {
            self.at[0].d.next = self.sum.val();
            self.phase_at[0].d.next = self.phase_sum.val();
            self.left[0].d.next = self.left[0].q.val() - self.one.val();
            if self.ends0.val() {
                self.at[1].d.next = self.sum.val();
                self.phase_at[1].d.next = self.phase_sum.val();
                self.left[0].d.next = self.count[0].q.val();
                self.left[1].d.next = self.left[1].q.val() - self.one.val();
            }
            if self.ends1.val() {
                self.at[2].d.next = self.sum.val();
                self.phase_at[2].d.next = self.phase_sum.val();
                self.left[1].d.next = self.count[1].q.val();
                self.left[2].d.next = self.left[2].q.val() - self.one.val();
            }
            if self.ends2.val() {
                self.at[3].d.next = self.sum.val();
                self.phase_at[3].d.next = self.phase_sum.val();
                self.left[2].d.next = self.count[2].q.val();
                self.left[3].d.next = self.left[3].q.val() - self.one.val();
            }
            if self.ends3.val() {
                self.walking.d.next = false;
            }
        }
        self.less_two[0].next = bit_cast::<17, 16>(self.n[0].val()) - self.two.val();
        self.less_two[1].next = bit_cast::<17, 16>(self.n[1].val()) - self.two.val();
        self.less_two[2].next = bit_cast::<17, 16>(self.n[2].val()) - self.two.val();
        self.less_two[3].next = bit_cast::<17, 16>(self.n[3].val()) - self.two.val();
        if self.start.val() {
            for k in 0..4 {
                self.count[k].d.next = self.less_two[k].val();
                self.left[k].d.next = self.less_two[k].val();
                self.stride[k].d.next = self.a[k].val();
                self.at[k].d.next = self.base.val();
                self.phase_stride[k].d.next = self.p[k].val();
                self.phase_at[k].d.next = self.from_phase.val();
            }
            self.walking.d.next = self.n[0].val().any()
                && self.n[1].val().any()
                && self.n[2].val().any()
                && self.n[3].val().any();
        }
    }
}
