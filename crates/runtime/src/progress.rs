//! How far a run has come: what a checkpoint must remember besides the parameters.

use serde::{Deserialize, Serialize};

/// Position in a run. The order of the images follows from seed and epoch, so this is all that resuming needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// The epoch in progress, from 1.
    pub epoch: u32,
    /// Batches of this epoch that are done. All of them: the epoch's test is next.
    pub batches: usize,
    /// Steps done since the beginning of the run.
    pub step: u64,
    /// Sum over this epoch's images of their losses.
    pub loss_sum: f64,
    /// Images of this epoch classified correctly, before the step that trained on them.
    pub correct: u64,
    /// Images of this epoch.
    pub images: u64,
}

impl Progress {
    /// Before the first step.
    pub fn start() -> Progress {
        Progress { epoch: 1, ..Progress::default() }
    }

    /// A step is done on `images` images.
    pub fn count(&mut self, images: usize, mean_loss: f32, correct: u32) {
        self.batches += 1;
        self.step += 1;
        self.loss_sum += f64::from(mean_loss) * images as f64;
        self.correct += u64::from(correct);
        self.images += images as u64;
    }

    /// The epoch and its test are done.
    pub fn next_epoch(&mut self) {
        *self = Progress { epoch: self.epoch + 1, step: self.step, ..Progress::default() };
    }

    /// Mean loss over the images of this epoch so far.
    pub fn mean_loss(&self) -> f64 {
        self.loss_sum / self.images.max(1) as f64
    }

    /// Share of this epoch's images so far that were classified correctly.
    pub fn accuracy(&self) -> f64 {
        self.correct as f64 / self.images.max(1) as f64
    }
}
