//! Does a run learn? What to say when it does not, and when to stop it.

use crate::data::Images;
use crate::evaluate::Tested;
use crate::hyper::{Hyper, large_weight_decay, usual_rate, usual_weight_decay};
use crate::pixels::Pixels;
use crate::summary::saturated;
use ef_isa::vector::Optimiser;

/// What decides whether a run can learn.
pub struct Settings<'a> {
    pub hyper: &'a Hyper,
    pub batch: usize,
    pub pixels: &'a Pixels,
    /// [`Pixels::reach`] of the training images.
    pub reach: f32,
}

/// Why it makes no sense to go on with a run.
#[derive(Debug, thiserror::Error)]
#[error("step {step}: {what}, so the run is stopped; {advice}")]
pub struct Diverged {
    step: u64,
    what: String,
    advice: String,
}

/// Refuses a loss, of a training step or of a test after it, and saturated layers (bits of `overflow`) from which nothing can be learned.
pub fn check(
    step: u64,
    (loss, overflow): (f64, u32),
    layer_names: &[&str],
    settings: &Settings,
) -> Result<(), Diverged> {
    /// A loss above this is that of a network that no longer learns.
    const ABSURD: f64 = 1e6;
    let layers = saturated(overflow, layer_names);
    let what = if !layers.is_empty() {
        format!("results in {} exceeded the range of FP32 and were saturated", layers.join(", "))
    } else if !loss.is_finite() || loss > ABSURD {
        format!("the loss is {loss:e}")
    } else {
        return Ok(());
    };
    Err(Diverged { step, what, advice: advice(&settings.causes_of_divergence()) })
}

/// What to say after an epoch whose test was no better than guessing; nothing if it was.
pub fn guessing(tested: &Tested, steps: u64, train: &Images, settings: &Settings) -> Option<String> {
    let (entropy, most) = guess(train);
    let guessed = tested.loss >= 0.98 * entropy && tested.accuracy < 1.5 * most;
    guessed.then(|| {
        format!(
            "after {steps} steps the network only guesses: its loss is {:.3}, guessing has {entropy:.3}; {}",
            tested.loss,
            advice(&settings.causes_of_guessing(steps))
        )
    })
}

/// Loss and accuracy of always answering with the frequencies of the labels, or with the most frequent one.
fn guess(images: &Images) -> (f64, f64) {
    let mut counts = [0usize; 256];
    for index in 0..images.len() {
        counts[usize::from(images.get(index).1)] += 1;
    }
    let shares = counts.iter().filter(|count| **count > 0).map(|count| *count as f64 / images.len() as f64);
    let entropy = shares.clone().map(|share| -share * share.ln()).sum();
    (entropy, shares.fold(0.0, f64::max))
}

/// Normalised pixels of photographs and drawings stay well below this.
pub const USUAL_REACH: f32 = 16.0;

pub const NORMALISE: &str =
    "take scale_shift, or mean and deviation, out of the network's [input], so that images are normalised";

fn advice(causes: &[String]) -> String {
    match causes {
        [cause] => format!("the likely cause: {cause}"),
        causes => format!("likely causes: {}", causes.join("; or ")),
    }
}

impl Settings<'_> {
    fn causes_of_divergence(&self) -> Vec<String> {
        let mut causes = self.unusual();
        if causes.is_empty() {
            let rate = self.hyper.learning_rate;
            causes.push(format!(
                "this network needs a smaller learning rate than {rate:?}: try --lr {:?}",
                rate / 4.0
            ));
        }
        causes
    }

    fn causes_of_guessing(&self, steps: u64) -> Vec<String> {
        /// With fewer steps than this, a network cannot be expected to know anything.
        const FEW: u64 = 100;
        let mut causes = self.unusual();
        let (rate, usual) = (self.hyper.learning_rate, usual_rate(self.hyper.optimiser, self.batch));
        let decay = self.hyper.weight_decay;
        if decay > large_weight_decay(self.hyper.optimiser) && causes.is_empty() {
            causes.push(format!(
                "a weight decay of {decay:?} is large: try --weight-decay {}",
                usual_weight_decay(self.hyper.optimiser)
            ));
        }
        if rate < usual / 10.0 {
            causes.push(format!(
                "a learning rate of {rate:?} is small for a batch of {}: try --lr {usual:?}",
                self.batch
            ));
        }
        if steps < FEW {
            causes.push("so few steps: try more --epochs, or a smaller --batch".into());
        }
        if matches!(self.pixels, Pixels::Bytes { .. }) && self.reach <= USUAL_REACH {
            causes.push(format!("pixels whose mean is far from zero: {NORMALISE}"));
        }
        if causes.is_empty() {
            causes.push(format!(
                "a learning rate of {rate:?} that is too large or too small: try --lr {:?}",
                rate / 4.0
            ));
            causes.push("labels that do not belong to their images".into());
        }
        causes
    }

    /// Settings that are known to spoil runs.
    fn unusual(&self) -> Vec<String> {
        let Hyper { optimiser, learning_rate: rate, momentum, weight_decay, .. } = *self.hyper;
        let usual = usual_rate(optimiser, self.batch);
        let mut causes = Vec::new();
        // what a step takes of every weight, times the steps that momentum remembers; AdamW's does not pass through momentum
        let remembered = if optimiser == Optimiser::AdamW { 1.0 } else { 1.0 / (1.0 - momentum) };
        let decay = rate * weight_decay * remembered;
        if decay >= 0.1 && weight_decay > large_weight_decay(optimiser) {
            causes.push(format!(
                "a weight decay of {weight_decay:?} is large: try --weight-decay {}",
                usual_weight_decay(self.hyper.optimiser)
            ));
        }
        if rate > 2.0 * usual {
            causes.push(format!(
                "a learning rate of {rate:?} is large for a batch of {}: try --lr {usual:?}",
                self.batch
            ));
        }
        if momentum > 0.95 {
            causes.push(format!(
                "a momentum of {momentum:?} remembers {:.0} steps: try --momentum 0.9",
                1.0 / (1.0 - momentum)
            ));
        }
        if self.reach > USUAL_REACH {
            causes.push(format!("pixels reach {}: {NORMALISE}", self.reach));
        }
        causes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings<'a>(hyper: &'a Hyper, pixels: &'a Pixels, reach: f32) -> Settings<'a> {
        Settings { hyper, batch: 16, pixels, reach }
    }

    #[test]
    fn the_cause_of_a_divergence_is_the_setting_that_is_unusual() {
        let usual = Hyper::usual(Optimiser::Sgd, 16);
        let normalised = Pixels::Normalised { mean: vec![100.0], deviation: vec![50.0] };
        let bytes = Pixels::Bytes { shift: 0 };
        for (hyper, pixels, reach, named, unnamed) in [
            (Hyper { weight_decay: 100.0, ..usual }, &normalised, 3.0, "--weight-decay", "--lr"),
            (Hyper { learning_rate: 3.0, ..usual }, &normalised, 3.0, "--lr 0.02", "--weight-decay"),
            (Hyper { momentum: 0.99, ..usual }, &normalised, 3.0, "--momentum 0.9", "--lr"),
            (usual, &bytes, 255.0, "scale_shift", "--lr"),
            (usual, &normalised, 3.0, "--lr 0.005", "scale_shift"),
        ] {
            let error = check(7, (2.3, 2), &["conv1", "fc1"], &settings(&hyper, pixels, reach));
            let error = error.unwrap_err().to_string();
            assert!(error.contains("step 7: results in fc1") && error.contains("stopped"), "{error}");
            assert!(error.contains(named) && !error.contains(unnamed), "{error}");
        }
    }

    #[test]
    fn a_loss_that_is_no_number_stops_a_run() {
        let (hyper, pixels) = (Hyper::usual(Optimiser::Sgd, 16), Pixels::Bytes { shift: 8 });
        let check = |loss| check(1, (loss, 0), &[], &settings(&hyper, &pixels, 1.0));
        for (loss, named) in [(f64::INFINITY, "the loss is inf"), (4e22, "the loss is 4e22")] {
            assert!(check(loss).unwrap_err().to_string().contains(named));
        }
        check(2.3).unwrap();
    }

    #[test]
    fn a_weight_decay_that_makes_a_network_forget_is_named() {
        let mut images = Images::default();
        (0..8).for_each(|label| images.push(&[0], label % 4));
        let (hyper, pixels) =
            (Hyper { weight_decay: 0.4, ..Hyper::usual(Optimiser::Sgd, 16) }, Pixels::Bytes { shift: 8 });
        let tested = Tested { loss: 1.39, accuracy: 0.25, images: 8, correct: 2, overflow: 0 };
        let text = guessing(&tested, 500, &images, &settings(&hyper, &pixels, 1.0)).unwrap();
        assert!(text.contains("--weight-decay 0.0005") && !text.contains("--lr"), "{text}");
    }

    #[test]
    fn only_a_test_no_better_than_guessing_is_warned_of() {
        let mut images = Images::default();
        (0..8).for_each(|label| images.push(&[0], label % 4));
        let (hyper, pixels) = (Hyper::usual(Optimiser::Sgd, 16), Pixels::Bytes { shift: 8 });
        let warning = |loss, accuracy, steps| {
            let tested = Tested { loss, accuracy, images: 8, correct: 0, overflow: 0 };
            guessing(&tested, steps, &images, &settings(&hyper, &pixels, 1.0))
        };
        let text = warning(1.39, 0.25, 500).unwrap();
        assert!(text.contains("guessing has 1.386") && text.contains("scale_shift"), "{text}");
        assert!(warning(1.39, 0.25, 5).unwrap().contains("more --epochs"));
        assert_eq!(warning(1.2, 0.4, 500), None);
        // a network that is right most of the time and very wrong otherwise does not guess
        assert_eq!(warning(3.0, 0.9, 500), None);
    }
}
