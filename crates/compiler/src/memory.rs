//! Where everything lies in DRAM, and how host tensors become words.

use crate::{CompileError, Network, ParameterShape, PixelFormat, Stage};
use ef_program::layout;

/// One layer with weights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerPlan {
    pub shape: ParameterShape,
    /// Word address of the weights and biases.
    pub weights: u32,
    /// Word address of their velocities (same layout).
    pub velocities: u32,
    pub words: usize,
    stage: Stage,
}

impl LayerPlan {
    pub fn name(&self) -> &str {
        &self.shape.name
    }

    /// Weight [outputs, inputs, kr, kc] and bias [outputs] to words; padding is +0.
    pub fn pack(&self, weight: &[f32], bias: &[f32]) -> Vec<u32> {
        let mut words = vec![0; self.words];
        self.each(|host, at| words[at] = weight[host].to_bits());
        for (m, value) in bias.iter().enumerate() {
            words[self.stage.bias_index(m)] = value.to_bits();
        }
        words
    }

    /// The inverse of [`LayerPlan::pack`].
    pub fn unpack(&self, words: &[u32]) -> (Vec<f32>, Vec<f32>) {
        let mut weight = vec![0.0; self.shape.weights()];
        self.each(|host, at| weight[host] = f32::from_bits(words[at]));
        let bias = (0..self.shape.outputs).map(|m| f32::from_bits(words[self.stage.bias_index(m)])).collect();
        (weight, bias)
    }

    fn each(&self, mut visit: impl FnMut(usize, usize)) {
        // a first fully connected layer is one kernel over the image: its inputs are (channel, row, column)
        let (inputs, kr, kc) = if self.stage.gathered {
            (self.stage.inputs, self.stage.kernel.0, self.stage.kernel.1)
        } else {
            (self.shape.inputs, self.shape.kernel.0, self.shape.kernel.1)
        };
        let mut host = 0;
        for m in 0..self.shape.outputs {
            for n in 0..inputs {
                for r in 0..kr {
                    for c in 0..kc {
                        visit(host, self.stage.weight_index(m, n, r, c));
                        host += 1;
                    }
                }
            }
        }
    }
}

/// Word addresses of the programs: two words per instruction, as in [`ef_program::isa`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Programs {
    pub train: u32,
    pub eval: u32,
}

/// Word addresses of everything in DRAM. Parameters and images come first: their addresses do not depend on the batch. The programs
/// come last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryMap {
    pub layers: Vec<LayerPlan>,
    pub images: u32,
    /// Words of one raw image.
    pub image_words: usize,
    pub labels: u32,
    /// Output map of each stage but the last.
    pub(crate) maps: Vec<u32>,
    /// Gradient of the output map of each stage.
    pub(crate) losses: Vec<u32>,
    pub(crate) codes: Vec<u32>,
    /// Words of everything but the programs.
    pub data_words: u64,
    pub programs: Programs,
    pub memory_words: u64,
    pub(crate) batch: usize,
    pub(crate) pixels: PixelFormat,
    image: (usize, usize, usize),
}

impl MemoryMap {
    pub(crate) fn new(
        network: &Network,
        stages: &[Stage],
        batch: usize,
        pixels: PixelFormat,
    ) -> Result<Self, CompileError> {
        // sizes may be absurd: they are added up first, and nothing of them is allocated
        let mut next = 0u128;
        let mut take = |count: usize, words: usize| {
            let at = next;
            next += count as u128 * words as u128;
            at as u32
        };
        let layers: Vec<LayerPlan> = network
            .parameters()
            .into_iter()
            .zip(stages)
            .map(|(shape, stage)| {
                let words = stage.out_groups() * stage.block_words();
                LayerPlan {
                    shape,
                    weights: take(1, words),
                    velocities: take(1, words),
                    words,
                    stage: stage.clone(),
                }
            })
            .collect();
        let image = (network.input.channels, network.input.rows, network.input.columns);
        let packed = matches!(pixels, PixelFormat::U8 { .. });
        let image_words = image.0 * image.1 * layout::raw_row_words(image.2, packed);
        let images = take(batch, image_words);
        let labels = take(batch, 1);
        let maps = stages.iter().map(|s| take(batch, s.out_words())).collect();
        let losses = stages.iter().map(|s| take(batch, s.out_words())).collect();
        let codes = stages.iter().map(|s| take(batch, s.code_words())).collect();
        let data_words = match u32::try_from(next) {
            Ok(words) => u64::from(words),
            Err(_) => return Err(CompileError::Memory { words: next, batch }),
        };
        Ok(MemoryMap {
            layers,
            images,
            image_words,
            labels,
            maps,
            losses,
            codes,
            data_words,
            programs: Programs::default(),
            memory_words: data_words,
            batch,
            pixels,
            image,
        })
    }

    /// One image, [channel][row][column] bytes, to words.
    pub fn pack_image(&self, pixels: &[u8]) -> Vec<u32> {
        pixels
            .chunks(self.image.2)
            .flat_map(|row| row.chunks(4))
            .map(|four| four.iter().enumerate().fold(0, |word, (i, byte)| word | u32::from(*byte) << (8 * i)))
            .collect()
    }

    /// One image of FP32 pixels to words.
    pub fn pack_image_f32(&self, pixels: &[f32]) -> Vec<u32> {
        pixels.iter().map(|p| p.to_bits()).collect()
    }
}
