//! Accuracy on images that a network was not trained on.

use crate::data::Images;
use crate::interrupt::Interrupt;
use crate::loaded::LoadedDevice;
use anyhow::Result;

/// What a test gave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tested {
    /// Mean over all images.
    pub loss: f64,
    /// Share of the images classified correctly, 0..=1.
    pub accuracy: f64,
    /// Images tested.
    pub images: usize,
    /// Images classified right.
    pub correct: u64,
    /// Bit i: a result in layer i was saturated.
    pub overflow: u32,
}

/// Tests on all images, `batch` at a time; nothing if interrupted.
///
/// # Errors
/// As [`LoadedDevice::evaluate`].
pub fn evaluate(
    accelerator: &mut LoadedDevice,
    images: &Images,
    batch: usize,
    interrupt: &Interrupt,
) -> Result<Option<Tested>> {
    let (mut loss, mut correct, mut overflow) = (0.0, 0, 0);
    let indices: Vec<u32> = (0..images.len() as u32).collect();
    for indices in indices.chunks(batch) {
        if interrupt.raised() {
            return Ok(None);
        }
        let outcome = accelerator.evaluate(images, indices)?;
        loss += f64::from(outcome.loss) * indices.len() as f64;
        correct += u64::from(outcome.correct);
        overflow |= outcome.overflow;
    }
    let count = images.len() as f64;
    let (loss, accuracy) = (loss / count, correct as f64 / count);
    Ok(Some(Tested { loss, accuracy, images: images.len(), correct, overflow }))
}
