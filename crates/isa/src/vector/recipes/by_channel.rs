//! What layers that work channel by channel need beside the kernel: the statistics of batch normalisation, its factors, and diagonal matrices.
//!
//! A channel has a lane of the accumulators. [`sum`] and [`centre`] have as many elements as a piece of a map; the others an element for each of T
//! channels, or for each of the T x T words of a matrix. Numbers of elements: n in all of a channel's map, of the whole batch; `pixels` in an image.

use crate::regs::Hyperparameters;
use crate::vector::{Constant, Operand, Recipe, Sink, Source, Value};

/// Sum of a piece.
const PIECE: u32 = 0;
/// Sum of all pieces so far.
const TOTAL: u32 = 1;
/// Mean of a channel.
const MEAN: u32 = 2;
/// 1 / n.
const SHARE: u32 = 3;
/// 1 / sqrt(variance + epsilon).
const INVERSE: u32 = 4;
/// The word on the diagonal.
const DIAGONAL: u32 = 5;
/// Gradient of a scale or of a shift, for its update; the mean is needed no more then.
const GRADIENT: u32 = 2;

/// 1.
const ONE: Constant = Constant::Literal(0x3f80_0000);
/// Less than every sum and product.
const LEAST: Constant = Constant::Literal(0xff80_0000);
/// +0.
const ZERO: Constant = Constant::Literal(0);
/// -1: side A of the units, from which something is taken, reads no constants.
const MINUS_ONE: Constant = Constant::Literal(0xbf80_0000);

/// A: words of a piece. Their sum.
pub fn sum() -> Recipe {
    let mut r = Recipe::new("by channel: sum");
    let z = r.load(Source::A);
    r.sum(PIECE, z);
    r
}

/// The sum of the first piece is that of all so far.
pub fn first_piece() -> Recipe {
    let mut r = Recipe::new("by channel: first piece");
    let piece = r.read(PIECE);
    r.keep(TOTAL, piece);
    r
}

/// The sum of a piece is added to that of all so far.
pub fn next_piece() -> Recipe {
    let mut r = Recipe::new("by channel: next piece");
    let (total, piece) = (r.read(TOTAL), r.read(PIECE));
    let total = r.add(total, piece);
    keep(&mut r, TOTAL, total);
    r
}

/// A: 1 / pixels, B: running means, D: momentum. The mean; X: `running + momentum*(mean - running)`.
pub fn mean() -> Recipe {
    let mut r = Recipe::new("by channel: mean");
    let share = share(&mut r, Source::A);
    keep(&mut r, SHARE, share);
    let total = r.read(TOTAL);
    let mean = r.mul(total, share);
    keep(&mut r, MEAN, mean);
    let running = running(&mut r, mean);
    r.out(Sink::X, running);
    r
}

/// A: words of a piece. X: `c = z - mean`; the sum of `c^2`.
pub fn centre() -> Recipe {
    let mut r = Recipe::new("by channel: centre");
    let z = r.load(Source::A);
    let centred = r.less(MEAN, z);
    r.out(Sink::X, centred);
    let square = r.mul(centred, centred);
    r.sum(PIECE, square);
    r
}

/// A: epsilon. X: `1 / sqrt(variance + epsilon)`.
pub fn deviation() -> Recipe {
    let mut r = Recipe::new("by channel: deviation");
    let variance = variance(&mut r);
    let inverse = inverse_root(&mut r, variance, Source::A);
    r.keep(INVERSE, inverse);
    r.out(Sink::X, inverse);
    r
}

/// B: running variances, D: momentum. X: the new ones, of `variance * n / (n - 1)`.
pub fn running_variance() -> Recipe {
    let mut r = Recipe::new("by channel: running variance");
    let share = r.read(SHARE);
    let less = r.mul(share, MINUS_ONE);
    let others = r.add(less, ONE);
    let correction = r.recip(others);
    let variance = variance(&mut r);
    let unbiased = r.mul(variance, correction);
    let running = running(&mut r, unbiased);
    r.out(Sink::X, running);
    r
}

/// A: scales gamma. The diagonal, and X: `gamma / sqrt(variance + epsilon)`.
pub fn scale() -> Recipe {
    let mut r = Recipe::new("by channel: scale");
    let (gamma, inverse) = (r.load(Source::A), r.read(INVERSE));
    let scale = r.mul(gamma, inverse);
    keep(&mut r, DIAGONAL, scale);
    r.out(Sink::X, scale);
    r
}

/// A: running variances, B: epsilon, D: scales gamma. The diagonal: `gamma / sqrt(variance + epsilon)`.
pub fn running_scale() -> Recipe {
    let mut r = Recipe::new("by channel: running scale");
    let variance = r.load(Source::A);
    let inverse = inverse_root(&mut r, variance, Source::B);
    let gamma = r.load(Source::D);
    let scale = r.mul(gamma, inverse);
    keep(&mut r, DIAGONAL, scale);
    r
}

/// A: shifts beta, B: running means. X: `beta - mean*diagonal`.
pub fn running_shift() -> Recipe {
    let mut r = Recipe::new("by channel: running shift");
    let (beta, mean, scale) = (r.load(Source::A), r.load(Source::B), r.read(DIAGONAL));
    let moved = r.mul(mean, scale);
    let shift = r.sub(beta, moved);
    r.out(Sink::X, shift);
    r
}

/// The sum of a piece is +0.
pub fn clear() -> Recipe {
    let mut r = Recipe::new("by channel: clear");
    r.keep(PIECE, ZERO);
    r
}

/// Partial sums, some for each channel: they are added to the sum of a piece.
pub fn fold() -> Recipe {
    let mut r = Recipe::new("by channel: fold");
    let sum = r.load(Source::Psum);
    r.sum(PIECE, sum);
    r
}

/// The sum of a piece is `sum(dy*c)`; A: `r = 1 / sqrt(variance + epsilon)`, B: `scale = gamma*r`, D: 1 / pixels. The gradient of gamma: `r * sum`. The
/// diagonal: `-scale * r^2 * sum / n`.
pub fn slope() -> Recipe {
    let mut r = Recipe::new("by channel: slope");
    let (sum, inverse, scale) = (r.read(PIECE), r.load(Source::A), r.load(Source::B));
    let gradient = r.mul(sum, inverse);
    keep(&mut r, GRADIENT, gradient);
    let share = share(&mut r, Source::D);
    let mean = r.mul(gradient, share);
    let factor = r.mul(inverse, scale);
    let slope = r.mul(mean, factor);
    let slope = r.mul(slope, MINUS_ONE);
    keep(&mut r, DIAGONAL, slope);
    r
}

/// The sum of a piece is `sum(dy)`, the gradient of beta; A: scale, D: 1 / pixels. X: `-scale * sum / n`.
pub fn offset() -> Recipe {
    let mut r = Recipe::new("by channel: offset");
    let (sum, scale) = (r.read(PIECE), r.load(Source::A));
    r.keep(GRADIENT, sum);
    let share = share(&mut r, Source::D);
    let mean = r.mul(sum, share);
    let offset = r.mul(mean, scale);
    let offset = r.mul(offset, MINUS_ONE);
    r.out(Sink::X, offset);
    r
}

/// A: the identity. X: a matrix with the diagonal.
pub fn diagonal() -> Recipe {
    let mut r = Recipe::new("by channel: diagonal");
    let (one, word) = (r.load(Source::A), r.read(DIAGONAL));
    let word = r.mul(one, word);
    r.out(Sink::X, word);
    r
}

/// A: the identity, C: words of the channels. X: a matrix with these on its diagonal.
pub fn spread() -> Recipe {
    let mut r = Recipe::new("by channel: spread");
    let (one, word) = (r.load(Source::A), r.load(Source::C));
    let word = r.mul(one, word);
    r.out(Sink::X, word);
    r
}

/// X: words A.
pub fn copy() -> Recipe {
    let mut r = Recipe::new("by channel: copy");
    let word = r.load(Source::A);
    r.out(Sink::X, word);
    r
}

/// An accumulator becomes a sum or a product: the compare unit takes these on its other side.
fn keep(r: &mut Recipe, bank: u32, value: Value) {
    let value = r.max(value, LEAST);
    r.keep(bank, value);
}

/// The gradient that [`slope`] or [`offset`] leaves for the channel of an element.
pub fn gradient(r: &mut Recipe) -> Value {
    r.read(GRADIENT)
}

/// 1 / n: 1 / pixels, loaded, by the images of the batch.
fn share(r: &mut Recipe, from: Source) -> Value {
    let Hyperparameters { inv_batch, .. } = Constant::registers();
    let share = r.load(from);
    r.mul(share, inv_batch)
}

/// The sum of all squares, by n.
fn variance(r: &mut Recipe) -> Value {
    let (total, share) = (r.read(TOTAL), r.read(SHARE));
    r.mul(total, share)
}

/// `1 / sqrt(variance + epsilon)`, epsilon loaded.
fn inverse_root(r: &mut Recipe, variance: impl Into<Operand>, epsilon: Source) -> Value {
    let epsilon = r.load(epsilon);
    let more = r.add(variance, epsilon);
    r.rsqrt(more)
}

/// `running + momentum*(new - running)`, the running word B and the momentum D.
fn running(r: &mut Recipe, new: Value) -> Value {
    let (running, momentum) = (r.load(Source::B), r.load(Source::D));
    let difference = r.sub(new, running);
    let part = r.mul(momentum, difference);
    let running = r.load(Source::B);
    r.add(running, part)
}
