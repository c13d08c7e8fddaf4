//! Gradients of whole networks on the golden model against an independent autograd library (candle, in float64).
//!
//! With momentum 0 and weight decay 0 the velocities after one step are the gradients.

use candle_core::{D, DType, Device as Candle, Tensor, Var};
use ef_compiler::{Layer, Network, PixelFormat, Plan, compile};
use ef_model::ModelDevice;
use ef_program::config::{FP32_8X8, SIM_2X2, SIM_4X4};
use ef_program::{Config, Device, regs};

/// A small deterministic generator: tests must not depend on a library's stream.
struct Rng(u64);

impl Rng {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 40) as f32) / (1u64 << 23) as f32 - 1.0
    }
}

struct Case {
    network: Network,
    images: Vec<f32>,
    labels: Vec<u32>,
    parameters: Vec<(Vec<f32>, Vec<f32>)>,
}

fn case(toml: &str, batch: usize, seed: u64) -> Case {
    let network = Network::from_toml(toml).unwrap();
    let mut rng = Rng(seed);
    let pixels = network.input.channels * network.input.rows * network.input.columns;
    let images = (0..batch * pixels).map(|_| rng.next()).collect();
    let labels = (0..batch).map(|i| (i * 7 % network.classes()) as u32).collect();
    let parameters = network
        .parameters()
        .iter()
        .map(|p| {
            let scale = (2.0 / (p.weights() / p.outputs) as f32).sqrt();
            let weight = (0..p.weights()).map(|_| rng.next() * scale).collect();
            (weight, (0..p.outputs).map(|_| rng.next() * 0.1).collect())
        })
        .collect();
    Case { network, images, labels, parameters }
}

/// One step on the golden model: mean loss, and gradients read from the velocities.
fn on_the_model(case: &Case, config: &'static Config) -> (f32, Gradients<f32>, Plan) {
    let batch = case.labels.len();
    let plan = compile(&case.network, config, batch, PixelFormat::F32).unwrap();
    let mut device = ModelDevice::new(config, plan.map.memory_words);
    for (layer, (weight, bias)) in plan.map.layers.iter().zip(&case.parameters) {
        device.write_memory(layer.weights, &layer.pack(weight, bias)).unwrap();
        device.write_memory(layer.velocities, &vec![0; layer.words]).unwrap();
    }
    let words: Vec<u32> =
        case.images.chunks(case.images.len() / batch).flat_map(|i| plan.map.pack_image_f32(i)).collect();
    device.write_memory(plan.map.images, &words).unwrap();
    device.write_memory(plan.map.labels, &case.labels).unwrap();
    device.write_register(regs::INV_BATCH, (1.0 / batch as f32).to_bits()).unwrap();
    device.write_register(regs::LEARNING_RATE, 0.5f32.to_bits()).unwrap();
    device.load_program(plan.map.programs.train, &plan.train).unwrap();
    device.run().unwrap();
    let gradients = plan
        .map
        .layers
        .iter()
        .map(|layer| {
            let mut words = vec![0; layer.words];
            device.read_memory(layer.velocities, &mut words).unwrap();
            layer.unpack(&words)
        })
        .collect();
    assert_eq!(device.read_register(regs::OVERFLOW).unwrap(), 0);
    (f32::from_bits(device.read_register(regs::MEAN_LOSS).unwrap()), gradients, plan)
}

/// Convolution as a sum of matrix products, one per tap: candle's own conv2d mistakes the layout of its input where
/// channels equal rows (0.9.2), and its max_pool2d scales gradients.
fn convolution(x: &Tensor, weight: &Tensor, padding: usize) -> candle_core::Result<Tensor> {
    let x = x.pad_with_zeros(2, padding, padding)?.pad_with_zeros(3, padding, padding)?;
    let ((n, channels, rows, cols), (outputs, _, kr, kc)) = (x.dims4()?, weight.dims4()?);
    let (rows, cols) = (rows + 1 - kr, cols + 1 - kc);
    let mut sum = Tensor::zeros((n, outputs, rows * cols), DType::F64, &Candle::Cpu)?;
    for r in 0..kr {
        for c in 0..kc {
            let pixels = x.narrow(2, r, rows)?.narrow(3, c, cols)?.contiguous()?;
            let pixels = pixels.reshape((n, channels, rows * cols))?;
            let tap =
                weight.narrow(2, r, 1)?.narrow(3, c, 1)?.contiguous()?.reshape((1, outputs, channels))?;
            sum = (sum + tap.broadcast_as((n, outputs, channels))?.contiguous()?.matmul(&pixels)?)?;
        }
    }
    sum.reshape((n, outputs, rows, cols))
}

type Gradients<F> = Vec<(Vec<F>, Vec<F>)>;

/// The same with candle in float64.
fn with_candle(case: &Case) -> candle_core::Result<(f64, Gradients<f64>)> {
    let cpu = Candle::Cpu;
    let batch = case.labels.len();
    let input = &case.network.input;
    let f64s = |v: &[f32]| v.iter().map(|x| f64::from(*x)).collect::<Vec<_>>();
    let mut x =
        Tensor::from_vec(f64s(&case.images), (batch, input.channels, input.rows, input.columns), &cpu)?;
    let vars = case
        .network
        .parameters()
        .iter()
        .zip(&case.parameters)
        .map(|(p, (weight, bias))| {
            let shape = (p.outputs, p.inputs, p.kernel.0, p.kernel.1);
            let weight = Var::from_tensor(&Tensor::from_vec(f64s(weight), shape, &cpu)?)?;
            let bias = Var::from_tensor(&Tensor::from_vec(f64s(bias), p.outputs, &cpu)?)?;
            Ok((weight, bias))
        })
        .collect::<candle_core::Result<Vec<_>>>()?;
    let mut next = vars.iter();
    let mut pending_relu = false;
    for layer in &case.network.layers {
        // ReLU and maximum commute; pooling first leaves no ties between zeros
        if pending_relu && !matches!(layer, Layer::MaxPool { .. }) {
            x = x.relu()?;
            pending_relu = false;
        }
        match *layer {
            Layer::Conv { padding, .. } => {
                let (weight, bias) = next.next().unwrap();
                let outputs = bias.dims1()?;
                x = convolution(&x, weight, padding)?.broadcast_add(&bias.reshape((1, outputs, 1, 1))?)?;
            }
            Layer::Fc { .. } => {
                let (weight, bias) = next.next().unwrap();
                let (outputs, inputs, ..) = weight.dims4()?;
                let weight = weight.reshape((outputs, inputs))?;
                x = x.flatten_from(1)?.matmul(&weight.t()?)?.broadcast_add(&bias.reshape((1, outputs))?)?;
                x = x.reshape((batch, outputs, 1, 1))?;
            }
            Layer::Relu {} => pending_relu = true,
            Layer::MaxPool { .. } => {
                let (_, _, rows, cols) = x.dims4()?;
                let (rows, cols) = (rows / 2, cols / 2);
                let (n, channels, ..) = x.dims4()?;
                x = x.narrow(2, 0, rows * 2)?.narrow(3, 0, cols * 2)?.contiguous()?;
                x = x.reshape((n * channels, rows, 2, cols, 2))?.max(4)?.max(2)?;
                x = x.reshape((n, channels, rows, cols))?;
            }
            Layer::SoftmaxCrossEntropy {} => {}
        }
    }
    let logits = x.flatten_from(1)?;
    let max = logits.max_keepdim(D::Minus1)?.detach();
    let shifted = logits.broadcast_sub(&max)?;
    let log_p = shifted.broadcast_sub(&shifted.exp()?.sum_keepdim(D::Minus1)?.log()?)?;
    let labels = Tensor::from_vec(case.labels.clone(), (batch, 1), &cpu)?;
    let loss = (log_p.gather(&labels, 1)?.sum_all()? / -(batch as f64))?;
    let gradients = loss.backward()?;
    let out = vars
        .iter()
        .map(|(weight, bias)| {
            let flat =
                |v: &Var| gradients.get(v).unwrap().flatten_all()?.to_dtype(DType::F64)?.to_vec1::<f64>();
            Ok((flat(weight)?, flat(bias)?))
        })
        .collect::<candle_core::Result<Vec<_>>>()?;
    Ok((loss.to_scalar::<f64>()?, out))
}

/// RMS of the difference relative to the RMS of the reference.
fn relative_rms(got: &[f32], want: &[f64]) -> f64 {
    assert_eq!(got.len(), want.len());
    let error: f64 = got.iter().zip(want).map(|(g, w)| (f64::from(*g) - w).powi(2)).sum();
    let scale: f64 = want.iter().map(|w| w * w).sum();
    if scale == 0.0 { error.sqrt() } else { (error / scale).sqrt() }
}

fn agrees(toml: &str, batch: usize, config: &'static Config) {
    let case = case(toml, batch, 42);
    let (loss, gradients, plan) = on_the_model(&case, config);
    let (want_loss, want) = with_candle(&case).unwrap();
    println!(
        "{} on {}: loss {loss} ({want_loss}), {} train and {} eval instructions",
        case.network.name,
        config.name,
        plan.train.len(),
        plan.eval.len()
    );
    assert!((f64::from(loss) - want_loss).abs() < 1e-5 * want_loss.abs().max(1.0), "{loss} {want_loss}");
    for ((layer, (weight, bias)), (want_weight, want_bias)) in plan.map.layers.iter().zip(gradients).zip(want)
    {
        let errors = (relative_rms(&weight, &want_weight), relative_rms(&bias, &want_bias));
        println!("  {}: weight {:.2e}, bias {:.2e}", layer.name(), errors.0, errors.1);
        assert!(errors.0 < 1e-5 && errors.1 < 1e-5, "{}: {errors:?}", layer.name());
    }
}

fn network(name: &str, (channels, rows, columns): (usize, usize, usize), layers: &[&str]) -> String {
    let mut toml =
        format!("name = \"{name}\"\n[input]\nchannels = {channels}\nrows = {rows}\ncolumns = {columns}\n");
    for layer in layers {
        let words: Vec<&str> = layer.split(' ').collect();
        toml += &format!("[[layer]]\nkind = \"{}\"\n", words[0]);
        for (key, value) in ["outputs", "kernel", "padding"].iter().zip(&words[1..]) {
            toml += &format!("{key} = {value}\n");
        }
    }
    toml
}

const DIGITS: &[&str] =
    &["conv 8 3 1", "relu", "max_pool", "conv 16 3 1", "relu", "max_pool", "fc 10", "softmax_cross_entropy"];

#[test]
fn digits_network_gradients_agree_on_every_configuration() {
    for config in [&SIM_2X2, &SIM_4X4, &FP32_8X8] {
        agrees(&network("digits", (1, 8, 8), DIGITS), 5, config);
    }
    agrees(&network("digits", (1, 8, 8), DIGITS), 32, &FP32_8X8);
}

#[test]
fn fully_connected_networks_agree() {
    agrees(&network("mlp", (1, 7, 5), &["fc 19", "relu", "fc 11", "relu", "fc 3"]), 9, &FP32_8X8);
    agrees(&network("linear", (2, 3, 3), &["fc 5"]), 1, &SIM_2X2);
}

#[test]
fn odd_maps_and_odd_channel_counts_agree() {
    let layers = ["conv 5 3 1", "max_pool", "relu", "conv 11 3 0", "relu", "conv 3 1 0", "max_pool", "fc 4"];
    agrees(&network("odd", (3, 13, 11), &layers), 3, &FP32_8X8);
    agrees(&network("odd", (3, 13, 11), &layers), 3, &SIM_4X4);
}

#[test]
fn kernels_of_5_and_wide_padding_agree() {
    let layers =
        ["conv 6 5 2", "relu", "conv 9 5 2", "relu", "max_pool", "conv 7 1 1", "relu", "conv 4 3 2", "fc 6"];
    agrees(&network("five", (2, 9, 10), &layers), 4, &FP32_8X8);
}

#[test]
fn tiles_of_nothing_but_padding_agree() {
    for [first, second] in [["conv 3 1 9", "conv 2 3 1"], ["conv 3 3 1", "conv 2 1 9"]] {
        agrees(&network("wide", (2, 5, 6), &[first, "relu", second, "fc 4"]), 3, &SIM_2X2);
    }
}

#[test]
fn maps_larger_than_a_buffer_are_tiled_by_rows() {
    let layers = [
        "conv 16 3 1",
        "relu",
        "conv 16 3 1",
        "relu",
        "max_pool",
        "conv 32 3 1",
        "relu",
        "max_pool",
        "conv 9 3 1",
        "relu",
        "max_pool",
        "fc 10",
    ];
    agrees(&network("rows", (3, 32, 32), &layers), 2, &FP32_8X8);
}

/// The '1X' CNN of EF-Train on CIFAR-10 images.
#[test]
fn the_1x_network_agrees() {
    let layers = [
        "conv 16 3 1",
        "relu",
        "conv 16 3 1",
        "relu",
        "max_pool",
        "conv 32 3 1",
        "relu",
        "conv 32 3 1",
        "relu",
        "max_pool",
        "conv 64 3 1",
        "relu",
        "conv 64 3 1",
        "relu",
        "max_pool",
        "fc 10",
    ];
    agrees(&network("1x", (3, 32, 32), &layers), 2, &FP32_8X8);
}
