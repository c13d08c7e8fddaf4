//! When two sums that differ become the same word: pooling then takes the first.

use crate::common::{ONE, word};
use crate::measure::value;
use ef_numerics::{dot, gt};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Pixels that differ by a twentieth of the range.
const PIXELS: [f32; 2] = [0.90, 0.95];

/// `bias + weight * pixel` for both pixels.
fn sums(bias: f32, weight: f32) -> [u32; 2] {
    PIXELS.map(|pixel| dot(bias.to_bits(), &[weight.to_bits()], &[pixel.to_bits()]).0)
}

#[test]
fn beside_a_bias_of_one_weights_of_1e_6_lose_what_differs() {
    let [low, high] = sums(1.0, 1e-5);
    assert!(gt(high, low), "half a millionth of the bias is seen");
    let [low, high] = sums(1.0, 1e-6);
    assert_eq!(low, high, "{PIXELS:?}");
    assert!(low > ONE, "the weight itself is not lost");
    let [low, high] = sums(1.0, 1e-9);
    assert_eq!((low, high), (ONE, ONE), "nothing of the product reaches the window");
}

#[test]
fn without_a_bias_the_same_weights_lose_nothing_down_to_the_smallest_words() {
    for weight in [1.0, 1e-6, 1e-9, 1e-30, 2e-38] {
        let [low, high] = sums(0.0, weight);
        assert!(gt(high, low), "{weight:e}");
    }
    // below 2^-126 every sum is +0
    assert_eq!(sums(0.0, 1.2e-38), [0, 0]);
}

#[test]
fn smaller_weights_shift_a_sum_without_bias_and_change_no_bit_of_it() {
    let mut rng = ChaCha8Rng::seed_from_u64(12);
    for _ in 0..20_000 {
        let near_one = |rng: &mut ChaCha8Rng| word(rng, 8) & 0x807f_ffff | rng.random_range(122..130) << 23;
        let weights: [u32; 8] = std::array::from_fn(|_| near_one(&mut rng));
        let pixels: [u32; 8] = std::array::from_fn(|_| near_one(&mut rng));
        let sum = dot(0, &weights, &pixels).0;
        for places in [20, 60, 90] {
            let smaller = dot(0, &weights.map(|weight| weight - (places << 23)), &pixels).0;
            assert_eq!(
                value(smaller),
                value(sum) * 2f64.powi(-(places as i32)),
                "{weights:08x?} {pixels:08x?}"
            );
        }
    }
}
