//! A network with its programs, put on devices and trained there.

use anyhow::{Result, ensure};
use ef_compiler::Plan;
use ef_isa::Config;
use ef_isa::config::FP32_8X8;
use ef_isa::vector::Optimiser;
use ef_runtime::backend::Backend;
use ef_runtime::data::Images;
use ef_runtime::epoch_order;
use ef_runtime::evaluate::evaluate;
use ef_runtime::hyper::{Hyper, HyperArgs};
use ef_runtime::interrupt::Interrupt;
use ef_runtime::loaded::LoadedDevice;
use ef_runtime::networks::NetworkFile;
use ef_runtime::parameters::State;
use ef_runtime::pixels::Pixels;
use ef_runtime::plans::{Plans, Room};
use ef_runtime::view::View;
use std::sync::Arc;

/// The accelerator.
pub const CONFIG: &Config = &FP32_8X8;
/// Images of a step.
pub const BATCH: usize = 16;
/// Of the bundled digits.
pub const CLASSES: usize = 10;

/// A network, its programs, and what becomes of its pixels.
pub struct Learner {
    plans: Arc<Plans>,
    pixels: Pixels,
}

impl Learner {
    /// Compiles for steps and tests on sets of `counts` images.
    pub fn new(network: &NetworkFile, pixels: &Pixels, counts: &[usize]) -> Result<Learner> {
        let plans = Plans::compile(network, Room::simulated(CONFIG), pixels.format(), BATCH, counts)?;
        Ok(Learner { plans: Arc::new(plans), pixels: pixels.clone() })
    }

    /// A device that holds the network with these weights.
    pub fn on(&self, backend: Backend, state: &State) -> Result<LoadedDevice> {
        let device = backend.open(CONFIG, self.plans.memory_words(), &Default::default())?;
        let mut device = LoadedDevice::new(device, self.plans.clone(), self.pixels.clone())?;
        device.write_state(state)?;
        Ok(device)
    }

    /// The programs of a whole step, and where everything lies.
    pub fn plan(&self, images: usize) -> Result<&Plan> {
        self.plans.get(images)
    }
}

/// What is learned from, and for how long.
#[derive(Clone, Copy)]
pub struct Course<'a> {
    pub images: &'a Images,
    /// Of the network.
    pub optimiser: Optimiser,
    pub epochs: u32,
    pub seed: u64,
}

impl Course<'_> {
    /// Steps of all epochs.
    pub fn steps(&self) -> u64 {
        u64::from(self.epochs) * self.images.len().div_ceil(BATCH) as u64
    }

    /// The project's defaults for so many steps.
    pub fn hyper(&self) -> Hyper {
        HyperArgs::default().resolve(self.optimiser, BATCH.min(self.images.len()), self.steps(), None)
    }

    /// Trains.
    pub fn run(&self, device: &mut LoadedDevice, what: &str, view: &mut View) -> Result<()> {
        let (hyper, steps) = (self.hyper(), self.steps());
        view.begin_part(what, steps);
        let mut step = 0;
        for epoch in 1..=self.epochs {
            for indices in epoch_order(self.images.len(), self.seed, epoch).chunks(BATCH) {
                step += 1;
                let loss = device.train(self.images, indices, &hyper, (step, hyper.rate(step, steps)))?.loss;
                ensure!(loss.is_finite(), "{what}: the loss of step {step} is {loss}");
                view.advance(1);
            }
        }
        view.end();
        Ok(())
    }
}

/// The share of the images that are classified correctly, 0 to 1.
pub fn accuracy(device: &mut LoadedDevice, images: &Images) -> Result<f64> {
    // an interrupt that is never raised: the whole set is tested
    Ok(evaluate(device, images, BATCH, &Interrupt::default())?.map_or(0.0, |tested| tested.accuracy))
}
