//! [`Walker`]: addresses and phases of a four-level loop nest, without a multiplier.

use ef_hdl_kit::{K, vec_of};
use rust_hdl::prelude::*;

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
#[derive(LogicBlock)]
pub struct Walker {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub start: Signal<In, Bit>,
    pub n: Vec<Signal<In, Bits<16>>>,
    pub a: Vec<Signal<In, Bits<16>>>,
    pub p: Vec<Signal<In, Bits<3>>>,
    pub base: Signal<In, Bits<16>>,
    pub from_phase: Signal<In, Bits<3>>,
    pub step: Signal<In, Bit>,
    pub cut: Signal<In, Bit>,
    pub valid: Signal<Out, Bit>,
    pub address: Signal<Out, Bits<16>>,
    pub phase: Signal<Out, Bits<3>>,
    pub row_end: Signal<Out, Bit>,
    pub last: Signal<Out, Bit>,
    walking: DFF<Bit>,
    count: Vec<DFF<Bits<17>>>,
    left: Vec<DFF<Bits<17>>>,
    stride: Vec<DFF<Bits<16>>>,
    at: Vec<DFF<Bits<16>>>,
    phase_stride: Vec<DFF<Bits<3>>>,
    phase_at: Vec<DFF<Bits<3>>>,
    ends0: Signal<Local, Bit>,
    ends1: Signal<Local, Bit>,
    ends2: Signal<Local, Bit>,
    ends3: Signal<Local, Bit>,
    outer2: Signal<Local, Bit>,
    outer3: Signal<Local, Bit>,
    from: Signal<Local, Bits<16>>,
    by: Signal<Local, Bits<16>>,
    sum: Signal<Local, Bits<16>>,
    phase_from: Signal<Local, Bits<3>>,
    phase_by: Signal<Local, Bits<3>>,
    phase_sum: Signal<Local, Bits<3>>,
    less_two: Vec<Signal<Local, Bits<17>>>,
    one: K<17, 1>,
    two: K<17, 2>,
}

impl Default for Walker {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            reset: Default::default(),
            start: Default::default(),
            n: vec_of(4),
            a: vec_of(4),
            p: vec_of(4),
            base: Default::default(),
            from_phase: Default::default(),
            step: Default::default(),
            cut: Default::default(),
            valid: Default::default(),
            address: Default::default(),
            phase: Default::default(),
            row_end: Default::default(),
            last: Default::default(),
            walking: Default::default(),
            count: vec_of(4),
            left: vec_of(4),
            stride: vec_of(4),
            at: vec_of(4),
            phase_stride: vec_of(4),
            phase_at: vec_of(4),
            ends0: Default::default(),
            ends1: Default::default(),
            ends2: Default::default(),
            ends3: Default::default(),
            outer2: Default::default(),
            outer3: Default::default(),
            from: Default::default(),
            by: Default::default(),
            sum: Default::default(),
            phase_from: Default::default(),
            phase_by: Default::default(),
            phase_sum: Default::default(),
            less_two: vec_of(4),
            one: Default::default(),
            two: Default::default(),
        }
    }
}

impl Logic for Walker {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, walking);
        for k in 0..4 {
            self.count[k].clock.next = self.clock.val();
            self.left[k].clock.next = self.clock.val();
            self.stride[k].clock.next = self.clock.val();
            self.at[k].clock.next = self.clock.val();
            self.phase_stride[k].clock.next = self.clock.val();
            self.phase_at[k].clock.next = self.clock.val();
            self.count[k].d.next = self.count[k].q.val();
            self.left[k].d.next = self.left[k].q.val();
            self.stride[k].d.next = self.stride[k].q.val();
            self.at[k].d.next = self.at[k].q.val();
            self.phase_stride[k].d.next = self.phase_stride[k].q.val();
            self.phase_at[k].d.next = self.phase_at[k].q.val();
        }
        self.valid.next = self.walking.q.val();
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
        if self.reset.val() {
            self.walking.d.next = false;
        }
    }
}
