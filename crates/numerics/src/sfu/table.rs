//! The ROM: 512 quadratics.

use super::Function;
use super::series::{exp2, log2};
use std::sync::LazyLock;

/// One ROM entry, 64 bits: the quadratic of one segment, coefficients as magnitudes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coef {
    /// Value at the middle, 30 bits, unit `2^-30`.
    pub c0: u32,
    /// Slope times half the segment, 18 bits, unit `2^-26`.
    pub c1: u32,
    /// Half the curvature times the square of half the segment, 16 bits, unit `2^-31`.
    pub c2: u32,
}

impl Coef {
    /// The entry as one ROM word: `c2` in bits 63..48, `c1` in 47..30, `c0` in 29..0.
    pub const fn word(self) -> u64 {
        (self.c2 as u64) << 48 | (self.c1 as u64) << 30 | self.c0 as u64
    }
}

/// The ROM: recip, rsqrt, exp, ln, with 128 segments each; see [`super::address`].
///
/// Each segment interpolates its function at the three Chebyshev nodes. Rsqrt has 64 segments for `1 <= m < 2`, then 64
/// for `2 <= m < 4`. It is computed at first use from IEEE `+ - * /` and square roots only, so every platform gets the
/// same bits.
pub fn table() -> &'static [Coef; 512] {
    static TABLE: LazyLock<[Coef; 512]> = LazyLock::new(|| {
        std::array::from_fn(|address| {
            let function = Function::ALL[address >> 7];
            fit(|u| at(function, address & 0x7f, u))
        })
    });
    &TABLE
}

/// The tabulated function where the offset within a segment is `u`, `-1 < u < 1`.
fn at(function: Function, segment: usize, u: f64) -> f64 {
    let s = segment as f64;
    // fraction of the segment to the left of the offset
    let middle = (u + 1.0) / 2.0;
    // An offset stands half a unit to the right of its position. The position of exp is truncated, so that is its mean;
    // all others are exact, so it is taken back.
    let exact = middle - 1.0 / (1 << 19) as f64;
    match function {
        Function::Recip => 1.0 / (1.0 + (s + exact) / 128.0),
        Function::Rsqrt if segment < 64 => 1.0 / (1.0 + (s + exact) / 64.0).sqrt(),
        Function::Rsqrt => 1.0 / (2.0 + (s - 64.0 + exact) / 32.0).sqrt(),
        Function::Exp => exp2((s + middle) / 128.0) / 2.0,
        Function::Ln => log2(1.0 + (s + exact) / 128.0) / 2.0,
    }
}

/// The quadratic through `f` at the Chebyshev nodes 0 and `+-sqrt(3)/2`, rounded to the widths of the ROM.
fn fit(f: impl Fn(f64) -> f64) -> Coef {
    let node = 0.75f64.sqrt();
    let (left, middle, right) = (f(-node), f(0.0), f(node));
    let slope = (right - left) / (2.0 * node);
    let curve = ((right + left) / 2.0 - middle) / 0.75;
    let c1 = scaled(slope.abs(), 26);
    let c2 = scaled(curve.abs(), 31);
    // half of what rounding the curvature adds at the ends goes to the middle
    let rounded = (c2 as f64 / (1u64 << 31) as f64).copysign(curve);
    Coef { c0: scaled(middle + (curve - rounded) / 2.0, 30), c1, c2 }
}

/// A positive number in units of `2^-bits`, rounded half up.
fn scaled(x: f64, bits: u32) -> u32 {
    (x * (1u64 << bits) as f64 + 0.5) as u32
}
