//! What recipes of programs compute, written down once more as plain loops.

use ef_isa::Hyperparameters;
use ef_isa::vector::{Optimiser, Settings, Smoothing};
use ef_numerics as num;

/// 1.0.
const ONE: u32 = 0x3f80_0000;

/// Takes results, and remembers whether one was saturated.
#[derive(Default)]
struct Rounded {
    saturated: bool,
}

impl Rounded {
    fn of(&mut self, (y, saturated): (u32, bool)) -> u32 {
        self.saturated |= saturated;
        y
    }
}

/// New weight and what the optimiser keeps for it, of the old ones in `kept`, and whether a result was saturated.
pub fn update(
    optimiser: Optimiser,
    (hyper, settings): (&Hyperparameters<u32>, &Settings<u32>),
    gradient: u32,
    kept: [u32; 3],
) -> ([u32; 3], bool) {
    let mut r = Rounded::default();
    let [weight, first, second] = kept;
    let decayed = r.of(num::mul(hyper.weight_decay, weight));
    let in_gradient = optimiser != Optimiser::AdamW;
    let total = if in_gradient { r.of(num::add(gradient, decayed)) } else { gradient };
    match optimiser {
        Optimiser::Sgd | Optimiser::Nesterov => {
            let carried = r.of(num::mul(hyper.momentum, first));
            let velocity = r.of(num::add(carried, total));
            let direction = if optimiser == Optimiser::Nesterov {
                let ahead = r.of(num::mul(hyper.momentum, velocity));
                r.of(num::add(total, ahead))
            } else {
                velocity
            };
            let step = r.of(num::mul(hyper.learning_rate, direction));
            ([r.of(num::sub(weight, step)), velocity, second], r.saturated)
        }
        Optimiser::Adam | Optimiser::AdamW => {
            let mean = closer(&mut r, first, total, hyper.momentum);
            let squared = r.of(num::mul(total, total));
            let square = closer(&mut r, second, squared, settings.square_rate);
            let least = 2f32.powi(-120).to_bits();
            let kept = if num::gt(square, least) { square } else { least };
            let root = r.of(num::mul(kept, num::rsqrt(kept)));
            let denominator = r.of(num::add(root, settings.epsilon));
            let inverse = r.of(num::recip(denominator));
            let direction = r.of(num::mul(mean, inverse));
            let step = r.of(num::mul(hyper.learning_rate, direction));
            let weight = if in_gradient { weight } else { r.of(num::sub(weight, decayed)) };
            ([r.of(num::sub(weight, step)), mean, square], r.saturated)
        }
    }
}

/// `from + rate*(to - from)`.
fn closer(r: &mut Rounded, from: u32, to: u32, rate: u32) -> u32 {
    let difference = r.of(num::sub(to, from));
    let part = r.of(num::mul(rate, difference));
    r.of(num::add(from, part))
}

/// Totals over images.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub loss_sum: u32,
    pub mean_loss: u32,
    pub correct: u32,
}

/// Softmax cross-entropy of images, each of so many logits and a label: the gradients, and whether a result was saturated.
pub fn softmax(
    images: &[(Vec<u32>, usize)],
    inv_batch: u32,
    smoothing: Option<&Smoothing<u32>>,
    totals: &mut Totals,
) -> (Vec<Vec<u32>>, bool) {
    let mut r = Rounded::default();
    let mut gradients = Vec::new();
    for (logits, label) in images {
        let mut best = 0;
        for k in 1..logits.len() {
            if num::gt(logits[k], logits[best]) {
                best = k;
            }
        }
        let x: Vec<u32> = logits.iter().map(|z| r.of(num::sub(*z, logits[best]))).collect();
        let e: Vec<u32> = x.iter().map(|x| num::exp(*x)).collect();
        let sum = e[1..].iter().fold(e[0], |sum, e| r.of(num::add(sum, *e)));
        let inverse = r.of(num::recip(sum));
        let shifted = match smoothing {
            None => x.get(*label).copied().unwrap_or(0),
            Some(Smoothing { kept, share }) => {
                let terms = x.iter().enumerate().map(|(k, x)| {
                    let labelled = r.of(num::mul(*kept, if k == *label { *x } else { 0 }));
                    let all = r.of(num::mul(*share, *x));
                    r.of(num::add(labelled, all))
                });
                let terms: Vec<u32> = terms.collect();
                terms[1..].iter().fold(r.of(num::add(terms[0], 0)), |sum, term| r.of(num::add(*term, sum)))
            }
        };
        let loss = r.of(num::sub(num::ln(sum), shifted));
        totals.loss_sum = r.of(num::add(totals.loss_sum, loss));
        totals.correct += u32::from(best == *label);
        let gradient = e.iter().enumerate().map(|(k, e)| {
            let p = r.of(num::mul(*e, inverse));
            let is = if k == *label { ONE } else { 0 };
            let difference = match smoothing {
                None => r.of(num::sub(p, is)),
                Some(Smoothing { kept, share }) => {
                    let labelled = r.of(num::mul(*kept, is));
                    let less = r.of(num::sub(p, labelled));
                    r.of(num::sub(less, *share))
                }
            };
            r.of(num::mul(difference, inv_batch))
        });
        gradients.push(gradient.collect());
    }
    totals.mean_loss = r.of(num::mul(totals.loss_sum, inv_batch));
    (gradients, r.saturated)
}
