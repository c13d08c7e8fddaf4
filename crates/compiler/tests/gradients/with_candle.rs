//! The same step with candle, in float64 or float32.

use crate::case::Case;
use candle_core::{D, DType, Device as Candle, Tensor, Var};
use ef_compiler::{Axis, Layer};

/// Convolution as a sum of matrix products, one per tap: candle's own conv2d mistakes the layout of its input where
/// channels equal rows (0.9.2), and its max_pool2d scales gradients.
fn convolution(x: &Tensor, weight: &Tensor, axes: [Axis; 2]) -> candle_core::Result<Tensor> {
    let [(top, bottom), (left, right)] = axes.map(|axis| axis.padding);
    let x = x.pad_with_zeros(2, top, bottom)?.pad_with_zeros(3, left, right)?;
    let ((n, channels, rows, cols), (outputs, _, kr, kc)) = (x.dims4()?, weight.dims4()?);
    let [down, across] = axes.map(|axis| axis.dilation);
    let (rows, cols) = (rows - (kr - 1) * down, cols - (kc - 1) * across);
    let mut sum = Tensor::zeros((n, outputs, rows * cols), x.dtype(), &Candle::Cpu)?;
    for r in 0..kr {
        for c in 0..kc {
            let pixels = x.narrow(2, r * down, rows)?.narrow(3, c * across, cols)?.contiguous()?;
            let pixels = pixels.reshape((n, channels, rows * cols))?;
            let tap =
                weight.narrow(2, r, 1)?.narrow(3, c, 1)?.contiguous()?.reshape((1, outputs, channels))?;
            sum = (sum + tap.broadcast_as((n, outputs, channels))?.contiguous()?.matmul(&pixels)?)?;
        }
    }
    let sum = sum.reshape((n, outputs, rows, cols))?;
    // of the map of stride 1, every so many-th row and column
    let kept = |length: usize, stride: usize| -> candle_core::Result<Tensor> {
        Tensor::from_vec((0..length as u32).step_by(stride).collect(), length.div_ceil(stride), &Candle::Cpu)
    };
    match axes.map(|axis| axis.stride) {
        [1, 1] => Ok(sum),
        [down, across] => sum.index_select(&kept(rows, down)?, 2)?.index_select(&kept(cols, across)?, 3),
    }
}

pub type Gradients<F> = Vec<(Vec<F>, Vec<F>)>;

/// Weight and bias of each layer with weights.
type Vars = Vec<(Var, Var)>;

/// Values as a tensor of this type.
fn tensor(values: &[f32], shape: impl Into<candle_core::Shape>, dtype: DType) -> candle_core::Result<Tensor> {
    Tensor::from_slice(values, shape, &Candle::Cpu)?.to_dtype(dtype)
}

/// Losses in training and evaluation, and gradients, of a case.
pub fn with_candle(case: &Case, dtype: DType) -> candle_core::Result<([f64; 2], Gradients<f64>)> {
    let vars = variables(case, dtype)?;
    let (trained, running) = logits(case, &vars, None)?;
    let [loss, _] = losses(case, &trained)?;
    let [_, plain] = losses(case, &logits(case, &vars, Some(&running))?.0)?;
    let gradients = loss.backward()?;
    let out = vars
        .iter()
        .zip(case.network.parameters())
        .map(|((weight, bias), p)| {
            let flat =
                |v: &Var| gradients.get(v).unwrap().flatten_all()?.to_dtype(DType::F64)?.to_vec1::<f64>();
            Ok((flat(weight)?, if p.bias { flat(bias)? } else { Vec::new() }))
        })
        .collect::<candle_core::Result<Vec<_>>>()?;
    let number = |x: Tensor| x.to_dtype(DType::F64)?.to_scalar::<f64>();
    Ok(([number(loss)?, number(plain)?], out))
}

fn variables(case: &Case, dtype: DType) -> candle_core::Result<Vars> {
    let parameters = case.network.parameters().into_iter().zip(&case.parameters);
    parameters
        .map(|(p, (weight, bias))| {
            let shape = (p.outputs, p.inputs, p.kernel.0, p.kernel.1);
            let weight = Var::from_tensor(&tensor(weight, shape, dtype)?)?;
            // where a layer has none, they are zeros whose gradient nobody reads
            let bias = if p.bias { bias.clone() } else { vec![0.0; p.outputs] };
            Ok((weight, Var::from_tensor(&tensor(&bias, p.outputs, dtype)?)?))
        })
        .collect()
}

/// Mean and variance of each channel.
type Statistics = (Tensor, Tensor);

/// What the last layer makes, `[image][class]`, and the running statistics of the layers after the step. In evaluation these are given.
fn logits(
    case: &Case,
    vars: &Vars,
    given: Option<&[Statistics]>,
) -> candle_core::Result<(Tensor, Vec<Statistics>)> {
    let (input, batch) = (&case.network.input, case.labels.len());
    let shape = (batch, input.channels, input.rows, input.columns);
    let dtype = vars[0].0.dtype();
    let mut x = tensor(&case.images, shape, dtype)?;
    let mut running: Vec<Statistics> = match given {
        Some(given) => given.to_vec(),
        None => case
            .running
            .iter()
            .map(|(mean, variance)| Ok((channels(mean, dtype)?, channels(variance, dtype)?)))
            .collect::<candle_core::Result<_>>()?,
    };
    let mut next = vars.iter();
    let mut pending_relu = false;
    // the map of every layer with weights, once it is finished
    let (mut maps, mut names) = (std::collections::HashMap::new(), case.network.parameters().into_iter());
    let mut unfinished = None;
    for layer in &case.network.layers {
        // ReLU and maximum commute; pooling first leaves no ties between zeros
        if pending_relu && !matches!(layer, Layer::MaxPool { .. }) {
            x = x.relu()?;
            pending_relu = false;
        }
        let averages = matches!(layer, Layer::AveragePool { .. } | Layer::GlobalAveragePool {});
        if averages || matches!(layer, Layer::Conv { .. } | Layer::Fc { .. } | Layer::BatchNorm { .. }) {
            unfinished.take().map(|name| maps.insert(name, x.clone()));
            unfinished = if averages { None } else { names.next().map(|p| p.name) };
        }
        if let Some(name) = layer.input() {
            x = maps[name].clone();
        }
        match layer {
            Layer::Add { from } => x = (x + &maps[from])?,
            Layer::Conv { .. } if layer.by_channel() => {
                let (weight, bias) = next.next().unwrap();
                x = depthwise(&x, weight, layer.axes())?.broadcast_add(&per_channel(bias)?)?;
            }
            Layer::BatchNorm { momentum, epsilon, frozen } => {
                let number = vars.len() - next.len();
                let (scale, shift) = next.next().unwrap();
                let statistics = match *frozen || given.is_some() {
                    true => running[number].clone(),
                    false => measured(&x, &mut running[number], f64::from(*momentum))?,
                };
                x = normalise(&x, &statistics, f64::from(*epsilon))?;
                x = x.broadcast_mul(&per_channel(scale)?)?.broadcast_add(&per_channel(shift)?)?;
            }
            Layer::Conv { .. } => {
                let (weight, bias) = next.next().unwrap();
                let outputs = bias.dims1()?;
                x = convolution(&x, weight, layer.axes())?
                    .broadcast_add(&bias.reshape((1, outputs, 1, 1))?)?;
            }
            Layer::Fc { .. } => {
                let (weight, bias) = next.next().unwrap();
                let (outputs, inputs, ..) = weight.dims4()?;
                let weight = weight.reshape((outputs, inputs))?;
                x = x.flatten_from(1)?.matmul(&weight.t()?)?.broadcast_add(&bias.reshape((1, outputs))?)?;
                x = x.reshape((batch, outputs, 1, 1))?;
            }
            Layer::AveragePool { kernel, .. } => x = average(&x, (kernel.rows, kernel.columns))?,
            Layer::GlobalAveragePool {} => {
                let (_, _, rows, cols) = x.dims4()?;
                x = average(&x, (rows, cols))?;
            }
            Layer::LeakyRelu { slope } => x = x.maximum(&(&x * f64::from(*slope))?)?,
            Layer::Relu6 {} => x = (x.relu()? - (&x - 6.0)?.relu()?)?,
            Layer::Relu {} => pending_relu = true,
            Layer::MaxPool { .. } => x = max_pool(&x)?,
            Layer::SoftmaxCrossEntropy { .. } => {}
        }
    }
    Ok((x.flatten_from(1)?, running))
}

/// `[1, channels, 1, 1]`.
fn per_channel(values: &Tensor) -> candle_core::Result<Tensor> {
    values.reshape((1, values.elem_count(), 1, 1))
}

/// Values of channels, as `[1, channels, 1, 1]`.
fn channels(values: &[f32], dtype: DType) -> candle_core::Result<Tensor> {
    tensor(values, (1, values.len(), 1, 1), dtype)
}

/// Of each channel of the batch; the running ones follow.
fn measured(x: &Tensor, running: &mut Statistics, momentum: f64) -> candle_core::Result<Statistics> {
    let (mean, variance) = statistics(x)?;
    let n = (x.elem_count() / mean.elem_count()) as f64;
    let unbiased = (&variance * (n / (n - 1.0)))?;
    let moved = |old: &Tensor, new: &Tensor| -> candle_core::Result<Tensor> {
        Ok((old + ((new - old)? * momentum)?)?.detach())
    };
    *running = (moved(&running.0, &mean)?, moved(&running.1, &unbiased)?);
    Ok((mean, variance))
}

/// Of each channel of the batch.
fn statistics(x: &Tensor) -> candle_core::Result<Statistics> {
    let mean = |x: &Tensor| x.mean_keepdim(0)?.mean_keepdim(2)?.mean_keepdim(3);
    let middle = mean(x)?;
    let variance = mean(&x.broadcast_sub(&middle)?.sqr()?)?;
    Ok((middle, variance))
}

/// Each channel less its mean, by its deviation.
fn normalise(x: &Tensor, (mean, variance): &Statistics, epsilon: f64) -> candle_core::Result<Tensor> {
    x.broadcast_sub(mean)?.broadcast_div(&(variance + epsilon)?.sqrt()?)
}

/// The mean of every window.
fn average(x: &Tensor, (down, across): (usize, usize)) -> candle_core::Result<Tensor> {
    let (n, channels, rows, cols) = x.dims4()?;
    let windows = x.contiguous()?.reshape((n * channels, rows / down, down, cols / across, across))?;
    windows.mean(4)?.mean(2)?.reshape((n, channels, rows / down, cols / across))
}

/// A convolution of every channel with its own kernel: a channel at a time.
fn depthwise(x: &Tensor, weight: &Tensor, axes: [Axis; 2]) -> candle_core::Result<Tensor> {
    let channels = (0..x.dim(1)?).map(|c| convolution(&x.narrow(1, c, 1)?, &weight.narrow(0, c, 1)?, axes));
    Tensor::cat(&channels.collect::<candle_core::Result<Vec<_>>>()?, 1)
}

/// 2 x 2; the gradient goes to one of equal values, as `max()` of candle does not.
fn max_pool(x: &Tensor) -> candle_core::Result<Tensor> {
    let (n, channels, rows, cols) = x.dims4()?;
    let (rows, cols) = (rows / 2, cols / 2);
    let x = x.narrow(2, 0, rows * 2)?.narrow(3, 0, cols * 2)?.contiguous()?;
    let windows = x.reshape((n * channels, rows, 2, cols, 2))?.transpose(2, 3)?.contiguous()?;
    let windows = windows.reshape((n * channels, rows, cols, 4))?;
    let first = windows.detach().argmax_keepdim(D::Minus1)?;
    windows.gather(&first, 3)?.reshape((n, channels, rows, cols))
}

/// Mean loss in training, where every class has its share of the label, and in evaluation.
fn losses(case: &Case, logits: &Tensor) -> candle_core::Result<[Tensor; 2]> {
    let batch = case.labels.len();
    let max = logits.max_keepdim(D::Minus1)?.detach();
    let shifted = logits.broadcast_sub(&max)?;
    let log_p = shifted.broadcast_sub(&shifted.exp()?.sum_keepdim(D::Minus1)?.log()?)?;
    let labels = Tensor::from_vec(case.labels.clone(), (batch, 1), &Candle::Cpu)?;
    let plain = (log_p.gather(&labels, 1)?.sum_all()? / -(batch as f64))?;
    let (s, classes) = (f64::from(case.network.label_smoothing()), log_p.dim(1)? as f64);
    let all = (log_p.sum_all()? / -(batch as f64 * classes))?;
    Ok([((&plain * (1.0 - s))? + (all * s)?)?, plain])
}
