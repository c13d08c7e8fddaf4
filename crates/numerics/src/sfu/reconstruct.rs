//! Stage 6: from the interpolated value back to a word.

use super::{Function, Point};
use crate::mul;
use crate::word::{SIGN, pack, round};

/// `ln 2` as a word; high by 2.8e-9 of itself.
pub const LN_2: u32 = 0x3f31_7218;

/// The word and the overflow flag for a value in units of `2^-30`.
///
/// Recip, rsqrt and exp have a value in `[2^29, 2^30]`: `value + 32 >> 6` is the significand, where `2^24` is a carry
/// into the field; then saturate or flush by the field. For ln, [`logarithm`] and a multiplication by [`LN_2`].
#[inline]
pub const fn reconstruct(function: Function, value: u32, point: Point) -> (u32, bool) {
    match function {
        Function::Recip | Function::Rsqrt | Function::Exp => pack(point.sign, point.scale, (value + 32) >> 6),
        Function::Ln => mul(logarithm(value, point.scale), LN_2),
    }
}

/// `exponent + log2(m)` as a word, for `value = log2(m) / 2` in units of `2^-30`.
///
/// 1. `log = value + 16 >> 5`: `log2(m)` with 24 fraction bits, 0..=2^24.
/// 2. `sum = (exponent << 24) + log`, 33 bits signed; its magnitude has 32 bits, so a 5-bit normaliser does.
/// 3. normalise, round to 24 bits, to nearest even: drop at most 8 bits. Zero is `+0`.
#[inline]
pub const fn logarithm(value: u32, exponent: i32) -> u32 {
    let sum = ((exponent as i64) << 24) + ((value + 16) >> 5) as i64;
    if sum == 0 {
        return 0;
    }
    let sign = if sum < 0 { SIGN } else { 0 };
    round(sign, 127 - 24 + 23, sum.unsigned_abs()).0
}
