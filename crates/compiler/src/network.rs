//! The network description: a short TOML file.

mod input;
mod layer;
mod shape;
mod sizes;
#[cfg(test)]
mod tests;
mod values;

use crate::NetworkError;
use ef_isa::vector::Optimiser;
pub use input::{Input, LEAST_DEVIATION};
pub use layer::Layer;
use serde::Deserialize;
pub(crate) use shape::Shape;
use shape::{Finished, check_add, check_first, check_input, check_order, next_shape};
use std::collections::BTreeMap;
pub use values::{Pair, Sides, Two};

/// A network whose shapes chain.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// Names folders and files: 1 to 64 letters, digits, `.`, `_` and `-`, the first one no `.`.
    #[serde(deserialize_with = "values::name")]
    pub name: String,
    /// How its weights follow from gradients.
    #[serde(default)]
    pub optimiser: Optimiser,
    /// The images.
    pub input: Input,
    /// In the order of FP.
    #[serde(rename = "layer", default)]
    pub layers: Vec<Layer>,
}

/// What a layer with weights does with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// Weight `[outputs, inputs, kernel rows, kernel columns]`; of a depthwise convolution with one input.
    Conv,
    /// Weight `[outputs, inputs]`, its inputs in the order channel, row, column.
    Fc,
    /// Weight, the scale, `[outputs]`; beside it a running mean and a running variance of the same shape.
    BatchNorm,
}

/// The tensors of one layer with weights: weight `[outputs, inputs, kernel rows, kernel columns]` and, unless it has none, bias `[outputs]`.
///
/// What is no convolution has kernel (1, 1); a batch normalisation has one input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterShape {
    /// `conv1`, `conv2`, `bn1`, `fc1`: kind and number among its kind.
    pub name: String,
    /// Output channels.
    pub outputs: usize,
    /// Input channels; of a fully connected layer all its inputs.
    pub inputs: usize,
    /// Rows and columns.
    pub kernel: (usize, usize),
    /// What it is.
    pub kind: ParameterKind,
    /// It has a bias for each output.
    pub bias: bool,
    /// A ReLU follows, right away or after a pooling.
    pub relu: bool,
}

impl ParameterShape {
    /// Extents of the weight tensor, as PyTorch has them.
    pub fn extents(&self) -> Vec<usize> {
        let extents = [self.outputs, self.inputs, self.kernel.0, self.kernel.1];
        let count = match self.kind {
            ParameterKind::Conv => 4,
            ParameterKind::Fc => 2,
            ParameterKind::BatchNorm => 1,
        };
        extents[..count].to_vec()
    }

    /// Number of weights, without biases.
    pub fn weights(&self) -> usize {
        self.outputs * self.inputs * self.kernel.0 * self.kernel.1
    }

    /// Number of biases.
    pub fn biases(&self) -> usize {
        if self.bias { self.outputs } else { 0 }
    }
}

impl Network {
    /// Parses a description and checks that it is a network this accelerator trains.
    ///
    /// # Errors
    /// If the text is no TOML, has an unknown key or a value out of range, or the shapes of the layers do not
    /// chain.
    pub fn from_toml(text: &str) -> Result<Network, NetworkError> {
        let network: Network = ef_toml::parse_tagged(text, "layer", "kind")?;
        network.shapes()?;
        Ok(network)
    }

    /// The names of the layers with weights that are frozen.
    pub fn frozen(&self) -> Vec<String> {
        let frozen = self.layers.iter().filter_map(Layer::frozen);
        let named = self.parameters().into_iter().zip(frozen);
        named.filter(|(_, frozen)| *frozen).map(|(shape, _)| shape.name).collect()
    }

    /// The same network with the layers of these names frozen as well.
    ///
    /// # Errors
    /// If no layer with weights has such a name, which are then listed, or none would be left to train.
    pub fn with_frozen(&self, names: &[impl AsRef<str>]) -> Result<Network, NetworkError> {
        let known: Vec<String> = self.parameters().into_iter().map(|shape| shape.name).collect();
        let mut network = self.clone();
        let mut frozen: Vec<&mut bool> = network.layers.iter_mut().filter_map(Layer::frozen_mut).collect();
        for name in names.iter().map(AsRef::as_ref) {
            let Some(index) = known.iter().position(|known| known == name) else {
                return Err(NetworkError::NoSuchLayer { name: name.into(), possible: known.join(", ") });
            };
            *frozen[index] = true;
        }
        network.shapes()?;
        Ok(network)
    }

    /// The same network with all layers trained.
    pub fn thawed(&self) -> Network {
        let mut network = self.clone();
        network.layers.iter_mut().filter_map(Layer::frozen_mut).for_each(|frozen| *frozen = false);
        network
    }

    /// Share of a label that all classes get in training.
    pub fn label_smoothing(&self) -> f32 {
        match self.layers.last() {
            Some(Layer::SoftmaxCrossEntropy { label_smoothing }) => *label_smoothing,
            _ => 0.0,
        }
    }

    /// Classes: outputs of the last layer with weights.
    pub fn classes(&self) -> usize {
        self.parameters().last().map_or(0, |p| p.outputs)
    }

    /// The layers with weights, in order: conv1, bn1, conv2, fc1, ...
    pub fn parameters(&self) -> Vec<ParameterShape> {
        let shapes = self.shapes().unwrap_or_default();
        let mut names = self.names();
        let mut out: Vec<ParameterShape> = Vec::new();
        for (layer, (channels, rows, columns)) in self.layers.iter().zip(shapes) {
            let (outputs, inputs, kernel) = match *layer {
                Layer::Conv { outputs, kernel, groups, .. } => {
                    (outputs, channels / groups, (kernel.rows, kernel.columns))
                }
                Layer::Fc { outputs, .. } => (outputs, channels * rows * columns, (1, 1)),
                Layer::BatchNorm { .. } => (channels, 1, (1, 1)),
                _ => {
                    if let (true, Some(shape)) = (layer.activates(), out.last_mut()) {
                        shape.relu = true;
                    }
                    continue;
                }
            };
            let kind = match layer {
                Layer::Fc { .. } => ParameterKind::Fc,
                Layer::BatchNorm { .. } => ParameterKind::BatchNorm,
                _ => ParameterKind::Conv,
            };
            let name = names.next().expect("every layer with weights has a name");
            let bias = layer.bias();
            out.push(ParameterShape { name, outputs, inputs, kernel, kind, bias, relu: false });
        }
        out
    }

    /// The names of the layers with weights, in order: kind and number among its kind.
    fn names(&self) -> impl Iterator<Item = String> {
        let mut numbers = BTreeMap::new();
        self.layers.iter().filter(|layer| layer.frozen().is_some()).map(move |layer| {
            let number = numbers.entry(layer.short()).or_insert(0);
            *number += 1;
            format!("{}{number}", layer.short())
        })
    }

    /// The shape of the map that enters each layer.
    pub(crate) fn shapes(&self) -> Result<Vec<Shape>, NetworkError> {
        let Input { channels, rows, columns, .. } = self.input;
        if channels == 0 || rows == 0 || columns == 0 {
            return Err(NetworkError::Input("channels, rows and columns must be at least 1".into()));
        }
        sizes::map("pixels", (channels, rows, columns)).map_err(NetworkError::Input)?;
        self.input.check_pixels().map_err(NetworkError::Input)?;
        let mut shape = (channels, rows, columns);
        let mut shapes = Vec::new();
        // name and map of every layer with weights that is finished; the last one is named and not finished
        let (mut names, mut last) = (self.names(), None::<String>);
        let mut maps: Vec<Finished> = Vec::new();
        for (index, layer) in self.layers.iter().enumerate() {
            let error = |what: String| NetworkError::Layer { index: index + 1, kind: layer.kind(), what };
            let after = index.checked_sub(1).map(|i| &self.layers[i]);
            if layer.frozen().is_some() || layer.averages() {
                let flattened = matches!(layer, Layer::Fc { .. }) && (shape.1, shape.2) != (1, 1);
                // what is normalised is no map of its own
                let finished = last.take().filter(|_| !matches!(layer, Layer::BatchNorm { .. }));
                let read = layer.input().is_none();
                maps.extend(finished.map(|name| Finished { name, shape, flattened, read }));
                last = if layer.averages() { None } else { names.next() };
            }
            if let Some(name) = layer.input() {
                shape = check_input(name, index, after, &mut maps).map_err(error)?;
            }
            shapes.push(shape);
            if let Layer::Add { from } = layer {
                check_add(from, after, &mut maps, shape).map_err(error)?;
            }
            shape = next_shape(layer, shape).map_err(error)?;
            check_first(layer, index, self.input.channels).map_err(error)?;
            check_order(layer, after, index + 1 == self.layers.len(), &self.layers[..index])
                .map_err(error)?;
        }
        let index = self.layers.len();
        if let Some(map) = maps.iter().find(|map| !map.read) {
            return Err(NetworkError::Unread(map.name.clone()));
        }
        match self.layers.iter().rev().find(|l| !matches!(l, Layer::SoftmaxCrossEntropy { .. })) {
            None => Err(NetworkError::Empty),
            _ if self.layers.iter().all(|layer| layer.frozen() != Some(false)) => Err(NetworkError::Frozen),
            Some(Layer::Fc { .. } | Layer::Conv { groups: 1, .. }) if (shape.1, shape.2) == (1, 1) => {
                Ok(shapes)
            }
            Some(last) => Err(NetworkError::Layer {
                index,
                kind: last.kind(),
                what: format!(
                    "the loss needs one number per class straight from an fc layer; it gets {} x {} x {} from {}; end the network with fc",
                    shape.0,
                    shape.1,
                    shape.2,
                    last.kind()
                ),
            }),
        }
    }
}
