//! The worst products of two significands: branch and bound over all 2^46 pairs.
//!
//! With `m = 2^12 t + 2^6 r + l`, what a product lacks, in units of `2^-20` of the window's, is
//!
//! ```text
//! 64 (la rb + ra lb) + la lb + 4096 (third + byte)
//! third = (P1 >> 24) - (ta tb >> 12),  byte = (P1 + M) & 255
//! ```
//!
//! Without `byte` it is what `P1 + M` lacks.

use crate::definition::approximate;

/// The significands of a pair, as three parts each.
#[derive(Clone, Copy)]
struct Split {
    t: [u64; 2],
    r: [u64; 2],
    l: [u64; 2],
}

impl Split {
    fn significands(&self) -> [u64; 2] {
        [0, 1].map(|i| self.t[i] << 12 | self.r[i] << 6 | self.l[i])
    }

    /// `h`, the upper 18 bits.
    fn high(&self) -> [u64; 2] {
        [0, 1].map(|i| self.t[i] << 6 | self.r[i])
    }

    fn third(&self) -> u64 {
        let h = self.high();
        ((h[0] * h[1]) >> 24) - ((self.t[0] * self.t[1]) >> 12)
    }

    /// What `P1 + M` lacks, if `third` is given.
    fn lack(&self, third: u64) -> u64 {
        let (r, l) = (self.r, self.l);
        64 * (l[0] * r[1] + r[0] * l[1]) + l[0] * l[1] + 4096 * third
    }

    fn byte(&self) -> u64 {
        let h = self.high();
        (h[0] * h[1] + self.l[0] * self.t[1] + self.t[0] * self.l[1]).wrapping_sub(self.third()) & 255
    }
}

/// What is to be as large as possible.
#[derive(Clone, Copy)]
pub struct Aim {
    /// Of the product as it enters the sum; else of `P1 + M`.
    pub truncated: bool,
    /// Relative to the exact product; else in units of the window.
    pub relative: bool,
}

impl Aim {
    fn value(self, lack: u64, significands: [u64; 2]) -> f64 {
        let whole = if self.relative { (significands[0] * significands[1]) as f64 } else { (1 << 20) as f64 };
        lack as f64 / whole
    }

    fn of(self, s: &Split) -> f64 {
        let byte = if self.truncated { s.byte() } else { 0 };
        self.value(s.lack(s.third()) + 4096 * byte, s.significands())
    }

    /// No pair with these `t` and, if `third` is known, these `r` has more.
    fn bound(self, s: &Split, third: Option<u64>) -> f64 {
        let byte = if self.truncated { 255 } else { 0 };
        let top = Split { r: third.map_or([63; 2], |_| s.r), l: [63; 2], ..*s };
        let low = Split { r: third.map_or([0; 2], |_| s.r), l: [0; 2], ..*s };
        self.value(top.lack(third.unwrap_or(2)) + 4096 * byte, low.significands())
    }
}

/// The largest value of the aim over all pairs, and the pair, as words of 1 to 2.
pub fn worst(aim: Aim) -> (f64, [u32; 2]) {
    let mut best = (0.0, Split { t: [0; 2], r: [0; 2], l: [0; 2] });
    let offer = |best: &mut (f64, Split), s: Split| {
        let value = aim.of(&s);
        if value > best.0 {
            *best = (value, s);
        }
    };
    let tops = || (2048..4096).flat_map(|a| (a..4096).map(move |b| [a, b]));
    // a good pair first, so that the bound cuts much
    for t in tops() {
        offer(&mut best, Split { t, r: [63; 2], l: [63; 2] });
    }
    let lows = || (0..64).rev().flat_map(|a| (0..64).rev().map(move |b| [a, b]));
    for t in tops() {
        if aim.bound(&Split { t, r: [0; 2], l: [0; 2] }, None) <= best.0 {
            continue;
        }
        for r in lows() {
            let s = Split { t, r, l: [0; 2] };
            if aim.bound(&s, Some(s.third())) > best.0 {
                lows().for_each(|l| offer(&mut best, Split { l, ..s }));
            }
        }
    }
    let [a, b] = best.1.significands();
    checked(aim, best.0, [a, b]);
    // the hidden bit adds 1 to a field of 126
    (best.0, [a, b].map(|m| (126 << 23) + m as u32))
}

/// The value is that of the definition.
fn checked(aim: Aim, value: f64, [a, b]: [u64; 2]) {
    let sum = approximate(a.into(), b.into());
    let kept = if aim.truncated { sum >> 8 << 20 } else { sum << 12 };
    let lack = u64::try_from(i128::from(a * b) - kept).expect("a product is truncated");
    assert_eq!(value, aim.value(lack, [a, b]), "{a:x} * {b:x}");
}
