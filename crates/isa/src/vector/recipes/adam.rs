//! Adam (Kingma and Ba, 2015) and AdamW (Loshchilov and Hutter, 2019): two passes over one piece of the parameters.
//!
//! A: weights w, B: means m, D: squares s, partial sums: gradients g. The bias corrections are in the two values that the host gives anew
//! for every step, the learning rate and epsilon ([`Optimiser::given`](crate::vector::Optimiser::given)).

use super::Gradient;
use crate::regs::Hyperparameters;
use crate::vector::{Constant, Recipe, Settings, Sink, Source, Value};

/// What weight decay changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decay {
    /// The gradient, as in Adam: `g + wd*w` takes its place.
    Gradient,
    /// The weight, as in AdamW: `wd*w` is taken from it, where wd is a product with the learning rate already.
    Weight,
}

/// Less than every square that matters beside epsilon; its inverse root is no overflow.
const LEAST_SQUARE: f32 = f32::from_bits((127 - 120) << 23);

/// `s' = s + (1 - beta2)*(g^2 - s)`, `m' = m + (1 - beta1)*(g - m)`, `w' = w - lr*m' / (sqrt(s') + epsilon)`. X: new weights, Y: new
/// squares.
///
/// What is needed late is loaded twice: a value is kept for 15 results of its unit, and the root and the inverse take 60 cycles.
pub fn adam_weights(decay: Decay, from: Gradient) -> Recipe {
    let Hyperparameters { learning_rate, weight_decay, .. } = Constant::registers();
    let Settings { square_rate, epsilon } = Settings::constants();
    let mut r = Recipe::new("adam: weights and squares");
    let g = gradient(&mut r, decay, from);
    let s = r.load(Source::D);
    let squared = r.mul(g, g);
    let square = closer(&mut r, s, squared, square_rate);
    let kept = r.max(square, Constant::Literal(LEAST_SQUARE.to_bits()));
    let inverse_root = r.rsqrt(kept);
    let root = r.mul(kept, inverse_root);
    let denominator = r.add(root, epsilon);
    let inverse = r.recip(denominator);
    let mean = mean(&mut r, decay, from);
    let direction = r.mul(mean, inverse);
    let change = r.mul(learning_rate, direction);
    let w = r.load(Source::A);
    let decayed = match decay {
        Decay::Gradient => w,
        Decay::Weight => {
            let decay = r.mul(weight_decay, w);
            r.sub(w, decay)
        }
    };
    let weight = r.sub(decayed, change);
    r.out(Sink::X, weight);
    r.out(Sink::Y, square);
    r
}

/// `m' = m + (1 - beta1)*(g - m)`. X: new means.
pub fn adam_mean(decay: Decay, from: Gradient) -> Recipe {
    let mut r = Recipe::new("adam: means");
    let mean = mean(&mut r, decay, from);
    r.out(Sink::X, mean);
    r
}

/// The new mean; `momentum` is 1 - beta1.
fn mean(r: &mut Recipe, decay: Decay, from: Gradient) -> Value {
    let Hyperparameters { momentum, .. } = Constant::registers();
    let (g, m) = (gradient(r, decay, from), r.load(Source::B));
    closer(r, m, g, momentum)
}

fn gradient(r: &mut Recipe, decay: Decay, from: Gradient) -> Value {
    let Hyperparameters { weight_decay, .. } = Constant::registers();
    let g = from.load(r);
    match decay {
        Decay::Gradient => {
            let w = r.load(Source::A);
            let decayed = r.mul(weight_decay, w);
            r.add(g, decayed)
        }
        Decay::Weight => g,
    }
}

/// `from + rate*(to - from)`: never beyond `to`, and never negative if neither is.
fn closer(r: &mut Recipe, from: Value, to: Value, rate: Constant) -> Value {
    let difference = r.sub(to, from);
    let part = r.mul(rate, difference);
    r.add(from, part)
}
