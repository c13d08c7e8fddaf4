//! SGD with momentum and weight decay, and with Nesterov's momentum. A: weights, B: velocities, partial sums: gradients; X: new weights, Y: new
//! velocities.

use super::Gradient;
use crate::regs::Hyperparameters;
use crate::vector::{Constant, Recipe, Sink, Source, Value};

/// `v' = mu*v + (g + wd*w)`, `w' = w - lr*v'`, every product and sum rounded on its own.
pub fn sgd(gradient: Gradient) -> Recipe {
    let Hyperparameters { learning_rate, .. } = Constant::registers();
    let mut r = Recipe::new("sgd");
    let Step { old, velocity, .. } = step(&mut r, gradient);
    let change = r.mul(learning_rate, velocity);
    let weight = r.sub(old, change);
    r.out(Sink::X, weight);
    r.out(Sink::Y, velocity);
    r
}

/// Less than every sum.
const LEAST: u32 = 0xff80_0000;

/// `d = g + wd*w`, `v' = mu*v + d`, `w' = w - lr*(d + mu*v')`: the gradient where momentum alone will have brought the weights (Sutskever and
/// others, 2013, as PyTorch has it).
pub fn nesterov(gradient: Gradient) -> Recipe {
    let Hyperparameters { learning_rate, momentum, .. } = Constant::registers();
    let mut r = Recipe::new("nesterov");
    let Step { decayed, velocity, .. } = step(&mut r, gradient);
    let ahead = r.mul(momentum, velocity);
    // the adder's results are gone by then, those of the compare unit are not
    let kept = r.max(decayed, Constant::Literal(LEAST));
    let direction = r.add(kept, ahead);
    let change = r.mul(learning_rate, direction);
    // the word that was loaded first is gone too
    let old = r.load(Source::A);
    let weight = r.sub(old, change);
    r.out(Sink::X, weight);
    r.out(Sink::Y, velocity);
    r
}

/// What both have.
struct Step {
    /// w.
    old: Value,
    /// `d = g + wd*w`.
    decayed: Value,
    /// `v' = mu*v + d`.
    velocity: Value,
}

fn step(r: &mut Recipe, gradient: Gradient) -> Step {
    let Hyperparameters { momentum, weight_decay, .. } = Constant::registers();
    let (w, v, g) = (r.load(Source::A), r.load(Source::B), gradient.load(r));
    let decay = r.mul(weight_decay, w);
    let decayed = r.add(g, decay);
    let carried = r.mul(momentum, v);
    Step { old: w, decayed, velocity: r.add(carried, decayed) }
}
