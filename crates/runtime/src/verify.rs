//! Comparing a device with the golden model, bit for bit.

use crate::accelerator::{Accelerator, LayerWords, Outcome};
use crate::parameters::{position, weight_shape};
use anyhow::{Result, bail};
use ef_compiler::LayerPlan;

/// Refuses a step after which `device` does not hold exactly what `reference` holds, naming the first difference.
pub fn compare(
    step: u64,
    device: (&mut Accelerator, &Outcome),
    reference: (&mut Accelerator, &Outcome),
) -> Result<()> {
    let (device, device_outcome) = device;
    let (reference, reference_outcome) = reference;
    let (words, expected) = (device.read_words()?, reference.read_words()?);
    for ((plan, words), expected) in device.plans().layers().iter().zip(&words).zip(&expected) {
        compare_layer(step, plan, words, expected)?;
    }
    for (what, value, expected) in [
        ("mean loss", device_outcome.loss.to_bits(), reference_outcome.loss.to_bits()),
        ("number of correct predictions", device_outcome.correct, reference_outcome.correct),
        ("set of saturated layers", device_outcome.overflow, reference_outcome.overflow),
    ] {
        if value != expected {
            bail!("step {step}: the {what} is {value:#010x}, the golden model has {expected:#010x}");
        }
    }
    Ok(())
}

fn compare_layer(step: u64, plan: &LayerPlan, words: &LayerWords, expected: &LayerWords) -> Result<()> {
    for (suffix, words, expected) in
        [("", &words.weights, &expected.weights), (".velocity", &words.velocities, &expected.velocities)]
    {
        let differing = words.iter().zip(expected).filter(|(a, b)| a != b).count();
        if differing == 0 {
            continue;
        }
        let (at, index) = first_difference(plan, suffix, words, expected);
        bail!(
            "step {step}: {}{at} is {:#010x}, the golden model has {:#010x}; {differing} of {} words of this layer differ",
            plan.name(),
            words[index],
            expected[index],
            words.len()
        );
    }
    Ok(())
}

/// Name of the first element that differs, in the order of the host's tensors, and its word.
fn first_difference(plan: &LayerPlan, suffix: &str, words: &[u32], expected: &[u32]) -> (String, usize) {
    let differs = |index: &usize| words[*index] != expected[*index];
    let tensors = [("weight", weight_shape(&plan.shape).to_vec()), ("bias", vec![plan.shape.outputs])];
    for ((name, extents), places) in tensors.into_iter().zip(places(plan)) {
        if let Some((element, index)) = places.into_iter().enumerate().find(|(_, index)| differs(index)) {
            return (format!(".{name}{suffix}{}", position(element, &extents)), index);
        }
    }
    let index = (0..words.len()).find(differs).unwrap_or(0);
    (format!(", padding word {index}{suffix}"), index)
}

/// The word of every weight and of every bias: what unpacking the numbers 0, 1, 2, .. gives.
fn places(plan: &LayerPlan) -> [Vec<usize>; 2] {
    let numbers: Vec<u32> = (0..plan.words as u32).collect();
    let (weight, bias) = plan.unpack(&numbers);
    [weight, bias].map(|values| values.into_iter().map(|value| value.to_bits() as usize).collect())
}
