//! The fused dot product: the operation of the multiplier array, and the only one that is not IEEE.

use crate::word::{SIGN, field, round, significand};

/// Width of the alignment window: bits kept of each product.
pub(crate) const WINDOW: i32 = 28;

/// Exponent of an absent operand: below every real sum of exponents, even after another field is added to it.
const ABSENT: i32 = -1024;

/// An operand decoded for the multiplier: decode a stationary operand once and use it in many [`dot_lanes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Exponent field, or a very negative number for the value zero.
    exponent: i32,
    /// Significand bits 23..6: the operand of the first 18x18 multiplier.
    high: u32,
    /// Significand bits 5..0 above bits 23..12: the operand of the second 18x18 multiplier.
    rotated: u32,
    /// `0` or `!0`.
    sign: i32,
}

impl Lane {
    /// The decoded form of any word.
    #[inline]
    pub const fn new(word: u32) -> Self {
        let m = significand(word);
        let e = field(word);
        Lane {
            exponent: if e == 0 { ABSENT } else { e },
            high: m >> 6,
            rotated: (m & 63) << 12 | m >> 12,
            sign: (word as i32) >> 31,
        }
    }

    /// The decoded form of eight words.
    #[inline]
    pub const fn array(words: &[u32; 8]) -> [Self; 8] {
        let mut lanes = [Lane::new(0); 8];
        let mut i = 0;
        while i < 8 {
            lanes[i] = Lane::new(words[i]);
            i += 1;
        }
        lanes
    }
}

/// The top 28 bits of the 48-bit product of two significands, from two 18x18 multipliers and one 6x6.
///
/// With `m = h * 2^6 + l`, the second multiplier forms both cross products at once from rotated operands. The result
/// differs from the exact product by less than `2^-31` of it, before the truncation to 28 bits.
#[inline]
const fn product(a: Lane, b: Lane) -> u32 {
    let p1 = a.high as u64 * b.high as u64;
    let p2 = a.rotated as u64 * b.rotated as u64;
    let low = (a.rotated >> 12) * (b.rotated >> 12);
    // -8 <= middle < 2^19: 20 bits in hardware; two's complement wraps here
    let middle = (p2 >> 12).wrapping_sub((low as u64) << 12).wrapping_sub(p1 >> 24);
    (p1.wrapping_add(middle) >> 8) as u32
}

/// `c + sum a[i] * b[i]` over eight lanes: returns the word and the overflow flag. See [`dot()`].
#[inline]
pub fn dot8(c: u32, a: &[u32; 8], b: &[u32; 8]) -> (u32, bool) {
    dot_lanes(c, &Lane::array(a), &Lane::array(b))
}

/// [`dot8`] on operands that are already decoded.
#[inline]
pub fn dot_lanes(c: u32, a: &[Lane; 8], b: &[Lane; 8]) -> (u32, bool) {
    let ec = if field(c) == 0 { ABSENT } else { field(c) + 127 };
    let mut exponents = [0; 8];
    let mut largest = ec;
    for i in 0..8 {
        exponents[i] = a[i].exponent + b[i].exponent;
        largest = largest.max(exponents[i]);
    }
    let mut sum = signed(aligned(significand(c) << 3, largest - ec), c as i32 >> 31);
    for i in 0..8 {
        let x = aligned(product(a[i], b[i]), largest - exponents[i]);
        sum += signed(x, a[i].sign ^ b[i].sign);
    }
    finish(sum, largest)
}

/// Truncate by `distance` places; 28 bits are all gone at 28, so 31 stands for any larger distance.
#[inline]
fn aligned(x: u32, distance: i32) -> u32 {
    x >> (distance.min(31) as u32)
}

/// `x`, negated if `sign` is `!0`.
#[inline]
fn signed(x: u32, sign: i32) -> i64 {
    let sign = sign as i64;
    (x as i64 ^ sign) - sign
}

/// Normalise once and round to nearest even. The value is `sum * 2^(largest - 254 - 26)`.
#[inline]
fn finish(sum: i64, largest: i32) -> (u32, bool) {
    if sum == 0 {
        return (0, false);
    }
    let sign = (sum >> 32) as u32 & SIGN;
    // when every operand is absent, `largest` is so negative that the result is flushed here too
    round(sign, largest - 127 - (WINDOW - 2) + 23, sum.unsigned_abs())
}

/// The fused dot product `c + sum a[i] * b[i]`: returns the word and the overflow flag.
///
/// Fewer than eight lanes are the same as eight with zeros. All of it is integer arithmetic:
///
/// 1. Exponents: `e[i] = ea + eb`, `ec' = ec + 127`; a term with a zero operand is absent. `E` is the largest.
/// 2. Products: the top 28 bits of each 48-bit significand product, from two 18x18 multipliers; `c` is its significand
///    shifted left by 3, so that it stands in the same window.
/// 3. Alignment: each term is shifted right by `E - e`; bits that leave are dropped, there is no sticky bit.
/// 4. The signed sum is exact (33 bits), so the order of the lanes does not matter.
/// 5. The sum is normalised once and rounded to 24 bits, to nearest even; then saturated or flushed. Sum 0 is `+0`.
///
/// The absolute error before the rounding of step 5 is below `9 * 2^-26` of the largest term's binade: this is FP32
/// storage and accumulation with faithful fused products, not IEEE FP32.
///
/// # Panics
/// If the slices differ in length, or are longer than eight lanes.
pub fn dot(c: u32, a: &[u32], b: &[u32]) -> (u32, bool) {
    assert!(a.len() == b.len() && a.len() <= 8, "dot takes two equal slices of at most 8 lanes");
    let mut lanes = [[0; 8]; 2];
    lanes[0][..a.len()].copy_from_slice(a);
    lanes[1][..b.len()].copy_from_slice(b);
    dot8(c, &lanes[0], &lanes[1])
}
