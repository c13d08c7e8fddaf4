//! The golden model against candle.

use crate::case::{Case, case};
use crate::with_candle::{Gradients, with_candle};
use candle_core::DType;
use ef_compiler::{PixelFormat, Plan, Prepared};
use ef_isa::{Config, Device, regs};
use ef_model::ModelDevice;

/// One step on the golden model, then an evaluation with the old weights: mean loss of both, and gradients read from the velocities.
pub fn on_the_model(case: &Case, plan: &Plan) -> ([f32; 2], Gradients<f32>) {
    let batch = case.labels.len();
    let mut device = ModelDevice::new(plan.config, plan.map.memory_words);
    let running = plan.map.layers.iter().zip(&case.running);
    for (at, words) in
        running.filter_map(|(layer, (mean, variance))| Some((layer.running?, layer.pack(mean, variance))))
    {
        device.write_memory(at, &words).unwrap();
    }
    for (layer, (weight, bias)) in plan.map.layers.iter().zip(&case.parameters) {
        device.write_memory(layer.weights, &layer.pack(weight, bias)).unwrap();
        layer.state.iter().for_each(|at| device.write_memory(*at, &vec![0; layer.words]).unwrap());
    }
    let words: Vec<u32> =
        case.images.chunks(case.images.len() / batch).flat_map(|i| plan.map.pack_image_f32(i)).collect();
    device.write_memory(plan.map.images, &words).unwrap();
    device.write_memory(plan.map.labels, &case.labels).unwrap();
    device.write_register(regs::INV_BATCH, (1.0 / batch as f32).to_bits()).unwrap();
    device.write_register(regs::LEARNING_RATE, 0.5f32.to_bits()).unwrap();
    plan.load_train(&mut device).unwrap();
    device.run().unwrap();
    let gradients = plan
        .map
        .layers
        .iter()
        .map(|layer| {
            let mut words = vec![0; layer.words];
            if let [velocities] = layer.state[..] {
                device.read_memory(velocities, &mut words).unwrap();
            }
            layer.unpack(&words)
        })
        .collect();
    assert_eq!(device.read_register(regs::OVERFLOW).unwrap(), 0);
    let trained = device.read_register(regs::MEAN_LOSS).unwrap();
    for (layer, (weight, bias)) in plan.map.layers.iter().zip(&case.parameters) {
        device.write_memory(layer.weights, &layer.pack(weight, bias)).unwrap();
    }
    plan.load_eval(&mut device).unwrap();
    device.run().unwrap();
    let evaluated = device.read_register(regs::MEAN_LOSS).unwrap();
    ([trained, evaluated].map(f32::from_bits), gradients)
}

fn rms<T: Copy + Into<f64>>(values: &[T]) -> f64 {
    (values.iter().map(|v| (*v).into().powi(2)).sum::<f64>() / values.len().max(1) as f64).sqrt()
}

/// RMS of the difference.
fn error(got: &[f32], want: &[f64]) -> f64 {
    assert_eq!(got.len(), want.len());
    rms(&got.iter().zip(want).map(|(g, w)| f64::from(*g) - w).collect::<Vec<f64>>())
}

/// An error relative to the RMS of the reference; the gradient of a bias is a sum that may cancel, so `scale` is that of the layer.
fn relative(error: f64, scale: f64) -> f64 {
    if scale == 0.0 { error } else { error / scale }
}

/// Both losses within 1e-5, every gradient within 1e-5 relative RMS, or what FP32 allows.
pub fn agrees(toml: &str, batch: usize, config: &'static Config) {
    agrees_if(toml, batch, config, |prepared| prepared);
}

/// The same, with another schedule.
pub fn agrees_if(
    toml: &str,
    batch: usize,
    config: &'static Config,
    scheduled: impl FnOnce(Prepared) -> Prepared,
) {
    let case = case(toml, batch, 42);
    let prepared = Prepared::new(&case.network, config, batch, PixelFormat::F32).unwrap();
    let plan = scheduled(prepared).plan().unwrap();
    let (losses, gradients) = on_the_model(&case, &plan);
    let (want_losses, want) = with_candle(&case, DType::F64).unwrap();
    println!(
        "{} on {}: losses {losses:?} ({want_losses:?}), {} train and {} eval instructions",
        case.network.name,
        config.name,
        plan.train.len(),
        plan.eval.len()
    );
    for (loss, want) in losses.into_iter().zip(want_losses) {
        let off = (f64::from(loss) - want).abs();
        assert!(off < 1e-5 * want.abs().max(1.0), "{losses:?} {want_losses:?}");
    }
    // the same arithmetic in the same precision, made when it is needed
    let plain = std::cell::OnceCell::new();
    let mut wrong = Vec::new();
    for (number, (layer, got)) in plan.map.layers.iter().zip(&gradients).enumerate() {
        if layer.state.is_empty() {
            continue;
        }
        let errors = relative_to(&want[number], &got.0, &got.1);
        println!("  {}: weight {:.2e}, bias {:.2e}", layer.name(), errors.0, errors.1);
        // the gradient of a bias in front of a normalisation is zero, a sum of as many numbers as the map of the batch has
        let stage = plan.stages.iter().position(|stage| stage.layer == Some(number)).unwrap();
        let next = plan.stages.get(stage + 1);
        let bound_of_bias = if next.is_some_and(|next| next.norm().is_some()) { ZERO_BOUND } else { BOUND };
        if errors.0 < BOUND && errors.1 < bound_of_bias {
            continue;
        }
        let plain = plain.get_or_init(|| with_candle(&case, DType::F32).unwrap().1);
        let single = |values: &[f64]| values.iter().map(|x| *x as f32).collect::<Vec<f32>>();
        let possible = relative_to(&want[number], &single(&plain[number].0), &single(&plain[number].1));
        println!("    candle in float32: weight {:.2e}, bias {:.2e}", possible.0, possible.1);
        if errors.0 >= BOUND.max(FACTOR * possible.0) || errors.1 >= bound_of_bias.max(FACTOR * possible.1) {
            wrong.push(format!("{}: {errors:?}, in float32 {possible:?}", layer.name()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Of a gradient, relative RMS.
const BOUND: f64 = 1e-5;
/// Of a sum that is zero, relative to the gradients of the layer's weights.
const ZERO_BOUND: f64 = 1e-4;
/// Where a gradient is a small difference of large numbers, as in front of a normalisation, storing these in FP32 allows no more: so many times the
/// error that candle makes in float32, whose sums are rounded to nearest and in pairs, not one after the other towards zero.
const FACTOR: f64 = 8.0;

/// Errors of the gradients of a weight and of a bias.
fn relative_to((want_weight, want_bias): &(Vec<f64>, Vec<f64>), weight: &[f32], bias: &[f32]) -> (f64, f64) {
    let scale = rms(want_weight);
    (relative(error(weight, want_weight), scale), relative(error(bias, want_bias), scale.max(rms(want_bias))))
}
