//! Where everything lies in DRAM, and how host tensors become words.

use crate::lifetime::{self, Item};
use crate::{CompileError, Graph, Network, ParameterShape, PixelFormat, Stage};
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
        let (inputs, kr, kc) = (self.shape.inputs, self.shape.kernel.0, self.shape.kernel.1);
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

/// Word addresses of everything in DRAM. Parameters and images come first: their addresses do not depend on the batch. Maps, losses and
/// codes share words where their lifetimes allow. The programs come last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryMap {
    pub layers: Vec<LayerPlan>,
    pub images: u32,
    /// Words of one raw image.
    pub image_words: usize,
    pub labels: u32,
    /// What lies behind the labels: maps, losses and codes, with the steps in which they are needed.
    pub spans: Vec<Span>,
    /// Per tensor: its value; the images' is `images`, the last stage's is none.
    pub(crate) values: Vec<u32>,
    /// Per tensor: its gradient.
    pub(crate) losses: Vec<u32>,
    /// Per stage.
    pub(crate) codes: Vec<u32>,
    /// Words of everything but the programs.
    pub data_words: u64,
    pub programs: Programs,
    pub memory_words: u64,
    pub(crate) batch: usize,
    pub(crate) pixels: PixelFormat,
    form: ImageForm,
}

/// A tensor's place in DRAM. Step i is FP of stage i, step 2n-1-i its BP and WU, of n stages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    pub name: String,
    pub kind: SpanKind,
    pub address: u32,
    pub words: u64,
    /// First and last step in which it is needed.
    pub steps: (usize, usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpanKind {
    Map,
    Loss,
    Codes,
}

/// How an image lies in DRAM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ImageForm {
    /// `[row][channel]` of rows of pixels, for the tap gathering.
    Rows { channels: usize, rows: usize, columns: usize },
    /// One vector of FP32 in so many words, for a fully connected layer.
    Vector(usize),
}

impl MemoryMap {
    pub(crate) fn new(
        network: &Network,
        graph: &Graph,
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
        let stages = &graph.stages;
        let parameters = network.parameters().into_iter().zip(stages);
        let layers: Vec<LayerPlan> = parameters
            .map(|(shape, stage)| {
                let words = stage.out_groups() * stage.block_words();
                let (weights, velocities) = (take(1, words), take(1, words));
                LayerPlan { shape, weights, velocities, words, stage: stage.clone() }
            })
            .collect();
        let form = match &stages[0] {
            first if first.gathered => {
                let input = &network.input;
                ImageForm::Rows { channels: input.channels, rows: input.rows, columns: input.columns }
            }
            first => ImageForm::Vector(first.in_groups() * first.lanes),
        };
        let packed = matches!(pixels, PixelFormat::U8 { .. });
        let image_words = match form {
            ImageForm::Rows { channels, rows, columns } => {
                channels * rows * layout::raw_row_words(columns, packed)
            }
            ImageForm::Vector(words) => words,
        };
        let images = take(batch, image_words);
        let labels = take(batch, 1);
        let needed = needed(graph);
        let items: Vec<Item> = needed
            .iter()
            .map(|n| Item { words: batch as u128 * n.words as u128, from: n.steps.0, to: n.steps.1 })
            .collect();
        let (at, end) = lifetime::place(&items, next);
        let Ok(data_words) = u32::try_from(end) else {
            return Err(CompileError::Memory { words: end, batch });
        };
        let mut map = MemoryMap {
            layers,
            images,
            image_words,
            labels,
            spans: Vec::new(),
            values: vec![images; graph.tensors.len()],
            losses: vec![0; graph.tensors.len()],
            codes: vec![0; stages.len()],
            data_words: data_words.into(),
            programs: Programs::default(),
            memory_words: data_words.into(),
            batch,
            pixels,
            form,
        };
        for ((need, item), at) in needed.into_iter().zip(items).zip(at) {
            map.add(need, item.words as u64, at as u32);
        }
        Ok(map)
    }

    fn add(&mut self, need: Need, words: u64, address: u32) {
        let Need { name, kind, index, steps, .. } = need;
        match kind {
            SpanKind::Map => self.values[index] = address,
            SpanKind::Loss => self.losses[index] = address,
            SpanKind::Codes => self.codes[index] = address,
        }
        self.spans.push(Span { name, kind, address, words, steps });
    }

    /// One image, [channel][row][column] bytes, to words.
    pub fn pack_image(&self, pixels: &[u8]) -> Vec<u32> {
        let word = |bytes: &[u8]| bytes.iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte));
        match (self.form, self.pixels) {
            (ImageForm::Rows { .. }, _) => {
                self.rows(pixels).flat_map(|row| row.chunks(4)).map(word).collect()
            }
            (ImageForm::Vector(_), PixelFormat::U8 { shift }) => {
                let scale = 1.0 / (1u32 << shift) as f32;
                self.pack_image_f32(&pixels.iter().map(|p| f32::from(*p) * scale).collect::<Vec<_>>())
            }
            (ImageForm::Vector(_), PixelFormat::F32) => {
                self.pack_image_f32(&pixels.iter().map(|p| f32::from(*p)).collect::<Vec<_>>())
            }
        }
    }

    /// One image of FP32 pixels to words.
    pub fn pack_image_f32(&self, pixels: &[f32]) -> Vec<u32> {
        let bits = |pixels: &[f32]| pixels.iter().map(|p| p.to_bits()).collect::<Vec<u32>>();
        match self.form {
            ImageForm::Rows { .. } => self.rows(pixels).flat_map(bits).collect(),
            ImageForm::Vector(length) => {
                let mut words = bits(pixels);
                words.resize(length, 0);
                words
            }
        }
    }

    /// The rows of an image in [channel][row][column] in the order in which they lie in DRAM.
    fn rows<'a, T>(&self, pixels: &'a [T]) -> impl Iterator<Item = &'a [T]> {
        let ImageForm::Rows { channels, rows, columns } = self.form else {
            unreachable!("only images of rows are cut into rows")
        };
        let row = move |n: usize| &pixels[n * columns..(n + 1) * columns];
        (0..rows).flat_map(move |r| (0..channels).map(move |channel| row(channel * rows + r)))
    }
}

/// What a training step keeps in DRAM for some of its steps, per image.
struct Need {
    name: String,
    kind: SpanKind,
    /// Number of the tensor, or of the stage whose codes they are.
    index: usize,
    words: usize,
    steps: (usize, usize),
}

/// Maps from the FP that makes them to the WU that reads them; losses from the BP that makes them to the BP and WU that read them.
fn needed(graph: &Graph) -> Vec<Need> {
    let count = graph.stages.len();
    let backward = |stage: usize| 2 * count - 1 - stage;
    let mut needed = Vec::new();
    for (index, stage) in graph.stages.iter().enumerate() {
        let tensor = &graph.tensors[stage.output];
        let reader = graph.stages.iter().rposition(|s| s.input == stage.output);
        let mut need = |kind, index, words, steps| {
            needed.push(Need { name: tensor.name.clone(), kind, index, words, steps });
        };
        if let Some(reader) = reader {
            need(SpanKind::Map, stage.output, tensor.words, (index, backward(reader)));
        }
        // the loss makes the gradient of the last map in FP
        let made = reader.map_or(index, backward);
        need(SpanKind::Loss, stage.output, tensor.words, (made, backward(index)));
        if stage.coded() {
            need(SpanKind::Codes, index, stage.code_words(), (index, backward(index)));
        }
    }
    needed
}
