//! [`SoftmaxSteps`] and [`SoftmaxFunction`]: what goes into the arithmetic units in each step of softmax.

use crate::arith::sfu::{EXP, LN, RECIP};
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// Operands of the adder and the multiplier, and the word that leaves. Combinational; at most one step uses a unit in a cycle.
    ///
    /// | step | adder | | step | multiplier |
    /// |---|---|---|---|---|
    /// | `shift` | `element - largest` | | `probability` | `exponent * inverse` |
    /// | `grow` | `exponent_sum + exponent` | | `scale` | `held_difference * inv_batch` |
    /// | `loss_begin` | `logarithm - x_label` | | `mean` | `loss_sum * inv_batch` |
    /// | `loss_add` | `loss_sum + loss` | | | |
    /// | `difference` | `product - 1`, or `- 0` if not the label | | | |
    pub struct SoftmaxSteps {
        in walk, shifting, issue, gradients_busy, loss_busy, shift, grow, loss_begin, loss_add: Bit,
        in difference, probability, scale, mean, gradient_known, pad, is_label: Bit,
        in element, largest, exponent_sum, exponent, logarithm, x_label, loss_sum, loss, inverse: Bits<32>,
        in held_difference, inv_batch, product: Bits<32>,
        /// A logit of the first pass is read.
        out scan_issue: Bit,
        /// A logit of the second pass is read.
        out shift_issue: Bit,
        out scan_start, shift_start, pipeline_busy, add, subtract, multiply, push: Bit,
        out add_a, add_b, mul_a, mul_b: Bits<32>, out pulse word: Bits<32>,
        const one: Bits<32> = 0x3f80_0000,
    }
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
        if self.gradient_known.val() {
            self.word.next = self.product.val();
        }
    }
}

block! {
    /// The argument of the special function unit, registered: x of the second pass for `exp`, else the sum of exponentials.
    pub struct SoftmaxFunction {
        in clock: Clock, in shifted, total: Bits<32>, in reciprocal, logarithm: Bit,
        out x: Bits<32>,
        /// Which function, see [`Sfu`](crate::arith::sfu::Sfu).
        out op: Bits<2>,
        reg argument => x: Bits<32>, reg chosen => op: Bits<2>,
        const recip: Bits<2> = RECIP, const exp: Bits<2> = EXP, const ln: Bits<2> = LN,
    }
}

impl Logic for SoftmaxFunction {
    #[hdl_gen]
    fn update(&mut self) {
        self.argument.d.next = self.shifted.val();
        self.chosen.d.next = self.exp.val();
        if self.reciprocal.val() {
            self.argument.d.next = self.total.val();
            self.chosen.d.next = self.recip.val();
        } else if self.logarithm.val() {
            self.argument.d.next = self.total.val();
            self.chosen.d.next = self.ln.val();
        }
    }
}
