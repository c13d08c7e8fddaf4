//! The worst sums that climbing finds: from random words, by changes that lose no less than before.

use crate::definition::sum_error;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const STARTS: u64 = 24;
const STEPS: usize = 150_000;

/// The operands of a dot product.
#[derive(Clone)]
pub struct Case {
    pub c: u32,
    pub a: Vec<u32>,
    pub b: Vec<u32>,
}

impl Case {
    pub fn error(&self) -> f64 {
        sum_error(self.c, &self.a, &self.b)
    }

    fn random(lanes: usize, rng: &mut ChaCha8Rng) -> Self {
        let mut word = || rng.random::<u32>() & 0x007f_ffff | rng.random_range(120..128) << 23;
        let mut words = |n| (0..n).map(|_| word()).collect::<Vec<_>>();
        Self { c: words(1)[0], a: words(lanes), b: words(lanes) }
    }

    /// A few bits, an exponent or a sign of one word are changed, or one lane becomes another.
    fn change(&mut self, rng: &mut ChaCha8Rng) {
        let lanes = self.a.len();
        let (from, to, kind) =
            (rng.random_range(0..lanes), rng.random_range(0..lanes), rng.random_range(0..16));
        if kind == 0 {
            (self.a[to], self.b[to]) = (self.a[from], self.b[from]);
            return;
        }
        let word = match rng.random_range(0..3) {
            0 => &mut self.a[to],
            1 => &mut self.b[to],
            _ => &mut self.c,
        };
        *word ^= match kind {
            1 => 1 << 31,
            2..5 => 1 << rng.random_range(23..28),
            5..9 => 1 << rng.random_range(0..23) | 1 << rng.random_range(0..23),
            _ => 1 << rng.random_range(0..23),
        };
    }
}

/// The largest error of a sum of so many lanes that was climbed to.
pub fn worst(lanes: usize) -> Case {
    let climbed = (0..STARTS).map(|seed| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut best = Case::random(lanes, &mut rng);
        let mut error = best.error();
        for _ in 0..STEPS {
            let mut next = best.clone();
            next.change(&mut rng);
            let next_error = next.error();
            if next_error >= error {
                (best, error) = (next, next_error);
            }
        }
        best
    });
    climbed.max_by(|a, b| a.error().total_cmp(&b.error())).expect("there are starts")
}
