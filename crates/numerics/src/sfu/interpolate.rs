//! Stages 2 to 5: the quadratic, in unsigned fixed point.
//!
//! The result has 30 fraction bits and lies in `[0.5, 1]` (`ln`: `[0, 0.5]`). With `u = offset / 2^18`, `|u| < 1`, it is
//! `c0 / 2^30 +- (c1 / 2^26) * u +- (c2 / 2^31) * u^2`.

use super::{Coef, Function};

/// A position as an odd distance from the middle of its segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offset {
    /// Left of the middle.
    pub negative: bool,
    /// Odd, 1..2^18: the unit is half a unit of the position.
    pub magnitude: u32,
}

/// ROM address, 9 bits: the function above the segment.
#[inline]
pub const fn address(function: Function, segment: u32) -> usize {
    (function as usize) << 7 | segment as usize
}

/// `2 * position + 1 - 2^18` as sign and magnitude. It is odd, so the magnitude needs no carry: if the top bit of the
/// position is 0 the other 17 are inverted, and a 1 is appended.
#[inline]
pub const fn fold(position: u32) -> Offset {
    let negative = position >> 17 == 0;
    let low = if negative { !position } else { position } & 0x1_ffff;
    Offset { negative, magnitude: low << 1 | 1 }
}

/// The top 18 bits of the 36-bit square.
#[inline]
pub const fn square(offset: u32) -> u32 {
    ((offset as u64 * offset as u64) >> 18) as u32
}

/// `c1 * offset` in units of `2^-30`: bits 35..14 of the product, 22 bits.
#[inline]
pub const fn linear(c1: u32, offset: u32) -> u32 {
    ((c1 as u64 * offset as u64) >> 14) as u32
}

/// `c2 * square` in units of `2^-30`: bits 33..19 of the product, 15 bits.
#[inline]
pub const fn quadratic(c2: u32, square: u32) -> u32 {
    ((c2 as u64 * square as u64) >> 19) as u32
}

/// The three terms together, 31 bits. The linear term is subtracted left of the middle of a rising function and right of
/// the middle of a falling one, the quadratic term if the function is concave.
#[inline]
pub const fn combine(function: Function, c0: u32, linear: u32, quadratic: u32, negative: bool) -> u32 {
    let sum = if negative != function.falls() { c0 - linear } else { c0 + linear };
    if function.is_concave() { sum - quadratic } else { sum + quadratic }
}

/// Stages 2 to 5 from a ROM entry and a position: the function in units of `2^-30`.
#[inline]
pub const fn interpolate(function: Function, coef: &Coef, position: u32) -> u32 {
    let offset = fold(position);
    let linear = linear(coef.c1, offset.magnitude);
    let quadratic = quadratic(coef.c2, square(offset.magnitude));
    combine(function, coef.c0, linear, quadratic, offset.negative)
}
