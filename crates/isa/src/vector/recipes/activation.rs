//! Activations that are no ReLU, word by word, and their gradients. C, one word for all elements: the slope.

use crate::vector::{Constant, Recipe, Sink, Source};

const SIX: Constant = Constant::Literal(0x40c0_0000);
const MINUS_SIX: Constant = Constant::Literal(0xc0c0_0000);
const MINUS_ONE: Constant = Constant::Literal(0xbf80_0000);
const ZERO: Constant = Constant::Literal(0);

/// A: x. X: x where it is positive, else `slope*x`, of a slope from 0 to 1.
pub fn leaky_relu() -> Recipe {
    let mut r = Recipe::new("leaky relu");
    let (x, slope) = (r.load(Source::A), r.load(Source::C));
    let less = r.mul(x, slope);
    let y = r.max(less, x);
    r.out(Sink::X, y);
    r
}

/// A: results y, B: losses. X: losses, times the slope where y is not positive.
pub fn leaky_relu_gradient() -> Recipe {
    let mut r = Recipe::new("leaky relu: gradient");
    let (y, loss, slope) = (r.load(Source::A), r.load(Source::B), r.load(Source::C));
    let positive = r.greater(y, ZERO);
    let factor = r.max(positive, slope);
    let gradient = r.mul(loss, factor);
    r.out(Sink::X, gradient);
    r
}

/// A: x. X: the nearest number to x from 0 to 6.
pub fn relu6() -> Recipe {
    let mut r = Recipe::new("relu6");
    let x = r.load(Source::A);
    let positive = r.max(x, ZERO);
    let y = r.min(positive, SIX);
    r.out(Sink::X, y);
    r
}

/// A: results y, B: losses. X: losses where y is between 0 and 6, else 0.
pub fn relu6_gradient() -> Recipe {
    let mut r = Recipe::new("relu6: gradient");
    let (y, loss) = (r.load(Source::A), r.load(Source::B));
    let positive = r.greater(y, ZERO);
    let negated = r.mul(y, MINUS_ONE);
    let below = r.greater(negated, MINUS_SIX);
    let passes = r.mul(positive, below);
    let gradient = r.mul(loss, passes);
    r.out(Sink::X, gradient);
    r
}
