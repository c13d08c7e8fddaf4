//! Exact conversions from integers.

/// A pixel as a fraction: `byte * 2^-shift`, exactly; `shift` is 0..=15 (8 maps a byte to `[0, 1)`).
///
/// # Panics
/// If `shift` is more than 15, the widest the instruction field can say.
#[inline]
pub const fn pixel(byte: u8, shift: u32) -> u32 {
    assert!(shift < 16, "pixel shift is 0..=15");
    scaled(byte as u32, shift)
}

/// A small unsigned integer, exactly.
///
/// # Panics
/// If `u >= 2^24`: such an integer may need more than 24 bits.
#[inline]
pub const fn int(u: u32) -> u32 {
    assert!(u < 1 << 24, "only integers below 2^24 are exact");
    scaled(u, 0)
}

/// `u * 2^-shift` for `u < 2^24`: normalise, then the field says where the leading bit stands.
#[inline]
const fn scaled(u: u32, shift: u32) -> u32 {
    if u == 0 {
        return 0;
    }
    let top = 31 - u.leading_zeros();
    // adding, not or-ing: the leading bit of the significand adds the last 1 to the field
    ((126 + top - shift) << 23) + (u << (23 - top))
}
