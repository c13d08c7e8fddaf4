//! Powers and logarithms from the four IEEE operations, because a platform's own differ in the last bit.

/// `ln 2`, the nearest `f64`.
const LN_2: f64 = std::f64::consts::LN_2;

/// `2^x` for `0 <= x <= 1`, to a few units of `2^-52`: the Taylor series of the exponential.
pub(super) fn exp2(x: f64) -> f64 {
    let y = x * LN_2;
    // 0.7^20 / 20! is below 2^-70
    (1..20).rev().fold(1.0, |sum, n| 1.0 + sum * y / n as f64)
}

/// `log2(x)` for `1 <= x <= 2`, to a few units of `2^-52`: twice the series of the inverse hyperbolic tangent of
/// `z = (x - 1) / (x + 1)`, which is at most 1/3.
pub(super) fn log2(x: f64) -> f64 {
    let z = (x - 1.0) / (x + 1.0);
    let square = z * z;
    // 3^-40 is below 2^-63
    let series = (0..20).rev().fold(0.0, |sum, n| sum * square + 1.0 / (2 * n + 1) as f64);
    2.0 * z * series / LN_2
}
