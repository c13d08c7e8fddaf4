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

/// What a person asked for. The rest follows from the batch or, of a resumed run, from what it was.
#[derive(Clone, Copy, Debug, Default)]
pub struct HyperArgs {
    pub learning_rate: Option<f32>,
    pub learning_rate_end: Option<f32>,
    pub momentum: Option<f32>,
    pub weight_decay: Option<f32>,
    /// Steps; of a new run only.
    pub warm_up: Option<u64>,
}

/// A run that is resumed: its settings, the steps it has done, and those of its schedule.
#[derive(Clone, Copy, Debug)]
pub struct Before {
    pub hyper: Hyper,
    pub step: u64,
    pub steps: u64,
}

impl HyperArgs {
    /// The settings of a run of `steps` steps on batches of `batch` images.
    ///
    /// A resumed run keeps what is not asked for. A learning rate that is asked for begins with the next step; otherwise the rate goes on
    /// from where it was.
    pub fn resolve(&self, batch: usize, steps: u64, before: Option<Before>) -> Hyper {
        let default = before.map_or_else(|| Hyper::usual(batch), |before| before.hyper);
        let mut hyper = Hyper {
            learning_rate_end: self.learning_rate_end.unwrap_or(default.learning_rate_end),
            momentum: self.momentum.unwrap_or(default.momentum),
            weight_decay: self.weight_decay.unwrap_or(default.weight_decay),
            ..default
        };
        match before {
            None => hyper.warm_up = self.warm_up.unwrap_or(usual_warm_up(batch, steps)),
            Some(before) => hyper = hyper.resumed(before, steps),
        }
        if let Some(rate) = self.learning_rate {
            hyper.learning_rate = rate;
            hyper.learning_rate_end = self.learning_rate_end.unwrap_or(a_tenth(rate));
            hyper.rate_from = before.map_or(first_step(), |before| before.step + 1);
        }
        hyper
    }
}

/// A tenth of the decimal number that a person reads: of 0.02 it is 0.002, which in FP32 it is not.
fn a_tenth(rate: f32) -> f32 {
    let decimal: f64 = rate.to_string().parse().unwrap_or(f64::from(rate));
    (decimal / 10.0) as f32
}

impl Hyper {
    /// The settings for batches of `batch` images if nobody says otherwise.
    pub fn usual(batch: usize) -> Hyper {
        let learning_rate = usual_rate(batch);
        Hyper {
            learning_rate,
            learning_rate_end: a_tenth(learning_rate),
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

    /// These settings in a run that is resumed for `steps` steps in all: where the end of the line has moved, it begins anew at the
    /// learning rate that was reached.
    fn resumed(self, before: Before, steps: u64) -> Hyper {
        let Before { hyper: was, step, steps: was_steps } = before;
        let moved = was_steps != steps || was.learning_rate_end != self.learning_rate_end;
        if !moved || step < was.rate_from {
            return self;
        }
        let line = Hyper { warm_up: 0, ..was };
        Hyper { learning_rate: line.rate(step, was_steps), rate_from: step, ..self }
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
        let longer = HyperArgs::default().resolve(16, 20, Some(Before { hyper: warm, step: 2, steps: 10 }));
        assert_eq!([3, 4, 5].map(|step| longer.rate(step, 20)), [0.375, 0.5, 0.5]);
        assert_eq!([usual_warm_up(16, 1000), usual_warm_up(1, 100), usual_warm_up(64, 3)], [50, 10, 0]);
    }

    #[test]
    fn a_resumed_run_goes_on_from_the_rate_it_had_reached() {
        let was = line(0.5, 0.125);
        let resumed = |args: HyperArgs, hyper, (step, before), steps| {
            args.resolve(16, steps, Some(Before { hyper, step, steps: before }))
        };
        let nothing = HyperArgs::default();
        // nothing changes: the same line
        assert_eq!(resumed(nothing, was, (2, 4), 4), was);
        // half-way, twice as long: no step up, and the end is reached at the new end
        let longer = resumed(nothing, was, (3, 5), 7);
        assert_eq!(longer.rate_from, 3);
        assert_eq!([4, 5, 6, 7].map(|step| longer.rate(step, 7)), [0.265625, 0.21875, 0.171875, 0.125]);
        // after its end: the last rate stays
        let after = resumed(nothing, was, (4, 4), 8);
        assert_eq!([5, 8].map(|step| after.rate(step, 8)), [0.125, 0.125]);
        // another end is approached from where the run is
        let end = HyperArgs { learning_rate_end: Some(0.25), ..nothing };
        assert_eq!(resumed(end, was, (3, 4), 4).rate(4, 4), 0.25);
        // and a second time
        let again = resumed(nothing, longer, (5, 7), 9);
        assert_eq!((again.learning_rate, again.rate_from), (longer.rate(5, 7), 5));
    }

    #[test]
    fn a_rate_that_is_asked_for_counts_every_time() {
        let mut was = line(0.5, 0.125);
        for rate in [0.3, 0.2] {
            let args = HyperArgs { learning_rate: Some(rate), ..HyperArgs::default() };
            // twice at the same step: nothing was trained in between
            was = args.resolve(16, 8, Some(Before { hyper: was, step: 4, steps: 8 }));
            assert_eq!((was.rate(5, 8), was.learning_rate_end), (rate, a_tenth(rate)));
        }
    }

    #[test]
    fn the_usual_rate_grows_with_the_batch() {
        let rates = [1, 2, 4, 16, 64].map(usual_rate);
        assert_eq!(rates, [0.0013, 0.0025, 0.005, 0.02, 0.04]);
    }
}
