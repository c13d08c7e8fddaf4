//! [`SoftmaxSteps`] and [`SoftmaxFunction`]: what goes into the arithmetic units in each step of softmax.

use crate::arith::sfu::{EXP, LN, RECIP};
use ef_hdl_kit::K;
use rust_hdl::prelude::*;

/// Operands of the adder and the multiplier, and the word that leaves. Combinational; at most one step uses a unit in a cycle.
///
/// | step | adder | | step | multiplier |
/// |---|---|---|---|---|
/// | `shift` | `element - largest` | | `probability` | `exponent * inverse` |
/// | `grow` | `exponent_sum + exponent` | | `scale` | `held_difference * inv_batch` |
/// | `loss_begin` | `logarithm - x_label` | | `mean` | `loss_sum * inv_batch` |
/// | `loss_add` | `loss_sum + loss` | | | |
/// | `difference` | `product - 1`, or `- 0` if not the label | | | |
#[derive(LogicBlock, Default)]
pub struct SoftmaxSteps {
    pub walk: Signal<In, Bit>,
    pub shifting: Signal<In, Bit>,
    pub issue: Signal<In, Bit>,
    pub gradients_busy: Signal<In, Bit>,
    pub loss_busy: Signal<In, Bit>,
    pub shift: Signal<In, Bit>,
    pub grow: Signal<In, Bit>,
    pub loss_begin: Signal<In, Bit>,
    pub loss_add: Signal<In, Bit>,
    pub difference: Signal<In, Bit>,
    pub probability: Signal<In, Bit>,
    pub scale: Signal<In, Bit>,
    pub mean: Signal<In, Bit>,
    pub gradient_known: Signal<In, Bit>,
    pub pad: Signal<In, Bit>,
    pub element: Signal<In, Bits<32>>,
    pub largest: Signal<In, Bits<32>>,
    pub exponent_sum: Signal<In, Bits<32>>,
    pub exponent: Signal<In, Bits<32>>,
    pub logarithm: Signal<In, Bits<32>>,
    pub x_label: Signal<In, Bits<32>>,
    pub loss_sum: Signal<In, Bits<32>>,
    pub loss: Signal<In, Bits<32>>,
    pub is_label: Signal<In, Bit>,
    pub inverse: Signal<In, Bits<32>>,
    pub held_difference: Signal<In, Bits<32>>,
    pub inv_batch: Signal<In, Bits<32>>,
    pub product: Signal<In, Bits<32>>,
    /// A logit of the first pass is read.
    pub scan_issue: Signal<Out, Bit>,
    /// A logit of the second pass is read.
    pub shift_issue: Signal<Out, Bit>,
    pub scan_start: Signal<Out, Bit>,
    pub shift_start: Signal<Out, Bit>,
    pub pipeline_busy: Signal<Out, Bit>,
    pub add: Signal<Out, Bit>,
    pub add_a: Signal<Out, Bits<32>>,
    pub add_b: Signal<Out, Bits<32>>,
    pub subtract: Signal<Out, Bit>,
    pub multiply: Signal<Out, Bit>,
    pub mul_a: Signal<Out, Bits<32>>,
    pub mul_b: Signal<Out, Bits<32>>,
    pub push: Signal<Out, Bit>,
    pub word: Signal<Out, Bits<32>>,
    one: K<32, 0x3f80_0000>,
}

impl Logic for SoftmaxSteps {
    #[hdl_gen]
    fn update(&mut self) {
        self.scan_issue.next = self.issue.val() && !self.shifting.val();
        self.shift_issue.next = self.issue.val() && self.shifting.val();
        self.scan_start.next = self.walk.val() && !self.shifting.val();
        self.shift_start.next = self.walk.val() && self.shifting.val();
        self.pipeline_busy.next = self.gradients_busy.val() || self.loss_busy.val();

        self.add.next = self.shift.val()
            || self.grow.val()
            || self.loss_begin.val()
            || self.loss_add.val()
            || self.difference.val();
        self.subtract.next = !self.grow.val() && !self.loss_add.val();
        self.add_a.next = self.element.val();
        self.add_b.next = self.largest.val();
        if self.grow.val() {
            self.add_a.next = self.exponent_sum.val();
            self.add_b.next = self.exponent.val();
        } else if self.loss_begin.val() {
            self.add_a.next = self.logarithm.val();
            self.add_b.next = self.x_label.val();
        } else if self.loss_add.val() {
            self.add_a.next = self.loss_sum.val();
            self.add_b.next = self.loss.val();
        } else if self.difference.val() {
            // a product less 0 is the product: products are flushed
            self.add_a.next = self.product.val();
            self.add_b.next = 0.into();
            if self.is_label.val() {
                self.add_b.next = self.one.val();
            }
        }

        self.multiply.next = self.probability.val() || self.scale.val() || self.mean.val();
        self.mul_a.next = self.exponent.val();
        self.mul_b.next = self.inverse.val();
        if self.scale.val() {
            self.mul_a.next = self.held_difference.val();
            self.mul_b.next = self.inv_batch.val();
        } else if self.mean.val() {
            self.mul_a.next = self.loss_sum.val();
            self.mul_b.next = self.inv_batch.val();
        }

        self.push.next = self.gradient_known.val() || self.pad.val();
        self.word.next = 0.into();
        if self.gradient_known.val() {
            self.word.next = self.product.val();
        }
    }
}

/// The argument of the special function unit, registered: x of the second pass for `exp`, else the sum of exponentials.
#[derive(LogicBlock, Default)]
pub struct SoftmaxFunction {
    pub clock: Signal<In, Clock>,
    pub shifted: Signal<In, Bits<32>>,
    pub total: Signal<In, Bits<32>>,
    pub reciprocal: Signal<In, Bit>,
    pub logarithm: Signal<In, Bit>,
    pub x: Signal<Out, Bits<32>>,
    /// Which function, see [`Sfu`](crate::arith::sfu::Sfu).
    pub op: Signal<Out, Bits<2>>,
    argument: DFF<Bits<32>>,
    chosen: DFF<Bits<2>>,
    recip: K<2, RECIP>,
    exp: K<2, EXP>,
    ln: K<2, LN>,
}

impl Logic for SoftmaxFunction {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, argument, chosen);
        self.argument.d.next = self.shifted.val();
        self.chosen.d.next = self.exp.val();
        if self.reciprocal.val() {
            self.argument.d.next = self.total.val();
            self.chosen.d.next = self.recip.val();
        } else if self.logarithm.val() {
            self.argument.d.next = self.total.val();
            self.chosen.d.next = self.ln.val();
        }
        self.x.next = self.argument.q.val();
        self.op.next = self.chosen.q.val();
    }
}
