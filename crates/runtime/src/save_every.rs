//! How often a run is saved within an epoch.

use std::str::FromStr;
use std::time::{Duration, Instant};

/// A number of steps, or a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveEvery {
    /// After so many steps.
    Steps(u64),
    /// After so much time.
    Time(Duration),
}

impl Default for SaveEvery {
    fn default() -> Self {
        SaveEvery::Time(Duration::from_secs(300))
    }
}

impl SaveEvery {
    /// Whether a run that was saved after step `saved.0`, at `saved.1`, is to be saved after step `step`.
    pub fn due(self, saved: (u64, Instant), step: u64) -> bool {
        match self {
            SaveEvery::Steps(steps) => step.saturating_sub(saved.0) >= steps,
            SaveEvery::Time(time) => saved.1.elapsed() >= time,
        }
    }
}

impl FromStr for SaveEvery {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!("`{text}` is neither a number of steps, such as 500, nor a time, such as 90s, 10m or 1h")
        };
        let every = match text.parse() {
            Ok(steps) => SaveEvery::Steps(steps),
            Err(_) => SaveEvery::Time(humantime::parse_duration(text).map_err(|_| wrong())?),
        };
        match every {
            SaveEvery::Steps(0) | SaveEvery::Time(Duration::ZERO) => Err(wrong()),
            every => Ok(every),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_and_times_are_told_apart() {
        assert_eq!("500".parse(), Ok(SaveEvery::Steps(500)));
        assert_eq!("90s".parse(), Ok(SaveEvery::Time(Duration::from_secs(90))));
        assert_eq!("1h 30m".parse(), Ok(SaveEvery::Time(Duration::from_secs(5400))));
        for wrong in ["0", "0s", "-3", "often", "", "99999999999999999999h"] {
            let error = wrong.parse::<SaveEvery>().unwrap_err();
            assert!(error.contains("10m"), "{error}");
        }
    }

    #[test]
    fn a_run_is_saved_when_the_steps_are_done_or_the_time_is_over() {
        let now = Instant::now();
        let steps = SaveEvery::Steps(3);
        assert_eq!([5, 6, 7].map(|step| steps.due((3, now), step)), [false, true, true]);
        assert!(!SaveEvery::Steps(u64::MAX).due((3, now), 9));
        let time = SaveEvery::Time(Duration::from_secs(3600));
        assert!(!time.due((0, now), 1_000_000));
        assert!(SaveEvery::Time(Duration::from_nanos(1)).due((0, now - Duration::from_millis(1)), 0));
    }
}
