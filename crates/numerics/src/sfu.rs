//! The special functions: reciprocal, reciprocal square root, exponential and natural logarithm, bit for bit.
//!
//! All four share one datapath: a 512-entry ROM and a quadratic, with three multiplications that each fit one unsigned
//! 18x18 multiplier. Only the first stage (reduction) and the last (reconstruction) depend on the function. The stages
//! of the hardware are these functions, in order:
//!
//! | stage | here | what it does | widths |
//! |---|---|---|---|
//! | 1 | [`reduce`] | range reduction to a [`Point`]; for `exp`, one exact 24x24 product and one shift | segment 7, position 18, scale 10 signed |
//! | 2 | [`address`], [`table()`] | ROM read | 9 -> 30 + 18 + 16 |
//! | 2 | [`fold`] | the position becomes an odd sign-magnitude offset from the middle of its segment | 18 -> 1 + 18 |
//! | 3 | [`square`] | `offset^2`, top half | 18x18 -> 36, keep 18 |
//! | 3 | [`linear`] | `c1 * offset` | 18x18 -> 36, keep 22 |
//! | 4 | [`quadratic`] | `c2 * square` | 16x18 -> 34, keep 15 |
//! | 5 | [`combine`] | `c0 +- linear +- quadratic` | 31, unsigned |
//! | 6 | [`reconstruct`] | round to 24 bits and pack; `ln` normalises `exponent + log2` and multiplies by `ln 2` | word, overflow |
//!
//! [`evaluate`] is their composition, and [`recip`], [`rsqrt`], [`exp`], [`ln`] are its four cases.

mod interpolate;
mod reconstruct;
mod reduce;
mod series;
mod table;

pub use interpolate::{Offset, address, combine, fold, interpolate, linear, quadratic, square};
pub use reconstruct::{LN_2, logarithm, reconstruct};
pub use reduce::{LOG2_E, Point, exp_argument, reduce};
pub use table::{Coef, table};

/// Which special function; the discriminant is the top two bits of the ROM address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// `1 / x`, from a table of `1 / m` over `1 <= m < 2`.
    Recip = 0,
    /// `1 / sqrt(|x|)`, from a table of `1 / sqrt(m)` over `1 <= m < 4`.
    Rsqrt = 1,
    /// `e^x`, from a table of `2^(f - 1)` over `0 <= f < 1`.
    Exp = 2,
    /// `ln |x|`, from a table of `log2(m) / 2` over `1 <= m < 2`.
    Ln = 3,
}

impl Function {
    /// All four, in the order of the ROM.
    pub const ALL: [Self; 4] = [Self::Recip, Self::Rsqrt, Self::Exp, Self::Ln];

    /// The slope is negative: the linear term changes sign.
    pub const fn falls(self) -> bool {
        matches!(self, Self::Recip | Self::Rsqrt)
    }

    /// The curvature is negative: the quadratic term is subtracted.
    pub const fn is_concave(self) -> bool {
        matches!(self, Self::Ln)
    }
}

/// A special function of a word: the result and the overflow flag.
pub fn evaluate(function: Function, x: u32) -> (u32, bool) {
    let point = match reduce(function, x) {
        Ok(point) => point,
        Err(known) => return known,
    };
    let coef = &table()[address(function, point.segment)];
    reconstruct(function, interpolate(function, coef, point.position), point)
}

/// `1 / x`, to 0.82 ulp; exact at powers of two. `1 / 0` is `+`[`MAX_FINITE`](crate::MAX_FINITE) with the overflow flag,
/// whatever the sign of the zero; below `2^-126` the result is `+0`.
pub fn recip(x: u32) -> (u32, bool) {
    evaluate(Function::Recip, x)
}

/// `1 / sqrt(|x|)`, to 1.13 ulp; of 1 it is `1 - 2^-24`.
///
/// Of 0 it is [`MAX_FINITE`](crate::MAX_FINITE), and [`evaluate`] raises the overflow flag. No other argument overflows
/// or underflows.
pub fn rsqrt(x: u32) -> u32 {
    evaluate(Function::Rsqrt, x).0
}

/// `e^x`; exactly 1 at zero, never more than 1 for `x <= 0`, `+0` below about -87.34.
///
/// Made for softmax, where `x <= 0`, but defined for all: a large positive `x` saturates to
/// [`MAX_FINITE`](crate::MAX_FINITE) (from about 88.72), and [`evaluate`] raises the overflow flag.
///
/// It is `2^(x k)` to 0.80 ulp, where the 24-bit constant `k` ([`LOG2_E`]) is low by 1.34e-8 of itself: as if `x` were
/// off by at most 0.23 ulp. Relative to `e^x` that is 9e-8 for `|x| < 1`, 1.81e-7 for `|x| < 8`, 1.26e-6 at the ends.
pub fn exp(x: u32) -> u32 {
    evaluate(Function::Exp, x).0
}

/// `ln |x|`: the sign of `x` is ignored. Exactly 0 at 1, never negative above it.
///
/// Of 0 it is `-`[`MAX_FINITE`](crate::MAX_FINITE), and [`evaluate`] raises the overflow flag. The error is within
/// `2^-22.83 * max(1, |ln x|)`, and `2^-24.2` where `|ln x| < 0.5`: absolute, so close to 1 the result keeps few
/// significant bits.
pub fn ln(x: u32) -> u32 {
    evaluate(Function::Ln, x).0
}
