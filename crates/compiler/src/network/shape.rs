//! The maps between layers, and which layers may follow one another.

use super::{Layer, Pair, sizes};
use crate::Axis;

/// Channels, rows and columns of a map.
pub(crate) type Shape = (usize, usize, usize);

/// The map that leaves a layer which `(channels, rows, columns)` enters.
pub(super) fn next_shape(layer: &Layer, (channels, rows, columns): Shape) -> Result<Shape, String> {
    match *layer {
        Layer::Conv { outputs, groups, .. } => {
            let [down, across] = layer.axes();
            let map =
                (outputs, outputs_along(down, "rows", rows)?, outputs_along(across, "columns", columns)?);
            if outputs == 0 {
                return Err("outputs must be at least 1".into());
            }
            check_groups(groups, channels, outputs)?;
            let kernel = [("kernel", down.kernel), ("kernel", across.kernel)];
            let inputs = [("outputs", outputs), ("inputs", channels / groups)];
            sizes::tensor("weights", &[&inputs[..], &kernel].concat())?;
            sizes::map("numbers of its output", map)?;
            Ok(map)
        }
        Layer::Fc { outputs: 0, .. } => Err("outputs must be at least 1".into()),
        Layer::Fc { outputs, .. } => {
            sizes::tensor("weights", &[("outputs", outputs), ("inputs", channels * rows * columns)])?;
            Ok((outputs, 1, 1))
        }
        Layer::AveragePool { kernel, stride } => {
            average(kernel, stride.unwrap_or(kernel), (channels, rows, columns))
        }
        Layer::GlobalAveragePool {} => Ok((channels, 1, 1)),
        Layer::MaxPool { .. } if rows < 2 || columns < 2 => {
            Err(format!("a 2 x 2 window does not fit into a {rows} x {columns} map"))
        }
        Layer::MaxPool { .. } => Ok((channels, rows / 2, columns / 2)),
        Layer::SoftmaxCrossEntropy { label_smoothing } if !(0.0..1.0).contains(&label_smoothing) => {
            Err(format!("label_smoothing is {label_smoothing}; at least 0 and below 1 is possible"))
        }
        Layer::BatchNorm { momentum, .. } if !(momentum > 0.0 && momentum <= 1.0) => {
            Err(format!("momentum is {momentum}; above 0 and at most 1 is possible"))
        }
        Layer::BatchNorm { epsilon, .. } if !(LEAST_EPSILON..=1.0).contains(&epsilon) => {
            Err(format!("epsilon is {epsilon}; {LEAST_EPSILON:e} to 1 is possible"))
        }
        Layer::LeakyRelu { slope } if !(0.0..=1.0).contains(&slope) => {
            Err(format!("slope is {slope}; 0 to 1 is possible"))
        }
        Layer::LeakyRelu { .. }
        | Layer::Relu6 {}
        | Layer::BatchNorm { .. }
        | Layer::Add { .. }
        | Layer::Relu {}
        | Layer::SoftmaxCrossEntropy { .. } => Ok((channels, rows, columns)),
    }
}

/// The least epsilon of a batch normalisation: a constant channel is multiplied with its inverse root, 10^5.
const LEAST_EPSILON: f32 = 1e-10;

/// All outputs are made of all inputs, or each of its own.
fn check_groups(groups: usize, inputs: usize, outputs: usize) -> Result<(), String> {
    if groups == 1 || (groups == inputs && groups == outputs) {
        return Ok(());
    }
    Err(format!(
        "groups is {groups}, with {inputs} inputs and {outputs} outputs; 1 is possible, or as many as inputs, with as many outputs (depthwise)"
    ))
}

/// Means of windows that cover the map.
fn average(kernel: Pair, stride: Pair, (channels, rows, columns): Shape) -> Result<Shape, String> {
    if stride != kernel {
        return Err(format!(
            "stride is {} x {}; only the kernel's, {} x {}, is possible: windows do not overlap",
            stride.rows, stride.columns, kernel.rows, kernel.columns
        ));
    }
    for (name, kernel, length) in [("rows", kernel.rows, rows), ("columns", kernel.columns, columns)] {
        if kernel == 0 || !length.is_multiple_of(kernel) {
            return Err(format!(
                "windows of {kernel} {name} do not cover a map of {length} {name}; a divisor of {length} is possible"
            ));
        }
    }
    Ok((channels, rows / kernel.rows, columns / kernel.columns))
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

/// As far as taps may be apart: no network in use needs more.
const MOST_DILATION: usize = 64;

/// Gathered taps, the images', lie side by side, and all channels' taps together.
pub(super) fn check_first(layer: &Layer, index: usize, channels: usize) -> Result<(), String> {
    if layer.averages() && index == 0 {
        return Err("must follow another layer; the images are averaged before they come here".into());
    }
    if let (Layer::Conv { groups, .. }, 0) = (layer, index)
        && *groups > 1
    {
        return Err(format!(
            "groups is {groups}; on the images, whose taps are gathered for all {channels} channels together, only 1 is possible"
        ));
    }
    if let Some(dilation) = layer.axes().iter().map(|axis| axis.dilation).find(|dilation| *dilation > 1)
        && index == 0
    {
        return Err(format!(
            "dilation is {dilation}; on the images, whose taps are gathered side by side, only 1 is possible"
        ));
    }
    Ok(())
}

/// The map of a layer with weights, behind its ReLU and pooling.
pub(super) struct Finished {
    pub name: String,
    pub shape: Shape,
    /// A fully connected layer reads it as a vector.
    pub flattened: bool,
    /// The layer behind it, or another one, reads or adds it.
    pub read: bool,
}

/// The shape of the map that a branch reads.
pub(super) fn check_input(
    name: &str,
    index: usize,
    after: Option<&Layer>,
    maps: &mut [Finished],
) -> Result<Shape, String> {
    if index == 0 {
        return Err(format!("input is {name:?}; the first layer reads the images"));
    }
    if after.is_some_and(Layer::averages) {
        return Err(
            "nothing would read the means before it; a branch begins behind a layer with weights".into()
        );
    }
    let possible: Vec<String> =
        maps.iter().filter(|map| !map.flattened).map(|map| map.name.clone()).collect();
    match maps.iter_mut().find(|map| map.name == name && !map.flattened) {
        Some(map) => {
            map.read = true;
            Ok(map.shape)
        }
        None => Err(format!(
            "input is {name:?}; maps before it that a conv can read: {}",
            if possible.is_empty() { "none".into() } else { possible.join(", ") }
        )),
    }
}

/// A map is added to a convolution or batch normalisation of the same shape, before its ReLU and pooling.
pub(super) fn check_add(
    from: &str,
    after: Option<&Layer>,
    maps: &mut [Finished],
    shape: Shape,
) -> Result<(), String> {
    if !matches!(after, Some(Layer::Conv { .. } | Layer::BatchNorm { .. })) {
        return Err("must follow a conv or batch_norm layer right away, before its relu and max_pool".into());
    }
    let of = |(channels, rows, columns): Shape| format!("{channels} x {rows} x {columns}");
    if let Some(map) = maps.iter_mut().find(|map| map.name == from) {
        map.read = true;
    }
    match maps.iter().find(|map| map.name == from) {
        Some(map) if map.shape != shape => Err(format!(
            "the map of {from} is {}, the layer before makes {}: only equal shapes can be added",
            of(map.shape),
            of(shape)
        )),
        Some(map) if map.flattened => Err(format!(
            "the map of {from} goes into an fc layer, as a vector: only maps that a conv layer reads can be added"
        )),
        Some(_) => Ok(()),
        None => {
            let fit = maps.iter().filter(|map| map.shape == shape && !map.flattened);
            let fit: Vec<&str> = fit.map(|map| map.name.as_str()).collect();
            let fit = if fit.is_empty() { "none".into() } else { fit.join(", ") };
            Err(format!("there is no layer {from:?} before it; maps of its shape, {}: {fit}", of(shape)))
        }
    }
}

/// A batch normalisation belongs to the conv or fc layer right before it. ReLU and pooling belong to the layer with weights before them: each at
/// most once, in either order.
pub(super) fn check_order(
    layer: &Layer,
    after: Option<&Layer>,
    last: bool,
    before: &[Layer],
) -> Result<(), String> {
    match layer {
        Layer::SoftmaxCrossEntropy { .. } if !last => Err("must be the last layer".into()),
        Layer::BatchNorm { .. } if !matches!(after, Some(Layer::Conv { .. } | Layer::Fc { .. })) => {
            Err("must follow a conv or fc layer right away, before its add, relu and max_pool".into())
        }
        Layer::Relu {} | Layer::LeakyRelu { .. } | Layer::Relu6 {} | Layer::MaxPool { .. } => {
            let belongs =
                |l: &&Layer| l.activates() || matches!(l, Layer::MaxPool { .. } | Layer::Add { .. });
            let own: Vec<_> = before.iter().rev().take_while(belongs).collect();
            let weighted = before.len().checked_sub(own.len() + 1).map(|i| &before[i]);
            if weighted.is_none() {
                return Err("must follow a conv or fc layer".into());
            }
            if let (Layer::MaxPool { .. }, Some(i)) = (layer, before.len().checked_sub(own.len() + 1))
                && let Some(axis) = before[i].axes().iter().find(|axis| i > 0 && axis.stride > 1)
            {
                return Err(format!(
                    "the convolution before has stride {}; only behind the first layer, or one of stride 1, is a max_pool possible",
                    axis.stride
                ));
            }
            if own.contains(&layer) || (layer.activates() && own.iter().any(|other| other.activates())) {
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
