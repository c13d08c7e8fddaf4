//! What becomes of infinities and NaN: field 255 is one more binade, `1.f * 2^128`.

use crate::common::{ONE, SIGN};
use crate::measure::value;
use ef_numerics::sfu::{Function, evaluate};
use ef_numerics::{MAX_FINITE, add, dot, exp, flush, gt, is_positive, ln, mul, recip, rsqrt, sub};

/// `2^128`.
const INFINITY: u32 = 0x7f80_0000;
/// `1.5 * 2^128`.
const NAN: u32 = 0x7fc0_0000;
const HALF: u32 = ONE - (1 << 23);

#[test]
fn a_result_that_stays_there_saturates_and_raises_the_flag() {
    for x in [INFINITY, NAN] {
        for (y, overflow) in [add(x, ONE), sub(x, ONE), mul(x, ONE), dot(x, &[], &[]), dot(0, &[x], &[ONE])] {
            assert_eq!((y, overflow), (MAX_FINITE, true), "{x:08x}");
        }
        assert_eq!(mul(x | SIGN, ONE), (MAX_FINITE | SIGN, true), "{x:08x}");
        assert_eq!(evaluate(Function::Exp, x), (MAX_FINITE, true), "{x:08x}");
    }
}

#[test]
fn a_result_that_is_back_in_range_is_an_ordinary_number_without_a_flag() {
    for (x, half) in [(INFINITY, 2f32.powi(127)), (NAN, 1.5 * 2f32.powi(127))] {
        assert_eq!(mul(x, HALF), (half.to_bits(), false));
        assert_eq!(dot(0, &[x], &[HALF]), (half.to_bits(), false));
        assert_eq!(sub(x, x), (0, false));
        assert_eq!(dot(x, &[x], &[ONE | SIGN]), (0, false));
        assert_eq!(mul(x, 0), (0, false));
        assert_eq!(dot(ONE, &[x], &[0]), (ONE, false));
        assert_eq!(recip(x), (0, false));
        assert_eq!(exp(x | SIGN), 0);
    }
    assert_eq!(sub(NAN, INFINITY), (2f32.powi(127).to_bits(), false));
    assert!((value(ln(INFINITY)) / (128.0 * 2f64.ln()) - 1.0).abs() < 1e-7);
    assert!((value(rsqrt(INFINITY)) * 2f64.powi(64) - 1.0).abs() < 1.2e-7);
}

#[test]
fn comparisons_order_them_above_every_finite_number_and_nothing_is_unordered() {
    assert!(gt(NAN, INFINITY) && gt(INFINITY, MAX_FINITE) && !gt(NAN, NAN));
    assert!(gt(SIGN | MAX_FINITE, SIGN | INFINITY) && gt(SIGN | INFINITY, SIGN | NAN));
    assert!(is_positive(NAN) && !is_positive(NAN | SIGN));
    assert_eq!(flush(NAN), NAN);
}
