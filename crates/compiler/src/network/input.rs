//! What the images are, and what becomes of their pixels.

use serde::Deserialize;

/// The images that go in: 8-bit pixels, `[channel][row][column]`.
///
/// What becomes of a pixel: `(pixel - mean) / deviation` of its channel with `mean` and `deviation`, `pixel * 2^-scale_shift` with
/// `scale_shift`; with none of them, mean and deviation are those of the training set.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// 1 or more.
    pub channels: usize,
    /// 1 or more.
    pub rows: usize,
    /// 1 or more.
    pub columns: usize,
    /// 0 to 15.
    pub scale_shift: Option<u32>,
    /// Per channel, in units of the pixels, 0 to 255.
    pub mean: Option<Vec<f32>>,
    /// Per channel, in units of the pixels, 0.001 to 255.
    pub deviation: Option<Vec<f32>>,
}

/// The least deviation that pixels are divided by.
pub const LEAST_DEVIATION: f32 = 0.001;

impl Input {
    /// Refuses values that no pixel can be made with.
    ///
    /// # Errors
    /// If keys exclude or lack each other, or a value is out of range: a sentence that names the key.
    pub fn check_pixels(&self) -> Result<(), String> {
        let channels = self.channels;
        if self.scale_shift.is_some() && (self.mean.is_some() || self.deviation.is_some()) {
            return Err("scale_shift, or mean and deviation, but not both: leave one of them away".into());
        }
        if self.mean.is_some() != self.deviation.is_some() {
            return Err(
                "mean and deviation belong together; without both, they are those of the training set".into(),
            );
        }
        if let Some(shift) = self.scale_shift.filter(|shift| *shift > 15) {
            return Err(format!("scale_shift is {shift}; 0 to 15 are possible"));
        }
        for (key, values) in [("mean", &self.mean), ("deviation", &self.deviation)] {
            let Some(values) = values else { continue };
            if values.len() != channels {
                let count = values.len();
                return Err(format!(
                    "{key} has {count} numbers; one for each of the {channels} channels is needed"
                ));
            }
            let least = if key == "mean" { 0.0 } else { LEAST_DEVIATION };
            if let Some(value) = values.iter().find(|value| !(least..=255.0).contains(*value)) {
                return Err(format!("{key} holds {value}; pixels are bytes: {least} to 255 is possible"));
            }
        }
        Ok(())
    }
}
