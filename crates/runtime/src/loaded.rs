//! A network on a device: parameters in, batches through, parameters out.
//!
//! A batch is computed in as many passes as its [`Plans`] say; what the optimiser is told in each, [`Hyper::of_pass`] says.

use crate::counters::Counters;
use crate::data::Images;
use crate::hyper::Hyper;
use crate::parameters::{LayerState, State, Tensors};
use crate::pixels::Pixels;
use crate::plans::Plans;
use anyhow::{Result, ensure};
use ef_isa::vector::Settings;
use ef_isa::{Device, Hyperparameters, MemoryUse, regs};
use std::collections::BTreeSet;
use std::ops::AddAssign;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What training on, or testing, a batch gave: the sum of its passes.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Images of the batch.
    pub images: usize,
    /// Sum of the images' losses by the number of images of the batch.
    pub loss: f32,
    /// Images classified right.
    pub correct: u32,
    /// Bit i: a result in layer i was saturated.
    pub overflow: u32,
    /// What the accelerator has counted.
    pub counters: Counters,
    /// Where the device says it.
    pub memory_use: Option<MemoryUse>,
    /// Multiplications that the network needs for this, as opposed to those the lanes had time for.
    pub useful_macs: u64,
    /// How long the device took, in the host's time.
    pub elapsed: Duration,
}

impl AddAssign for Outcome {
    /// Adds another pass of the same batch.
    fn add_assign(&mut self, pass: Outcome) {
        self.images += pass.images;
        self.loss += pass.loss;
        self.correct += pass.correct;
        self.overflow |= pass.overflow;
        self.counters += pass.counters;
        self.memory_use = match (self.memory_use, pass.memory_use) {
            (Some(before), Some(pass)) => Some(before + pass),
            (before, pass) => before.or(pass),
        };
        self.useful_macs += pass.useful_macs;
        self.elapsed += pass.elapsed;
    }
}

/// Weights of one layer, and what the optimiser keeps for them, as they lie in the device's memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerWords {
    /// Words of the layer's weights and biases, padding included.
    pub weights: Vec<u32>,
    /// As many of each tensor that the optimiser keeps; a frozen layer has none in memory, and zeros here.
    pub kept: Vec<Vec<u32>>,
    /// As many of the running statistics of a batch normalisation.
    pub running: Option<Vec<u32>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Task {
    Train,
    Eval,
}

/// A device that holds a network.
pub struct LoadedDevice {
    device: Box<dyn Device>,
    plans: Arc<Plans>,
    pixels: Pixels,
    /// Where the programs lie that have been written.
    written: BTreeSet<u32>,
    selected: Option<u32>,
    /// What the tables hold.
    settings: Settings<f32>,
}

impl LoadedDevice {
    /// Takes over a device, after asking it whether it is what the plans were made for.
    ///
    /// # Errors
    /// If it is another accelerator, has too little memory, or cannot be reached.
    pub fn new(mut device: Box<dyn Device>, plans: Arc<Plans>, pixels: Pixels) -> Result<LoadedDevice> {
        let config = plans.config;
        for (register, name, expected) in [
            (regs::ID, "ID", regs::ID_VALUE),
            (regs::VERSION, "VERSION", regs::VERSION_VALUE),
            (regs::LANES, "LANES", config.lanes as u32),
        ] {
            let value = device.read_register(register)?;
            ensure!(
                value == expected,
                "the device's register {name} reads {value:#x}, configuration {} has {expected:#x}; \
                 choose the configuration the device was built with (--config)",
                config.name
            );
        }
        let (has, needs) = (device.memory_words(), plans.memory_words());
        ensure!(
            has >= needs,
            "the network needs {needs} words of memory, the device has {has}: its SDRAM is not the one that the board file names; \
             `cargo xtask memtest` says which it is"
        );
        let settings = Settings::default();
        Ok(LoadedDevice { device, plans, pixels, written: BTreeSet::new(), selected: None, settings })
    }

    /// The programs, and where everything lies.
    pub fn plans(&self) -> &Plans {
        &self.plans
    }

    /// Writes parameters, and what the optimiser keeps for them, into the device's memory.
    ///
    /// # Errors
    /// If the device cannot be reached.
    pub fn write_state(&mut self, state: &State) -> Result<()> {
        for (layer, plan) in state.iter().zip(self.plans.layers()) {
            let kept = layer.kept.iter().zip(&plan.state);
            let running = layer.running.iter().zip(&plan.running);
            for (tensors, address) in
                std::iter::once((&layer.values, &plan.weights)).chain(kept).chain(running)
            {
                self.device.write_memory(*address, &plan.pack(&tensors.weight, &tensors.bias))?;
            }
        }
        Ok(())
    }

    /// Parameters, and what the optimiser keeps for them, as the device has them.
    ///
    /// # Errors
    /// If the device cannot be reached.
    pub fn read_state(&mut self) -> Result<State> {
        let words = self.read_words()?;
        let layers = words.iter().zip(self.plans.layers()).map(|(words, plan)| {
            let tensors = |words: &Vec<u32>| {
                let (weight, bias) = plan.unpack(words);
                Tensors { weight, bias }
            };
            LayerState {
                shape: plan.shape.clone(),
                values: tensors(&words.weights),
                kept: words.kept.iter().map(tensors).collect(),
                running: words.running.as_ref().map(tensors),
            }
        });
        Ok(layers.collect())
    }

    /// The same, word for word as they lie in memory.
    ///
    /// # Errors
    /// If the device cannot be reached.
    pub fn read_words(&mut self) -> Result<Vec<LayerWords>> {
        let LoadedDevice { device, plans, .. } = self;
        let mut read = |address: u32, count: usize| {
            let mut words = vec![0; count];
            device.read_memory(address, &mut words).map(|()| words)
        };
        plans
            .layers()
            .iter()
            .map(|plan| {
                Ok(LayerWords {
                    weights: read(plan.weights, plan.words)?,
                    kept: (0..plans.optimiser.state().len())
                        .map(|k| match plan.state.get(k) {
                            Some(address) => read(*address, plan.words),
                            None => Ok(vec![0; plan.words]),
                        })
                        .collect::<Result<_, _>>()?,
                    running: plan.running.map(|address| read(address, plan.words)).transpose()?,
                })
            })
            .collect()
    }

    /// Training step `step` (from 1) on the images of `indices`, at a learning rate of `rate`.
    ///
    /// # Errors
    /// If no program was compiled for so many images or for this optimiser, the run ends with an error, or the device cannot be
    /// reached.
    pub fn train(
        &mut self,
        images: &Images,
        indices: &[u32],
        hyper: &Hyper,
        (step, rate): (u64, f32),
    ) -> Result<Outcome> {
        let (optimiser, other) = (self.plans.optimiser, hyper.optimiser);
        ensure!(optimiser == other, "the programs are those of {optimiser}, the settings those of {other}");
        let told = |inv_batch, place| hyper.of_pass((step, rate), inv_batch, place);
        self.batch(images, indices, Task::Train, told)
    }

    /// Loss and correct predictions of the images of `indices`.
    ///
    /// # Errors
    /// As [`LoadedDevice::train`].
    pub fn evaluate(&mut self, images: &Images, indices: &[u32]) -> Result<Outcome> {
        let told = |inv_batch, _| (Hyperparameters { inv_batch, ..Default::default() }, Settings::default());
        self.batch(images, indices, Task::Eval, told)
    }

    /// Computes a batch in its passes, each with the values that `told` gives for 1 / number of images of the batch and for whether
    /// the pass is the first and the last.
    fn batch(
        &mut self,
        images: &Images,
        indices: &[u32],
        task: Task,
        told: impl Fn(f32, (bool, bool)) -> (Hyperparameters<f32>, Settings<f32>),
    ) -> Result<Outcome> {
        let inv_batch = 1.0 / indices.len() as f32;
        let (mut outcome, mut rest) = (Outcome::default(), indices);
        for count in self.plans.passes(indices.len())? {
            let (pass, after) = rest.split_at(count);
            let place = (rest.len() == indices.len(), after.is_empty());
            outcome += self.pass(images, pass, task, told(inv_batch, place))?;
            rest = after;
        }
        Ok(outcome)
    }

    fn pass(
        &mut self,
        images: &Images,
        indices: &[u32],
        task: Task,
        (registers, settings): (Hyperparameters<f32>, Settings<f32>),
    ) -> Result<Outcome> {
        let plan = self.plans.get(indices.len())?;
        let (program, at) = match task {
            Task::Train => (&plan.train, plan.map.programs.train),
            Task::Eval => (&plan.eval, plan.map.programs.eval),
        };
        if !self.written.contains(&at) {
            if self.written.is_empty() {
                plan.write_tables(self.device.as_mut())?;
            }
            self.device.write_program(at, program)?;
            self.written.insert(at);
        }
        if self.selected != Some(at) {
            self.device.select_program(at, program.len())?;
            self.selected = Some(at);
        }
        registers.write(self.device.as_mut())?;
        if self.settings != settings {
            plan.write_settings(self.device.as_mut(), &settings)?;
            self.settings = settings;
        }
        let (mut pixels, mut labels) = (Vec::new(), Vec::new());
        for index in indices {
            let (image, label) = images.get(*index as usize);
            pixels.extend(self.pixels.pack(&plan.map, image));
            labels.push(u32::from(label));
        }
        let device = self.device.as_mut();
        device.write_memory(plan.map.images, &pixels)?;
        device.write_memory(plan.map.labels, &labels)?;
        let start = Instant::now();
        device.run()?;
        let elapsed = start.elapsed();
        let [forward, backward, update] = plan.useful_macs;
        Ok(Outcome {
            images: indices.len(),
            loss: f32::from_bits(device.read_register(regs::MEAN_LOSS)?),
            correct: device.read_register(regs::CORRECT)?,
            overflow: device.read_register(regs::OVERFLOW)?,
            counters: Counters::read(device)?,
            memory_use: device.memory_use(),
            useful_macs: if task == Task::Train { forward + backward + update } else { forward },
            elapsed,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::Backend;
    use crate::data::DataSpec;
    use crate::networks::NetworkFile;
    use crate::parameters::initial;
    use crate::plans::Room;
    use ef_isa::config::SIM_4X4;
    use ef_isa::vector::Optimiser;

    /// The words and passes of a batch of 16 digits, and the state after two steps, with so much memory.
    fn two_steps(memory_words: u64) -> (u64, Vec<usize>, State) {
        let network = NetworkFile::load("digits").unwrap();
        let images = DataSpec::Digits.load(10).unwrap().train;
        let pixels = Pixels::Bytes { shift: 4 };
        let room = Room { config: &SIM_4X4, memory_words };
        let plans = Arc::new(Plans::compile(&network, room, pixels.format(), 16, &[16]).unwrap());
        let device = Backend::Model.open(&SIM_4X4, plans.memory_words(), &Default::default()).unwrap();
        let mut accelerator = LoadedDevice::new(device, plans.clone(), pixels).unwrap();
        accelerator.write_state(&initial(&network.network.parameters(), Optimiser::Sgd, 1)).unwrap();
        let hyper = Hyper { momentum: 0.9, weight_decay: 1e-3, ..Hyper::usual(Optimiser::Sgd, 16) };
        for (step, first) in [(1, 0), (2, 16)] {
            let batch: Vec<u32> = (first..first + 16).collect();
            accelerator.train(&images, &batch, &hyper, (step, 0.05)).unwrap();
        }
        (plans.memory_words(), plans.passes(16).unwrap(), accelerator.read_state().unwrap())
    }

    #[test]
    fn a_batch_in_passes_is_refused_where_gradients_cannot_be_added_up() {
        let mut network = NetworkFile::load("digits").unwrap();
        network.network.optimiser = Optimiser::Adam;
        let pixels = Pixels::Bytes { shift: 4 };
        let compile = |memory_words| {
            let room = Room { config: &SIM_4X4, memory_words };
            Plans::compile(&network, room, pixels.format(), 16, &[16])
        };
        let whole = compile(u64::MAX).unwrap();
        whole.check_training(16, 16).unwrap();
        // to evaluate is possible all the same
        let parts = compile(whole.memory_words() - 1).unwrap();
        assert!(parts.passes(16).unwrap().len() > 1);
        let error = parts.check_training(16, 16).unwrap_err().to_string();
        assert!(error.contains("a batch of 16 does not fit") && error.contains("--batch 8"), "{error}");
    }

    #[test]
    fn a_batch_in_passes_is_one_step_but_for_the_order_of_additions() {
        let (words, passes, whole) = two_steps(u64::MAX);
        assert_eq!(passes, [16]);
        let (_, passes, parts) = two_steps(words - 1);
        assert!(passes.len() > 1 && passes.iter().sum::<usize>() == 16, "{passes:?}");
        let difference = |a: &[f32], b: &[f32]| {
            let pairs = a.iter().zip(b).map(|(a, b)| (f64::from(a - b).powi(2), f64::from(*b).powi(2)));
            let (errors, sizes) = pairs.fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
            (errors / sizes).sqrt()
        };
        for (a, b) in parts.iter().zip(&whole) {
            assert!(difference(&a.values.weight, &b.values.weight) < 1e-5);
            assert!(difference(&a.kept[0].weight, &b.kept[0].weight) < 1e-4);
            assert_ne!(a.kept[0].weight, vec![0.0; a.kept[0].weight.len()]);
        }
    }
}
