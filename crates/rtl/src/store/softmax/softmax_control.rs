//! [`SoftmaxControl`]: the order of a softmax command.

use ef_hdl_kit::block;
use rust_hdl::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, LogicState)]
enum SoftmaxState {
    Idle,
    ScanStart,
    Scan,
    ShiftStart,
    Shift,
    Sum,
    Reciprocal,
    Logarithm,
    Inverse,
    Gradient,
    Settle,
    Pad,
    NextImage,
    Mean,
    MeanWait,
}

block! {
    /// Leads each image through its passes, and at the end the mean.
    ///
    /// ```text
    ///  ScanStart, Scan       largest logit                              classes + LAT + 5 cycles
    ///  ShiftStart, Shift     x_k = z_k - max, e_k = exp(x_k)            classes + latency
    ///  Sum                   sum of the e_k, one after the other        (ADD + 1) per class
    ///  Reciprocal, Logarithm 1 / sum, ln(sum)
    ///  Inverse, Gradient     gradients, a class every 2 cycles; beside it the loss
    ///  Settle, Pad           wait for the pipelines, pad to a multiple of T
    ///  NextImage, Mean, MeanWait
    /// ```
    /// The gradient reads in every other cycle, counted from `inverse_known`: the adder and the multiplier are used twice per class, and
    /// by the loss, in cycles that do not meet (see [`Softmax`](crate::store::softmax::Softmax)).
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `start` | 1 | pulse; `p_base` ... `gradient` stay valid until `busy` falls |
    /// | `base`, `label_address` | 16 | of the image |
    /// | `walk`, `walking`, `shifting` | 1 | start a pass over the logits; they are being read; it is the second pass |
    /// | `seen`, `stored` | 16 | logits scanned, exponentials stored |
    /// | `exponent_address` | 16 | of the exponential to read |
    /// | `sum_start`, `all_read`, `sum_next`, `sum_done` | 1 | to and from [`SoftmaxSum`] |
    /// | `reciprocal`, `logarithm` | 1 | ask for them |
    /// | `inverse_known` | 1 | the reciprocal is there |
    /// | `gradient_read` | 1 | a class's gradient begins |
    /// | `pipeline_busy` | 1 | gradients or the loss are under way |
    /// | `pad` | 1 | a padding word leaves |
    /// | `mean`, `mean_known` | 1 | ask for the mean, it is there |
    /// | `busy` | 1 | from the cycle after `start` until all is done |
    pub struct SoftmaxControl<const T: usize> {
        in clock: Clock,
        in clear, start, gradient, stall, walking, sum_next, sum_done, inverse_known, pipeline_busy: Bit,
        in mean_known: Bit, in p_base, n_i, n_c, o_w, seen, stored: Bits<16>,
        out base, label_address, exponent_address: Bits<16>, out all_read, busy: Bit,
        out pulse walk, shifting, sum_start, reciprocal, logarithm, gradient_read, pad, mean: Bit,
        reg(clear) state: SoftmaxState,
        reg images_left, image_base => base, label_at => label_address, at => exponent_address: Bits<16>,
        reg odd: Bit,
        /// Words of the image so far, modulo T.
        reg in_group: Bits<3>,
        // of the cycle before
        reg all_seen, all_stored, read_all => all_read: Bit,
        net pulse word_leaves: Bit,
        const t_last: Bits<3> = T as u64 - 1,
        const one: Bits<16> = 1,
    }
}

impl<const T: usize> Logic for SoftmaxControl<T> {
    #[hdl_gen]
    fn update(&mut self) {
        self.all_seen.d.next = self.seen.val() == self.n_c.val();
        self.all_stored.d.next = self.stored.val() == self.n_c.val();
        self.read_all.d.next = self.at.q.val() == self.n_c.val();

        match self.state.q.val() {
            SoftmaxState::Idle => {
                self.images_left.d.next = self.n_i.val();
                self.image_base.d.next = self.p_base.val();
                self.label_at.d.next = self.o_w.val();
                if self.start.val() {
                    self.state.d.next = SoftmaxState::ScanStart;
                    if !self.n_i.val().any() || !self.n_c.val().any() {
                        self.state.d.next = SoftmaxState::Mean;
                    }
                }
            }
            SoftmaxState::ScanStart => {
                self.walk.next = true;
                self.state.d.next = SoftmaxState::Scan;
            }
            SoftmaxState::Scan => {
                if self.all_seen.q.val() && !self.walking.val() {
                    self.state.d.next = SoftmaxState::ShiftStart;
                }
            }
            SoftmaxState::ShiftStart => {
                self.walk.next = true;
                self.shifting.next = true;
                self.at.d.next = 0.into();
                self.state.d.next = SoftmaxState::Shift;
            }
            SoftmaxState::Shift => {
                self.shifting.next = true;
                if self.all_stored.q.val() && !self.walking.val() {
                    self.sum_start.next = true;
                    self.state.d.next = SoftmaxState::Sum;
                }
            }
            SoftmaxState::Sum => {
                if self.sum_next.val() {
                    self.at.d.next = self.at.q.val() + 1;
                }
                if self.sum_done.val() {
                    self.state.d.next = SoftmaxState::Reciprocal;
                }
            }
            SoftmaxState::Reciprocal => {
                self.reciprocal.next = true;
                self.at.d.next = 0.into();
                self.state.d.next = SoftmaxState::Logarithm;
            }
            SoftmaxState::Logarithm => {
                self.logarithm.next = true;
                self.state.d.next = SoftmaxState::Inverse;
            }
            SoftmaxState::Inverse => {
                self.odd.d.next = false;
                self.in_group.d.next = 0.into();
                if self.inverse_known.val() {
                    self.state.d.next = SoftmaxState::Settle;
                    if self.gradient.val() {
                        self.state.d.next = SoftmaxState::Gradient;
                    }
                }
            }
            SoftmaxState::Gradient => {
                self.odd.d.next = !self.odd.q.val();
                if self.read_all.q.val() {
                    self.state.d.next = SoftmaxState::Settle;
                } else if !self.odd.q.val() && !self.stall.val() {
                    self.gradient_read.next = true;
                    self.word_leaves.next = true;
                    self.at.d.next = self.at.q.val() + 1;
                }
            }
            SoftmaxState::Settle => {
                if !self.pipeline_busy.val() {
                    self.state.d.next = SoftmaxState::Pad;
                }
            }
            SoftmaxState::Pad => {
                if self.in_group.q.val().any() {
                    self.pad.next = true;
                    self.word_leaves.next = true;
                } else {
                    self.state.d.next = SoftmaxState::NextImage;
                }
            }
            SoftmaxState::NextImage => {
                self.image_base.d.next = self.image_base.q.val() + 1;
                self.label_at.d.next = self.label_at.q.val() + 1;
                self.images_left.d.next = self.images_left.q.val() - 1;
                self.state.d.next = SoftmaxState::ScanStart;
                if self.images_left.q.val() == self.one.val() {
                    self.state.d.next = SoftmaxState::Mean;
                }
            }
            SoftmaxState::Mean => {
                self.mean.next = true;
                self.state.d.next = SoftmaxState::MeanWait;
            }
            SoftmaxState::MeanWait => {
                if self.mean_known.val() {
                    self.state.d.next = SoftmaxState::Idle;
                }
            }
        }
        if self.word_leaves.val() {
            self.in_group.d.next = self.in_group.q.val() + 1;
            if self.in_group.q.val() == self.t_last.val() {
                self.in_group.d.next = 0.into();
            }
        }
        self.busy.next = self.state.q.val() != SoftmaxState::Idle;
    }
}

#[derive(Clone, Copy, Debug, PartialEq, LogicState)]
enum SumState {
    Idle,
    First,
    Fetch,
    Add,
    Wait,
}

block! {
    /// The sum of an image's exponentials, one after the other.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `start` | 1 | pulse |
    /// | `all_read` | 1 | the exponential that is addressed is behind the last |
    /// | `take_first`, `add_next` | 1 | the sum becomes the exponential that was read, grows by it |
    /// | `advance` | 1 | the next exponential shall be addressed |
    /// | `added` | 1 | the sum has grown |
    /// | `done` | 1 | the sum is complete |
    pub struct SoftmaxSum {
        in clock: Clock, in clear, start, all_read, added: Bit,
        out advance: Bit, out pulse take_first, add_next, done: Bit,
        reg(clear) state: SumState, reg pulse pause: Bits<2>,
        net rested: Bit,
    }
}

impl Logic for SoftmaxSum {
    #[hdl_gen]
    fn update(&mut self) {
        self.rested.next = self.pause.q.val().all();
        match self.state.q.val() {
            SumState::Idle => {
                if self.start.val() {
                    self.state.d.next = SumState::First;
                }
            }
            // an exponential is there 2 cycles after its address, and 3 after it was written
            SumState::First => {
                self.pause.d.next = self.pause.q.val() + 1;
                if self.rested.val() {
                    self.take_first.next = true;
                    self.state.d.next = SumState::Fetch;
                }
            }
            SumState::Fetch => {
                self.pause.d.next = self.pause.q.val() + 1;
                if self.rested.val() {
                    self.state.d.next = SumState::Add;
                    if self.all_read.val() {
                        self.done.next = true;
                        self.state.d.next = SumState::Idle;
                    }
                }
            }
            SumState::Add => {
                self.add_next.next = true;
                self.state.d.next = SumState::Wait;
            }
            SumState::Wait => {
                if self.added.val() {
                    self.state.d.next = SumState::Add;
                    if self.all_read.val() {
                        self.done.next = true;
                        self.state.d.next = SumState::Idle;
                    }
                }
            }
        }
        self.advance.next = self.take_first.val() | self.add_next.val();
    }
}
