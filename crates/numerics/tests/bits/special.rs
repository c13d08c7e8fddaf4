//! The special functions against `f64`, exhaustively where the domain allows it.
//!
//! `cargo test -p ef-numerics --test bits special -- --nocapture` prints the largest errors.

use crate::common::{ONE, SIGN, specials};
use crate::measure::{ulps, value};
use ef_numerics::sfu::{Function, LOG2_E, address, evaluate, exp_argument, fold, interpolate, table};
use ef_numerics::{MAX_FINITE, exp, flush, ln, recip, rsqrt};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Every fraction within 16 of a segment boundary, and random ones.
fn fractions(rng: &mut ChaCha8Rng, count: usize) -> Vec<u32> {
    let boundaries =
        (0..128u32).flat_map(|s| (0..32).map(move |d| ((s << 16) + d).wrapping_sub(16) & 0x7f_ffff));
    boundaries.chain((0..count).map(|_| rng.random::<u32>() & 0x7f_ffff)).collect()
}

/// FNV-1a: a checksum that is short enough to write here.
fn hash(words: impl Iterator<Item = u64>) -> u64 {
    words
        .flat_map(u64::to_le_bytes)
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

#[test]
fn the_table_is_the_same_on_every_platform() {
    let hash = hash(table().iter().map(|coef| coef.word()));
    assert_eq!(hash, 0xde3f_2240_1e99_f86c, "{hash:#x}");
}

#[test]
fn the_results_are_the_same_in_every_version() {
    let words = || specials().into_iter().chain((0..1 << 20).map(|i: u32| i.wrapping_mul(0x9e37_79b1)));
    let results = Function::ALL.iter().flat_map(|&function| {
        words().map(move |x| {
            let (word, overflow) = evaluate(function, x);
            u64::from(overflow) << 32 | u64::from(word)
        })
    });
    let hash = hash(results);
    assert_eq!(hash, 0x87f7_c4e3_5e7e_4553, "{hash:#x}");
}

#[test]
fn the_coefficients_fit_their_fields() {
    for coef in table() {
        assert!(coef.c0 < 1 << 30 && coef.c1 < 1 << 18 && coef.c2 < 1 << 16, "{coef:?}");
    }
}

#[test]
fn the_interpolated_value_rounds_into_its_range_everywhere() {
    for function in Function::ALL {
        let (mut low, mut high) = (u32::MAX, 0);
        for segment in 0..128 {
            let coef = &table()[address(function, segment)];
            for position in 0..1 << 18 {
                let value = interpolate(function, coef, position);
                (low, high) = (low.min(value), high.max(value));
            }
        }
        let (bottom, top) = if function == Function::Ln { (0, 1 << 29) } else { (1 << 29, 1 << 30) };
        assert!(bottom < low + 32 && high < top + 32, "{function:?}: {low} to {high}");
    }
}

#[test]
fn an_offset_is_the_odd_distance_from_the_middle() {
    for position in 0..1 << 18 {
        let distance = 2 * position + 1 - (1 << 18);
        let offset = fold(position as u32);
        assert_eq!((offset.negative, offset.magnitude), (distance < 0, i32::unsigned_abs(distance)));
    }
}

#[test]
fn recip_is_within_0_82_ulp_for_every_significand() {
    let worst = (0..1 << 23)
        .map(|fraction| ulps(recip(ONE | fraction).0, 1.0 / value(ONE | fraction)))
        .fold(0.0, f64::max);
    println!("recip: {worst:.4} ulp");
    assert!(worst < 0.82, "{worst}");
}

#[test]
fn rsqrt_is_within_1_13_ulp_for_every_significand_and_parity() {
    let worst = (ONE..ONE + (1 << 24)).map(|x| ulps(rsqrt(x), 1.0 / value(x).sqrt())).fold(0.0, f64::max);
    println!("rsqrt: {worst:.4} ulp");
    assert!(worst < 1.13, "{worst}");
}

#[test]
fn recip_and_rsqrt_scale_by_powers_of_two() {
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    for fraction in fractions(&mut rng, 8000) {
        let one = recip(ONE | fraction).0;
        for field in 1..=255 {
            let x = field << 23 | fraction;
            let exponent = (one >> 23) as i32 + 127 - field as i32;
            let expected = if exponent < 1 { 0 } else { (exponent as u32) << 23 | one & 0x7f_ffff };
            assert_eq!(recip(x), (expected, false), "{x:08x}");
            assert_eq!(recip(x | SIGN), (if expected == 0 { 0 } else { expected | SIGN }, false), "{x:08x}");
            // the nearest word of the same parity in 1..4, and half of what the exponents differ by
            let near = if field % 2 == 1 { 127 } else { 128 };
            let halves = (near - field as i32) / 2;
            let expected = rsqrt((near as u32) << 23 | fraction) as i32 + (halves << 23);
            assert_eq!(rsqrt(x) as i32, expected, "{x:08x}");
            assert_eq!(rsqrt(x | SIGN), rsqrt(x));
        }
    }
}

#[test]
fn exp2_of_every_fraction_is_within_0_65_ulp() {
    let mut worst = 0.0f64;
    for t in 0..1 << 25 {
        let coef = &table()[address(Function::Exp, t >> 18)];
        let significand = (interpolate(Function::Exp, coef, t & 0x3_ffff) + 32) >> 6;
        let exact = ((f64::from(t) + 0.5) / 2f64.powi(25)).exp2();
        worst = worst.max((f64::from(significand) - exact * 2f64.powi(23)).abs());
    }
    println!("exp, fraction: {worst:.4} ulp");
    assert!(worst < 0.65, "{worst}");
}

/// `2^(x k)`, where `k` is the 24-bit constant, to 0.80 ulp; `k` is low by less than `1.34e-8` of `log2 e`.
#[test]
fn exp_is_within_its_bound_over_the_whole_domain() {
    let k = f64::from(LOG2_E) / 2f64.powi(23);
    assert!((k / std::f64::consts::LOG2_E - 1.0).abs() < 1.34e-8);
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let (mut relative, mut worst) = ([0.0f64; 3], 0.0f64);
    for i in 0..4_000_000 {
        let limit = [1.0, 8.0, 87.3][i % 3];
        let x = -(rng.random_range(0.0..limit) * 2f64.powi(-rng.random_range(0..4i32))) as f32;
        let x = if i % 16 == 0 { -x } else { x };
        let (result, x) = (exp(x.to_bits()), f64::from(x));
        worst = worst.max(ulps(result, (x * k).exp2()));
        relative[i % 3] = relative[i % 3].max((value(result) / x.exp() - 1.0).abs());
    }
    let [one, eight, all] = relative;
    println!(
        "exp: {worst:.4} ulp of 2^(x k); relative to e^x {one:.2e} to |x| = 1, {eight:.2e} to 8, {all:.2e} to 87.3"
    );
    assert!(worst < 0.80, "{worst}");
    assert!(one < 9.0e-8 && eight < 1.81e-7 && all < 1.26e-6, "{relative:?}");
}

#[test]
fn exp_of_zero_is_one_and_no_softmax_term_exceeds_it() {
    for zero in [0, SIGN, 1, SIGN | 0x7f_ffff, 0x0080_0000, 0x8080_0000, 0x2000_0000, 0xa000_0000] {
        assert_eq!(exp(zero), ONE, "{zero:08x}");
    }
    let mut rng = ChaCha8Rng::seed_from_u64(8);
    for _ in 0..1_000_000 {
        let x = rng.random::<u32>() | SIGN;
        assert!(exp(x) <= ONE, "{x:08x}");
    }
}

#[test]
fn exp_ends_at_zero_and_at_the_largest_finite_value() {
    let exp = |x: f32| evaluate(Function::Exp, x.to_bits());
    assert_eq!(exp(-87.4), (0, false));
    assert!(exp(-87.3).0 > 1 << 23);
    assert_eq!(exp(-128.0), (0, false));
    assert_eq!(exp(88.73), (MAX_FINITE, true));
    assert!(!exp(88.72).1);
    assert_eq!(exp(128.0), (MAX_FINITE, true));
    assert_eq!(evaluate(Function::Exp, 0x7fff_ffff), (MAX_FINITE, true));
    assert_eq!(evaluate(Function::Exp, 0xffff_ffff), (0, false));
}

#[test]
fn the_exp_argument_is_x_log2_e_in_34_bits() {
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    for _ in 0..1_000_000 {
        let x = rng.random_range(0..134 << 23) | rng.random::<u32>() & SIGN;
        let t = exp_argument(x);
        assert!((-1 << 33..1 << 33).contains(&t), "{x:08x}");
        let exact = value(flush(x)) * std::f64::consts::LOG2_E * 2f64.powi(25);
        assert!((t as f64 + 0.5 - exact).abs() < 0.5001 + exact.abs() * 1.34e-8, "{x:08x}");
    }
}

#[test]
fn ln_is_within_its_absolute_bound() {
    let mut rng = ChaCha8Rng::seed_from_u64(10);
    let (mut worst, mut near) = (0.0f64, 0.0f64);
    let mut check = |x: u32| {
        let exact = value(x).ln();
        let error = (value(ln(x)) - exact).abs();
        worst = worst.max(error / exact.abs().max(1.0));
        if exact.abs() < 0.5 {
            near = near.max(error);
        }
        assert_eq!(ln(x | SIGN), ln(x), "the sign of {x:08x} is ignored");
    };
    (ONE - (1 << 23)..ONE + (1 << 23)).for_each(&mut check);
    for fraction in fractions(&mut rng, 8000) {
        (1..=255).for_each(|field| check(field << 23 | fraction));
    }
    println!("ln: 2^{:.2} of max(1, |ln x|); absolute 2^{:.2} where |ln x| < 0.5", worst.log2(), near.log2());
    assert!(worst < 2f64.powf(-22.83) && near < 2f64.powf(-24.2), "{worst} {near}");
}

#[test]
fn ln_is_exact_at_one_and_never_negative_above_it() {
    assert_eq!(ln(ONE), 0);
    assert!((ONE..ONE + (1 << 23)).all(|x| ln(x) & SIGN == 0));
    assert!((ONE - (1 << 23)..ONE).all(|x| ln(x) == 0 || ln(x) & SIGN != 0));
}

#[test]
fn zero_of_any_sign_saturates() {
    for zero in [0, SIGN, 1, SIGN | 0x7f_ffff] {
        assert_eq!(recip(zero), (MAX_FINITE, true));
        assert_eq!(evaluate(Function::Rsqrt, zero), (MAX_FINITE, true));
        assert_eq!(evaluate(Function::Ln, zero), (SIGN | MAX_FINITE, true));
        assert_eq!((rsqrt(zero), ln(zero)), (MAX_FINITE, SIGN | MAX_FINITE));
    }
}

#[test]
fn recip_of_a_power_of_two_is_exact() {
    for field in 1..=253 {
        assert_eq!(recip(field << 23).0, (254 - field) << 23);
    }
}
