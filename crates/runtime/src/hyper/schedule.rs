//! [`Schedule`]: how the learning rate goes from the first to the last one.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Form of the way from the first learning rate to the last one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Schedule {
    /// A straight line.
    #[default]
    Linear,
    /// Half a period of the cosine: slow, fast, slow.
    Cosine,
    /// The first rate for half of the steps, the geometric mean of both for a quarter, the last rate for a quarter.
    Step,
    /// The first rate all the time.
    Constant,
}

impl Schedule {
    /// The learning rate where `done`, 0 to 1, of the way is behind.
    ///
    /// Only operations on doubles that are the same on every machine.
    pub fn at(self, done: f64, first: f64, last: f64) -> f64 {
        let share = match self {
            Schedule::Linear => done,
            Schedule::Cosine => (1.0 - libm::cos(std::f64::consts::PI * done)) / 2.0,
            Schedule::Step if done < 0.5 => 0.0,
            Schedule::Step if done < 0.75 => return (first * last).sqrt(),
            Schedule::Step => 1.0,
            Schedule::Constant => 0.0,
        };
        first + (last - first) * share
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Schedule::Linear => "linear",
            Schedule::Cosine => "cosine",
            Schedule::Step => "step",
            Schedule::Constant => "constant",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Schedule;

    #[test]
    fn every_schedule_begins_at_the_first_rate_and_only_a_constant_one_stays_there() {
        let rates =
            |schedule: Schedule| [0.0, 0.25, 0.5, 0.75, 1.0].map(|done| schedule.at(done, 0.5, 0.125));
        assert_eq!(rates(Schedule::Linear), [0.5, 0.40625, 0.3125, 0.21875, 0.125]);
        assert_eq!(rates(Schedule::Step), [0.5, 0.5, 0.25, 0.125, 0.125]);
        assert_eq!(rates(Schedule::Constant), [0.5; 5]);
        let cosine = rates(Schedule::Cosine);
        assert_eq!((cosine[0], cosine[2], cosine[4]), (0.5, 0.3125, 0.125));
        // a quarter of the way is a seventh of the fall
        assert!((cosine[1] - (0.3125 + 0.1875 * 0.5f64.sqrt())).abs() < 1e-15);
    }
}
