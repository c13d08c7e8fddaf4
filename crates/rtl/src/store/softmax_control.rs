//! [`SoftmaxControl`]: the order of a softmax command.

use super::lane_constants::LaneConstants;
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, LogicState)]
enum SoftmaxState {
    Idle,
    ScanStart,
    Scan,
    ShiftStart,
    Shift,
    SumFirst,
    SumFetch,
    SumAdd,
    SumWait,
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
    ///  SumFirst .. SumWait   sum of the e_k, one after the other        (ADD + 1) per class
    ///  Reciprocal, Logarithm 1 / sum, ln(sum)
    ///  Inverse, Gradient     gradients, a class every 2 cycles; beside it the loss
    ///  Settle, Pad           wait for the pipelines, pad to a multiple of T
    ///  NextImage, Mean, MeanWait
    /// ```
    /// The gradient reads in every other cycle, counted from `inverse_known`: the adder and the multiplier are used twice per class, and
    /// by the loss, in cycles that do not meet (see [`Softmax`](super::softmax::Softmax)).
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `start` | 1 | pulse; `p_base` ... `gradient` stay valid until `busy` falls |
    /// | `base`, `label_address` | 16 | of the image |
    /// | `walk`, `walking`, `shifting` | 1 | start a pass over the logits; they are being read; it is the second pass |
    /// | `seen`, `stored` | 16 | logits scanned, exponentials stored |
    /// | `exponent_address` | 16 | of the exponential to read |
    /// | `take_first`, `add_next` | 1 | the sum becomes the exponential that was read, grows by it |
    /// | `added` | 1 | the sum has grown |
    /// | `reciprocal`, `logarithm` | 1 | ask for them |
    /// | `inverse_known` | 1 | the reciprocal is there |
    /// | `gradient_read` | 1 | a class's gradient begins |
    /// | `pipeline_busy` | 1 | gradients or the loss are under way |
    /// | `pad` | 1 | a padding word leaves |
    /// | `mean`, `mean_known` | 1 | ask for the mean, it is there |
    /// | `busy` | 1 | from the cycle after `start` until all is done |
    pub struct SoftmaxControl<const T: usize> {
        in clock: Clock,
        in clear, start: Bit,
        in p_base, n_i, n_c, o_w: Bits<16>,
        in gradient, stall: Bit,
        out base, label_address: Bits<16>,
        out walk: Bit,
        in walking: Bit,
        out shifting: Bit,
        in seen, stored: Bits<16>,
        out exponent_address: Bits<16>,
        out take_first, add_next: Bit,
        in added: Bit,
        out reciprocal, logarithm: Bit,
        in inverse_known: Bit,
        out gradient_read: Bit,
        in pipeline_busy: Bit,
        out pad, mean: Bit,
        in mean_known: Bit,
        out busy: Bit,
        reg state: SoftmaxState,
        reg images_left, image_base, label_at, at: Bits<16>,
        reg pause: Bits<2>,
        reg odd: Bit,
        /// Words of the image so far, modulo T.
        reg in_group: Bits<3>,
        // of the cycle before
        reg all_seen, all_stored, all_read: Bit,
        net rested, word_leaves: Bit,
        constants: LaneConstants<T>,
        const one: Bits<16> = 1, const no_rest: Bits<2> = 0,
    }
}

impl<const T: usize> Logic for SoftmaxControl<T> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, state, images_left, image_base, label_at, at, pause, odd, in_group);
        dff_setup!(self, clock, all_seen, all_stored, all_read);
        self.all_seen.d.next = self.seen.val() == self.n_c.val();
        self.all_stored.d.next = self.stored.val() == self.n_c.val();
        self.all_read.d.next = self.at.q.val() == self.n_c.val();
        self.rested.next = self.pause.q.val().all();
        self.pause.d.next = self.no_rest.val();
        self.walk.next = false;
        self.shifting.next = false;
        self.take_first.next = false;
        self.add_next.next = false;
        self.reciprocal.next = false;
        self.logarithm.next = false;
        self.gradient_read.next = false;
        self.pad.next = false;
        self.mean.next = false;
        self.word_leaves.next = false;

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
                    self.state.d.next = SoftmaxState::SumFirst;
                }
            }
            // an exponential is there 2 cycles after its address, and 3 after it was written
            SoftmaxState::SumFirst => {
                self.pause.d.next = self.pause.q.val() + 1;
                if self.rested.val() {
                    self.take_first.next = true;
                    self.at.d.next = self.one.val();
                    self.state.d.next = SoftmaxState::SumFetch;
                }
            }
            SoftmaxState::SumFetch => {
                self.pause.d.next = self.pause.q.val() + 1;
                if self.rested.val() {
                    self.state.d.next = SoftmaxState::SumAdd;
                    if self.all_read.q.val() {
                        self.state.d.next = SoftmaxState::Reciprocal;
                    }
                }
            }
            SoftmaxState::SumAdd => {
                self.add_next.next = true;
                self.at.d.next = self.at.q.val() + 1;
                self.state.d.next = SoftmaxState::SumWait;
            }
            SoftmaxState::SumWait => {
                if self.added.val() {
                    self.state.d.next = SoftmaxState::SumAdd;
                    if self.all_read.q.val() {
                        self.state.d.next = SoftmaxState::Reciprocal;
                    }
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
                if self.all_read.q.val() {
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
            if self.in_group.q.val() == self.constants.last.val() {
                self.in_group.d.next = 0.into();
            }
        }
        if self.clear.val() {
            self.state.d.next = SoftmaxState::Idle;
        }
        self.base.next = self.image_base.q.val();
        self.label_address.next = self.label_at.q.val();
        self.exponent_address.next = self.at.q.val();
        self.busy.next = self.state.q.val() != SoftmaxState::Idle;
    }
}
