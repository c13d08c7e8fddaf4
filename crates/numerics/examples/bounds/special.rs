//! The worst arguments of the special functions, over all there are.

use crate::measure::{ulps, value};
use ef_numerics::sfu::LOG2_E;
use ef_numerics::{exp, ln, recip, rsqrt};
use std::ops::Range;
use std::thread;

/// The largest error met, and where.
#[derive(Clone, Copy, Default)]
pub struct Worst {
    pub error: f64,
    pub at: u32,
}

impl Worst {
    fn meet(&mut self, error: f64, at: u32) {
        if error > self.error {
            *self = Self { error, at };
        }
    }
}

/// The words of one binade.
const BINADE: u32 = 1 << 23;
const SIGN: u32 = 1 << 31;

/// Shares binades out to threads; of what each has found of every measure, the largest.
fn over<const N: usize>(binades: Range<u32>, check: impl Fn(u32, &mut [Worst; N]) + Sync) -> [Worst; N] {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let share = |i: usize| {
        let mut worst = [Worst::default(); N];
        for binade in binades.clone().skip(i).step_by(threads) {
            (binade * BINADE..=binade * BINADE + (BINADE - 1)).for_each(|x| check(x, &mut worst));
        }
        worst
    };
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|i| scope.spawn(move || share(i))).collect();
        running.into_iter().fold([Worst::default(); N], |mut all, thread| {
            let found = thread.join().expect("no check panics");
            all.iter_mut().zip(found).for_each(|(all, found)| all.meet(found.error, found.at));
            all
        })
    })
}

/// Every significand, in ulp.
pub fn worst_recip() -> Worst {
    let [worst] = over(127..128, |x, [worst]| worst.meet(ulps(recip(x).0, 1.0 / value(x)), x));
    worst
}

/// Every significand of either parity, in ulp.
pub fn worst_rsqrt() -> Worst {
    let [worst] = over(127..129, |x, [worst]| worst.meet(ulps(rsqrt(x), 1.0 / value(x).sqrt()), x));
    worst
}

/// Every word whose exponential is neither 0 nor saturated: in ulp of `2^(x k)`; relative to `e^x` where `|x|` is below
/// 1, below 8, and over the whole domain.
pub fn worst_exp() -> [Worst; 4] {
    let k = f64::from(LOG2_E) / 2f64.powi(23);
    // 128 is the first argument that is not reduced
    over(1..134, |x, [base, one, eight, all]| {
        for x in [x, x | SIGN] {
            let (result, argument) = (exp(x), value(x));
            if result == 0 || result == ef_numerics::MAX_FINITE {
                continue;
            }
            base.meet(ulps(result, (argument * k).exp2()), x);
            let relative = (value(result) / argument.exp() - 1.0).abs();
            all.meet(relative, x);
            if argument.abs() < 8.0 {
                eight.meet(relative, x);
            }
            if argument.abs() < 1.0 {
                one.meet(relative, x);
            }
        }
    })
}

/// Every positive word: of `max(1, |ln x|)`; absolute where `|ln x|` is below 0.5.
pub fn worst_ln() -> [Worst; 2] {
    over(1..256, |x, [all, near]| {
        let exact = value(x).ln();
        let error = (value(ln(x)) - exact).abs();
        all.meet(error / exact.abs().max(1.0), x);
        if exact.abs() < 0.5 {
            near.meet(error, x);
        }
    })
}
