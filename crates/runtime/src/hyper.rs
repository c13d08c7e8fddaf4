//! What the optimiser is told: asked for, defaults, schedule, and what of it the registers of a pass hold.

mod schedule;

use anyhow::{Result, ensure};
use ef_isa::Hyperparameters;
use ef_isa::vector::{Optimiser, Rates, Settings};
pub use schedule::Schedule;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Settings of the optimiser.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hyper {
    /// How weights follow from gradients.
    #[serde(default)]
    pub optimiser: Optimiser,
    /// At step `rate_from`.
    pub learning_rate: f32,
    /// At the last step of the last epoch.
    pub learning_rate_end: f32,
    /// The way from the one to the other.
    #[serde(default)]
    pub schedule: Schedule,
    /// Share of its velocity, or of the mean of its gradients (beta1), that a weight keeps, at least 0 and below 1.
    pub momentum: f32,
    /// Adam: share of the mean square of its gradients that a weight keeps, at least 0 and below 1.
    #[serde(default = "usual_beta2")]
    pub beta2: f32,
    /// Adam: what is added to the root of the mean square.
    #[serde(default = "usual_epsilon")]
    pub epsilon: f32,
    /// Share of a weight that is added to its gradient, 0 or more; AdamW takes it from the weight, times the learning rate.
    pub weight_decay: f32,
    /// The step, from 1, at which the way from the first to the last learning rate begins: later than 1 where a resumed run was given
    /// another end.
    #[serde(default = "first_step")]
    pub rate_from: u64,
    /// Over this many first steps of a run the rate grows from zero to that of the schedule.
    #[serde(default)]
    pub warm_up: u64,
}

fn first_step() -> u64 {
    1
}

/// Share of its velocity that a weight keeps, if nobody says otherwise.
const USUAL_MOMENTUM: f32 = 0.9;

fn usual_beta2() -> f32 {
    0.999
}

fn usual_epsilon() -> f32 {
    1e-8
}

/// The smallest epsilon: in the first step it is times `sqrt(1 - beta2)`, and stays far above the root that a weight without a gradient has, 2^-60.
const LEAST_EPSILON: f32 = 1e-12;

/// Weight decay if nobody says otherwise.
pub fn usual_weight_decay(optimiser: Optimiser) -> f32 {
    match optimiser {
        Optimiser::Sgd | Optimiser::Nesterov => 5e-4,
        Optimiser::Adam => 0.0,
        Optimiser::AdamW => 0.01,
    }
}

/// Images over which the learning rate grows from zero, but never more than [`WARM_UP_SHARE`] of a run.
const WARM_UP_IMAGES: u64 = 800;
const WARM_UP_SHARE: u64 = 10;

/// Steps of the warm-up of a run of `steps` batches of `batch` images, if nobody says otherwise.
pub fn usual_warm_up(batch: usize, steps: u64) -> u64 {
    WARM_UP_IMAGES.div_ceil(batch.max(1) as u64).min(steps / WARM_UP_SHARE)
}

/// A weight decay above this may forget faster than a network learns.
pub fn large_weight_decay(optimiser: Optimiser) -> f32 {
    match optimiser {
        Optimiser::Sgd | Optimiser::Nesterov | Optimiser::Adam => 0.02,
        Optimiser::AdamW => 0.5,
    }
}

/// The learning rate of a batch of `batch` images if nobody says otherwise: with the square root of the batch, but of SGD in proportion to
/// batches of less than 16 images (`docs/decisions/learning-rate.md`).
pub fn usual_rate(optimiser: Optimiser, batch: usize) -> f32 {
    let batches_of_16 = batch as f64 / 16.0;
    let rate = match optimiser {
        Optimiser::Sgd | Optimiser::Nesterov if batch <= 16 => 0.02 * batches_of_16,
        Optimiser::Sgd | Optimiser::Nesterov => 0.02 * batches_of_16.sqrt(),
        Optimiser::Adam | Optimiser::AdamW => 0.007 * batches_of_16.sqrt(),
    };
    // two digits, for the person who reads it
    let unit = 10f64.powf(rate.log10().floor() - 1.0);
    ((rate / unit).round() * unit) as f32
}

/// What a person asked for. The rest follows from the batch or, of a resumed run, from what it was.
#[derive(clap::Args, Clone, Copy, Debug, Default)]
pub struct HyperArgs {
    /// How weights follow from gradients; a wrong name is answered with all [default: that of the network, sgd if it names none]
    #[arg(long, value_name = "NAME", conflicts_with = "resume")]
    pub optimiser: Option<Optimiser>,
    /// Learning rate at the first step [default for a batch of 16: 0.02, of adam and adamw 0.007; less for smaller ones]
    #[arg(long = "lr", value_name = "RATE", allow_negative_numbers = true)]
    pub learning_rate: Option<f32>,
    /// Learning rate at the last step of the last epoch [default: a tenth of --lr]
    #[arg(long = "lr-end", value_name = "RATE", allow_negative_numbers = true)]
    pub learning_rate_end: Option<f32>,
    /// The way from the first learning rate to the last one [default: linear]
    #[arg(long)]
    pub schedule: Option<Schedule>,
    /// Steps over which the learning rate grows from zero [default: those of 800 images, at most a tenth of the run]
    #[arg(long, value_name = "STEPS", conflicts_with = "resume")]
    pub warm_up: Option<u64>,
    /// Share of its velocity that a weight keeps, 0 or more and below 1; of adam and adamw beta1 [default: 0.9]
    #[arg(long, allow_negative_numbers = true)]
    pub momentum: Option<f32>,
    /// Share of the mean square of its gradients that a weight keeps (adam, adamw), 0 or more and below 1 [default: 0.999]
    #[arg(long, allow_negative_numbers = true)]
    pub beta2: Option<f32>,
    /// What is added to the root of that mean square (adam, adamw) [default: 1e-8]
    #[arg(long, allow_negative_numbers = true)]
    pub epsilon: Option<f32>,
    /// Weight decay: added to the gradient; of adamw taken from the weight [default: 0.0005, of adam 0, of adamw 0.01]
    #[arg(long, allow_negative_numbers = true)]
    pub weight_decay: Option<f32>,
}

/// A run that is resumed: its settings, the steps it has done, and those of its schedule.
#[derive(Clone, Copy, Debug)]
pub struct Before {
    /// Its settings.
    pub hyper: Hyper,
    /// Steps it has done.
    pub step: u64,
    /// Steps of its schedule.
    pub steps: u64,
}

impl HyperArgs {
    /// Refuses values that no training has.
    ///
    /// # Errors
    /// If a value is out of its range: names the option and what is possible.
    pub fn check(&self) -> Result<()> {
        let HyperArgs { learning_rate, learning_rate_end, weight_decay, .. } = *self;
        let rates =
            [("--lr", learning_rate), ("--lr-end", learning_rate_end), ("--weight-decay", weight_decay)];
        for (name, value) in rates {
            let value = value.unwrap_or_default();
            ensure!(value.is_finite() && value >= 0.0, "{name} {value}: must be a finite number, 0 or more");
        }
        check_shares([("--momentum", self.momentum), ("--beta2", self.beta2)])?;
        check_epsilon("--epsilon", self.epsilon.unwrap_or(usual_epsilon()))
    }

    /// Refuses what the run has no use for.
    ///
    /// # Errors
    /// Names the option, and what would use it.
    pub fn check_used(&self, optimiser: Optimiser) -> Result<()> {
        let adam = matches!(optimiser, Optimiser::Adam | Optimiser::AdamW);
        for (name, given) in [("--beta2", self.beta2.is_some()), ("--epsilon", self.epsilon.is_some())] {
            ensure!(adam || !given, "{name}: {optimiser} has none; --optimiser adam and adamw have");
        }
        let constant = self.schedule == Some(Schedule::Constant);
        ensure!(
            !constant || self.learning_rate_end.is_none(),
            "--lr-end: a constant learning rate has no other end; leave --lr-end or --schedule constant away"
        );
        Ok(())
    }

    /// The settings of a run of `steps` steps on batches of `batch` images with `optimiser`, the network's.
    ///
    /// A resumed run keeps what is not asked for. A learning rate that is asked for begins with the next step; otherwise the rate goes on
    /// from where it was.
    pub fn resolve(&self, optimiser: Optimiser, batch: usize, steps: u64, before: Option<Before>) -> Hyper {
        let default = before.map_or_else(|| Hyper::usual(optimiser, batch), |before| before.hyper);
        let mut hyper = Hyper {
            schedule: self.schedule.unwrap_or(default.schedule),
            beta2: self.beta2.unwrap_or(default.beta2),
            epsilon: self.epsilon.unwrap_or(default.epsilon),
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

/// The decimal number that a person reads: 0.999, which in FP32 is 5e-8 less.
fn decimal(value: f32) -> f64 {
    value.to_string().parse().unwrap_or(f64::from(value))
}

fn check_shares<const N: usize>(shares: [(&str, Option<f32>); N]) -> Result<()> {
    for (name, share) in shares {
        let share = share.unwrap_or_default();
        ensure!((0.0..1.0).contains(&share), "{name} {share}: must be at least 0 and below 1");
    }
    Ok(())
}

fn check_epsilon(name: &str, epsilon: f32) -> Result<()> {
    ensure!((LEAST_EPSILON..=1.0).contains(&epsilon), "{name} {epsilon}: {LEAST_EPSILON:e} to 1 is possible");
    Ok(())
}

/// A tenth of the decimal number that a person reads: of 0.02 it is 0.002, which in FP32 it is not.
fn a_tenth(rate: f32) -> f32 {
    (decimal(rate) / 10.0) as f32
}

impl Hyper {
    /// The settings for batches of `batch` images if nobody says otherwise.
    pub fn usual(optimiser: Optimiser, batch: usize) -> Hyper {
        let learning_rate = usual_rate(optimiser, batch);
        Hyper {
            optimiser,
            learning_rate,
            learning_rate_end: a_tenth(learning_rate),
            schedule: Schedule::default(),
            momentum: USUAL_MOMENTUM,
            beta2: usual_beta2(),
            epsilon: usual_epsilon(),
            weight_decay: usual_weight_decay(optimiser),
            rate_from: first_step(),
            warm_up: 0,
        }
    }

    /// Refuses numbers that no run has: each is finite and in its range, and a step at most `most_steps`.
    ///
    /// # Errors
    /// Names the setting that is wrong, and what is possible.
    pub fn check(&self, most_steps: u64) -> Result<()> {
        let Hyper { learning_rate, learning_rate_end, weight_decay, rate_from, warm_up, .. } = *self;
        check_shares([("momentum", Some(self.momentum)), ("beta2", Some(self.beta2))])?;
        check_epsilon("epsilon", self.epsilon)?;
        let rates = [learning_rate, learning_rate_end, weight_decay];
        ensure!(rates.iter().all(|rate| rate.is_finite()), "a setting of the optimiser is not finite");
        for (name, step, least) in [("rate_from", rate_from, 1), ("warm_up", warm_up, 0)] {
            let possible = least..=most_steps;
            ensure!(possible.contains(&step), "{name} is {step}; {least} to {most_steps} is possible");
        }
        Ok(())
    }

    /// What the recipes are told in a pass of step `step` (from 1), the `first` or `last` of those over its batch; `rate` is that of the step.
    ///
    /// The update of SGD, `v' = mu*v + (g + wd*w)`, `w' = w - lr*v'`, adds the passes' gradients up in the velocities: momentum and weight decay
    /// belong to the first pass, `mu = 1` and `wd = 0` to those after it, the learning rate to the last, and before it `lr = 0`, which
    /// leaves the weights as they are. With `inv_batch` of the whole batch in every pass, the result is that of one pass but for the
    /// order of additions. Other optimisers have one pass.
    pub fn of_pass(
        &self,
        (step, rate): (u64, f32),
        inv_batch: f32,
        (first, last): (bool, bool),
    ) -> (Hyperparameters<f32>, Settings<f32>) {
        let (momentum, weight_decay) = if first { (self.momentum, self.weight_decay) } else { (1.0, 0.0) };
        let rates = Rates {
            learning_rate: decimal(if last { rate } else { 0.0 }),
            momentum: decimal(momentum),
            beta2: decimal(self.beta2),
            epsilon: decimal(self.epsilon),
            weight_decay: decimal(weight_decay),
        };
        let (registers, settings) = self.optimiser.given(&rates, step);
        (Hyperparameters { inv_batch, ..registers }, settings)
    }

    /// The learning rate of step `step` (from 1) of `steps`: the schedule from step `rate_from` to the last step, times a warm-up.
    ///
    /// The same bits on every machine.
    pub fn rate(&self, step: u64, steps: u64) -> f32 {
        let (first, last) = (f64::from(self.learning_rate), f64::from(self.learning_rate_end));
        let done =
            step.saturating_sub(self.rate_from) as f64 / steps.saturating_sub(self.rate_from).max(1) as f64;
        let warm = if step < self.warm_up { step as f64 / self.warm_up as f64 } else { 1.0 };
        (self.schedule.at(done.min(1.0), first, last) * warm) as f32
    }

    /// These settings in a run that is resumed for `steps` steps in all: where the end of the line has moved, it begins anew at the
    /// learning rate that was reached.
    fn resumed(self, before: Before, steps: u64) -> Hyper {
        let Before { hyper: was, step, steps: was_steps } = before;
        let moved = was_steps != steps
            || was.learning_rate_end != self.learning_rate_end
            || was.schedule != self.schedule;
        if !moved || step < was.rate_from {
            return self;
        }
        let line = Hyper { warm_up: 0, ..was };
        Hyper { learning_rate: line.rate(step, was_steps), rate_from: step, ..self }
    }
}

impl fmt::Display for Hyper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Hyper { optimiser, learning_rate, learning_rate_end, schedule, .. } = self;
        let Hyper { momentum, beta2, epsilon, weight_decay, warm_up, .. } = self;
        write!(f, "{optimiser}, learning rate {learning_rate} ")?;
        if *schedule != Schedule::Constant {
            write!(f, "to {learning_rate_end} ({schedule}) ")?;
        }
        write!(f, "after {warm_up} steps of warm-up, ")?;
        match optimiser {
            Optimiser::Sgd | Optimiser::Nesterov => write!(f, "momentum {momentum}, ")?,
            Optimiser::Adam | Optimiser::AdamW => {
                write!(f, "betas {momentum} and {beta2}, epsilon {epsilon:e}, ")?;
            }
        }
        write!(f, "weight decay {weight_decay}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SGD: Optimiser = Optimiser::Sgd;

    fn line(learning_rate: f32, learning_rate_end: f32) -> Hyper {
        Hyper { learning_rate, learning_rate_end, ..Hyper::usual(SGD, 1) }
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
        let longer =
            HyperArgs::default().resolve(SGD, 16, 20, Some(Before { hyper: warm, step: 2, steps: 10 }));
        assert_eq!([3, 4, 5].map(|step| longer.rate(step, 20)), [0.375, 0.5, 0.5]);
        assert_eq!([usual_warm_up(16, 1000), usual_warm_up(1, 100), usual_warm_up(64, 3)], [50, 10, 0]);
    }

    #[test]
    fn a_resumed_run_goes_on_from_the_rate_it_had_reached() {
        let was = line(0.5, 0.125);
        let resumed = |args: HyperArgs, hyper, (step, before), steps| {
            args.resolve(SGD, 16, steps, Some(Before { hyper, step, steps: before }))
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
            was = args.resolve(SGD, 16, 8, Some(Before { hyper: was, step: 4, steps: 8 }));
            assert_eq!((was.rate(5, 8), was.learning_rate_end), (rate, a_tenth(rate)));
        }
    }

    #[test]
    fn the_usual_rate_grows_with_the_batch() {
        let rates = [1, 2, 4, 16, 64].map(|batch| usual_rate(SGD, batch));
        assert_eq!(rates, [0.0013, 0.0025, 0.005, 0.02, 0.04]);
    }
}
