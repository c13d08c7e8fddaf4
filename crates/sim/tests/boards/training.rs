//! A tiny network in training on any device of configuration `sim-2x2`.

use ef_compiler::{Network, PixelFormat, Plan, compile};
use ef_program::config::SIM_2X2;
use ef_program::{Device, Hyperparameters, regs};

const NETWORK: &str = r#"
name = "tiny"
[input]
channels = 1
rows = 4
columns = 4
[[layer]]
kind = "conv"
outputs = 3
kernel = 3
padding = 1
[[layer]]
kind = "relu"
[[layer]]
kind = "max_pool"
[[layer]]
kind = "fc"
outputs = 3
"#;
pub const BATCH: usize = 3;

pub fn plan() -> Plan {
    compile(&Network::from_toml(NETWORK).unwrap(), &SIM_2X2, BATCH, PixelFormat::U8 { shift: 2 }).unwrap()
}

pub fn prepare(device: &mut dyn Device, plan: &Plan) {
    for (k, layer) in plan.map.layers.iter().enumerate() {
        let value = |i: usize| ((i * 37 + k * 11) % 19) as f32 / 19.0 - 0.45;
        let weight: Vec<f32> = (0..layer.shape.weights()).map(value).collect();
        let bias: Vec<f32> = (0..layer.shape.outputs).map(value).collect();
        device.write_memory(layer.weights, &layer.pack(&weight, &bias)).unwrap();
        device.write_memory(layer.velocities, &vec![0; layer.words]).unwrap();
    }
    let inv_batch = 1.0 / BATCH as f32;
    Hyperparameters { inv_batch, ..Hyperparameters::EXAMPLE }.write(device).unwrap();
    let pixels: Vec<u8> = (0..16 * BATCH as u32).map(|i| (i * i % 5) as u8).collect();
    let images: Vec<u32> = pixels.chunks(16).flat_map(|i| plan.map.pack_image(i)).collect();
    device.write_memory(plan.map.images, &images).unwrap();
    device.write_memory(plan.map.labels, &[2, 0, 1]).unwrap();
    device.load_program(plan.map.programs.train, &plan.train).unwrap();
}

/// Loss, and all weights and velocities.
pub fn results(device: &mut dyn Device, plan: &Plan) -> (u32, Vec<Vec<u32>>) {
    let mut words = Vec::new();
    for layer in &plan.map.layers {
        for address in [layer.weights, layer.velocities] {
            let mut part = vec![0; layer.words];
            device.read_memory(address, &mut part).unwrap();
            words.push(part);
        }
    }
    (device.read_register(regs::MEAN_LOSS).unwrap(), words)
}
