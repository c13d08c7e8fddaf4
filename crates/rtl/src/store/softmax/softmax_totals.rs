//! [`SoftmaxTotals`]: what softmax remembers of an image and of all images.

use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// The registers of softmax; every pulse says that a result is there in this cycle.
    ///
    /// ```text
    ///  sum ------> x_label (when the class is the label), exponent_sum, loss, loss_sum
    ///  special --> inverse
    ///  product --> mean_loss
    ///  best = label ? -> correct + 1
    /// ```
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `clear_totals` | 1 | `loss_sum`, `mean_loss`, `correct` become 0 |
    /// | `restart` | 1 | an image's second pass begins |
    /// | `label`, `best` | 32, 16 | class of the image; class of the first largest logit |
    /// | `shifted` | 1 | `sum` is the x of the next class |
    /// | `take_first`, `exponent`, `grown` | 1, 32, 1 | the sum of exponentials is `exponent`; is `sum` |
    /// | `inverse_known`, `special` | 1, 32 | `special` is the reciprocal |
    /// | `difference`, `is_label` | 1, 1 | the gradient of the next class takes its difference; this class is the label |
    /// | `loss_known`, `loss_end` | 1, 1 | `sum` is the image's loss; is the sum of all losses |
    /// | `mean_known` | 1 | `product` is the mean loss |
    pub struct SoftmaxTotals {
        in clock: Clock,
        in clear_totals, restart, shifted, take_first, grown, inverse_known, difference, loss_known: Bit,
        in loss_end, mean_known: Bit, in label, exponent, special, sum, product: Bits<32>,
        in best: Bits<16>,
        out x_label, exponent_sum, inverse, loss, loss_sum, mean_loss, correct: Bits<32>,
        out is_label: Bit,
        reg(restart) at_label => x_label: Bits<32>,
        reg of_exponents => exponent_sum, reciprocal => inverse, of_image => loss: Bits<32>,
        reg(clear_totals) of_all => loss_sum, mean => mean_loss, hits => correct: Bits<32>,
        /// Class of the next x, then of the next gradient.
        reg(restart) at_class: Bits<16>,
        net class_is_label, hit: Bit,
    }
}

impl Logic for SoftmaxTotals {
    #[hdl_gen]
    fn update(&mut self) {
        self.class_is_label.next = self.label.val() == bit_cast::<32, 16>(self.at_class.q.val());
        self.hit.next = self.label.val() == bit_cast::<32, 16>(self.best.val());
        if self.shifted.val() {
            self.at_class.d.next = self.at_class.q.val() + 1;
            if self.class_is_label.val() {
                self.at_label.d.next = self.sum.val();
            }
        }
        if self.take_first.val() {
            self.of_exponents.d.next = self.exponent.val();
        }
        if self.grown.val() {
            self.of_exponents.d.next = self.sum.val();
        }
        if self.inverse_known.val() {
            self.reciprocal.d.next = self.special.val();
            self.at_class.d.next = 0.into();
        }
        if self.difference.val() {
            self.at_class.d.next = self.at_class.q.val() + 1;
        }
        if self.loss_known.val() {
            self.of_image.d.next = self.sum.val();
        }
        if self.loss_end.val() {
            self.of_all.d.next = self.sum.val();
            if self.hit.val() {
                self.hits.d.next = self.hits.q.val() + 1;
            }
        }
        if self.mean_known.val() {
            self.mean.d.next = self.product.val();
        }
        self.is_label.next = self.class_is_label.val();
    }
}
