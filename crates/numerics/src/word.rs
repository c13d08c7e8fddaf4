//! Fields of a word, and the one way back from a rounded result to a word.

/// The largest finite value, `(2 - 2^-23) * 2^127`: what an overflowing result saturates to.
pub const MAX_FINITE: u32 = 0x7f7f_ffff;

/// The sign bit of a word.
pub(crate) const SIGN: u32 = 1 << 31;

/// The hidden bit of a 24-bit significand.
pub(crate) const HIDDEN: u32 = 1 << 23;

/// Exponent field, 0..=255; 0 means the value zero.
#[inline]
pub(crate) const fn field(word: u32) -> i32 {
    (word >> 23 & 0xff) as i32
}

/// The 24-bit significand `2^23 + fraction`; meaningless when [`field`] is 0.
#[inline]
pub(crate) const fn significand(word: u32) -> u32 {
    word & (HIDDEN - 1) | HIDDEN
}

/// Exponent field 0 (zeros and denormals, of either sign) becomes `+0`; any other word is unchanged.
#[inline]
pub const fn flush(a: u32) -> u32 {
    if field(a) == 0 { 0 } else { a }
}

/// A rounded result as a word, and whether it overflowed.
///
/// `sign` is `0` or [`SIGN`]; `rounded` is in `2^23..=2^24`, where `2^24` is the carry out of rounding up; the value is
/// `rounded * 2^(field - 150)`.
#[inline]
pub(crate) const fn pack(sign: u32, field: i32, rounded: u32) -> (u32, bool) {
    let field = field + (rounded >> 24) as i32;
    if field < 1 {
        (0, false)
    } else if field > 254 {
        (sign | MAX_FINITE, true)
    } else {
        (sign | (field as u32) << 23 | rounded & (HIDDEN - 1), false)
    }
}

/// Round a nonzero magnitude to 24 bits, to nearest with ties to even, and pack it.
///
/// The value is `magnitude * 2^(scale - 150)`: a magnitude that already has 24 bits keeps `scale` as its field.
#[inline]
pub(crate) const fn round(sign: u32, scale: i32, magnitude: u64) -> (u32, bool) {
    let zeros = magnitude.leading_zeros();
    // the 24 kept bits are the top of `aligned`, the 40 dropped ones its bottom
    let aligned = magnitude << zeros;
    let kept = aligned >> 40;
    let dropped = aligned & ((1 << 40) - 1);
    // carries into bit 40 if more than half is dropped, or exactly half and `kept` is odd
    let rounded = kept + ((dropped + (1 << 39) - 1 + (kept & 1)) >> 40);
    pack(sign, scale + 40 - zeros as i32, rounded as u32)
}
