//! The fused dot product: the operation of the multiplier array, and the only one that is not IEEE.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod portable;

use crate::word::{SIGN, field, round, significand};

/// The fused dot product `c + sum a[i] * b[i]`: returns the word and the overflow flag.
///
/// Fewer than eight lanes are the same as eight with zeros. All of it is integer arithmetic:
///
/// 1. Exponents: `e[i] = ea + eb`, and for `c`, `ec + 127`; a term with a zero operand is absent. `E` is the largest.
/// 2. Products: the top 28 bits of each 48-bit significand product, formed by two 18x18 multipliers and one 6x6; the
///    significand of `c` shifted left by 3, so that it stands in the same window of 28 bits.
/// 3. Alignment: each term is shifted right by `E - e`; bits that leave are dropped, there is no sticky bit.
/// 4. The signed sum is exact (33 bits), so the order of the lanes does not matter.
/// 5. The sum is normalised once and rounded to 24 bits, to nearest even; then saturated or flushed. Sum 0 is `+0`.
///
/// With `m = 2^6 h + l` and `t = m >> 12` for each 24-bit significand, the product of step 2 is
///
/// ```text
/// P1 = ha * hb                                     first 18x18 multiplier
/// P2 = (la * 2^12 + ta) * (lb * 2^12 + tb)         second: both cross products at once, from rotated operands
/// M  = (P2 >> 12) - (la * lb << 12) - (P1 >> 24)   -2 <= M < 2^19, 20 bits
/// x  = (P1 + M) >> 8                               28 bits
/// ```
///
/// and `P1 + M` is the exact product `ma * mb / 2^12` less 0 to 127.001.
///
/// # Error
/// In units of the window, `2^-26 * 2^(E - 254)`, a product loses less than 1.4922 and `c` less than 1, both towards zero.
/// Before the rounding of step 5 the sum is so within 3.985 units of the exact one with two lanes, 6.969 with four and
/// 12.938 with eight; the largest term is at least `2^26` units. Relative to itself a product is off by up to `2^-25.43`:
/// FP32 storage and accumulation with truncated fused products, not IEEE FP32. No smaller bounds hold: derivation and
/// worst cases are in `docs/numerics-bounds.md`.
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

/// [`dot()`] over exactly eight lanes: the fast path of the golden model.
#[inline]
pub fn dot8(c: u32, a: &[u32; 8], b: &[u32; 8]) -> (u32, bool) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has the feature that the function is compiled for.
        return unsafe { avx2::dot8(c, a, b) };
    }
    portable::dot8(c, a, b)
}

/// The accumulator as a term: exponent on the scale of products (0 if absent), window of 28 bits, and sign (0 or -1).
#[inline]
fn accumulator(c: u32) -> (i32, u32, i32) {
    if field(c) == 0 { (0, 0, 0) } else { (field(c) + 127, significand(c) << 3, c as i32 >> 31) }
}

/// Steps 3 and 4 for one term: truncated right shift by `distance >= 0`, then the sign. 28 bits are all gone at 28, so
/// 31 stands for any larger distance.
#[inline]
fn aligned(window: u32, distance: i32, sign: i32) -> i64 {
    let (x, sign) = ((window >> (distance.min(31) as u32)) as i64, sign as i64);
    (x ^ sign) - sign
}

/// Step 5. The value is `sum * 2^(largest - 254 - 26)`: bit 26 is where the leading bit of the largest term stands.
#[inline]
fn finish(sum: i64, largest: i32) -> (u32, bool) {
    if sum == 0 {
        return (0, false);
    }
    let sign = (sum >> 32) as u32 & SIGN;
    round(sign, largest - 127 - 26 + 23, sum.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use rand::{Rng, SeedableRng};

    #[test]
    fn every_implementation_gives_the_same_words() {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(11);
        for i in 0..1_000_000 {
            let spread = 1 + i % 80;
            let mut word = || {
                let bits: u32 = rng.random();
                match i % 5 {
                    0 => bits,
                    1 => bits & 0x81ff_ffff,
                    _ => bits & 0x807f_ffff | (90 + rng.random_range(0..spread)) << 23,
                }
            };
            let (c, a, b) = (word(), std::array::from_fn(|_| word()), std::array::from_fn(|_| word()));
            assert_eq!(super::dot8(c, &a, &b), super::portable::dot8(c, &a, &b), "{c:08x} {a:08x?} {b:08x?}");
        }
    }
}
