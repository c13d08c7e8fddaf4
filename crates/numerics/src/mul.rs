//! Elementwise multiplication.

use crate::word::{SIGN, field, round, significand};

/// `a * b`, rounded to nearest even; returns the word and the overflow flag.
///
/// 1. `product = significand(a) * significand(b)`, exact, 47 or 48 bits.
/// 2. field of `product >> 23` is `ea + eb - 127`; normalise by at most one place, round to 24 bits.
/// 3. saturate or flush by the field; either operand zero gives `+0`.
#[inline]
pub const fn mul(a: u32, b: u32) -> (u32, bool) {
    if field(a) == 0 || field(b) == 0 {
        return (0, false);
    }
    let product = significand(a) as u64 * significand(b) as u64;
    round((a ^ b) & SIGN, field(a) + field(b) - 150, product)
}
