//! The elementwise operations against an independent soft-float library.
//!
//! The library computes in a format of its own, FP32 with a wider exponent: there no operand is special and no result is
//! denormal, so its one rounding is the specified one, and what is left to apply here is the flush and the saturation.

use crate::common::{SIGN, specials, word};
use crate::measure::value;
use ef_numerics::{MAX_FINITE, add, flush, gt, int, is_positive, mul, pixel, sub};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rustc_apfloat::Float;
use rustc_apfloat::ieee::{IeeeFloat, Semantics};

/// 24-bit precision like FP32, but 11 bits of exponent.
struct Wide;

impl Semantics for Wide {
    const BITS: usize = 1 + 11 + 23;
    const EXP_BITS: usize = 11;
}

type Oracle = IeeeFloat<Wide>;

const REBIAS: u32 = 1023 - 127;

fn oracle(word: u32) -> Oracle {
    let field = word >> 23 & 0xff;
    if field == 0 {
        return Oracle::ZERO;
    }
    let bits = u64::from(word & SIGN) << 3 | u64::from(field + REBIAS) << 23 | u64::from(word & 0x7f_ffff);
    Oracle::from_bits(bits.into())
}

/// The rules of the number system, applied to a result rounded with an unbounded exponent.
fn project(result: Oracle) -> (u32, bool) {
    let bits = result.to_bits() as u64;
    let sign = (bits >> 3) as u32 & SIGN;
    let field = (bits >> 23 & 0x7ff) as u32;
    if field < REBIAS + 1 {
        (0, false)
    } else if field > REBIAS + 254 {
        (sign | MAX_FINITE, true)
    } else {
        (sign | (field - REBIAS) << 23 | bits as u32 & 0x7f_ffff, false)
    }
}

fn check(a: u32, b: u32) {
    let (x, y) = (oracle(a), oracle(b));
    assert_eq!(add(a, b), project((x + y).value), "{a:08x} + {b:08x}");
    assert_eq!(sub(a, b), project((x - y).value), "{a:08x} - {b:08x}");
    assert_eq!(mul(a, b), project((x * y).value), "{a:08x} * {b:08x}");
    assert_eq!(gt(a, b), x > y, "{a:08x} > {b:08x}");
}

#[test]
fn every_pair_of_special_words_agrees_with_the_oracle() {
    let words = specials();
    for &a in &words {
        for &b in &words {
            check(a, b);
        }
    }
}

#[test]
fn random_pairs_agree_with_the_oracle() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for i in 0..3_000_000 {
        let spread = [0, 2, 8, 26, 60, 250][i % 6];
        let (a, b) = (word(&mut rng, spread), word(&mut rng, spread));
        check(a, b);
    }
}

#[test]
fn random_words_agree_with_the_oracle_against_every_special_word() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    for special in specials() {
        for _ in 0..1000 {
            let a = word(&mut rng, 250);
            check(a, special);
            check(special, a);
        }
    }
}

#[test]
fn neighbours_cancel_and_compare_as_the_oracle_says() {
    for near in specials() {
        for distance in 0..64u32 {
            let other = near.wrapping_add(distance);
            check(near, other);
            check(other, near);
            check(near, other ^ SIGN);
        }
    }
}

#[test]
fn there_is_one_zero_result_and_it_is_positive() {
    for zero in [0, SIGN, 1, 0x007f_ffff, 0x807f_ffff] {
        assert_eq!(flush(zero), 0);
        assert_eq!(add(zero, zero), (0, false));
        assert_eq!(mul(zero, 0xff7f_ffff), (0, false));
        assert!(!is_positive(zero));
        assert!(!gt(zero, SIGN) && !gt(SIGN, zero));
    }
    assert_eq!(sub(0x3f80_0000, 0x3f80_0000), (0, false));
    assert_eq!(mul(0x8080_0000, 0x0080_0000), (0, false), "underflow is silent and positive");
}

#[test]
fn only_field_255_operands_and_overflow_meet_the_upper_end() {
    let beyond = 0x7f80_0000;
    assert_eq!(flush(beyond), beyond);
    assert!(gt(beyond, MAX_FINITE) && is_positive(beyond));
    assert_eq!(add(beyond, 0), (MAX_FINITE, true));
    assert_eq!(add(MAX_FINITE, 0), (MAX_FINITE, false));
    assert_eq!(sub(beyond, MAX_FINITE), (0x7380_0000, false), "2^128 - MAX_FINITE is 2^104");
    assert_eq!(mul(beyond, 0x3f00_0000), (0x7f00_0000, false), "half of 2^128 is 2^127");
}

#[test]
fn comparison_and_the_relu_mask_agree_with_the_values() {
    for a in specials() {
        assert_eq!(is_positive(a), value(a) > 0.0, "{a:08x}");
        assert_eq!(value(flush(a)), value(a), "{a:08x}");
        for b in specials() {
            assert_eq!(gt(a, b), value(a) > value(b), "{a:08x} {b:08x}");
        }
    }
}

#[test]
fn pixels_and_integers_are_exact() {
    for byte in 0..=255 {
        for shift in 0..16 {
            assert_eq!(pixel(byte, shift), (f32::from(byte) / (1 << shift) as f32).to_bits());
        }
    }
    for u in 0..1 << 24 {
        assert_eq!(int(u), (u as f32).to_bits());
    }
}
