//! A tiny network on the configuration `sim-2x2`: what tests train on simulators that are slow.

use crate::{Network, PixelFormat, Plan, compile};
use ef_isa::config::SIM_2X2;
use ef_isa::{Device, DeviceError, Hyperparameters};

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

/// Pixels of an image.
const IMAGE: usize = 16;

/// The network's programs and memory map for a step on `batch` images.
pub fn plan(batch: usize) -> Plan {
    let network = Network::from_toml(NETWORK).expect("this is a network");
    compile(&network, &SIM_2X2, batch, PixelFormat::U8 { shift: 2 }).expect("it is small")
}

/// Everything that a training step needs: parameters, hyperparameters, images, labels and the program, which is selected.
///
/// # Errors
/// If the device does not take it.
pub fn prepare(device: &mut dyn Device, plan: &Plan) -> Result<(), DeviceError> {
    for (k, layer) in plan.map.layers.iter().enumerate() {
        let value = |i: usize| ((i * 37 + k * 11) % 19) as f32 / 19.0 - 0.45;
        let weight: Vec<f32> = (0..layer.shape.weights()).map(value).collect();
        let bias: Vec<f32> = (0..layer.shape.biases()).map(value).collect();
        device.write_memory(layer.weights, &layer.pack(&weight, &bias))?;
        for state in &layer.state {
            device.write_memory(*state, &vec![0; layer.words])?;
        }
    }
    Hyperparameters { inv_batch: 1.0 / plan.batch as f32, ..Hyperparameters::EXAMPLE }.write(device)?;
    let pixels: Vec<u8> = (0..IMAGE * plan.batch).map(|i| (i * i % 5) as u8).collect();
    let images: Vec<u32> = pixels.chunks(IMAGE).flat_map(|image| plan.map.pack_image(image)).collect();
    device.write_memory(plan.map.images, &images)?;
    let labels: Vec<u32> = (0..plan.batch as u32).map(|i| (2 + i) % 3).collect();
    device.write_memory(plan.map.labels, &labels)?;
    plan.load_train(device)
}
