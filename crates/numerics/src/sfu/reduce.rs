//! Stage 1: from a word to a point of the table and a power of two.

use super::Function;
use crate::word::{HIDDEN, MAX_FINITE, SIGN, field, significand};

/// `log2(e)` with 23 fraction bits, 24 bits in all: 12102203 / 2^23, low by 1.3e-8 of itself.
pub const LOG2_E: u32 = 12_102_203;

/// Where in the table, and what to do with the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// Segment of the function's part of the table, 7 bits.
    pub segment: u32,
    /// Position within the segment, 18 bits, left-aligned.
    pub position: u32,
    /// Exponent field of the result before a carry from rounding, -58..=311; for [`Function::Ln`] the unbiased exponent
    /// of `x`, -126..=128.
    pub scale: i32,
    /// Sign bit of the result, in bit 31. For [`Function::Ln`], which makes its own, 0.
    pub sign: u32,
}

/// The point for a word, or at once the result `(word, overflow)` of a zero or far too large argument.
///
/// With `e` the exponent field of `x` and `f` its 23 fraction bits:
///
/// | function | segment | position | scale |
/// |---|---|---|---|
/// | recip | `f[22:16]` | `f[15:0], 00` | `253 - e` |
/// | rsqrt | `!e[0], f[22:17]` | `f[16:0], 0` | `190 - (e + 1 >> 1)` |
/// | exp | `t[24:18]` | `t[17:0]` | `127 + t[33:25]`, `t` from [`exp_argument`] |
/// | ln | `f[22:16]` | `f[15:0], 00` | `e - 127` |
///
/// In rsqrt the parity bit `!e[0]` says that the unbiased exponent is odd: then `m` is doubled, into 2..4.
///
/// # Errors
/// If `x` is a special case, which needs no interpolation: the result, and whether it was saturated.
#[inline]
pub fn reduce(function: Function, x: u32) -> Result<Point, (u32, bool)> {
    let e = field(x);
    let fraction = x & (HIDDEN - 1);
    match function {
        Function::Recip | Function::Rsqrt if e == 0 => Err((MAX_FINITE, true)),
        Function::Ln if e == 0 => Err((SIGN | MAX_FINITE, true)),
        Function::Recip => Ok(Point { scale: 253 - e, sign: x & SIGN, ..mantissa(fraction) }),
        Function::Ln => Ok(Point { scale: e - 127, ..mantissa(fraction) }),
        Function::Rsqrt => Ok(Point {
            segment: ((e & 1) as u32 ^ 1) << 6 | fraction >> 17,
            position: fraction << 1 & 0x3_ffff,
            scale: 190 - ((e + 1) >> 1),
            sign: 0,
        }),
        // |x| >= 128
        Function::Exp if e > 133 => Err(if x & SIGN == 0 { (MAX_FINITE, true) } else { (0, false) }),
        Function::Exp => {
            let t = exp_argument(x);
            Ok(Point {
                segment: (t >> 18) as u32 & 0x7f,
                position: t as u32 & 0x3_ffff,
                scale: 127 + (t >> 25) as i32,
                sign: 0,
            })
        }
    }
}

/// The point of a 23-bit fraction: 7 bits of segment, 16 of position.
#[inline]
fn mantissa(fraction: u32) -> Point {
    Point { segment: fraction >> 16, position: fraction << 2 & 0x3_ffff, scale: 0, sign: 0 }
}

/// `x * log2(e)` for `|x| < 128`, with 25 fraction bits: 34 bits, two's complement.
///
/// 1. `product = significand(x) * LOG2_E`: 24x24 -> 48 bits, exact (the multiplier of [`crate::mul`]).
/// 2. Its top 33 bits, shifted right by `133 - e` (all gone from 33 on); the bits that leave are dropped.
/// 3. Every bit inverted if `x` is negative.
///
/// The result stands for the middle of the unit it truncates to, which the table takes into account: that is why step 3
/// needs no carry. An argument of zero is 0 or -1 in these units, and both give `exp` exactly 1.
#[inline]
pub fn exp_argument(x: u32) -> i64 {
    let product = significand(x) as u64 * LOG2_E as u64;
    let distance = (133 - field(x)).min(63) as u32;
    let magnitude = ((product >> 15) >> distance) as i64;
    if x & SIGN == 0 { magnitude } else { !magnitude }
}
