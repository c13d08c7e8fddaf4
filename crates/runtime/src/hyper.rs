//! What the optimiser is told.

use serde::{Deserialize, Serialize};

/// Settings of stochastic gradient descent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hyper {
    /// At the first step.
    pub learning_rate: f32,
    /// At the last step of the last epoch.
    pub learning_rate_end: f32,
    pub momentum: f32,
    pub weight_decay: f32,
}

impl Hyper {
    /// The learning rate of step `step` (from 1) of `steps`: a straight line from the first to the last step.
    ///
    /// Only sums, products and quotients of doubles: the same bits on every machine.
    pub fn rate(&self, step: u64, steps: u64) -> f32 {
        let (first, last) = (f64::from(self.learning_rate), f64::from(self.learning_rate_end));
        let done = step.saturating_sub(1) as f64 / steps.saturating_sub(1).max(1) as f64;
        (first + (last - first) * done) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::Hyper;

    #[test]
    fn the_rate_falls_in_a_straight_line_from_the_first_to_the_last_step() {
        let hyper = Hyper { learning_rate: 0.5, learning_rate_end: 0.125, momentum: 0.0, weight_decay: 0.0 };
        assert_eq!([1, 2, 3, 4].map(|step| hyper.rate(step, 4)), [0.5, 0.375, 0.25, 0.125]);
        assert_eq!(hyper.rate(1, 1), 0.5);
    }
}
