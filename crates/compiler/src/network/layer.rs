//! One layer of a description.

use super::values::{self, Pair, Sides, Two};
use crate::Axis;
use serde::Deserialize;

/// One entry of the `[[layer]]` list; its key `kind` is the variant.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Layer {
    /// Convolution.
    Conv {
        /// Output channels.
        outputs: usize,
        /// Rows and columns of the kernel.
        kernel: Pair,
        /// Zeros on each side.
        #[serde(default)]
        padding: Sides,
        /// 1 to 4 on the images, 1 on any other map.
        #[serde(default = "Pair::one")]
        stride: Pair,
        /// From one tap to the next: 1 on the images.
        #[serde(default = "Pair::one")]
        dilation: Pair,
        /// The layer whose finished map it reads, `bn1`, if it is not the one before: a branch.
        #[serde(default)]
        input: Option<String>,
        /// 1, or as many as it has inputs and outputs: each output channel is made of its own input channel alone (depthwise).
        #[serde(default = "values::one")]
        groups: usize,
        /// It has a bias for each output channel.
        #[serde(default = "values::yes")]
        bias: bool,
        /// Its weights and biases stay as they are.
        #[serde(default)]
        frozen: bool,
    },
    /// Batch normalisation (Ioffe and Szegedy, 2015) of the map of a convolution or fully connected layer, right behind it: each channel less its
    /// mean, by its deviation, then scaled and shifted.
    BatchNorm {
        /// Share of a batch in the running mean and variance, above 0 and at most 1 (as PyTorch has it).
        #[serde(default = "values::tenth")]
        momentum: f32,
        /// What is added to a variance, above 0.
        #[serde(default = "values::epsilon")]
        epsilon: f32,
        /// Scale, shift and running statistics stay as they are, and normalise in place of the batch's.
        #[serde(default)]
        frozen: bool,
    },
    /// Adds the map of an earlier layer to the convolution or batch normalisation right before it: a residual connection.
    Add {
        /// The layer's name: `conv1`, `bn1`. Its map is what leaves its ReLU and pooling.
        from: String,
    },
    /// `max(0, x)`, behind a convolution, a fully connected layer or a pooling.
    Relu {},
    /// `max(x, slope*x)`, in place of a ReLU.
    LeakyRelu {
        /// 0 to 1.
        #[serde(default = "values::hundredth")]
        slope: f32,
    },
    /// `min(max(0, x), 6)`, in place of a ReLU.
    Relu6 {},
    /// 2 x 2, stride 2; an odd last row or column is dropped.
    MaxPool {
        /// 2; no other size is possible.
        #[serde(default)]
        kernel: Two,
        /// 2; no other stride is possible.
        #[serde(default)]
        stride: Two,
    },
    /// The mean of every window; the windows cover the map without overlap.
    AveragePool {
        /// Rows and columns of a window.
        kernel: Pair,
        /// As the kernel; nothing else is possible.
        stride: Option<Pair>,
    },
    /// The mean of every channel of a map.
    GlobalAveragePool {},
    /// Fully connected.
    Fc {
        /// Output channels.
        outputs: usize,
        /// It has a bias for each output channel.
        #[serde(default = "values::yes")]
        bias: bool,
        /// Its weights and biases stay as they are.
        #[serde(default)]
        frozen: bool,
    },
    /// The loss; always last, may be left out.
    SoftmaxCrossEntropy {
        /// Share of a label that all classes get in equal parts in training, at least 0 and below 1.
        #[serde(default)]
        label_smoothing: f32,
    },
}

impl Layer {
    /// Whether its weights stay as they are; `None` if it has none.
    pub fn frozen(&self) -> Option<bool> {
        match self {
            Layer::Conv { frozen, .. } | Layer::Fc { frozen, .. } | Layer::BatchNorm { frozen, .. } => {
                Some(*frozen)
            }
            _ => None,
        }
    }

    pub(super) fn frozen_mut(&mut self) -> Option<&mut bool> {
        match self {
            Layer::Conv { frozen, .. } | Layer::Fc { frozen, .. } | Layer::BatchNorm { frozen, .. } => {
                Some(frozen)
            }
            _ => None,
        }
    }

    /// How the kernel of a convolution lies on its map, along rows and along columns; of any other layer a point.
    pub fn axes(&self) -> [Axis; 2] {
        let &Layer::Conv { kernel, padding, stride, dilation, .. } = self else { return [Axis::POINT; 2] };
        let axis = |kernel, padding, stride, dilation| Axis { kernel, padding, stride, dilation };
        [
            axis(kernel.rows, padding.rows, stride.rows, dilation.rows),
            axis(kernel.columns, padding.columns, stride.columns, dilation.columns),
        ]
    }

    /// The layer whose map it reads, if it is not the one before.
    pub fn input(&self) -> Option<&str> {
        match self {
            Layer::Conv { input, .. } => input.as_deref(),
            _ => None,
        }
    }

    /// It has weights and, beside them, biases.
    pub fn bias(&self) -> bool {
        matches!(
            self,
            Layer::Conv { bias: true, .. } | Layer::Fc { bias: true, .. } | Layer::BatchNorm { .. }
        )
    }

    /// It takes means of windows: a stage of its own, without weights.
    pub(crate) fn averages(&self) -> bool {
        matches!(self, Layer::AveragePool { .. } | Layer::GlobalAveragePool {})
    }

    /// It is a ReLU or in place of one.
    pub(crate) fn activates(&self) -> bool {
        matches!(self, Layer::Relu {} | Layer::LeakyRelu { .. } | Layer::Relu6 {})
    }

    /// Each of its outputs is made of one input channel: batch normalisation, or a depthwise convolution.
    pub fn by_channel(&self) -> bool {
        matches!(self, Layer::BatchNorm { .. } | Layer::Conv { groups: 2.., .. })
    }

    /// What names a layer with weights, before its number.
    pub(super) fn short(&self) -> &'static str {
        match self {
            Layer::BatchNorm { .. } => "bn",
            layer => layer.kind(),
        }
    }

    /// The key `kind` of the layer.
    pub fn kind(&self) -> &'static str {
        match self {
            Layer::Conv { .. } => "conv",
            Layer::BatchNorm { .. } => "batch_norm",
            Layer::Add { .. } => "add",
            Layer::Relu {} => "relu",
            Layer::LeakyRelu { .. } => "leaky_relu",
            Layer::Relu6 {} => "relu6",
            Layer::MaxPool { .. } => "max_pool",
            Layer::AveragePool { .. } => "average_pool",
            Layer::GlobalAveragePool {} => "global_average_pool",
            Layer::Fc { .. } => "fc",
            Layer::SoftmaxCrossEntropy { .. } => "softmax_cross_entropy",
        }
    }
}
