//! What the optimiser is told.

use serde::{Deserialize, Serialize};

/// Settings of stochastic gradient descent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hyper {
    /// At step `rate_from`.
    pub learning_rate: f32,
    /// At the last step of the last epoch.
    pub learning_rate_end: f32,
    pub momentum: f32,
    pub weight_decay: f32,
    /// The step, from 1, at which the line from the first to the last learning rate begins: later than 1 where a resumed run was given
    /// another end.
    #[serde(default = "first_step")]
    pub rate_from: u64,
    /// Over this many first steps of a run the rate grows from zero to that of the line.
    #[serde(default)]
    pub warm_up: u64,
}

fn first_step() -> u64 {
    1
}

/// Share of its velocity that a weight keeps, if nobody says otherwise.
const USUAL_MOMENTUM: f32 = 0.9;
/// Weight decay if nobody says otherwise.
pub const USUAL_WEIGHT_DECAY: f32 = 5e-4;

/// Images over which the learning rate grows from zero, but never more than [`WARM_UP_SHARE`] of a run.
const WARM_UP_IMAGES: u64 = 800;
const WARM_UP_SHARE: u64 = 10;

/// Steps of the warm-up of a run of `steps` batches of `batch` images, if nobody says otherwise.
pub fn usual_warm_up(batch: usize, steps: u64) -> u64 {
    WARM_UP_IMAGES.div_ceil(batch.max(1) as u64).min(steps / WARM_UP_SHARE)
}

/// The learning rate of a batch of `batch` images if nobody says otherwise: in proportion to the batch up to 16 images, with its square
/// root above (`docs/decisions/learning-rate.md`).
pub fn usual_rate(batch: usize) -> f32 {
    let batches_of_16 = batch as f64 / 16.0;
    let rate = 0.02 * if batch <= 16 { batches_of_16 } else { batches_of_16.sqrt() };
    // two digits, for the person who reads it
    let unit = 10f64.powf(rate.log10().floor() - 1.0);
    ((rate / unit).round() * unit) as f32
}

impl Hyper {
    /// The settings for batches of `batch` images if nobody says otherwise.
    pub fn usual(batch: usize) -> Hyper {
        let learning_rate = usual_rate(batch);
        Hyper {
            learning_rate,
            learning_rate_end: 0.1 * learning_rate,
            momentum: USUAL_MOMENTUM,
            weight_decay: USUAL_WEIGHT_DECAY,
            rate_from: first_step(),
            warm_up: 0,
        }
    }

    /// The learning rate of step `step` (from 1) of `steps`: a straight line from step `rate_from` to the last step, after a warm-up.
    ///
    /// Only sums, products and quotients of doubles: the same bits on every machine.
    pub fn rate(&self, step: u64, steps: u64) -> f32 {
        let (first, last) = (f64::from(self.learning_rate), f64::from(self.learning_rate_end));
        let done =
            step.saturating_sub(self.rate_from) as f64 / steps.saturating_sub(self.rate_from).max(1) as f64;
        let warm = if step < self.warm_up { step as f64 / self.warm_up as f64 } else { 1.0 };
        ((first + (last - first) * done) * warm) as f32
    }

    /// These settings for a run that has done `step` steps of a schedule of `was.1` steps with the settings `was.0` and goes on for
    /// `steps` in all: where the end of the line moves, it begins anew at the learning rate that was reached.
    pub fn resumed(self, was: (Hyper, u64), step: u64, steps: u64) -> Hyper {
        let moved = was.1 != steps || was.0.learning_rate_end != self.learning_rate_end;
        if self.rate_from != was.0.rate_from || !moved || step == 0 {
            return self;
        }
        let line = Hyper { warm_up: 0, ..was.0 };
        Hyper { learning_rate: line.rate(step, was.1), rate_from: step, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(learning_rate: f32, learning_rate_end: f32) -> Hyper {
        Hyper { learning_rate, learning_rate_end, ..Hyper::usual(1) }
    }

    #[test]
    fn the_rate_falls_in_a_straight_line_from_the_first_to_the_last_step() {
        assert_eq!([1, 2, 3, 4].map(|step| line(0.5, 0.125).rate(step, 4)), [0.5, 0.375, 0.25, 0.125]);
        assert_eq!(line(0.5, 0.125).rate(1, 1), 0.5);
    }

    #[test]
    fn the_rate_grows_from_zero_in_the_warm_up() {
        let warm = Hyper { warm_up: 4, ..line(0.5, 0.5) };
        assert_eq!([1, 2, 3, 4, 5].map(|step| warm.rate(step, 10)), [0.125, 0.25, 0.375, 0.5, 0.5]);
        // one that is resumed in the middle of it goes on with it
        let longer = warm.resumed((warm, 10), 2, 20);
        assert_eq!([3, 4, 5].map(|step| longer.rate(step, 20)), [0.375, 0.5, 0.5]);
        assert_eq!([usual_warm_up(16, 1000), usual_warm_up(1, 100), usual_warm_up(64, 3)], [50, 10, 0]);
    }

    #[test]
    fn a_resumed_run_goes_on_from_the_rate_it_had_reached() {
        let was = line(0.5, 0.125);
        // nothing changes: the same line
        assert_eq!(was.resumed((was, 4), 2, 4), was);
        // half-way, twice as long: no step up, and the end is reached at the new end
        let longer = was.resumed((was, 5), 3, 7);
        assert_eq!(longer.rate_from, 3);
        assert_eq!([4, 5, 6, 7].map(|step| longer.rate(step, 7)), [0.265625, 0.21875, 0.171875, 0.125]);
        // after its end: the last rate stays
        let after = was.resumed((was, 4), 4, 8);
        assert_eq!([5, 8].map(|step| after.rate(step, 8)), [0.125, 0.125]);
        // another end is approached from where the run is
        let other = line(0.5, 0.25).resumed((was, 4), 3, 4);
        assert_eq!(other.rate(4, 4), 0.25);
        // and a second time
        let again = longer.resumed((longer, 7), 5, 9);
        assert_eq!((again.learning_rate, again.rate_from), (longer.rate(5, 7), 5));
    }

    #[test]
    fn the_usual_rate_grows_with_the_batch() {
        let rates = [1, 2, 4, 16, 64].map(usual_rate);
        assert_eq!(rates, [0.0013, 0.0025, 0.005, 0.02, 0.04]);
    }
}
