//! Softmax cross-entropy: four passes over the logits, an accumulator per image.
//!
//! Partial sums: logits. C: the label of the image. Index: the class. Each bank has a word per image, its lane.
//!
//! With label smoothing s over K classes the target is s/K, of the label 1 - s + s/K: second and fourth pass have a form of their own for it.

use crate::regs::Hyperparameters;
use crate::vector::{Constant, Recipe, Sink, Smoothing, Source};

/// Largest logit.
const GREATEST: u32 = 0;
/// Sum of the exponentials, then its inverse.
const SUM: u32 = 1;
/// The label's logit less the largest one; with label smoothing the mean of all, weighted with the targets.
const SHIFTED: u32 = 2;
/// Largest logit of a class before the label.
const EARLIER: u32 = 3;
/// The label's logit.
const LABELLED: u32 = 4;
/// LOSS_SUM.
const LOSS_SUM: u32 = 6;

/// First pass, over classes of images: the largest logit of all, of the label, and of the classes before it.
pub fn softmax_greatest() -> Recipe {
    let mut r = Recipe::new("softmax: greatest");
    let (logit, label) = (r.load(Source::Psum), r.load(Source::C));
    r.greatest(GREATEST, logit);
    let labelled = r.only(logit, label);
    r.greatest(LABELLED, labelled);
    let earlier = r.before(logit, label);
    r.greatest(EARLIER, earlier);
    r
}

/// Second pass, over classes of images: `x = logit - greatest`; the sum of e^x in the order of the classes; the label's x.
pub fn softmax_exponentials() -> Recipe {
    exponentials(Recipe::new("softmax: exponentials"), None)
}

/// The same with label smoothing: the sum of the targets times x, `(1 - s if label)*x + s/K*x`, in place of the label's x.
pub fn smoothed_exponentials() -> Recipe {
    exponentials(Recipe::new("softmax, smoothed: exponentials"), Some(Smoothing::constants()))
}

fn exponentials(mut r: Recipe, smoothing: Option<Smoothing<Constant>>) -> Recipe {
    let (logit, label) = (r.load(Source::Psum), r.load(Source::C));
    let x = r.less(GREATEST, logit);
    let e = r.exp(x);
    r.sum(SUM, e);
    let labelled = r.at(x, label);
    let shifted = match smoothing {
        None => labelled,
        Some(Smoothing { kept, share }) => {
            let labelled = r.mul(kept, labelled);
            let all = r.mul(share, x);
            r.add(labelled, all)
        }
    };
    r.sum(SHIFTED, shifted);
    r
}

/// Third pass, over images: `loss = ln(sum) - x_label`, their sum and its mean; 1/sum. The image is a hit if its label is the first of the
/// largest logits: greater than those of the classes before it, and not less than any.
pub fn softmax_loss() -> Recipe {
    let Hyperparameters { inv_batch, .. } = Constant::registers();
    let mut r = Recipe::new("softmax: loss");
    let (sum, shifted) = (r.read(SUM), r.read(SHIFTED));
    let inverse = r.recip(sum);
    r.keep(SUM, inverse);
    let log = r.ln(sum);
    let loss = r.sub(log, shifted);
    let losses = r.sum(LOSS_SUM, loss);
    r.out(Sink::LossSum, losses);
    let mean = r.mul(losses, inv_batch);
    r.out(Sink::MeanLoss, mean);
    let (greatest, earlier) = (r.read(GREATEST), r.read(EARLIER));
    let labelled = r.read(LABELLED);
    let first = r.greater(labelled, earlier);
    let less = r.greater(greatest, labelled);
    let hit = r.sub(first, less);
    r.out(Sink::Correct, hit);
    r
}

/// Fourth pass, over images of classes: `(e^x / sum - 1 if label) / batch`.
pub fn softmax_gradient() -> Recipe {
    gradient(Recipe::new("softmax: gradient"), None)
}

/// Fourth pass with label smoothing: `(e^x / sum - (1 - s if label) - s/K) / batch`.
pub fn smoothed_gradient() -> Recipe {
    gradient(Recipe::new("softmax, smoothed: gradient"), Some(Smoothing::constants()))
}

fn gradient(mut r: Recipe, smoothing: Option<Smoothing<Constant>>) -> Recipe {
    let Hyperparameters { inv_batch, .. } = Constant::registers();
    let (logit, label) = (r.load(Source::Psum), r.load(Source::C));
    let x = r.less(GREATEST, logit);
    let e = r.exp(x);
    let inverse = r.read(SUM);
    let p = r.mul(e, inverse);
    let one = r.is(label);
    let difference = match smoothing {
        None => r.sub(p, one),
        Some(Smoothing { kept, share }) => {
            let labelled = r.mul(kept, one);
            let less = r.sub(p, labelled);
            r.sub(less, share)
        }
    };
    let gradient = r.mul(difference, inv_batch);
    r.out(Sink::X, gradient);
    r
}
