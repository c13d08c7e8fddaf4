//! Where everything lies in DRAM, and how parameters become words.

use crate::images::Images;
use crate::lifetime::{self, Item};
use crate::{Activation, ByChannel, CompileError, Graph, Network, Norm, ParameterShape, PixelFormat, Stage};
use ef_isa::vector::library;

/// One layer with weights.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerPlan {
    /// Its parameters as the host has them.
    pub shape: ParameterShape,
    /// Word address of the weights and biases.
    pub weights: u32,
    /// Word addresses of what the optimiser keeps for them ([`Optimiser::state`](ef_isa::vector::Optimiser::state), same layout); a frozen layer
    /// has none.
    pub state: Vec<u32>,
    /// Word address of the running means and variances of a batch normalisation, which lie as its scales and shifts do.
    pub running: Option<u32>,
    /// Words of the weights and biases with their padding; each tensor of the optimiser has as many.
    pub words: usize,
    stage: Stage,
}

impl LayerPlan {
    /// The layer's name: `conv1`, `fc1`.
    pub fn name(&self) -> &str {
        &self.shape.name
    }

    /// Weight `[outputs, inputs, kr, kc]` and bias `[outputs]`, empty if it has none, to words; padding is +0.
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
        let bias =
            (0..self.shape.biases()).map(|m| f32::from_bits(words[self.stage.bias_index(m)])).collect();
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

/// Word addresses of the programs: two words per instruction, as in [`ef_isa::instr`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Programs {
    /// Of the program of a training step.
    pub train: u32,
    /// Of the program of an evaluation: FP and loss.
    pub eval: u32,
}

/// Word addresses of everything in DRAM. Tables, parameters and images come first: their addresses do not depend on the batch. Maps, losses and
/// codes share words where their lifetimes allow. The programs come last.
#[derive(Clone, Debug, PartialEq)]
pub struct MemoryMap {
    /// Word address of the tables of the vector unit: [`library`].
    pub tables: u32,
    /// Word address of a matrix of T x T, the identity, if the network adds maps or has layers that work by channel.
    pub identity: Option<u32>,
    /// Constants and matrices of the layers that work by channel: the layer's name, word address and words.
    pub matrices: Vec<(String, u32, usize)>,
    /// What the host writes that is no parameter and no table: word address, and words.
    pub(crate) given: Vec<(u32, Vec<u32>)>,
    /// Per stage: what lies there beside the parameters if it works by channel.
    pub(crate) by_channel: Vec<Option<Matrices>>,
    /// Layers with weights, in order.
    pub layers: Vec<LayerPlan>,
    /// Word address of the first image.
    pub images: u32,
    /// Words of one raw image.
    pub image_words: usize,
    /// Word address of the first label, a word each.
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
    /// Where the programs lie.
    pub programs: Programs,
    /// Words of everything: the memory that a step needs.
    pub memory_words: u64,
    pub(crate) batch: usize,
    pub(crate) form: Images,
}

/// Word addresses of what a stage that works by channel computes with: words that the host writes, and matrices that recipes make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Matrices {
    /// Three times T words, of a batch normalisation: 1 / pixels, momentum, epsilon; a word of an activation: the slope.
    pub constants: u32,
    /// Per group matrices and biases, of FP.
    pub forward: u32,
    /// Per group a matrix and biases: what BP adds, of the centred map.
    pub backward: u32,
    /// Per group T scales and T inverse deviations.
    pub scales: u32,
    /// Words of all that, from the constants on.
    pub words: usize,
}

impl Matrices {
    fn new(stage: &Stage, take: &mut impl FnMut(usize, usize) -> u32) -> Option<Matrices> {
        let (groups, t) = (stage.out_groups(), stage.lanes);
        let measured = if stage.measured().is_some() { groups } else { 0 };
        let (constants, groups) = match stage.by_channel? {
            ByChannel::Norm(_) => (3 * t, groups),
            ByChannel::Activation(_) => (1, 0),
            ByChannel::Depthwise | ByChannel::Average => (0, groups),
        };
        let parts =
            [constants, groups * stage.expanded_words(), measured * stage.expanded_words(), measured * 2 * t];
        let [constants, forward, backward, scales] = parts.map(|words| take(1, words));
        Some(Matrices { constants, forward, backward, scales, words: parts.iter().sum() })
    }
}

/// What a stage that works by channel is given, from its constants on: those of a batch normalisation, the matrices of means.
fn given_words(stage: &Stage) -> Vec<u32> {
    match stage.by_channel {
        Some(ByChannel::Norm(Norm { momentum, epsilon })) => {
            let values = [1.0 / (stage.in_rows * stage.in_cols) as f32, momentum, epsilon];
            values.iter().flat_map(|value| vec![value.to_bits(); stage.lanes]).collect()
        }
        Some(ByChannel::Activation(Activation::LeakyRelu(slope))) => vec![slope.to_bits()],
        Some(ByChannel::Activation(Activation::Relu6)) => vec![0],
        Some(ByChannel::Average) => {
            let mut block = diagonal(stage.lanes, 1.0 / stage.taps() as f32);
            block.resize(stage.expanded_words(), 0);
            block.repeat(stage.out_groups())
        }
        _ => Vec::new(),
    }
}

/// A diagonal matrix of T x T.
fn diagonal(lanes: usize, value: f32) -> Vec<u32> {
    let word = |i: usize| if i / lanes == i % lanes { value.to_bits() } else { 0 };
    (0..lanes * lanes).map(word).collect()
}

/// All that the host writes: what stages are given, and the identity.
fn given(stages: &[Stage], at: &[Option<Matrices>], identity: Option<u32>) -> Vec<(u32, Vec<u32>)> {
    let words = stages.iter().zip(at).filter_map(|(stage, at)| Some(((*at)?.constants, given_words(stage))));
    words.chain(identity.map(|at| (at, diagonal(stages[0].lanes, 1.0)))).collect()
}

/// A tensor's place in DRAM. Step i is FP of stage i, step 2n-1-i its BP and WU, of n stages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Name of the tensor: its layer's.
    pub name: String,
    /// What of the tensor.
    pub kind: SpanKind,
    /// Word address.
    pub address: u32,
    /// Words of the whole batch.
    pub words: u64,
    /// First and last step in which it is needed.
    pub steps: (usize, usize),
}

/// What of a tensor lies at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpanKind {
    /// The value that FP makes.
    Map,
    /// Its gradient, which BP makes.
    Loss,
    /// ReLU masks and pool indices.
    Codes,
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
        let weighted = stages.iter().filter(|stage| stage.layer.is_some());
        let parameters = network.parameters().into_iter().zip(weighted);
        let tables = take(1, library().tables.words().len());
        let matrix = stages[0].lanes * stages[0].lanes;
        let adds = |stage: &Stage| stage.shortcut.is_some() || stage.by_channel.is_some();
        let identity = stages.iter().any(adds).then(|| take(1, matrix));
        let layers: Vec<LayerPlan> = parameters
            .map(|(shape, stage)| {
                let words = stage.out_groups() * stage.block_words();
                let weights = take(1, words);
                let kept = if stage.frozen { 0 } else { graph.optimiser.state().len() };
                let state = (0..kept).map(|_| take(1, words)).collect();
                let running = stage.norm().map(|_| take(1, words));
                LayerPlan { shape, weights, state, running, words, stage: stage.clone() }
            })
            .collect();
        let by_channel: Vec<_> = stages.iter().map(|stage| Matrices::new(stage, &mut take)).collect();
        let form = Images::new(&stages[0], pixels);
        let image_words = form.words();
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
            tables,
            identity,
            given: given(stages, &by_channel, identity),
            matrices: stages
                .iter()
                .zip(&by_channel)
                .filter_map(|(stage, at)| Some((stage.name.clone(), (*at)?.constants, (*at)?.words)))
                .collect(),
            by_channel,
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

    /// One image, `[channel][row][column]` bytes, to words.
    pub fn pack_image(&self, pixels: &[u8]) -> Vec<u32> {
        self.form.pack(pixels)
    }

    /// One image of FP32 pixels to words.
    pub fn pack_image_f32(&self, pixels: &[f32]) -> Vec<u32> {
        self.form.pack_f32(pixels)
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

/// Maps from the FP that makes them to the WU that reads them, or else to the FP behind the one that does: two FPs that hand tiles on read the
/// first one's input while they write the second one's output. Losses from the BP that makes them to the BP and WU that read them.
fn needed(graph: &Graph) -> Vec<Need> {
    let count = graph.stages.len();
    let backward = |stage: usize| 2 * count - 1 - stage;
    let mut needed = Vec::new();
    let first = graph.first_trained();
    for (index, stage) in graph.stages.iter().enumerate() {
        let tensor = &graph.tensors[stage.output];
        let readers = || graph.readers(stage.output);
        let mut need = |kind, index, words, steps| {
            needed.push(Need { name: tensor.name.clone(), kind, index, words, steps });
        };
        let read = |reader| if graph.has_wu(reader) { backward(reader) } else { reader + 1 };
        let joined = graph.joins(stage.output).map(|(number, _)| number);
        // BP of an activation reads its results
        let own = stage.activation().filter(|_| graph.has_bp(index)).map(|_| backward(index));
        if let Some(last) = readers().map(read).chain(joined).chain(own).max() {
            need(SpanKind::Map, stage.output, tensor.words, (index, last));
        }
        if !graph.has_loss(index) {
            continue;
        }
        // the loss makes the gradient of the last map in FP; that of a map that is only added, its sum of losses
        let added = || if graph.is_joined(stage.output) { backward(index) } else { index };
        let made = readers().max().map_or_else(added, backward);
        // BP of the first stage that reads the shortcut reads it too, or that of the stage which makes it
        let trained = stage.shortcut.filter(|tensor| *tensor > first);
        let last =
            backward(trained.map_or(index, |tensor| graph.readers(tensor).min().unwrap_or(tensor - 1)));
        need(SpanKind::Loss, stage.output, tensor.words, (made, last));
        if stage.coded() {
            need(SpanKind::Codes, index, stage.code_words(), (index, last));
        }
    }
    needed
}
