//! How far a word is from the exact value. Tests and `examples/bounds` share it.

/// The value of a word, exactly.
pub fn value(word: u32) -> f64 {
    let field = word >> 23 & 0xff;
    if field == 0 {
        return 0.0;
    }
    let magnitude = f64::from(word & 0x7f_ffff | 0x80_0000) * 2f64.powi(field as i32 - 150);
    if word >> 31 == 0 { magnitude } else { -magnitude }
}

/// Distance from the exact value, in units of the last place of a 24-bit number in its binade.
pub fn ulps(word: u32, exact: f64) -> f64 {
    let exponent = (exact.abs().to_bits() >> 52) as i32 - 1023;
    (value(word) - exact).abs() * 2f64.powi(23 - exponent)
}
