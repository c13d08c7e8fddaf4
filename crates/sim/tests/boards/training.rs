//! What a training step of the tiny network gives.

use ef_compiler::Plan;
use ef_isa::{Device, regs};

pub const BATCH: usize = 3;

/// Loss, and all weights and velocities.
pub fn results(device: &mut dyn Device, plan: &Plan) -> (u32, Vec<Vec<u32>>) {
    let mut words = Vec::new();
    for layer in &plan.map.layers {
        for address in [layer.weights, layer.state[0]] {
            let mut part = vec![0; layer.words];
            device.read_memory(address, &mut part).unwrap();
            words.push(part);
        }
    }
    (device.read_register(regs::MEAN_LOSS).unwrap(), words)
}
