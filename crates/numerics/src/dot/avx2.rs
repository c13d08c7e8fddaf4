//! The dot product, eight lanes at a time: training a network in the golden model is almost nothing but this.

use super::{accumulator, aligned, finish};
use std::arch::x86_64::*;

/// See [`super::dot`].
#[target_feature(enable = "avx2")]
pub(super) fn dot8(c: u32, a: &[u32; 8], b: &[u32; 8]) -> (u32, bool) {
    let (a, b) = (load(a), load(b));
    let (ea, eb) = (fields(a), fields(b));
    let absent = _mm256_cmpeq_epi32(_mm256_min_epu32(ea, eb), _mm256_setzero_si256());
    let exponents = _mm256_andnot_si256(absent, _mm256_add_epi32(ea, eb));
    let (ec, window, sign) = accumulator(c);
    let largest = ec.max(maximum(exponents));

    let x = _mm256_andnot_si256(absent, products(significands(a), significands(b)));
    let x = _mm256_srlv_epi32(x, _mm256_sub_epi32(_mm256_set1_epi32(largest), exponents));
    // the lower bit keeps the selector of the sign from being zero
    let x = _mm256_sign_epi32(x, _mm256_or_si256(_mm256_xor_si256(a, b), _mm256_set1_epi32(1)));
    finish(sum(x) + aligned(window, largest - ec, sign), largest)
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(words: &[u32; 8]) -> __m256i {
    // SAFETY: the reference covers the 32 bytes that are read; the load needs no alignment.
    unsafe { _mm256_loadu_si256(words.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn fields(words: __m256i) -> __m256i {
    _mm256_and_si256(_mm256_srli_epi32(words, 23), _mm256_set1_epi32(0xff))
}

#[inline]
#[target_feature(enable = "avx2")]
fn significands(words: __m256i) -> __m256i {
    let fraction = _mm256_and_si256(words, _mm256_set1_epi32(0x7f_ffff));
    _mm256_or_si256(fraction, _mm256_set1_epi32(0x80_0000))
}

/// The largest of eight exponents: the one instruction that compares across lanes finds a minimum, hence the `not`.
#[inline]
#[target_feature(enable = "avx2")]
fn maximum(exponents: __m256i) -> i32 {
    let halves = (_mm256_castsi256_si128(exponents), _mm256_extracti128_si256(exponents, 1));
    let inverted = _mm_xor_si128(_mm_packus_epi32(halves.0, halves.1), _mm_set1_epi32(-1));
    _mm_cvtsi128_si32(_mm_minpos_epu16(inverted)) & 0xffff ^ 0xffff
}

/// Step 2. As `P2 >> 12 = (la * lb << 12) + la * tb + ta * lb + (ta * tb >> 12)`, the term `la * lb` never appears.
#[inline]
#[target_feature(enable = "avx2")]
fn products(a: __m256i, b: __m256i) -> __m256i {
    let (ha, hb) = (_mm256_srli_epi32(a, 6), _mm256_srli_epi32(b, 6));
    let (ta, tb) = (_mm256_srli_epi32(a, 12), _mm256_srli_epi32(b, 12));
    let low = _mm256_set1_epi32(63);
    let (la, lb) = (_mm256_and_si256(a, low), _mm256_and_si256(b, low));

    // P1 has 36 bits: `even` and `odd` hold it for lanes 0, 2, 4, 6 and 1, 3, 5, 7
    let even = _mm256_mul_epu32(ha, hb);
    let odd = _mm256_mul_epu32(_mm256_srli_epi64(ha, 32), _mm256_srli_epi64(hb, 32));
    let p1_top = _mm256_blend_epi32(_mm256_srli_epi64(even, 8), _mm256_slli_epi64(odd, 24), 0b1010_1010);
    let p1_byte = _mm256_and_si256(
        _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0b1010_1010),
        _mm256_set1_epi32(0xff),
    );
    let cross = _mm256_madd_epi16(
        _mm256_or_si256(la, _mm256_slli_epi32(ta, 16)),
        _mm256_or_si256(tb, _mm256_slli_epi32(lb, 16)),
    );
    let top = _mm256_srli_epi32(_mm256_madd_epi16(ta, tb), 12);
    let middle = _mm256_sub_epi32(_mm256_add_epi32(cross, top), _mm256_srli_epi32(p1_top, 16));
    // (P1 + M) >> 8, with P1 = 2^8 * p1_top + p1_byte
    _mm256_add_epi32(p1_top, _mm256_srai_epi32(_mm256_add_epi32(p1_byte, middle), 8))
}

/// The exact sum of eight signed terms of 28 bits: four of them fit 32 bits, eight do not.
#[inline]
#[target_feature(enable = "avx2")]
fn sum(x: __m256i) -> i64 {
    let four = _mm_add_epi32(_mm256_castsi256_si128(x), _mm256_extracti128_si256(x, 1));
    let two = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0b1110));
    let both = _mm_cvtsi128_si64(two);
    both as i32 as i64 + (both >> 32)
}
