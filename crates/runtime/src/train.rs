//! A training run, from initial or saved parameters to the last table (`docs/training.md`).

mod health;
mod open;
mod results;

pub use open::MOVED;

use crate::backend::{Backend, Hardware};
use crate::checkpoint::{self, BEST, Origin, SavedFile};
use crate::data::{DataSpec, Dataset};
use crate::evaluate::{Tested, evaluate};
use crate::hyper::{Before, Hyper, HyperArgs};
use crate::interrupt::Interrupt;
use crate::loaded::{LoadedDevice, Outcome};
use crate::metrics::{EpochRecord, Metrics, StepRecord};
use crate::networks::NetworkFile;
use crate::order::epoch_order;
use crate::parameters::State;
use crate::pixels::Pixels;
use crate::progress::Progress;
use crate::run_folder::RunFolder;
use crate::save_every::SaveEvery;
use crate::verify;
use crate::view::View;
use anyhow::{Context, Result, anyhow};
use ef_isa::{Config, Device};
use health::Diverged;
use std::path::PathBuf;
use std::time::Instant;

/// What to train, how, and where to leave it.
pub struct Options {
    /// What is trained.
    pub network: NetworkFile,
    /// On what.
    pub data: DataSpec,
    /// What computes.
    pub backend: Backend,
    /// The accelerator's configuration.
    pub config: &'static Config,
    /// Passes over the training images.
    pub epochs: u32,
    /// The run ends after this many steps, if not before.
    pub steps: Option<u64>,
    /// Images per step.
    pub batch: usize,
    /// What was asked for of the optimiser.
    pub hyper: HyperArgs,
    /// Decides the initial weights and the order of the images.
    pub seed: u64,
    /// Folder of the run.
    pub out: PathBuf,
    /// The checkpoint to continue from.
    pub resume: Option<SavedFile>,
    /// Go on with data whose content is not that of the run to resume.
    pub other_data: bool,
    /// How often to save within an epoch.
    pub save_every: SaveEvery,
    /// Compare every step with the golden model.
    pub verify: bool,
    /// Board, port and DRAM of the back end.
    pub hardware: Hardware,
}

impl Options {
    /// Steps of all epochs over `images` training images.
    fn all_steps(&self, images: usize) -> u64 {
        u64::from(self.epochs) * images.div_ceil(self.batch) as u64
    }

    /// The optimiser's settings, with `images` training images.
    fn hyper(&self, images: usize) -> Hyper {
        let origin = self.resume.as_ref().and_then(|saved| saved.origin.as_ref());
        let before = origin.map(|origin| Before {
            hyper: origin.hyper,
            step: origin.progress.step,
            steps: u64::from(origin.epochs) * images.div_ceil(origin.batch.max(1)) as u64,
        });
        self.hyper.resolve(
            self.network.network.optimiser,
            self.batch.min(images),
            self.all_steps(images),
            before,
        )
    }
}

/// How a run ended that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// All steps are done.
    Complete,
    /// Ctrl-C; the run is saved.
    Interrupted,
}

/// Opens the back end's device, given the words of memory that it needs.
type Open = dyn FnOnce(u64) -> Result<Box<dyn Device>>;

/// Trains.
///
/// # Errors
/// If something is missing or does not fit before the first step, the run diverges, the device fails, or a file
/// cannot be written.
pub fn train(options: Options, interrupt: &Interrupt, view: &mut View) -> Result<End> {
    let Options { backend, config, hardware, .. } = &options;
    let (backend, config, hardware) = (*backend, *config, hardware.clone());
    train_on(Box::new(move |words| backend.open(config, words, &hardware)), options, interrupt, view)
}

/// Trains on the device that `open` gives, whatever back end `options` name.
///
/// # Errors
/// As [`train`].
pub fn train_on(open: Box<Open>, options: Options, interrupt: &Interrupt, view: &mut View) -> Result<End> {
    let mut session = match Session::open(open, options, view) {
        // whatever was being started or built ended by the same Ctrl-C
        Err(_) if interrupt.raised() => {
            view.notice("interrupted before the first step; nothing was changed");
            return Ok(End::Interrupted);
        }
        session => session?,
    };
    let end = session.run(interrupt, view);
    view.end();
    match end {
        Ok(end) => session.finish(end, view).map(|()| end),
        Err(error) => {
            // the figures so far are of use even if the run has failed; the first error is the one that is
            // reported
            let _ = session.leave_figures(false);
            Err(anyhow!("{error:#}; {}", session.way_on(error.is::<Diverged>())))
        }
    }
}

struct Session {
    options: Options,
    dataset: Dataset,
    data_hash: String,
    /// The run was resumed with other data than it began with.
    other_data: bool,
    hyper: Hyper,
    pixels: Pixels,
    /// [`Pixels::reach`] of the training images.
    reach: f32,
    accelerator: LoadedDevice,
    golden: Option<LoadedDevice>,
    folder: RunFolder,
    metrics: Metrics,
    progress: Progress,
    /// The last checkpoint: the run folder or the file that was resumed, and its step.
    saved: Option<(PathBuf, u64)>,
    /// A state within an epoch that is saved as soon as the step after it shows that it is sound.
    pending: Option<(Origin, State)>,
    /// The step of the last state that was read to be saved, and when that was.
    taken: (u64, Instant),
    start: Instant,
    /// Seconds of the run before it was resumed.
    seconds_before: f64,
}

impl Session {
    fn batches(&self) -> usize {
        self.dataset.train.len().div_ceil(self.options.batch)
    }

    /// Steps of all epochs.
    fn all_steps(&self) -> u64 {
        self.options.all_steps(self.dataset.train.len())
    }

    /// Steps at the end of the run.
    fn total_steps(&self) -> u64 {
        self.options.steps.map_or(self.all_steps(), |steps| steps.min(self.all_steps()))
    }

    fn seconds(&self) -> f64 {
        self.seconds_before + self.start.elapsed().as_secs_f64()
    }

    fn run(&mut self, interrupt: &Interrupt, view: &mut View) -> Result<End> {
        let total = self.total_steps();
        self.introduce(view)?;
        view.begin(self.options.epochs, total, self.progress.step);
        loop {
            let order = epoch_order(self.dataset.train.len(), self.options.seed, self.progress.epoch);
            while self.progress.batches < self.batches() && self.progress.step < total {
                if interrupt.raised() {
                    self.save()?;
                    return Ok(End::Interrupted);
                }
                let first = self.progress.batches * self.options.batch;
                let indices = &order[first..order.len().min(first + self.options.batch)];
                self.step(indices, view)?;
                self.save_within_epoch()?;
            }
            // before the checkpoint: a state that the test shows to be useless does not replace a good one
            let tested = self.test(interrupt)?;
            self.save()?;
            let Some(tested) = tested else { return Ok(End::Interrupted) };
            self.record_epoch(&tested, view)?;
            if self.progress.step >= total {
                return Ok(End::Complete);
            }
            self.progress.next_epoch();
        }
    }

    /// One training step on the device, and on the golden model beside it.
    fn step(&mut self, indices: &[u32], view: &mut View) -> Result<()> {
        let step = self.progress.step + 1;
        let rate = self.hyper.rate(step, self.all_steps());
        let outcome = self.train_both(step, indices, rate)?;
        self.progress.count(outcome.images, outcome.loss, outcome.correct);
        let verified = self.golden.is_some();
        let record = StepRecord::new((self.progress.epoch, step), rate, &outcome, verified, self.seconds());
        view.step(&record, &self.progress);
        self.metrics.push_step(record)?;
        Ok(health::check(
            step,
            (outcome.loss.into(), outcome.overflow),
            &self.layer_names(),
            &self.settings(),
        )?)
    }

    fn settings(&self) -> health::Settings<'_> {
        let Session { options, hyper, pixels, reach, .. } = self;
        health::Settings { hyper, batch: options.batch.min(self.dataset.train.len()), pixels, reach: *reach }
    }

    fn train_both(&mut self, step: u64, indices: &[u32], rate: f32) -> Result<Outcome> {
        let Session { accelerator, golden, dataset, options, hyper, .. } = self;
        let images = &dataset.train;
        let backend = options.backend;
        let failed = || format!("step {step} on back end {backend}");
        let Some(golden) = golden else {
            return accelerator.train(images, indices, hyper, (step, rate)).with_context(failed);
        };
        let (outcome, expected) = std::thread::scope(|scope| {
            let beside = scope.spawn(|| golden.train(images, indices, hyper, (step, rate)));
            let outcome = accelerator.train(images, indices, hyper, (step, rate));
            (outcome, beside.join())
        });
        let outcome = outcome.with_context(failed)?;
        let expected = expected
            .map_err(|_| anyhow::anyhow!("the golden model panicked"))?
            .with_context(|| format!("step {step} on the golden model"))?;
        verify::compare(step, (accelerator, &outcome), (golden, &expected))?;
        Ok(outcome)
    }

    fn layer_names(&self) -> Vec<&str> {
        self.accelerator.plans().layers().iter().map(|plan| plan.name()).collect()
    }

    /// The test after an epoch, or after the last step; nothing if interrupted.
    fn test(&mut self, interrupt: &Interrupt) -> Result<Option<Tested>> {
        let Session { accelerator, dataset, options, .. } = self;
        let tested = evaluate(accelerator, &dataset.test, options.batch, interrupt)
            .with_context(|| format!("test on back end {}", options.backend))?;
        if let Some(tested) = &tested {
            let step = self.progress.step;
            health::check(step, (tested.loss, tested.overflow), &self.layer_names(), &self.settings())?;
        }
        Ok(tested)
    }

    fn record_epoch(&mut self, tested: &Tested, view: &mut View) -> Result<()> {
        let record = EpochRecord {
            epoch: self.progress.epoch,
            step: self.progress.step,
            train_loss: self.progress.mean_loss(),
            train_accuracy: self.progress.accuracy(),
            test_loss: tested.loss,
            test_accuracy: tested.accuracy,
            seconds: self.seconds(),
            warning: self.only_guesses(tested),
        };
        view.epoch(&record);
        if let Some(warning) = &record.warning {
            view.warn(warning);
        }
        self.save_if_best(&record)?;
        self.metrics.push_epoch(record)
    }

    /// The warning, once in a run, after the first whole epoch whose test was no better than guessing.
    fn only_guesses(&self, tested: &Tested) -> Option<String> {
        let warned = self.metrics.epochs.iter().any(|epoch| epoch.warning.is_some());
        if self.progress.batches < self.batches() || warned {
            return None;
        }
        health::guessing(tested, self.progress.step, &self.dataset.train, &self.settings())
    }

    /// Saves, if anything was trained since the last time.
    fn save(&mut self) -> Result<()> {
        self.pending = None;
        let here = self.folder.path();
        if self.saved.as_ref().is_some_and(|(path, step)| path == here && *step == self.progress.step) {
            return Ok(());
        }
        let state = self.accelerator.read_state()?;
        self.write(&self.origin(), &state)
    }

    /// Takes a state when it is time to, and saves it after the next step: one from which that step diverges is of no use.
    fn save_within_epoch(&mut self) -> Result<()> {
        if let Some((origin, state)) = self.pending.take() {
            self.write(&origin, &state)?;
        }
        if self.options.save_every.due(self.taken, self.progress.step) {
            self.pending = Some((self.origin(), self.accelerator.read_state()?));
            self.taken = (self.progress.step, Instant::now());
        }
        Ok(())
    }

    fn write(&mut self, origin: &Origin, state: &State) -> Result<()> {
        let step = origin.progress.step;
        checkpoint::save(self.folder.path(), origin, state).with_context(|| format!("after step {step}"))?;
        self.saved = Some((self.folder.path().to_path_buf(), step));
        self.taken = (step, Instant::now());
        Ok(())
    }

    /// Keeps the weights of an epoch whose test was better than those before, on the same data.
    fn save_if_best(&mut self, record: &EpochRecord) -> Result<()> {
        let better = |other: &EpochRecord| {
            (record.test_accuracy, -record.test_loss) > (other.test_accuracy, -other.test_loss)
        };
        if !self.other_data && !self.metrics.epochs.iter().all(better) {
            return Ok(());
        }
        let state = self.accelerator.read_state()?;
        checkpoint::save_best(self.folder.path(), &self.origin(), &state)
            .with_context(|| format!("{BEST} of epoch {}", record.epoch))
    }

    /// For a person whose run has failed; after a divergence, the same settings would only diverge again.
    fn way_on(&self, diverged: bool) -> String {
        let other = if diverged { " and other settings" } else { "" };
        match &self.saved {
            Some((path, step)) => {
                format!(
                    "the run is saved up to step {step}: go on from there with --resume {}{other}",
                    path.display()
                )
            }
            None if diverged => "no step of the run is saved yet: start it again with other settings".into(),
            None => "no step of the run is saved yet: start it again".into(),
        }
    }
}
