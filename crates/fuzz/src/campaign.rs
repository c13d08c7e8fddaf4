//! A campaign: many cases of one target.

use crate::{MEMORY, PER_BYTE, Target};
use anyhow::{Context, Result, bail};
use cpu_time::ThreadTime;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How many cases, from which seed, and where an input that finds something is written to.
pub struct Campaign {
    /// Inputs to try.
    pub cases: u64,
    /// Draws the inputs.
    pub seed: u64,
    /// The processor time that a case may take.
    pub slowest: Duration,
    /// Where the input of a failed case is written to.
    pub folder: PathBuf,
}

/// What became of a campaign.
#[derive(Clone, Debug, PartialEq)]
pub struct Tally {
    /// Cases whose input the parser took.
    pub accepted: u64,
    /// Cases whose input the parser answered with an error.
    pub refused: u64,
    /// The slowest case, and the most bytes that one had allocated.
    pub slowest: Duration,
    /// The most bytes that a case had allocated at once.
    pub most_bytes: usize,
    /// How long the campaign took.
    pub time: Duration,
}

impl Campaign {
    /// Runs all cases of a target.
    ///
    /// # Errors
    /// If a case panics, takes too long, or allocates out of proportion. Its input is in the folder then, as hexadecimal digits.
    pub fn run(&self, target: &Target) -> Result<Tally> {
        let begin = Instant::now();
        let (accepted, refused, slowest, most_bytes) = Default::default();
        let mut tally = Tally { accepted, refused, slowest, most_bytes, time: Duration::ZERO };
        for number in 0..self.cases {
            let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
            rng.set_stream(number);
            let input = (target.input)(&mut rng);
            self.case(target, number, &input, &mut tally)?;
        }
        tally.time = begin.elapsed();
        Ok(tally)
    }

    fn case(&self, target: &Target, number: u64, input: &[u8], tally: &mut Tally) -> Result<()> {
        let found = |what: String| self.found(target, number, input, &what);
        MEMORY.reset_peak_usage();
        let before = MEMORY.current_usage();
        let begin = ThreadTime::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| (target.parse)(input)));
        let time = begin.elapsed();
        let bytes = MEMORY.peak_usage().saturating_sub(before);
        match outcome {
            Ok(true) => tally.accepted += 1,
            Ok(false) => tally.refused += 1,
            Err(_) => return found("panics (the message is above)".into()),
        }
        tally.slowest = tally.slowest.max(time);
        tally.most_bytes = tally.most_bytes.max(bytes);
        if time > self.slowest {
            return found(format!("takes {:.1} s", time.as_secs_f64()));
        }
        if bytes > target.memory + PER_BYTE * input.len() {
            return found(format!("allocates {bytes} bytes for an input of {} bytes", input.len()));
        }
        Ok(())
    }

    fn found(&self, target: &Target, number: u64, input: &[u8], what: &str) -> Result<()> {
        let path = self.folder.join(format!("fuzz-{}-{}-{number}.hex", target.name, self.seed));
        let digits: String = hex::encode(input);
        std::fs::write(&path, digits + "\n").with_context(|| format!("cannot write {}", path.display()))?;
        bail!(
            "target {}, seed {}, case {number} {what}; its input is in {}",
            target.name,
            self.seed,
            path.display()
        )
    }
}
