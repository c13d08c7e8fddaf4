//! The terms of a fused dot product, written once more from their definition and slowly, and what each of them loses.
//! Tests and `examples/bounds` share it.
//!
//! The unit is that of the window: `2^-26 * 2^(E - 254)`, where `E` is the largest exponent.

/// What a product loses at most, in units of the window (`docs/numerics-bounds.md`).
pub const PRODUCT_BOUND: f64 = 1_564_673.0 / (1 << 20) as f64;

/// What the sum of a dot product of so many lanes loses at most before it is rounded, in units of the window.
pub fn sum_bound(lanes: usize) -> f64 {
    lanes as f64 * PRODUCT_BOUND + 1.0 - 2f64.powi(-24)
}

/// A term that is not zero.
pub struct Term {
    pub negative: bool,
    /// On the scale of products.
    pub exponent: u32,
    /// The 28 bits before alignment.
    pub window: i128,
    /// The exact significand, in units of `2^-20` of the window's.
    pub exact: i128,
}

impl Term {
    /// The part of the sum: the window after alignment to the exponent `largest`.
    pub fn aligned(&self, largest: u32) -> i128 {
        let distance = largest - self.exponent;
        let part = if distance > 40 { 0 } else { self.window / (1i128 << distance) };
        if self.negative { -part } else { part }
    }

    /// What [`Self::aligned`] lacks of the exact term, in units.
    pub fn loss(&self, largest: u32) -> f64 {
        let distance = (largest - self.exponent).min(70);
        let exact = if self.negative { -self.exact } else { self.exact };
        (exact - (self.aligned(largest) << (distance + 20))) as f64 / 2f64.powi(distance as i32 + 20)
    }
}

/// A word as (negative, exponent field, significand); significand 0 for a zero.
pub fn parts(word: u32) -> (bool, u32, i128) {
    let field = word >> 23 & 0xff;
    (word >> 31 == 1, field, if field == 0 { 0 } else { i128::from(word & 0x7f_ffff) + (1 << 23) })
}

/// `P1 + M`: the product of two significands in units of `2^12`, as the two multipliers of the hardware approximate it.
pub fn approximate(ma: i128, mb: i128) -> i128 {
    let [(ha, la, ta), (hb, lb, tb)] = [ma, mb].map(|m| (m / 64, m % 64, m / 4096));
    let crosses = (la * 4096 + ta) * (lb * 4096 + tb);
    let middle = crosses.div_euclid(4096) - la * lb * 4096 - (ha * hb).div_euclid(1 << 24);
    assert!((-2..1 << 19).contains(&middle), "the middle of {ma:x} * {mb:x} is not in its range");
    ha * hb + middle
}

/// The terms of `c + sum a[i] * b[i]`, without those that are zero.
pub fn terms(c: u32, a: &[u32], b: &[u32]) -> Vec<Term> {
    let (negative, field, m) = parts(c);
    let mut terms = vec![Term { negative, exponent: field + 127, window: m * 8, exact: m << 23 }];
    for (&a, &b) in a.iter().zip(b) {
        let ((sa, ea, ma), (sb, eb, mb)) = (parts(a), parts(b));
        let window = approximate(ma, mb).div_euclid(256);
        terms.push(Term { negative: sa != sb, exponent: ea + eb, window, exact: ma * mb });
    }
    terms.retain(|term| term.exact != 0);
    terms
}

/// The largest exponent of some terms.
pub fn largest(terms: &[Term]) -> u32 {
    terms.iter().map(|term| term.exponent).max().unwrap_or(0)
}

/// How far the sum is from the exact one before it is rounded, in units.
pub fn sum_error(c: u32, a: &[u32], b: &[u32]) -> f64 {
    let terms = terms(c, a, b);
    let largest = largest(&terms);
    terms.iter().map(|term| term.loss(largest)).sum::<f64>().abs()
}
