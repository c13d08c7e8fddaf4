//! The story: a network learns the digits, meets somebody who turns them, and adapts with a few of that person's images.

use super::cost;
use super::learner::{BATCH, CONFIG, Course, Learner, accuracy};
use super::report::{Accuracy, Lesson, Report, Variant};
use crate::bench::clock;
use crate::plan::Behind;
use anyhow::{Context, Result};
use ef_board::Board;
use ef_runtime::backend::{Backend, USUAL_BOARD};
use ef_runtime::cli::USUAL_EPOCHS;
use ef_runtime::data::{Dataset, Images};
use ef_runtime::loaded::LoadedDevice;
use ef_runtime::networks::NetworkFile;
use ef_runtime::parameters::{State, Tensors, initial};
use ef_runtime::pixels::Pixels;
use ef_runtime::view::View;

/// The bundled network.
const NETWORK: &str = "digits";
/// Ways to adapt: name and the layers that stay as they are.
const VARIANTS: [(&str, &[&str]); 3] =
    [("all layers trained", &[]), ("conv1 frozen", &["conv1"]), ("conv1, conv2 frozen", &["conv1", "conv2"])];

/// How the story goes.
pub struct Setup {
    /// The personal images are turned to the left by so much.
    pub degrees: f32,
    /// Personal images, the first of the training images, and how often each is seen.
    pub images: usize,
    pub epochs: u32,
    pub seed: u64,
    /// Simulate a step of each variant.
    pub rtl: bool,
}

/// What all variants begin with.
struct Begin<'a> {
    network: NetworkFile,
    pixels: Pixels,
    /// What the optimiser keeps is zero.
    state: State,
    course: Course<'a>,
    tests: [&'a Images; 2],
    behind: Behind,
    mhz: f64,
    rtl: bool,
}

/// Trains on `digits`, then adapts to the same images turned.
pub fn run(digits: &Dataset, setup: &Setup, view: &mut View) -> Result<Report> {
    let network = NetworkFile::load(NETWORK)?;
    let turned = digits.turned(setup.degrees);
    let personal = turned.train.first(setup.images);
    let pixels = Pixels::of(&network.network.input, &digits.train);
    let tests = [&digits.test, &turned.test];
    let optimiser = network.network.optimiser;
    let pretraining = Course { images: &digits.train, optimiser, epochs: USUAL_EPOCHS, seed: setup.seed };
    let learner = Learner::new(&network, &pixels, &[digits.train.len(), digits.test.len()])?;
    let shapes = network.network.parameters();
    let mut device = learner.on(Backend::Model, &initial(&shapes, optimiser, setup.seed))?;
    pretraining.run(&mut device, "pre-training on undistorted digits", view)?;
    let before = accuracies(&mut device, tests)?;
    let mut state = device.read_state()?;
    for layer in &mut state {
        layer.kept.fill(Tensors::zero(&layer.shape));
    }
    let course = Course { images: &personal, optimiser, epochs: setup.epochs, seed: setup.seed };
    let begin = Begin {
        pixels,
        state,
        course,
        tests,
        behind: Behind::board(&Board::named(USUAL_BOARD)?)?,
        mhz: clock::recorded(USUAL_BOARD)?,
        rtl: setup.rtl,
        network,
    };
    let variants = VARIANTS.iter().map(|(name, frozen)| begin.adapt(name, frozen, view).context(*name));
    Ok(Report {
        variants: variants.collect::<Result<_>>()?,
        network: begin.network.network.name.clone(),
        config: CONFIG.name,
        seed: setup.seed,
        batch: BATCH,
        degrees: setup.degrees,
        pretraining: lesson(&pretraining),
        adaptation: lesson(&course),
        test_images: digits.test.len(),
        board: USUAL_BOARD,
        memory: begin.behind.name,
        clock_mhz: begin.mhz,
        before,
    })
}

fn lesson(course: &Course) -> Lesson {
    Lesson { images: course.images.len(), epochs: course.epochs, steps: course.steps() }
}

fn accuracies(device: &mut LoadedDevice, [undistorted, turned]: [&Images; 2]) -> Result<Accuracy> {
    Ok(Accuracy { undistorted: accuracy(device, undistorted)?, turned: accuracy(device, turned)? })
}

impl Begin<'_> {
    /// Adapts with these layers frozen.
    fn adapt(&self, name: &str, frozen: &[&str], view: &mut View) -> Result<Variant> {
        let network =
            NetworkFile { network: self.network.network.with_frozen(frozen)?, ..self.network.clone() };
        let images = self.course.images.len();
        let learner = Learner::new(&network, &self.pixels, &[images, self.tests[0].len()])?;
        let mut device = learner.on(Backend::Model, &self.state)?;
        self.course.run(&mut device, &format!("adapting, {name}"), view)?;
        let rtl = match self.rtl {
            true => {
                let what = format!("simulating a step on the RTL, {name}");
                Some(view.stage(&what, || cost::simulated(&learner, &self.state, &self.course))?)
            }
            false => None,
        };
        let after = device.read_state()?;
        let other = self.state.iter().zip(&after).filter(|(before, after)| before.values != after.values);
        let changed = other.map(|(layer, _)| layer.shape.name.clone()).collect();
        let predicted = cost::predicted(&learner, BATCH.min(images), &self.behind, Some(self.mhz))?;
        let cycles = cost::cycles(&learner, &self.course, &self.behind)?;
        let trained = self.state.iter().filter(|layer| !frozen.contains(&layer.shape.name.as_str()));
        Ok(Variant {
            name: name.into(),
            frozen: frozen.iter().map(|name| name.to_string()).collect(),
            changed,
            trained_parameters: trained.map(|layer| layer.shape.weights() + layer.shape.outputs).sum(),
            accuracy: accuracies(&mut device, self.tests)?,
            adaptation_seconds: cycles as f64 / self.mhz / 1e6,
            predicted,
            rtl,
        })
    }
}
