//! Comparing a device with the golden model, bit for bit.

use crate::checkpoint::RUNNING;
use crate::loaded::{LayerWords, LoadedDevice, Outcome};
use crate::parameters::position;
use anyhow::{Result, bail};
use ef_compiler::LayerPlan;
use ef_isa::vector::Optimiser;

/// Refuses a step after which `device` does not hold exactly what `reference` holds, naming the first difference.
pub fn compare(
    step: u64,
    device: (&mut LoadedDevice, &Outcome),
    reference: (&mut LoadedDevice, &Outcome),
) -> Result<()> {
    let (device, device_outcome) = device;
    let (reference, reference_outcome) = reference;
    let (words, expected) = (device.read_words()?, reference.read_words()?);
    for ((plan, words), expected) in device.plans().layers().iter().zip(&words).zip(&expected) {
        compare_layer((step, device.plans().optimiser), plan, words, expected)?;
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

fn compare_layer(
    (step, optimiser): (u64, Optimiser),
    plan: &LayerPlan,
    words: &LayerWords,
    expected: &LayerWords,
) -> Result<()> {
    let kept = optimiser.state().iter().zip(words.kept.iter().zip(&expected.kept));
    let named = |suffix: &str| ["weight", "bias"].map(|name| format!("{name}{suffix}"));
    let kept = kept.map(|(name, (words, expected))| (named(&format!(".{name}")), words, expected));
    let weights = (named(""), &words.weights, &expected.weights);
    let running = words.running.iter().zip(&expected.running);
    let running = running.map(|(words, expected)| (RUNNING.map(String::from), words, expected));
    for (names, words, expected) in std::iter::once(weights).chain(kept).chain(running) {
        let differing = words.iter().zip(expected).filter(|(a, b)| a != b).count();
        if differing == 0 {
            continue;
        }
        let (at, index) = first_difference(plan, &names, words, expected);
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

/// Name of the first element that differs, in the order of the host's tensors of these names, and its word.
fn first_difference(
    plan: &LayerPlan,
    names: &[String; 2],
    words: &[u32],
    expected: &[u32],
) -> (String, usize) {
    let differs = |index: &usize| words[*index] != expected[*index];
    let extents = [plan.shape.extents(), vec![plan.shape.outputs]];
    for ((name, extents), places) in names.iter().zip(extents).zip(places(plan)) {
        if let Some((element, index)) = places.into_iter().enumerate().find(|(_, index)| differs(index)) {
            return (format!(".{name}{}", position(element, &extents)), index);
        }
    }
    let index = (0..words.len()).find(differs).unwrap_or(0);
    (format!(", padding word {index} of {}", names[0]), index)
}

/// The word of every weight and of every bias: what unpacking the numbers 0, 1, 2, .. gives.
fn places(plan: &LayerPlan) -> [Vec<usize>; 2] {
    let numbers: Vec<u32> = (0..plan.words as u32).collect();
    let (weight, bias) = plan.unpack(&numbers);
    [weight, bias].map(|values| values.into_iter().map(|value| value.to_bits() as usize).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::Backend;
    use crate::data::DataSpec;
    use crate::hyper::Hyper;
    use crate::networks::NetworkFile;
    use crate::parameters::{State, initial};
    use crate::pixels::Pixels;
    use crate::plans::{Plans, Room};
    use ef_isa::config::SIM_4X4;
    use std::sync::Arc;

    /// Two equal models after a step, the second with `damage` done to its state; what comparing them says.
    fn compared(damage: impl FnOnce(&mut State)) -> Result<()> {
        let network = NetworkFile::load("digits")?;
        let images = DataSpec::Digits.load(10)?.train;
        let pixels = Pixels::Bytes { shift: 4 };
        let plans = Plans::compile(&network, Room::simulated(&SIM_4X4), pixels.format(), 4, &[4])?;
        let plans = Arc::new(plans);
        let open = || {
            LoadedDevice::new(
                Backend::Model.open(&SIM_4X4, plans.memory_words(), &Default::default())?,
                plans.clone(),
                pixels.clone(),
            )
        };
        let (mut a, mut b) = (open()?, open()?);
        let hyper = Hyper { learning_rate: 0.1, ..Hyper::usual(Optimiser::Sgd, 4) };
        let mut outcomes = Vec::new();
        for device in [&mut a, &mut b] {
            device.write_state(&initial(&network.network.parameters(), Optimiser::Sgd, 1))?;
            outcomes.push(device.train(&images, &[0, 1, 2, 3], &hyper, (1, hyper.learning_rate))?);
        }
        let mut state = b.read_state()?;
        damage(&mut state);
        b.write_state(&state)?;
        compare(7, (&mut b, &outcomes[1]), (&mut a, &outcomes[0]))
    }

    #[test]
    fn equal_states_pass() {
        compared(|_| ()).unwrap();
    }

    #[test]
    fn one_bit_is_named_with_step_layer_index_and_both_words() {
        let mut word = 0;
        let flip = |value: &mut f32| *value = f32::from_bits(value.to_bits() ^ 1);
        let error = compared(|state| {
            let value = &mut state[1].values.weight[(2 * 16 + 3) * 9 + 4];
            word = value.to_bits();
            flip(value);
        });
        let error = error.unwrap_err().to_string();
        let expected =
            format!("step 7: conv2.weight[2,3,1,1] is {:#010x}, the golden model has {word:#010x}", word ^ 1);
        assert!(error.starts_with(&expected) && error.contains("; 1 of "), "{error}");
        let error = compared(|state| flip(&mut state[2].kept[0].bias[9])).unwrap_err().to_string();
        assert!(error.starts_with("step 7: fc1.bias.velocity[9] is"), "{error}");
    }
}
