//! From the bytes of a data set to what the accelerator reads.
//!
//! By default a pixel is `(byte - mean) / deviation` in FP32, with mean and deviation of its channel over the training images: real
//! pictures have a mean far from zero, and a network that has to learn it away needs a smaller learning rate
//! (`docs/decisions/normalisation.md`). What was used is part of a checkpoint, so that `eval` does the same.

use crate::data::{ChannelStatistics, Images};
use anyhow::{Result, anyhow};
use ef_compiler::{Input, LEAST_DEVIATION, MemoryMap, PixelFormat};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What becomes of the bytes of an image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "form", rename_all = "snake_case", deny_unknown_fields)]
pub enum Pixels {
    /// `byte * 2^-shift`: the accelerator converts the bytes.
    Bytes {
        /// 0 to 15.
        shift: u32,
    },
    /// `(byte - mean) / deviation` of the channel, FP32.
    Normalised {
        /// Per channel, 0 to 255.
        mean: Vec<f32>,
        /// Per channel, 0.001 to 255.
        deviation: Vec<f32>,
    },
}

impl Pixels {
    /// What a network's description asks for; where it leaves the choice, the statistics of the training images.
    pub fn of(input: &Input, train: &Images) -> Pixels {
        match (&input.scale_shift, &input.mean, &input.deviation) {
            (Some(shift), _, _) => Pixels::Bytes { shift: *shift },
            (_, Some(mean), Some(deviation)) => {
                Pixels::Normalised { mean: mean.clone(), deviation: deviation.clone() }
            }
            _ => Pixels::normalised(&train.statistics(input.channels)),
        }
    }

    /// A channel that hardly changes is only shifted.
    fn normalised(statistics: &[ChannelStatistics]) -> Pixels {
        let deviation = |channel: &ChannelStatistics| match channel.deviation as f32 {
            deviation if deviation < LEAST_DEVIATION => 1.0,
            deviation => deviation,
        };
        Pixels::Normalised {
            mean: statistics.iter().map(|channel| channel.mean as f32).collect(),
            deviation: statistics.iter().map(deviation).collect(),
        }
    }

    /// Refuses values that are none for images of `input`: they may come from a damaged file.
    ///
    /// # Errors
    /// Names the key and what is possible.
    pub fn check(&self, input: &Input) -> Result<()> {
        let (scale_shift, mean, deviation) = match self.clone() {
            Pixels::Bytes { shift } => (Some(shift), None, None),
            Pixels::Normalised { mean, deviation } => (None, Some(mean), Some(deviation)),
        };
        let input = Input { scale_shift, mean, deviation, ..input.clone() };
        input.check_pixels().map_err(|what| anyhow!("pixels: {what}"))
    }

    /// The form in which images lie in the accelerator's memory.
    pub fn format(&self) -> PixelFormat {
        match self {
            Pixels::Bytes { shift } => PixelFormat::U8 { shift: *shift },
            Pixels::Normalised { .. } => PixelFormat::F32,
        }
    }

    /// The largest magnitude of a pixel of `images` in this form.
    pub fn reach(&self, images: &Images) -> f32 {
        let channels = match self {
            Pixels::Bytes { .. } => 1,
            Pixels::Normalised { mean, .. } => mean.len(),
        };
        let mut extremes = vec![(u8::MAX, u8::MIN); channels];
        for index in 0..images.len() {
            let (image, _) = images.get(index);
            for (extreme, bytes) in extremes.iter_mut().zip(image.chunks(image.len() / channels)) {
                for byte in bytes {
                    *extreme = (extreme.0.min(*byte), extreme.1.max(*byte));
                }
            }
        }
        let values = extremes
            .iter()
            .enumerate()
            .flat_map(|(channel, (least, most))| [least, most].map(|byte| self.value(channel, *byte).abs()));
        values.fold(0.0, f32::max)
    }

    fn value(&self, channel: usize, byte: u8) -> f32 {
        match self {
            Pixels::Bytes { shift } => f32::from(byte) / (1u32 << shift) as f32,
            Pixels::Normalised { mean, deviation } => (f32::from(byte) - mean[channel]) / deviation[channel],
        }
    }

    /// One image, `[channel][row][column]` bytes, as words of the accelerator's memory.
    pub fn pack(&self, map: &MemoryMap, image: &[u8]) -> Vec<u32> {
        let Pixels::Normalised { mean, .. } = self else { return map.pack_image(image) };
        let channels = image.chunks(image.len() / mean.len()).enumerate();
        let pixels =
            channels.flat_map(|(channel, bytes)| bytes.iter().map(move |byte| self.value(channel, *byte)));
        map.pack_image_f32(&pixels.collect::<Vec<f32>>())
    }
}

impl fmt::Display for Pixels {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let list = |values: &[f32]| values.iter().map(|v| format!("{v:.1}")).collect::<Vec<_>>().join(", ");
        match self {
            Pixels::Bytes { shift } => write!(f, "bytes times 2^-{shift}"),
            Pixels::Normalised { mean, deviation } => {
                write!(f, "normalised, mean {}, deviation {}", list(mean), list(deviation))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(more: &str) -> Input {
        toml::from_str(&format!("channels = 2\nrows = 1\ncolumns = 2\n{more}")).unwrap()
    }

    fn images() -> Images {
        let mut images = Images::default();
        images.push(&[100, 110, 7, 7], 0);
        images.push(&[120, 110, 7, 7], 1);
        images
    }

    #[test]
    fn images_are_normalised_unless_the_network_says_otherwise() {
        let normalised = |mean: [f32; 2], deviation: [f32; 2]| Pixels::Normalised {
            mean: mean.into(),
            deviation: deviation.into(),
        };
        // the second channel never changes
        assert_eq!(Pixels::of(&input(""), &images()), normalised([110.0, 7.0], [50f32.sqrt(), 1.0]));
        let given = input("mean = [1.0, 2.0]\ndeviation = [3.0, 4.0]");
        assert_eq!(Pixels::of(&given, &images()), normalised([1.0, 2.0], [3.0, 4.0]));
        assert_eq!(Pixels::of(&input("scale_shift = 8"), &images()), Pixels::Bytes { shift: 8 });
    }

    #[test]
    fn the_reach_of_pixels_is_that_of_the_images() {
        assert_eq!(Pixels::Bytes { shift: 3 }.reach(&images()), 15.0);
        let pixels = Pixels::of(&input("mean = [120.0, 7.0]\ndeviation = [2.0, 1.0]"), &images());
        assert_eq!(pixels.reach(&images()), 10.0);
    }
}
