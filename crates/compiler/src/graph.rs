//! The graph: operations over named tensors. Each operation has FP, BP and WU.
//!
//! Tensors are numbered so that an operation reads lower numbers than it writes; FP runs in the order of the operations, BP and WU in
//! the opposite order. Each stage reads the map of the one before, or of an earlier one; it may add an earlier map to what it makes.

use crate::{Activation, Axis, ByChannel, Layer, Network, Norm, Stage};
use ef_isa::vector::Optimiser;
use ef_isa::{Config, layout};

/// The tensor that every network begins with.
pub const IMAGES: usize = 0;

/// The images, or the map that an operation makes. Its gradient has the same shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tensor {
    /// The layer that makes it, or `images`.
    pub name: String,
    /// Channels, without padding to whole groups.
    pub channels: usize,
    /// Rows, after pooling.
    pub rows: usize,
    /// Columns, after pooling.
    pub cols: usize,
    /// Words of one image in the layout of maps.
    pub words: usize,
}

/// A network as operations over tensors.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    /// The images first, then the output of every stage.
    pub tensors: Vec<Tensor>,
    /// In the order of FP.
    pub stages: Vec<Stage>,
    /// How its weights follow from gradients.
    pub optimiser: Optimiser,
    /// Share of a label that all classes get in training.
    pub label_smoothing: f32,
}

/// Losses that BP adds to the gradient of a map, through the identity.
pub(crate) struct Addend {
    /// The stage whose codes mask them.
    pub codes: Option<usize>,
    /// The stage whose losses they are, as the one that reads the map through the identity.
    pub stage: Stage,
}

/// The tensor that the stage of this name makes, or the activation behind it.
fn output_of(stages: &[Stage], name: &str) -> usize {
    let at = stages.iter().position(|stage| stage.name == name).expect("the network was checked");
    let behind = stages.get(at + 1).filter(|next| next.activation().is_some());
    behind.unwrap_or(&stages[at]).output
}

impl Graph {
    /// The graph of a network whose shapes chain.
    pub fn new(network: &Network, config: &Config) -> Graph {
        let shapes = network.shapes().unwrap_or_default();
        let names: Vec<String> = network.parameters().into_iter().map(|p| p.name).collect();
        let mut stages: Vec<Stage> = Vec::new();
        let (mut weighted, mut averages) = (0, 0);
        for (layer, &shape) in network.layers.iter().zip(&shapes) {
            match layer {
                Layer::Conv { .. } | Layer::Fc { .. } | Layer::BatchNorm { .. } => {
                    let mut stage = stage(layer, names[weighted].clone(), stages.len(), shape, config.lanes);
                    stage.layer = Some(weighted);
                    if let Some(from) = layer.input() {
                        stage.input = output_of(&stages, from);
                    }
                    stage.tag = overflow_bit(weighted, names.len());
                    stages.push(stage);
                    weighted += 1;
                }
                Layer::AveragePool { .. } | Layer::GlobalAveragePool {} => {
                    let mut shape = shape;
                    for window in windows(layer, shape) {
                        averages += 1;
                        let (name, number) = (format!("average{averages}"), stages.len());
                        let mut stage = average(stage(layer, name, number, shape, config.lanes), window);
                        // its results are no larger than those of the layer before
                        stage.tag = stages.last().map_or(0, |before| before.tag);
                        shape = (stage.outputs, stage.rows, stage.cols);
                        stages.push(stage);
                    }
                }
                Layer::Add { from } => {
                    let from = Some(output_of(&stages, from));
                    stages.last_mut().expect("the network was checked").shortcut = from;
                }
                Layer::Relu {} => stages.last_mut().expect("the network was checked").relu = true,
                Layer::LeakyRelu { .. } | Layer::Relu6 {} => {
                    let before = stages.last().expect("the network was checked");
                    stages.push(activation(layer, before, stages.len()));
                }
                Layer::MaxPool { .. } => set_pool(&mut stages),
                Layer::SoftmaxCrossEntropy { .. } => {}
            }
        }
        let (channels, rows, cols) = (network.input.channels, network.input.rows, network.input.columns);
        let words = layout::groups(channels, config.lanes) * rows * cols * config.lanes;
        let mut tensors = vec![Tensor { name: "images".into(), channels, rows, cols, words }];
        tensors.extend(stages.iter().map(|s| Tensor {
            name: s.name.clone(),
            channels: s.outputs,
            rows: s.out_rows(),
            cols: s.out_cols(),
            words: s.out_words(),
        }));
        let label_smoothing = network.label_smoothing();
        Graph { tensors, stages, optimiser: network.optimiser, label_smoothing }
    }

    /// The graph as BP and WU see it ([`Stage::spread_out`]).
    pub(crate) fn spread_out(&self) -> Graph {
        Graph { stages: self.stages.iter().map(Stage::spread_out).collect(), ..self.clone() }
    }

    /// The first stage that is trained. No loss goes further than to its output: it has WU and no BP, those before it have neither.
    pub(crate) fn first_trained(&self) -> usize {
        self.stages.iter().position(|stage| !stage.frozen).expect("the network was checked")
    }

    /// Whether the gradient of the stage's output is, so that its ReLU and pooling leave codes.
    pub fn has_loss(&self, stage: usize) -> bool {
        stage >= self.first_trained()
    }

    /// Whether the gradient of the stage's input is computed, for a trained stage before it.
    pub fn has_bp(&self, stage: usize) -> bool {
        // tensor 0 are the images, tensor i + 1 is what stage i makes
        self.stages[stage].input.checked_sub(1).is_some_and(|maker| self.has_loss(maker))
    }

    /// The stages that read a tensor as their input.
    pub fn readers(&self, tensor: usize) -> impl Iterator<Item = usize> + '_ {
        (0..self.stages.len()).filter(move |stage| self.stages[*stage].input == tensor)
    }

    /// Whether a stage alone reads its input, and no other adds it.
    pub fn reads_alone(&self, stage: usize) -> bool {
        let input = self.stages[stage].input;
        self.readers(input).count() == 1 && !self.is_joined(input)
    }

    /// What BP of a stage adds to the gradient of its input: what BP of later readers has made of it already, and, as the last of its readers, the
    /// losses of the stages that add it.
    pub(crate) fn addends(&self, stage: usize) -> Vec<Addend> {
        let input = self.stages[stage].input;
        let later = self.readers(input).any(|reader| reader > stage);
        let last = self.readers(input).all(|reader| reader >= stage);
        let made = later.then(|| Addend { codes: None, stage: self.stages[input - 1].plain() });
        made.into_iter().chain(self.joined(input).into_iter().filter(|_| last)).collect()
    }

    /// The losses of the stages that add a tensor.
    pub(crate) fn joined(&self, tensor: usize) -> Vec<Addend> {
        let addend = |(number, join): (usize, &Stage)| Addend {
            codes: Some(number),
            stage: join.identity().expect("it adds a map"),
        };
        self.joins(tensor).map(addend).collect()
    }

    /// Whether the stage's map, or its codes, are needed after the FP of the next one: for WU there, for its own loss, or for a
    /// later sum.
    pub fn read_again(&self, stage: usize) -> bool {
        self.has_loss(stage)
            || self.readers(self.stages[stage].output).any(|reader| !self.stages[reader].frozen)
            || self.readers(self.stages[stage].output).count() > 1
            || self.is_joined(self.stages[stage].output)
    }

    /// The stages that add a tensor to what they make, with their numbers.
    pub fn joins(&self, tensor: usize) -> impl Iterator<Item = (usize, &Stage)> {
        self.stages.iter().enumerate().filter(move |(_, stage)| stage.shortcut == Some(tensor))
    }

    /// Whether a tensor is added to what a later stage makes.
    pub fn is_joined(&self, tensor: usize) -> bool {
        self.joins(tensor).next().is_some()
    }

    /// Whether the gradients of its weights are.
    pub fn has_wu(&self, stage: usize) -> bool {
        !self.stages[stage].frozen
    }
}

/// The bit of the OVERFLOW register that layer `index` of so many layers with weights has: of more than 32, neighbours share one.
pub fn overflow_bit(index: usize, layers: usize) -> u32 {
    let bits = u32::BITS as usize;
    if layers > bits { (index * bits / layers) as u32 } else { index as u32 }
}

/// The stage of an activation that is no ReLU, behind another one.
fn activation(layer: &Layer, before: &Stage, number: usize) -> Stage {
    let activation = match layer {
        Layer::LeakyRelu { slope } => Activation::LeakyRelu(*slope),
        _ => Activation::Relu6,
    };
    Stage {
        name: format!("{}, {}", before.name, layer.kind()),
        layer: None,
        frozen: true,
        output: number + 1,
        by_channel: Some(ByChannel::Activation(activation)),
        ..before.plain()
    }
}

/// Adds a pooling to the last stage; before an activation, which may change places with it: it never makes less of more.
fn set_pool(stages: &mut [Stage]) {
    let (last, before) = stages.split_last_mut().expect("the network was checked");
    if last.activation().is_none() {
        return last.set_pool();
    }
    let maker = before.last_mut().expect("it has something to activate");
    maker.set_pool();
    let (rows, cols) = (maker.out_rows(), maker.out_cols());
    (last.in_rows, last.in_cols, last.rows, last.cols, last.strip) = (rows, cols, rows, cols, cols);
}

/// The windows of an average pooling, one after the other: a large one first along rows, then along columns, because a window is on chip as a
/// whole.
fn windows(layer: &Layer, (_, rows, cols): (usize, usize, usize)) -> Vec<[usize; 2]> {
    const LARGE: usize = 128;
    let window = match layer {
        Layer::AveragePool { kernel, .. } => [kernel.rows, kernel.columns],
        _ => [rows, cols],
    };
    if window[0] * window[1] > LARGE { vec![[1, window[1]], [window[0], 1]] } else { vec![window] }
}

/// The stage with means of windows.
fn average(stage: Stage, window: [usize; 2]) -> Stage {
    let axes = window.map(|kernel| Axis { kernel, stride: kernel, ..Axis::POINT });
    let mean = Stage { by_channel: Some(ByChannel::Average), axes, outputs: stage.inputs, ..stage };
    let (rows, cols) = mean.written();
    Stage { rows, cols, strip: cols, ..mean }
}

/// Stage `number` for a layer with weights that a map of `(channels, rows, cols)` enters.
fn stage(
    layer: &Layer,
    name: String,
    number: usize,
    (channels, rows, cols): (usize, usize, usize),
    lanes: usize,
) -> Stage {
    let first = number == IMAGES;
    let plain = Stage {
        name,
        layer: None,
        frozen: layer.frozen() != Some(false),
        tag: 0,
        input: number,
        output: number + 1,
        gathered: false,
        by_channel: None,
        flattened: None,
        inputs: channels,
        in_rows: rows,
        in_cols: cols,
        axes: layer.axes(),
        bias: layer.bias(),
        outputs: 0,
        rows: 1,
        cols: 1,
        strip: 1,
        spread: [1; 2],
        shortcut: None,
        relu: false,
        pool: false,
        lanes,
    };
    match *layer {
        Layer::Conv { outputs, .. } => {
            let by_channel = layer.by_channel().then_some(ByChannel::Depthwise);
            let conv = Stage { gathered: first, outputs, by_channel, ..plain };
            let (rows, cols) = conv.written();
            Stage { rows, cols, strip: cols, ..conv }
        }
        Layer::BatchNorm { momentum, epsilon, .. } => Stage {
            by_channel: Some(ByChannel::Norm(Norm { momentum, epsilon })),
            outputs: channels,
            rows,
            cols,
            strip: cols,
            ..plain
        },
        Layer::Fc { outputs, .. } => {
            // images lie as plain vectors, in the order of a fully connected layer's inputs
            let flattened = (!first).then_some((channels, rows, cols));
            let inputs = channels * rows * cols;
            Stage { flattened, inputs, in_rows: 1, in_cols: 1, outputs, ..plain }
        }
        _ => plain,
    }
}
