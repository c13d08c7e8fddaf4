//! Elementwise addition and subtraction.

use crate::word::{SIGN, field, round, significand};

/// `a + b`, rounded to nearest even; returns the word and the overflow flag. An exact zero sum is `+0`.
///
/// 1. order by magnitude, so that `|a| >= |b|`; `d = ea - eb`.
/// 2. both significands get 3 more bits (guard, round, sticky); the smaller is shifted right by `d`, and the bits that
///    leave are or-ed into its last bit. From `d = 26` on only that sticky bit is left, so `d` is limited to 26.
/// 3. add or subtract (28 bits), normalise, round to 24 bits, saturate or flush by the field.
#[inline]
pub const fn add(a: u32, b: u32) -> (u32, bool) {
    let (a, b) = if a & !SIGN < b & !SIGN { (b, a) } else { (a, b) };
    if field(a) == 0 {
        return (0, false);
    }
    let large = significand(a) << 3;
    let small = if field(b) == 0 { 0 } else { significand(b) << 3 };
    let distance = field(a) - field(b);
    let distance = if distance < 26 { distance as u32 } else { 26 };
    let sticky = (small & ((1 << distance) - 1) != 0) as u32;
    let small = small >> distance | sticky;
    let sum = if (a ^ b) & SIGN == 0 { large + small } else { large - small };
    if sum == 0 {
        return (0, false);
    }
    round(a & SIGN, field(a) - 3, sum as u64)
}

/// `a - b`: [`add`] with the sign of `b` flipped.
#[inline]
pub const fn sub(a: u32, b: u32) -> (u32, bool) {
    add(a, b ^ SIGN)
}
