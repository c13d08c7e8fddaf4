//! How many pooling windows choose another pixel than the exact sums do, by the size of the weights.

use crate::measure::value;
use ef_numerics::{dot, gt};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const WINDOWS: u32 = 100_000;

/// `bias + sum w[i] * x[i]` as the accelerator forms it.
pub fn fused(bias: f32, weights: &[u32; 8], pixels: &[u32; 8]) -> u32 {
    dot(bias.to_bits(), weights, pixels).0
}

/// The same in IEEE FP32, every product and every sum rounded.
pub fn one_by_one(bias: f32, weights: &[u32; 8], pixels: &[u32; 8]) -> u32 {
    weights
        .iter()
        .zip(pixels)
        .fold(bias, |sum, (&w, &x)| sum + f32::from_bits(w) * f32::from_bits(x))
        .to_bits()
}

/// The share of 2 x 2 windows whose largest sum is not the one that is exactly the largest, in percent: eight weights
/// up to `scale` of either sign, pixels of 8 bits from 0 to 1.
pub fn share(sum: impl Fn(f32, &[u32; 8], &[u32; 8]) -> u32, bias: f32, scale: f32) -> f64 {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let wrong = (0..WINDOWS).filter(|_| {
        let weights = std::array::from_fn(|_| (rng.random_range(-1.0f32..1.0) * scale).to_bits());
        let mut pixel = |_| (f32::from(rng.random::<u8>()) / 256.0).to_bits();
        let pixels: [[u32; 8]; 4] = std::array::from_fn(|_| std::array::from_fn(&mut pixel));
        let sums = pixels.map(|x| sum(bias, &weights, &x));
        // the bias is the same for all four and has no part in the choice
        let exact = pixels.map(|x| weights.iter().zip(x).map(|(&w, x)| value(w) * value(x)).sum::<f64>());
        first(|i, best| gt(sums[i], sums[best])) != first(|i, best| exact[i] > exact[best])
    });
    wrong.count() as f64 * 100.0 / f64::from(WINDOWS)
}

/// The first of the largest of four.
fn first(greater: impl Fn(usize, usize) -> bool) -> usize {
    (1..4).fold(0, |best, i| if greater(i, best) { i } else { best })
}
