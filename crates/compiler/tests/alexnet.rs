//! The largest network that a step of is run here: AlexNet, 62 million parameters.

use ef_compiler::{Network, PixelFormat, compile};
use ef_isa::config::FP32_8X8;
use ef_isa::{Device, regs};
use ef_model::ModelDevice;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

#[test]
fn a_training_step_of_alexnet_runs_on_the_golden_model() {
    let network = Network::from_toml(include_str!("../../../networks/alexnet.toml")).unwrap();
    let plan = compile(&network, &FP32_8X8, 1, PixelFormat::F32).unwrap();
    let mut device = ModelDevice::new(&FP32_8X8, plan.map.memory_words);
    let mut rng = StdRng::seed_from_u64(1);
    for layer in &plan.map.layers {
        let fan_in = layer.shape.weights() / layer.shape.outputs;
        let most = (6.0 / fan_in as f32).sqrt();
        let weights: Vec<f32> = (0..layer.shape.weights()).map(|_| rng.random_range(-most..most)).collect();
        device.write_memory(layer.weights, &layer.pack(&weights, &vec![0.0; layer.shape.outputs])).unwrap();
    }
    let pixels: Vec<f32> = (0..3 * 227 * 227).map(|_| rng.random_range(-1.0..1.0)).collect();
    device.write_memory(plan.map.images, &plan.map.pack_image_f32(&pixels)).unwrap();
    device.write_memory(plan.map.labels, &[7]).unwrap();
    device.write_register(regs::INV_BATCH, 1f32.to_bits()).unwrap();
    device.write_register(regs::LEARNING_RATE, 1e-3f32.to_bits()).unwrap();
    plan.load_train(&mut device).unwrap();
    device.run().unwrap();
    assert_eq!(device.read_register(regs::OVERFLOW).unwrap(), 0);
    let loss = f32::from_bits(device.read_register(regs::MEAN_LOSS).unwrap());
    assert!((4.0..12.0).contains(&loss), "{loss} for a thousand classes");
    for layer in &plan.map.layers {
        let mut velocities = vec![0; layer.words];
        device.read_memory(layer.state[0], &mut velocities).unwrap();
        let (weight, _) = layer.unpack(&velocities);
        let moved = weight.iter().filter(|v| v.is_finite() && **v != 0.0).count();
        assert!(moved > weight.len() / 10, "{}: {moved} of {}", layer.name(), weight.len());
    }
}
