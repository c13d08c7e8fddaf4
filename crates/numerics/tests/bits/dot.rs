//! The fused dot product against its definition, written once more and slowly, and against the exact sum.

use crate::common::{ONE, SIGN, specials, word};
use crate::definition::{largest, terms};
use ef_numerics::{MAX_FINITE, dot, dot8, flush, mul};
use proptest::prelude::*;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The definition: align by division, add exactly, round by comparing the remainder with one half.
fn reference(c: u32, a: &[u32], b: &[u32]) -> (u32, bool) {
    let terms = terms(c, a, b);
    let largest = largest(&terms);
    let sum: i128 = terms.iter().map(|term| term.aligned(largest)).sum();
    // value = magnitude * 2^(largest - 254 - 26); in 1/2^24 of that, so that there is always something to divide
    let mut magnitude = sum.abs() << 24;
    if magnitude == 0 {
        return (0, false);
    }
    let mut field = largest as i32 - 127 - 26 - 24 + 23;
    let mut unit = 1i128;
    while magnitude / unit >= 1 << 24 {
        unit *= 2;
        field += 1;
    }
    let (kept, rest) = (magnitude / unit, magnitude % unit);
    let up = 2 * rest > unit || (2 * rest == unit && kept % 2 == 1);
    magnitude = kept + i128::from(up);
    if magnitude == 1 << 24 {
        magnitude /= 2;
        field += 1;
    }
    let sign = if sum < 0 { SIGN } else { 0 };
    match field {
        ..=0 => (0, false),
        255.. => (sign | MAX_FINITE, true),
        _ => (sign | (field as u32) << 23 | (magnitude as u32 - (1 << 23)), false),
    }
}

/// A random case of eight lanes: special words, random ones, zeros, and pairs of lanes that nearly cancel.
fn case(rng: &mut ChaCha8Rng, specials: &[u32], i: usize) -> (u32, [u32; 8], [u32; 8]) {
    let spread = [0, 3, 8, 16, 30, 60, 250][i % 7];
    let pick = |rng: &mut ChaCha8Rng| match rng.random_range(0..24) {
        0 => 0,
        1 => specials[rng.random_range(0..specials.len())],
        2..12 if i.is_multiple_of(5) => specials[rng.random_range(0..specials.len())],
        _ => word(rng, spread),
    };
    let (mut c, mut a, mut b) = (pick(rng), [0; 8], [0; 8]);
    for lane in 0..8 {
        (a[lane], b[lane]) = (pick(rng), pick(rng));
    }
    if i.is_multiple_of(3) {
        for lane in [0, 2, 4, 6] {
            a[lane + 1] = a[lane] ^ SIGN;
            b[lane + 1] = b[lane] ^ u32::from(rng.random_range(0..3) == 0);
        }
        c = if rng.random() { 0 } else { mul(a[0], b[0]).0 ^ SIGN };
    }
    (c, a, b)
}

#[test]
fn random_and_special_dots_agree_with_the_definition() {
    let (mut rng, specials) = (ChaCha8Rng::seed_from_u64(3), specials());
    for i in 0..1_000_000 {
        let (c, a, b) = case(&mut rng, &specials, i);
        assert_eq!(dot8(c, &a, &b), reference(c, &a, &b), "{c:08x} {a:08x?} {b:08x?}");
        let lanes = [1, 2, 4, 8][i % 4];
        assert_eq!(dot(c, &a[..lanes], &b[..lanes]), reference(c, &a[..lanes], &b[..lanes]), "{lanes} lanes");
    }
}

#[test]
fn every_pair_of_special_words_agrees_with_the_definition_in_one_lane() {
    let words = specials();
    for (i, &a) in words.iter().enumerate() {
        for (j, &b) in words.iter().enumerate() {
            let c = words[(i * 7 + j * 13) % words.len()];
            assert_eq!(dot(0, &[a], &[b]), reference(0, &[a], &[b]), "{a:08x} * {b:08x}");
            assert_eq!(dot(c, &[a], &[b]), reference(c, &[a], &[b]), "{c:08x} + {a:08x} * {b:08x}");
        }
    }
}

#[test]
fn the_order_of_the_lanes_does_not_matter() {
    let (mut rng, specials) = (ChaCha8Rng::seed_from_u64(5), specials());
    let mut order = [0, 1, 2, 3, 4, 5, 6, 7];
    for i in 0..100_000 {
        let (c, a, b) = case(&mut rng, &specials, i);
        order.shuffle(&mut rng);
        assert_eq!(
            dot8(c, &order.map(|k| a[k]), &order.map(|k| b[k])),
            dot8(c, &a, &b),
            "{c:08x} {a:08x?} {b:08x?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_dot_of_zeros_is_the_flushed_accumulator(c: u32, b: [u32; 8]) {
        let saturated = c >> 23 & 0xff == 255;
        let expected = if saturated { c & SIGN | MAX_FINITE } else { flush(c) };
        prop_assert_eq!(dot8(c, &[0; 8], &b), (expected, saturated));
        prop_assert_eq!(dot(c, &[], &[]), (expected, saturated));
    }

    #[test]
    fn operands_can_be_exchanged(c: u32, a: [u32; 8], b: [u32; 8]) {
        prop_assert_eq!(dot8(c, &a, &b), dot8(c, &b, &a));
    }

    #[test]
    fn the_sign_of_everything_is_the_sign_of_the_result(c: u32, a: [u32; 8], b: [u32; 8]) {
        let (word, overflow) = dot8(c, &a, &b);
        let negated = if word == 0 { 0 } else { word ^ SIGN };
        prop_assert_eq!(dot8(c ^ SIGN, &a.map(|a| a ^ SIGN), &b), (negated, overflow));
    }

    #[test]
    fn fewer_lanes_are_eight_with_zeros(c: u32, a: [u32; 8], b: [u32; 8], lanes in 0..8usize) {
        let mut padded = a;
        padded[lanes..].fill(0);
        prop_assert_eq!(dot(c, &a[..lanes], &b[..lanes]), dot8(c, &padded, &b));
    }

    #[test]
    fn one_is_a_neutral_factor_even_in_the_approximate_product(a: u32) {
        let saturated = a >> 23 & 0xff == 255;
        let expected = if saturated { a & SIGN | MAX_FINITE } else { flush(a) };
        prop_assert_eq!(dot(0, &[a], &[ONE]), (expected, saturated));
    }
}

#[test]
#[should_panic(expected = "two equal slices")]
fn slices_of_different_length_are_refused() {
    dot(0, &[0; 2], &[0; 4]);
}
