//! SGD with momentum and weight decay.

use crate::regs::Hyperparameters;
use crate::vector::{Constant, Recipe, Sink, Source};

/// `v' = mu*v + (g + wd*w)`, `w' = w - lr*v'`, every product and sum rounded on its own. A: weights, B: velocities, partial sums: gradients;
/// X: new weights, Y: new velocities.
pub fn sgd() -> Recipe {
    let Hyperparameters { learning_rate, momentum, weight_decay, .. } = Constant::registers();
    let mut r = Recipe::new("sgd");
    let (w, v, g) = (r.load(Source::A), r.load(Source::B), r.load(Source::Psum));
    let decayed = r.mul(weight_decay, w);
    let total = r.add(g, decayed);
    let carried = r.mul(momentum, v);
    let velocity = r.add(carried, total);
    let change = r.mul(learning_rate, velocity);
    let weight = r.sub(w, change);
    r.out(Sink::X, weight);
    r.out(Sink::Y, velocity);
    r
}
