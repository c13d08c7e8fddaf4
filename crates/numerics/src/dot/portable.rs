//! The dot product, one lane at a time, on any processor.

use super::{accumulator, aligned, finish};
use crate::word::{field, significand};

/// See [`super::dot`].
pub(super) fn dot8(c: u32, a: &[u32; 8], b: &[u32; 8]) -> (u32, bool) {
    let (ec, window, sign) = accumulator(c);
    let mut exponents = [0; 8];
    let mut largest = ec;
    for i in 0..8 {
        let (ea, eb) = (field(a[i]), field(b[i]));
        exponents[i] = if ea == 0 || eb == 0 { 0 } else { ea + eb };
        largest = largest.max(exponents[i]);
    }
    let mut sum = aligned(window, largest - ec, sign);
    for i in 0..8 {
        let x = if exponents[i] == 0 { 0 } else { product(significand(a[i]), significand(b[i])) };
        sum += aligned(x, largest - exponents[i], (a[i] ^ b[i]) as i32 >> 31);
    }
    finish(sum, largest)
}

/// Step 2, as the two multipliers do it.
#[inline]
fn product(a: u32, b: u32) -> u32 {
    let rotated = |m: u32| (m & 63) << 12 | m >> 12;
    let p1 = (a >> 6) as u64 * (b >> 6) as u64;
    let p2 = rotated(a) as u64 * rotated(b) as u64;
    let low = ((a & 63) * (b & 63)) as u64;
    // `middle` may be negative, hence wrapping; its sum with `p1` is not
    let middle = (p2 >> 12).wrapping_sub(low << 12).wrapping_sub(p1 >> 24);
    (p1.wrapping_add(middle) >> 8) as u32
}
