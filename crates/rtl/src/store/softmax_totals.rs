//! [`SoftmaxTotals`]: what softmax remembers of an image and of all images.

use rust_hdl::prelude::*;

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
#[derive(LogicBlock, Default)]
pub struct SoftmaxTotals {
    pub clock: Signal<In, Clock>,
    pub clear_totals: Signal<In, Bit>,
    pub restart: Signal<In, Bit>,
    pub label: Signal<In, Bits<32>>,
    pub best: Signal<In, Bits<16>>,
    pub shifted: Signal<In, Bit>,
    pub take_first: Signal<In, Bit>,
    pub exponent: Signal<In, Bits<32>>,
    pub grown: Signal<In, Bit>,
    pub inverse_known: Signal<In, Bit>,
    pub special: Signal<In, Bits<32>>,
    pub difference: Signal<In, Bit>,
    pub loss_known: Signal<In, Bit>,
    pub loss_end: Signal<In, Bit>,
    pub mean_known: Signal<In, Bit>,
    pub sum: Signal<In, Bits<32>>,
    pub product: Signal<In, Bits<32>>,
    pub x_label: Signal<Out, Bits<32>>,
    pub exponent_sum: Signal<Out, Bits<32>>,
    pub inverse: Signal<Out, Bits<32>>,
    pub is_label: Signal<Out, Bit>,
    pub loss: Signal<Out, Bits<32>>,
    pub loss_sum: Signal<Out, Bits<32>>,
    pub mean_loss: Signal<Out, Bits<32>>,
    pub correct: Signal<Out, Bits<32>>,
    at_label: DFF<Bits<32>>,
    of_exponents: DFF<Bits<32>>,
    reciprocal: DFF<Bits<32>>,
    of_image: DFF<Bits<32>>,
    of_all: DFF<Bits<32>>,
    mean: DFF<Bits<32>>,
    hits: DFF<Bits<32>>,
    /// Class of the next x, then of the next gradient.
    at_class: DFF<Bits<16>>,
    class_is_label: Signal<Local, Bit>,
    hit: Signal<Local, Bit>,
}

impl Logic for SoftmaxTotals {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, at_label, of_exponents, reciprocal, of_image, of_all, mean, hits, at_class);
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
        if self.restart.val() {
            self.at_class.d.next = 0.into();
            self.at_label.d.next = 0.into();
        }
        if self.clear_totals.val() {
            self.of_all.d.next = 0.into();
            self.mean.d.next = 0.into();
            self.hits.d.next = 0.into();
        }
        self.x_label.next = self.at_label.q.val();
        self.exponent_sum.next = self.of_exponents.q.val();
        self.inverse.next = self.reciprocal.q.val();
        self.is_label.next = self.class_is_label.val();
        self.loss.next = self.of_image.q.val();
        self.loss_sum.next = self.of_all.q.val();
        self.mean_loss.next = self.mean.q.val();
        self.correct.next = self.hits.q.val();
    }
}
