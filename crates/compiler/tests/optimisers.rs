//! Every optimiser: what a step makes of weights and state is what its formula says in float64, on every configuration; bias and padding too.

use ef_compiler::{Network, PixelFormat, Plan, compile};
use ef_isa::config::{FP32_2X2, FP32_8X8, SIM_4X4};
use ef_isa::vector::{Optimiser, Rates};
use ef_isa::{Config, Device, Hyperparameters, regs};
use ef_model::ModelDevice;

const BATCH: usize = 3;
const RATES: Rates =
    Rates { learning_rate: 0.01, momentum: 0.9, beta2: 0.99, epsilon: 1e-6, weight_decay: 0.05 };

fn plan(optimiser: Optimiser, config: &'static Config) -> Plan {
    let text = format!(
        "name = \"n\"\noptimiser = \"{optimiser}\"\n[input]\nchannels = 2\nrows = 8\ncolumns = 8\n\
         [[layer]]\nkind = \"conv\"\noutputs = 6\nkernel = 3\npadding = 1\n[[layer]]\nkind = \"relu\"\n[[layer]]\nkind = \"max_pool\"\n\
         [[layer]]\nkind = \"conv\"\noutputs = 18\nkernel = 3\n[[layer]]\nkind = \"relu\"\n\
         [[layer]]\nkind = \"fc\"\noutputs = 5\n"
    );
    compile(&Network::from_toml(&text).unwrap(), config, BATCH, PixelFormat::F32).unwrap()
}

/// Weights and state of every layer, tensor by tensor.
type Parameters = Vec<Vec<Vec<f32>>>;

/// What a device has after a step with these parameters; nothing is saturated.
fn step(plan: &Plan, before: &Parameters, registers: impl FnOnce(&mut ModelDevice)) -> Parameters {
    let mut device = ModelDevice::new(plan.config, plan.map.memory_words);
    let addresses = |k: usize| {
        let layer = &plan.map.layers[k];
        std::iter::once(layer.weights).chain(layer.state.iter().copied()).collect::<Vec<u32>>()
    };
    for (k, tensors) in before.iter().enumerate() {
        for (tensor, address) in tensors.iter().zip(addresses(k)) {
            let words: Vec<u32> = tensor.iter().map(|value| value.to_bits()).collect();
            device.write_memory(address, &words).unwrap();
        }
    }
    let pixels: Vec<f32> = (0..BATCH * 128).map(|i| ((i * i) % 17) as f32 / 16.0).collect();
    let images: Vec<u32> = pixels.chunks(128).flat_map(|image| plan.map.pack_image_f32(image)).collect();
    device.write_memory(plan.map.images, &images).unwrap();
    device.write_memory(plan.map.labels, &[1, 4, 2]).unwrap();
    plan.load_train(&mut device).unwrap();
    registers(&mut device);
    device.run().unwrap();
    assert_eq!(device.read_register(regs::OVERFLOW).unwrap(), 0);
    (0..before.len())
        .map(|k| {
            let read = |address: u32| {
                let mut words = vec![0; plan.map.layers[k].words];
                device.read_memory(address, &mut words).unwrap();
                words.into_iter().map(f32::from_bits).collect()
            };
            addresses(k).into_iter().map(read).collect()
        })
        .collect()
}

/// The gradients at these weights: what SGD without momentum and decay leaves in the velocities.
fn gradients(config: &'static Config, weights: &Parameters) -> Vec<Vec<f32>> {
    let before: Parameters =
        weights.iter().map(|tensors| vec![tensors[0].clone(), vec![0.0; tensors[0].len()]]).collect();
    let after = step(&plan(Optimiser::Sgd, config), &before, |device| {
        Hyperparameters { inv_batch: 1.0 / BATCH as f32, ..Default::default() }.write(device).unwrap();
    });
    after.into_iter().map(|mut tensors| tensors.remove(1)).collect()
}

/// New weight and state of one parameter in step `step`, as PyTorch documents its optimisers.
fn formula(optimiser: Optimiser, step: i32, gradient: f64, old: &[f64]) -> Vec<f64> {
    let Rates { learning_rate: lr, momentum: mu, beta2, epsilon, weight_decay } = RATES;
    let (w, kept) = (old[0], old[1]);
    let g = if optimiser == Optimiser::AdamW { gradient } else { gradient + weight_decay * w };
    match optimiser {
        Optimiser::Sgd | Optimiser::Nesterov => {
            let v = mu * kept + g;
            let direction = if optimiser == Optimiser::Nesterov { g + mu * v } else { v };
            vec![w - lr * direction, v]
        }
        Optimiser::Adam | Optimiser::AdamW => {
            let w = if optimiser == Optimiser::AdamW { w * (1.0 - lr * weight_decay) } else { w };
            let (m, s) = (mu * kept + (1.0 - mu) * g, beta2 * old[2] + (1.0 - beta2) * g * g);
            let (m_hat, s_hat) = (m / (1.0 - mu.powi(step)), s / (1.0 - beta2.powi(step)));
            vec![w - lr * m_hat / (s_hat.sqrt() + epsilon), m, s]
        }
    }
}

/// What the layers begin with: padding is zero.
fn initial(plan: &Plan, optimiser: Optimiser) -> Parameters {
    let value = |i: usize| ((i * 37 + 11) % 23) as f32 / 40.0 - 0.25;
    let layers = plan.map.layers.iter().map(|layer| {
        let weight: Vec<f32> = (0..layer.shape.weights()).map(value).collect();
        let bias: Vec<f32> = (0..layer.shape.biases()).map(value).collect();
        let weights = layer.pack(&weight, &bias).into_iter().map(f32::from_bits).collect();
        let kept = optimiser.state().iter().map(|_| vec![0.0; layer.words]);
        std::iter::once(weights).chain(kept).collect()
    });
    layers.collect()
}

/// Relative RMS error of what an update changes.
#[derive(Default)]
struct Error {
    difference: f64,
    change: f64,
}

#[test]
fn three_steps_of_every_optimiser_are_those_of_its_formula() {
    for config in [&FP32_2X2, &SIM_4X4, &FP32_8X8] {
        for optimiser in Optimiser::ALL {
            let plan = plan(optimiser, config);
            let mut now = initial(&plan, optimiser);
            for number in 1..=3 {
                let gradients = gradients(config, &now);
                let after = step(&plan, &now, |device| {
                    let (registers, settings) = optimiser.given(&RATES, number);
                    Hyperparameters { inv_batch: 1.0 / BATCH as f32, ..registers }.write(device).unwrap();
                    plan.write_settings(device, &settings).unwrap();
                });
                let mut errors: Vec<Error> = after[0].iter().map(|_| Error::default()).collect();
                for ((before, after), gradients) in now.iter().zip(&after).zip(&gradients) {
                    for (i, gradient) in gradients.iter().enumerate() {
                        let old: Vec<f64> = before.iter().map(|tensor| tensor[i].into()).collect();
                        let expected = formula(optimiser, number as i32, (*gradient).into(), &old);
                        for (k, error) in errors.iter_mut().enumerate() {
                            error.difference += (f64::from(after[k][i]) - expected[k]).powi(2);
                            error.change += (expected[k] - old[k]).powi(2);
                        }
                    }
                }
                for (k, error) in errors.iter().enumerate() {
                    let relative = (error.difference / error.change).sqrt();
                    println!("{} {optimiser}, step {number}, tensor {k}: {relative:.1e}", config.name);
                    assert!(error.change > 0.0 && relative < 1e-5, "{optimiser}: {relative:e}");
                }
                now = after;
            }
        }
    }
}

#[test]
fn a_weight_without_gradients_stays_and_overflows_nothing() {
    // a constant image of zeros: no weight of the first layer has a gradient
    for optimiser in [Optimiser::Adam, Optimiser::AdamW] {
        let plan = plan(optimiser, &FP32_8X8);
        let before = initial(&plan, optimiser);
        let after = step(&plan, &before, |device| {
            let rates = Rates { weight_decay: 0.0, epsilon: 1e-12, ..RATES };
            let (registers, settings) = optimiser.given(&rates, 1);
            Hyperparameters { inv_batch: 1.0 / BATCH as f32, ..registers }.write(device).unwrap();
            plan.write_settings(device, &settings).unwrap();
            device.write_memory(plan.map.images, &vec![0; BATCH * plan.map.image_words]).unwrap();
        });
        let weights = plan.map.layers[0].shape.weights();
        let host = |tensors: &[Vec<f32>], k: usize| {
            let words: Vec<u32> = tensors[k].iter().map(|value| value.to_bits()).collect();
            plan.map.layers[0].unpack(&words).0
        };
        assert_eq!(host(&after[0], 0), host(&before[0], 0), "{optimiser}");
        assert_eq!([host(&after[0], 1), host(&after[0], 2)], [vec![0.0; weights], vec![0.0; weights]]);
        assert_ne!(after[2][0], before[2][0]);
    }
}

#[test]
fn without_biases_their_words_stay_zero() {
    for optimiser in Optimiser::ALL {
        let text = format!(
            "name = \"n\"\noptimiser = \"{optimiser}\"\n[input]\nchannels = 2\nrows = 8\ncolumns = 8\n\
             [[layer]]\nkind = \"conv\"\noutputs = 6\nkernel = 3\nbias = false\n[[layer]]\nkind = \"fc\"\noutputs = 5\nbias = false\n"
        );
        let network = Network::from_toml(&text).unwrap();
        let plan = compile(&network, &SIM_4X4, BATCH, PixelFormat::F32).unwrap();
        let before = initial(&plan, optimiser);
        let after = step(&plan, &before, |device| {
            let (registers, settings) = optimiser.given(&RATES, 1);
            Hyperparameters { inv_batch: 1.0 / BATCH as f32, ..registers }.write(device).unwrap();
            plan.write_settings(device, &settings).unwrap();
        });
        for ((before, after), stage) in before.iter().zip(&after).zip(&plan.stages) {
            for (k, (before, after)) in before.iter().zip(after).enumerate() {
                assert_ne!(before, after, "{optimiser}: tensor {k} of {}", stage.name);
                let biases = (0..stage.outputs).map(|m| after[stage.bias_index(m)]);
                assert!(biases.into_iter().all(|bias| bias == 0.0), "{optimiser}: {}", stage.name);
            }
        }
    }
}
