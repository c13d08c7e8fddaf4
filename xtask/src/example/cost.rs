//! What a step of an adaptation takes: predicted for a board, simulated on the RTL.

use super::learner::{BATCH, CONFIG, Course, Learner};
use super::report::{Cost, RtlStep};
use crate::plan::Behind;
use anyhow::{Context, Result, ensure};
use ef_runtime::backend::Backend;
use ef_runtime::epoch_order;
use ef_runtime::parameters::State;
use ef_sim::DramSettings;
use ef_time::Report;

/// A step of `images` images with this memory, at `mhz`.
pub fn predicted(learner: &Learner, images: usize, behind: &Behind, mhz: Option<f64>) -> Result<Cost> {
    let step = step(learner, images, behind)?;
    Ok(cost(step.cycles, step.read.words + step.written.words + step.fetched.words, images, mhz))
}

/// All steps of `course`.
pub fn cycles(learner: &Learner, course: &Course, behind: &Behind) -> Result<u64> {
    let (steps, rest) = (course.images.len() / BATCH, course.images.len() % BATCH);
    let cycles = |images: usize| Ok::<_, anyhow::Error>(step(learner, images, behind)?.cycles);
    let whole = if steps > 0 { steps as u64 * cycles(BATCH)? } else { 0 };
    let rest = if rest > 0 { cycles(rest)? } else { 0 };
    Ok(u64::from(course.epochs) * (whole + rest))
}

fn step(learner: &Learner, images: usize, behind: &Behind) -> Result<Report> {
    Ok(ef_time::predict_program(CONFIG, &learner.plan(images)?.train, behind.memory)?)
}

fn cost(cycles: u64, words: u64, images: usize, mhz: Option<f64>) -> Cost {
    let per_image = |count: u64| count as f64 / images as f64;
    Cost {
        cycles_per_image: per_image(cycles),
        dram_words_per_image: per_image(words),
        microseconds_per_image: mhz.map(|mhz| per_image(cycles) / mhz),
    }
}

/// The first step of `course` from these weights, on the RTL and on the golden model, which have to agree to the bit.
pub fn simulated(learner: &Learner, state: &State, course: &Course) -> Result<RtlStep> {
    let order = epoch_order(course.images.len(), course.seed, 1);
    let first = &order[..BATCH.min(order.len())];
    let (hyper, rate) = (course.hyper(), course.hyper().rate(1, course.steps()));
    let step = |backend: Backend| {
        let mut device = learner.on(backend, state)?;
        let outcome = device.train(course.images, first, &hyper, (1, rate))?;
        Ok::<_, anyhow::Error>((outcome, device.read_words()?))
    };
    let (outcome, words) = step(Backend::Rtl).context("a step on the RTL; --no-rtl leaves it out")?;
    let (expected, expected_words) = step(Backend::Model)?;
    let same = outcome.loss.to_bits() == expected.loss.to_bits() && words == expected_words;
    ensure!(same, "the RTL has other weights after a step than the golden model");
    let counted = outcome.counters;
    let behind = Behind::simulated(&DramSettings::default())?;
    Ok(RtlStep {
        simulated: cost(counted.cycles, counted.words(), first.len(), None),
        predicted: predicted(learner, first.len(), &behind, None)?,
        memory: behind.name,
    })
}
