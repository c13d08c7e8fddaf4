//! The network description: a short TOML file.

mod layer;
mod sizes;
mod values;

use crate::{Axis, NetworkError};
use ef_isa::vector::Optimiser;
pub use layer::Layer;
use serde::Deserialize;
pub use values::{Pair, Sides, Two};

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

/// The tensors of one layer with weights: weight `[outputs, inputs, kernel rows, kernel columns]` and, unless it has none, bias `[outputs]`.
///
/// A fully connected layer has kernel (1, 1) and its inputs in the order channel, row, column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterShape {
    /// `conv1`, `conv2`, `fc1`: kind and number among its kind.
    pub name: String,
    /// Output channels.
    pub outputs: usize,
    /// Input channels; of a fully connected layer all its inputs.
    pub inputs: usize,
    /// Rows and columns.
    pub kernel: (usize, usize),
    /// A fully connected layer.
    pub dense: bool,
    /// It has a bias for each output.
    pub bias: bool,
    /// A ReLU follows, right away or after a pooling.
    pub relu: bool,
}

impl ParameterShape {
    /// Number of weights, without biases.
    pub fn weights(&self) -> usize {
        self.outputs * self.inputs * self.kernel.0 * self.kernel.1
    }

    /// Number of biases.
    pub fn biases(&self) -> usize {
        if self.bias { self.outputs } else { 0 }
    }
}

/// Channels, rows and columns of a map.
pub(crate) type Shape = (usize, usize, usize);

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

    /// The layers with weights, in order: conv1, conv2, fc1, ...
    pub fn parameters(&self) -> Vec<ParameterShape> {
        let shapes = self.shapes().unwrap_or_default();
        let mut names = self.names();
        let mut out: Vec<ParameterShape> = Vec::new();
        for (layer, (channels, rows, columns)) in self.layers.iter().zip(shapes) {
            let (outputs, inputs, kernel) = match *layer {
                Layer::Conv { outputs, kernel, .. } => (outputs, channels, (kernel.rows, kernel.columns)),
                Layer::Fc { outputs, .. } => (outputs, channels * rows * columns, (1, 1)),
                _ => {
                    if let (Layer::Relu {}, Some(shape)) = (layer, out.last_mut()) {
                        shape.relu = true;
                    }
                    continue;
                }
            };
            let dense = matches!(layer, Layer::Fc { .. });
            let name = names.next().expect("every layer with weights has a name");
            let bias = layer.bias();
            out.push(ParameterShape { name, outputs, inputs, kernel, dense, bias, relu: false });
        }
        out
    }

    /// The names of the layers with weights, in order: kind and number among its kind.
    fn names(&self) -> impl Iterator<Item = String> {
        let mut numbers = [0, 0];
        self.layers.iter().filter(|layer| layer.frozen().is_some()).map(move |layer| {
            let number = &mut numbers[usize::from(matches!(layer, Layer::Fc { .. }))];
            *number += 1;
            format!("{}{number}", layer.kind())
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
        let mut maps: Vec<(String, Shape)> = Vec::new();
        for (index, layer) in self.layers.iter().enumerate() {
            let error = |what: String| NetworkError::Layer { index: index + 1, kind: layer.kind(), what };
            let after = index.checked_sub(1).map(|i| &self.layers[i]);
            shapes.push(shape);
            if layer.frozen().is_some() {
                maps.extend(last.take().map(|name| (name, shape)));
                last = names.next();
            }
            if let Layer::Add { from } = layer {
                check_add(from, after, &maps, shape).map_err(error)?;
            }
            shape = next_shape(layer, shape).map_err(error)?;
            check_first(layer, index).map_err(error)?;
            check_order(layer, after, index + 1 == self.layers.len(), &self.layers[..index])
                .map_err(error)?;
        }
        let index = self.layers.len();
        match self.layers.iter().rev().find(|l| !matches!(l, Layer::SoftmaxCrossEntropy { .. })) {
            None => Err(NetworkError::Empty),
            _ if self.layers.iter().all(|layer| layer.frozen() != Some(false)) => Err(NetworkError::Frozen),
            Some(Layer::Fc { .. } | Layer::Conv { .. }) if (shape.1, shape.2) == (1, 1) => Ok(shapes),
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

/// The map that leaves a layer which `(channels, rows, columns)` enters.
fn next_shape(layer: &Layer, (channels, rows, columns): Shape) -> Result<Shape, String> {
    match *layer {
        Layer::Conv { outputs, .. } => {
            let [down, across] = layer.axes();
            let map =
                (outputs, outputs_along(down, "rows", rows)?, outputs_along(across, "columns", columns)?);
            if outputs == 0 {
                return Err("outputs must be at least 1".into());
            }
            let kernel = [("kernel", down.kernel), ("kernel", across.kernel)];
            sizes::tensor("weights", &[&[("outputs", outputs), ("inputs", channels)][..], &kernel].concat())?;
            sizes::map("numbers of its output", map)?;
            Ok(map)
        }
        Layer::Fc { outputs: 0, .. } => Err("outputs must be at least 1".into()),
        Layer::Fc { outputs, .. } => {
            sizes::tensor("weights", &[("outputs", outputs), ("inputs", channels * rows * columns)])?;
            Ok((outputs, 1, 1))
        }
        Layer::MaxPool { .. } if rows < 2 || columns < 2 => {
            Err(format!("a 2 x 2 window does not fit into a {rows} x {columns} map"))
        }
        Layer::MaxPool { .. } => Ok((channels, rows / 2, columns / 2)),
        Layer::SoftmaxCrossEntropy { label_smoothing } if !(0.0..1.0).contains(&label_smoothing) => {
            Err(format!("label_smoothing is {label_smoothing}; at least 0 and below 1 is possible"))
        }
        Layer::Add { .. } | Layer::Relu {} | Layer::SoftmaxCrossEntropy { .. } => {
            Ok((channels, rows, columns))
        }
    }
}

/// Rows (or columns) that a convolution makes of `length`.
fn outputs_along(axis: Axis, name: &str, length: usize) -> Result<usize, String> {
    let Axis { kernel, padding, stride, dilation } = axis;
    if kernel == 0 {
        return Err("kernel must be at least 1".into());
    }
    for (name, value) in [("kernel", kernel), ("padding", padding.0), ("padding", padding.1)] {
        sizes::length(name, value)?;
    }
    for (name, value, most) in [("stride", stride, 4), ("dilation", dilation, MOST_DILATION)] {
        if !(1..=most).contains(&value) {
            return Err(format!("{name} is {value}; 1 to {most} is possible"));
        }
    }
    let padded = axis.padded(length);
    if axis.extent() > padded {
        let with = if padded > length { format!(", {padded} with padding") } else { String::new() };
        let apart = if dilation > 1 { format!(", {dilation} apart,") } else { String::new() };
        return Err(format!("kernel {kernel}{apart} is larger than the map it reads, {length} {name}{with}"));
    }
    Ok(axis.outputs(length))
}

/// Taps further apart than this lie on padding alone in any map of a network.
const MOST_DILATION: usize = 64;

/// Strides are made while taps are gathered, and only the images' are; gathered taps lie side by side.
fn check_first(layer: &Layer, index: usize) -> Result<(), String> {
    for axis in layer.axes() {
        let Axis { stride, dilation, .. } = axis;
        if stride > 1 && index > 0 {
            return Err(format!(
                "stride is {stride}; only the first layer has one other than 1, on the images"
            ));
        }
        if dilation > 1 && index == 0 {
            return Err(format!(
                "dilation is {dilation}; on the images, whose taps are gathered side by side, only 1 is possible"
            ));
        }
    }
    Ok(())
}

/// A map is added to a convolution of the same shape, before its ReLU and pooling.
fn check_add(
    from: &str,
    after: Option<&Layer>,
    maps: &[(String, Shape)],
    shape: Shape,
) -> Result<(), String> {
    if !matches!(after, Some(Layer::Conv { .. })) {
        return Err("must follow a conv layer right away, before its relu and max_pool".into());
    }
    let of = |(channels, rows, columns): Shape| format!("{channels} x {rows} x {columns}");
    match maps.iter().find(|(name, _)| name == from) {
        Some((_, map)) if *map == shape => Ok(()),
        Some((_, map)) => Err(format!(
            "the map of {from} is {}, the convolution makes {}: only equal shapes can be added",
            of(*map),
            of(shape)
        )),
        None => {
            let fit: Vec<&str> =
                maps.iter().filter(|(_, map)| *map == shape).map(|(name, _)| name.as_str()).collect();
            let fit = if fit.is_empty() { "none".into() } else { fit.join(", ") };
            Err(format!("there is no layer {from:?} before it; maps of its shape, {}: {fit}", of(shape)))
        }
    }
}

/// ReLU and pooling belong to the conv or fc layer before them: each at most once, in either order.
fn check_order(layer: &Layer, after: Option<&Layer>, last: bool, before: &[Layer]) -> Result<(), String> {
    match layer {
        Layer::SoftmaxCrossEntropy { .. } if !last => Err("must be the last layer".into()),
        Layer::Relu {} | Layer::MaxPool { .. } => {
            let own: Vec<_> = before
                .iter()
                .rev()
                .take_while(|l| matches!(l, Layer::Relu {} | Layer::MaxPool { .. } | Layer::Add { .. }))
                .collect();
            let weighted = before.len().checked_sub(own.len() + 1).map(|i| &before[i]);
            if weighted.is_none() {
                return Err("must follow a conv or fc layer".into());
            }
            if own.contains(&layer) {
                return Err(format!(
                    "the layer before already has its {}; put a conv or fc layer in between (a second one after {} is not supported)",
                    layer.kind(),
                    after.map_or("it", |l| l.kind())
                ));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "name = \"n\"\n[input]\nchannels = 1\nrows = 8\ncolumns = 8\n";

    fn error(layers: &str) -> String {
        Network::from_toml(&format!("{HEAD}{layers}")).unwrap_err().to_string()
    }

    #[test]
    fn shapes_that_do_not_chain_are_named_with_their_layer() {
        let conv = "[[layer]]\nkind = \"conv\"\noutputs = 4\nkernel = 9\n";
        assert!(error(conv).contains("layer 1 (conv): kernel 9 is larger than the map it reads, 8 rows"));
        let pools = "[[layer]]\nkind = \"conv\"\noutputs = 4\nkernel = 8\n[[layer]]\nkind = \"max_pool\"\n";
        assert!(error(pools).contains("layer 2 (max_pool): a 2 x 2 window does not fit into a 1 x 1 map"));
    }

    #[test]
    fn misplaced_layers_are_refused() {
        assert!(error("[[layer]]\nkind = \"relu\"\n").contains("must follow a conv or fc layer"));
        assert!(error("").contains("no layers"));
        let loss_first =
            "[[layer]]\nkind = \"softmax_cross_entropy\"\n[[layer]]\nkind = \"fc\"\noutputs = 2\n";
        assert!(error(loss_first).contains("must be the last layer"));
        let no_fc = "[[layer]]\nkind = \"conv\"\noutputs = 4\nkernel = 3\n";
        assert!(error(no_fc).contains("end the network with fc"));
    }

    /// A network whose layers `conv`, `relu`, `max_pool`, `fc` and the loss have these keys more.
    fn with_keys(keys: [&str; 5]) -> String {
        let [conv, relu, pool, fc, loss] = keys.map(|key| format!("{key}\n"));
        format!(
            "[[layer]]\nkind = \"conv\"\noutputs = 4\nkernel = 3\n{conv}[[layer]]\nkind = \"relu\"\n{relu}\
             [[layer]]\nkind = \"max_pool\"\n{pool}[[layer]]\nkind = \"fc\"\noutputs = 2\n{fc}\
             [[layer]]\nkind = \"softmax_cross_entropy\"\n{loss}"
        )
    }

    #[test]
    fn only_an_earlier_map_of_the_same_shape_is_added_right_behind_a_convolution() {
        let conv = |outputs: usize| {
            format!("[[layer]]\nkind = \"conv\"\noutputs = {outputs}\nkernel = 3\npadding = 1\n")
        };
        let add = |from: &str| format!("[[layer]]\nkind = \"add\"\nfrom = \"{from}\"\n");
        let (relu, fc) = ("[[layer]]\nkind = \"relu\"\n", "[[layer]]\nkind = \"fc\"\noutputs = 2\n");
        let whole = [&conv(4), relu, &conv(4), &add("conv1"), relu, fc].concat();
        assert_eq!(Network::from_toml(&format!("{HEAD}{whole}")).unwrap().parameters().len(), 3);
        for (layers, says) in [
            (
                [conv(4), conv(5), add("conv1")],
                "the map of conv1 is 4 x 8 x 8, the convolution makes 5 x 8 x 8",
            ),
            (
                [conv(4), conv(4), add("conv2")],
                "no layer \"conv2\" before it; maps of its shape, 4 x 8 x 8: conv1",
            ),
            ([conv(4), conv(5), add("fc1")], "maps of its shape, 5 x 8 x 8: none"),
            ([conv(4), conv(4) + relu, add("conv1")], "must follow a conv layer right away"),
            ([conv(4), fc.into(), add("conv1")], "must follow a conv layer right away"),
        ] {
            let error = error(&[layers.concat(), fc.into()].concat());
            assert!(error.contains("(add): ") && error.contains(says), "{error}");
        }
    }

    #[test]
    fn a_label_keeps_a_part_of_itself() {
        let network = |smoothing: &str| {
            let layers = with_keys(["", "", "", "", &format!("label_smoothing = {smoothing}")]);
            Network::from_toml(&format!("{HEAD}{layers}")).map_err(|error| error.to_string())
        };
        assert_eq!(network("0.25").unwrap().label_smoothing(), 0.25);
        for wrong in ["1.0", "-0.1", "nan", "inf"] {
            let error = network(wrong).unwrap_err();
            assert!(error.contains("layer 5 (softmax_cross_entropy): label_smoothing is "), "{error}");
            assert!(error.contains("at least 0 and below 1"), "{error}");
        }
    }

    #[test]
    fn a_key_that_a_layer_has_not_is_refused_whatever_the_layer() {
        let kinds = ["conv", "relu", "max_pool", "fc", "softmax_cross_entropy"];
        for (number, kind) in kinds.into_iter().enumerate() {
            let mut keys = [""; 5];
            keys[number] = "stranger = 1";
            let error = error(&with_keys(keys));
            let parts = [format!("layer {} ({kind}): ", number + 1), "unknown key `stranger`".into()];
            assert!(parts.iter().all(|part| error.contains(part)), "{error}");
        }
        let error = error(&with_keys(["", "", "kernal = 3", "", ""]));
        assert!(
            error.contains("layer 3 (max_pool): unknown key `kernal`; did you mean `kernel`?"),
            "{error}"
        );
    }

    #[test]
    fn an_unknown_key_outside_the_layers_is_refused_too() {
        let layers = with_keys([""; 5]);
        let top = Network::from_toml(&format!("titel = 1\n{HEAD}{layers}")).unwrap_err().to_string();
        assert!(top.contains("line 1: unknown key `titel`"), "{top}");
        let input = error(&format!("row = 3\n{layers}"));
        assert!(input.contains("key `input`: unknown key `row`; did you mean `rows`?"), "{input}");
    }

    #[test]
    fn the_window_of_max_pool_may_be_written_but_not_changed() {
        let plain = Network::from_toml(&format!("{HEAD}{}", with_keys([""; 5]))).unwrap();
        let written = with_keys(["", "", "kernel = 2\nstride = 2", "", ""]);
        assert_eq!(Network::from_toml(&format!("{HEAD}{written}")).unwrap(), plain);
        for key in ["kernel = 3", "stride = 1", "kernel = [2, 2]"] {
            let error = error(&with_keys(["", "", key, "", ""]));
            let name = key.split(' ').next().unwrap();
            assert!(error.contains(&format!("layer 3 (max_pool), key `{name}`: ")), "{error}");
            assert!(error.contains("2 x 2") && error.contains("only 2 is possible"), "{error}");
        }
    }

    #[test]
    fn a_wrong_type_is_named_with_line_layer_and_key_and_is_not_called_invalid_toml() {
        let error = |keys: &str| error(&format!("[[layer]]\nkind = \"conv\"\noutputs = 4\n{keys}\n"));
        for (keys, line, key, says) in [
            ("kernel = \"3\"", 9, "kernel", "a whole number, or two in a list, [rows, columns], is needed"),
            ("kernel = [3]", 9, "kernel", "[rows, columns], is needed"),
            ("kernel = [3, -1]", 9, "kernel", "[rows, columns], is needed"),
            ("kernel = 3\npadding = [1, 2, 3]", 10, "padding", "[top, bottom, left, right] is needed"),
            ("kernel = 3\nstride = [1, 2, 1, 2]", 10, "stride", "[rows, columns], is needed"),
        ] {
            let error = error(keys);
            let begin = format!("line {line}, layer 1 (conv), key `{key}`");
            assert!(error.starts_with(&begin) && error.contains(says), "{error}");
        }
    }

    #[test]
    fn a_name_that_is_no_file_name_is_refused() {
        let named = |name: &str| {
            let text = format!("{HEAD}{}", with_keys([""; 5])).replace("\"n\"", &format!("{name:?}"));
            Network::from_toml(&text).map_err(|error| error.to_string())
        };
        for name in ["net", "LeNet-5_v1.2", &"x".repeat(64)] {
            assert_eq!(named(name).unwrap().name, name);
        }
        for name in
            ["", "my/net", "..", ".net", "/tmp/net", "a\\b", "a b", "\t", "<svg>", "né", &"x".repeat(65)]
        {
            let error = named(name).unwrap_err();
            assert!(error.contains("key `name`") && error.contains("letters, digits"), "{error}");
        }
    }

    #[test]
    fn numbers_of_any_size_are_answered_and_never_computed_with() {
        let text = format!("{HEAD}{}", with_keys(["padding = 0", "", "", "", ""]));
        let mut refused = 0;
        for key in [
            "channels = 1",
            "rows = 8",
            "columns = 8",
            "outputs = 4",
            "kernel = 3",
            "padding = 0",
            "outputs = 2",
        ] {
            for shift in 8..63 {
                for number in [(1u64 << shift) - 1, 1 << shift, (1 << shift) + 1, i64::MAX as u64] {
                    let name = key.split(' ').next().unwrap();
                    let changed = text.replacen(key, &format!("{name} = {number}"), 1);
                    if let Err(error) = Network::from_toml(&changed) {
                        let error = error.to_string();
                        let parts = [&number.to_string(), "map", "4294967296 words"];
                        assert!(parts.iter().any(|part| error.contains(part)), "{error}");
                        refused += 1;
                    }
                }
            }
        }
        assert!(refused > 1000, "{refused}");
        let large = text.replacen("outputs = 4", "outputs = 9223372036854775807", 1);
        let error = Network::from_toml(&large).unwrap_err().to_string();
        assert!(
            error.contains(
                "layer 1 (conv): outputs x inputs x kernel x kernel = 9223372036854775807 x 1 x 3 x 3 weights"
            ) && error.contains("4294967296 words"),
            "{error}"
        );
    }
}
