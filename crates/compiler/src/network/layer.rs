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
        /// It has a bias for each output channel.
        #[serde(default = "values::yes")]
        bias: bool,
        /// Its weights and biases stay as they are.
        #[serde(default)]
        frozen: bool,
    },
    /// Adds the map of an earlier layer to the convolution right before it: a residual connection.
    Add {
        /// The layer's name: `conv1`. Its map is what leaves its ReLU and pooling.
        from: String,
    },
    /// `max(0, x)`, behind a convolution, a fully connected layer or a pooling.
    Relu {},
    /// 2 x 2, stride 2; an odd last row or column is dropped.
    MaxPool {
        /// 2; no other size is possible.
        #[serde(default)]
        kernel: Two,
        /// 2; no other stride is possible.
        #[serde(default)]
        stride: Two,
    },
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
            Layer::Conv { frozen, .. } | Layer::Fc { frozen, .. } => Some(*frozen),
            _ => None,
        }
    }

    pub(super) fn frozen_mut(&mut self) -> Option<&mut bool> {
        match self {
            Layer::Conv { frozen, .. } | Layer::Fc { frozen, .. } => Some(frozen),
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

    /// It has weights and, beside them, biases.
    pub fn bias(&self) -> bool {
        matches!(self, Layer::Conv { bias: true, .. } | Layer::Fc { bias: true, .. })
    }

    /// The key `kind` of the layer.
    pub fn kind(&self) -> &'static str {
        match self {
            Layer::Conv { .. } => "conv",
            Layer::Add { .. } => "add",
            Layer::Relu {} => "relu",
            Layer::MaxPool { .. } => "max_pool",
            Layer::Fc { .. } => "fc",
            Layer::SoftmaxCrossEntropy { .. } => "softmax_cross_entropy",
        }
    }
}
