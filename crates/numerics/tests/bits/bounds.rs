//! The worst cases that `examples/bounds` found: each is within its bound, and no smaller bound holds.

use crate::common::word;
use crate::definition::{PRODUCT_BOUND, approximate, parts, sum_bound, sum_error};
use crate::measure::{ulps, value};
use ef_numerics::sfu::LOG2_E;
use ef_numerics::{dot, exp, ln, recip, rsqrt};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Two words in `1..2` whose product loses the most there is to lose.
const WORST: [u32; 2] = [0x3f80_2fff, 0x3fd7_efff];

const SIGN: u32 = 1 << 31;

/// What the product of two words lacks, if it is in `1..2`, in units of the window: 24 bits of it are the dot product,
/// the last ones what is left when these are taken off.
fn loss(a: u32, b: u32) -> f64 {
    let top = dot(0, &[a], &[b]).0;
    let rest = dot(top ^ SIGN, &[a], &[b]).0;
    (value(a) * value(b) - value(top) - value(rest)) * 2f64.powi(26)
}

#[test]
fn the_worst_product_loses_its_bound_to_the_bit() {
    assert_eq!(loss(WORST[0], WORST[1]), PRODUCT_BOUND);
}

#[test]
fn the_worst_product_relative_to_itself_is_2_to_the_minus_25_436() {
    for (a, b, least, most) in [
        (0x3f80_0fbe, 0x3f80_1fff, -25.4361, -25.4359),
        // the first that was known
        (0x3f83_9fff, 0x3f84_7fff, -25.52, -25.51),
    ] {
        let relative = (loss(a, b) / 2f64.powi(26) / (value(a) * value(b))).log2();
        assert!((least..most).contains(&relative), "{a:08x} * {b:08x}: 2^{relative}");
    }
}

#[test]
fn a_sum_that_cancels_leaves_the_loss_of_the_product() {
    let (c, a, b) = (0xbf88_409e, 0x3f83_9fff, 0x3f84_7fff);
    assert_eq!(dot(c, &[a], &[b]), (0xb300_0000, false));
    let exact = value(a) * value(b) + value(c);
    assert!((exact / -7.567e-9 - 1.0).abs() < 1e-3, "{exact:e}");
}

#[test]
fn p1_plus_m_lacks_up_to_127_of_its_units() {
    for (a, b, least, most) in
        [(0x3f80_1fff, 0x3fc2_8fff, 127.0, 127.001), (0x3f80_0fff, 0x3f80_1fff, 126.0, 126.001)]
    {
        let (ma, mb) = (parts(a).2, parts(b).2);
        let lack = (ma * mb - (approximate(ma, mb) << 12)) as f64 / 4096.0;
        assert!((least..most).contains(&lack), "{a:08x} * {b:08x}: {lack}");
    }
}

#[test]
fn the_bound_of_a_sum_is_what_the_worst_sum_of_2_4_and_8_lanes_loses() {
    // 27 places below the products: every bit of it is dropped
    let c = 0x327f_ffff;
    for lanes in [2, 4, 8] {
        let (a, b) = (vec![WORST[0]; lanes], vec![WORST[1]; lanes]);
        assert_eq!(sum_error(c, &a, &b), sum_bound(lanes), "{lanes} lanes");
    }
    assert!(sum_bound(8) > 12.93 && sum_bound(8) < 12.94);
}

#[test]
fn a_sum_of_eight_worst_products_is_rounded_to_the_word_below() {
    let (c, a, b) = (0x3bbb_4b1f, [WORST[0]; 8], [WORST[1]; 8]);
    let exact = value(c) + 8.0 * value(a[0]) * value(b[0]);
    assert_eq!((exact as f32).to_bits(), 0x4158_5861);
    assert_eq!(dot(c, &a, &b), (0x4158_5860, false));
    let error = sum_error(c, &a, &b);
    assert!((12.90..12.91).contains(&error), "{error}");
}

#[test]
fn the_worst_arguments_of_the_special_functions_lose_what_is_stated() {
    let k = f64::from(LOG2_E) / 2f64.powi(23);
    let relative = |x: u32| (value(exp(x)) / value(x).exp() - 1.0).abs();
    let absolute = |x: u32| (value(ln(x)) - value(x).ln()).abs();
    let power = |exponent: f64| 2f64.powf(exponent);
    for (name, error, least, most) in [
        ("recip", ulps(recip(0x3f81_fff3).0, 1.0 / value(0x3f81_fff3)), 0.8091, 0.8093),
        ("rsqrt", ulps(rsqrt(0x3f81_ffef), 1.0 / value(0x3f81_ffef).sqrt()), 1.1210, 1.1212),
        ("exp of 2^(x k)", ulps(exp(0xbddd_c00d), (value(0xbddd_c00d) * k).exp2()), 0.7932, 0.7934),
        ("exp below 1", relative(0x3f3f_4d45), 8.97e-8, 8.98e-8),
        ("exp below 8", relative(0x40f4_d947), 1.807e-7, 1.809e-7),
        ("exp", relative(0x42b0_2ad3), 1.253e-6, 1.255e-6),
        ("ln", absolute(0x402e_02ca) / value(0x402e_02ca).ln(), power(-22.833), power(-22.831)),
        ("ln near 1", absolute(0x3fae_0173), power(-24.261), power(-24.259)),
    ] {
        assert!((least..most).contains(&error), "{name}: {error:e}");
    }
}

/// Operands with all ones in their lower halves, where products lose most, and of any kind.
#[test]
fn no_sum_loses_more_than_its_bound() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let mut worst = [0.0f64; 2];
    for i in 0..300_000 {
        let lanes = [2, 4, 8][i % 3];
        let kind = i / 3 % 2;
        let mut operand = |spread| match kind {
            0 => rng.random::<u32>() & 0x7f_f000 | 0x3f80_0fff,
            _ => word(&mut rng, spread),
        };
        let spread = i as u32 % 20;
        let (a, b) = ([0; 8].map(|_| operand(spread)), [0; 8].map(|_| operand(spread)));
        let c = if kind == 0 { 0x327f_ffff } else { word(&mut rng, spread) };
        let error = sum_error(c, &a[..lanes], &b[..lanes]);
        assert!(error <= sum_bound(lanes), "{error} with {c:08x} {:08x?} {:08x?}", &a[..lanes], &b[..lanes]);
        worst[kind] = worst[kind].max(error);
    }
    assert!(worst[0] > 10.0, "the operands with all ones come near: {worst:?}");
}

#[test]
fn the_pages_state_the_bound_of_a_product_that_is_reached() {
    let bound = format!("2^{:.1}", PRODUCT_BOUND.log2() - 26.0);
    for page in ["README.md", "docs/architecture.md", "crates/numerics/README.md"] {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../").to_string() + page;
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.contains(&bound) && !text.contains("2^-27"), "{page} does not say {bound}");
    }
}
