//! Comparisons.

use crate::word::{SIGN, field, flush};

/// `a > b` as values: strict, and total because there is no NaN. All zeros and denormals, of either sign, are equal.
#[inline]
pub const fn gt(a: u32, b: u32) -> bool {
    key(a) > key(b)
}

/// `a > 0`: exponent field not 0 and sign clear. This is the ReLU mask bit.
#[inline]
pub const fn is_positive(a: u32) -> bool {
    a & SIGN == 0 && field(a) != 0
}

/// An integer in the order of the values: the magnitude bits of a word already sort, so only the sign is applied.
#[inline]
const fn key(word: u32) -> i32 {
    let word = flush(word);
    let magnitude = (word & !SIGN) as i32;
    if word & SIGN == 0 { magnitude } else { -magnitude }
}
