//! What recipes of programs compute, written down once more as plain loops.

use ef_isa::Hyperparameters;
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

/// New weight and velocity, and whether a result was saturated.
pub fn sgd(hyper: &Hyperparameters<u32>, gradient: u32, weight: u32, velocity: u32) -> ([u32; 2], bool) {
    let mut r = Rounded::default();
    let decayed = r.of(num::mul(hyper.weight_decay, weight));
    let total = r.of(num::add(gradient, decayed));
    let carried = r.of(num::mul(hyper.momentum, velocity));
    let velocity = r.of(num::add(carried, total));
    let step = r.of(num::mul(hyper.learning_rate, velocity));
    let weight = r.of(num::sub(weight, step));
    ([weight, velocity], r.saturated)
}

/// Totals over images.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub loss_sum: u32,
    pub mean_loss: u32,
    pub correct: u32,
}

/// Softmax cross-entropy of images, each of so many logits and a label: the gradients, and whether a result was saturated.
pub fn softmax(images: &[(Vec<u32>, usize)], inv_batch: u32, totals: &mut Totals) -> (Vec<Vec<u32>>, bool) {
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
        let loss = r.of(num::sub(num::ln(sum), x.get(*label).copied().unwrap_or(0)));
        totals.loss_sum = r.of(num::add(totals.loss_sum, loss));
        totals.correct += u32::from(best == *label);
        let gradient = e.iter().enumerate().map(|(k, e)| {
            let p = r.of(num::mul(*e, inverse));
            let difference = if k == *label { r.of(num::sub(p, ONE)) } else { p };
            r.of(num::mul(difference, inv_batch))
        });
        gradients.push(gradient.collect());
    }
    totals.mean_loss = r.of(num::mul(totals.loss_sum, inv_batch));
    (gradients, r.saturated)
}
