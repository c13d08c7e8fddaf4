//! A training run, from initial or saved parameters to the last table (`docs/training.md`).

mod health;
mod open;
mod results;

use crate::accelerator::{Accelerator, Outcome};
use crate::backend::{Backend, Hardware};
use crate::checkpoint::{self, BEST, SavedFile};
use crate::data::{DataSpec, Dataset};
use crate::evaluate::{Tested, evaluate};
use crate::hyper::{Hyper, usual_warm_up};
use crate::interrupt::Interrupt;
use crate::metrics::{EpochRecord, Metrics, StepRecord};
use crate::networks::NetworkFile;
use crate::order::epoch_order;
use crate::pixels::Pixels;
use crate::progress::Progress;
use crate::run_folder::RunFolder;
use crate::save_every::SaveEvery;
use crate::verify;
use crate::view::View;
use anyhow::{Context, Result, anyhow};
use ef_program::{Config, Device};
use std::path::PathBuf;
use std::time::Instant;

/// What to train, how, and where to leave it.
pub struct Options {
    pub network: NetworkFile,
    pub data: DataSpec,
    pub backend: Backend,
    pub config: &'static Config,
    pub epochs: u32,
    /// The run ends after this many steps, if not before.
    pub steps: Option<u64>,
    pub batch: usize,
    pub hyper: Hyper,
    /// Steps of the warm-up of a new run, if it is not the usual one.
    pub warm_up: Option<u64>,
    pub seed: u64,
    pub out: PathBuf,
    /// The checkpoint to continue from.
    pub resume: Option<SavedFile>,
    /// Go on with data whose content is not that of the run to resume.
    pub other_data: bool,
    /// How often to save within an epoch.
    pub save_every: SaveEvery,
    /// Compare every step with the golden model.
    pub verify: bool,
    pub hardware: Hardware,
}

impl Options {
    /// Steps of all epochs over `images` training images.
    fn all_steps(&self, images: usize) -> u64 {
        u64::from(self.epochs) * images.div_ceil(self.batch) as u64
    }

    /// What the number of training images decides: the warm-up or, of a resumed run, how the learning rate goes on.
    fn complete_hyper(&mut self, images: usize) {
        let Some(origin) = self.resume.as_ref().and_then(|saved| saved.origin.as_ref()) else {
            let usual = usual_warm_up(self.batch, self.all_steps(images));
            self.hyper.warm_up = self.warm_up.unwrap_or(usual);
            return;
        };
        let was = u64::from(origin.epochs) * images.div_ceil(origin.batch.max(1)) as u64;
        self.hyper = self.hyper.resumed((origin.hyper, was), origin.progress.step, self.all_steps(images));
    }
}

/// How a run ended that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Complete,
    Interrupted,
}

/// Opens the back end's device, given the words of memory that it needs.
type Open = dyn FnOnce(u64) -> Result<Box<dyn Device>>;

/// Trains.
pub fn train(options: Options, interrupt: &Interrupt, view: &mut View) -> Result<End> {
    let Options { backend, config, hardware, .. } = &options;
    let (backend, config, hardware) = (*backend, *config, hardware.clone());
    train_on(Box::new(move |words| backend.open(config, words, &hardware)), options, interrupt, view)
}

/// Trains on the device that `open` gives, whatever back end `options` name.
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
            // the figures up to here say more than none; the error that matters is the first one
            let _ = session.leave_figures(false);
            Err(anyhow!("{error:#}; {}", session.way_on()))
        }
    }
}

struct Session {
    options: Options,
    dataset: Dataset,
    data_hash: String,
    pixels: Pixels,
    /// [`Pixels::reach`] of the training images.
    reach: f32,
    accelerator: Accelerator,
    golden: Option<Accelerator>,
    folder: RunFolder,
    metrics: Metrics,
    progress: Progress,
    /// The last checkpoint.
    saved: Option<PathBuf>,
    /// Its step, and when that was.
    saved_at: (u64, Instant),
    /// What the person was warned of.
    warnings: Vec<String>,
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
                if self.options.save_every.due(self.saved_at, self.progress.step) {
                    self.save()?;
                }
            }
            self.save()?;
            if !self.test(interrupt, view)? {
                return Ok(End::Interrupted);
            }
            if self.progress.step >= total {
                return Ok(End::Complete);
            }
            self.progress.next_epoch();
        }
    }

    /// One training step on the device, and on the golden model beside it.
    fn step(&mut self, indices: &[u32], view: &mut View) -> Result<()> {
        let step = self.progress.step + 1;
        let rate = self.options.hyper.rate(step, self.all_steps());
        let outcome = self.train_both(step, indices, rate)?;
        self.progress.count(outcome.images, outcome.loss, outcome.correct);
        let verified = self.golden.is_some();
        let record = StepRecord::new((self.progress.epoch, step), rate, &outcome, verified, self.seconds());
        view.step(&record, &self.progress);
        self.metrics.push_step(record)?;
        health::check_step(step, &outcome, &self.layer_names(), &self.settings())
    }

    fn settings(&self) -> health::Settings<'_> {
        let Session { options, pixels, reach, .. } = self;
        health::Settings { hyper: &options.hyper, batch: options.batch, pixels, reach: *reach }
    }

    fn train_both(&mut self, step: u64, indices: &[u32], rate: f32) -> Result<Outcome> {
        let Session { accelerator, golden, dataset, options, .. } = self;
        let (images, hyper) = (&dataset.train, &options.hyper);
        let backend = options.backend;
        let failed = || format!("step {step} on back end {backend}");
        let Some(golden) = golden else {
            return accelerator.train(images, indices, hyper, rate).with_context(failed);
        };
        let (outcome, expected) = std::thread::scope(|scope| {
            let beside = scope.spawn(|| golden.train(images, indices, hyper, rate));
            let outcome = accelerator.train(images, indices, hyper, rate);
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

    /// The test after an epoch, or after the last step; false if interrupted.
    fn test(&mut self, interrupt: &Interrupt, view: &mut View) -> Result<bool> {
        let Session { accelerator, dataset, options, .. } = self;
        let tested = evaluate(accelerator, &dataset.test, options.batch, interrupt)
            .with_context(|| format!("test on back end {}", options.backend))?;
        let Some(tested) = tested else { return Ok(false) };
        let record = EpochRecord {
            epoch: self.progress.epoch,
            step: self.progress.step,
            train_loss: self.progress.mean_loss(),
            train_accuracy: self.progress.accuracy(),
            test_loss: tested.loss,
            test_accuracy: tested.accuracy,
            seconds: self.seconds(),
        };
        view.epoch(&record);
        self.save_if_best(&record)?;
        self.metrics.push_epoch(record)?;
        self.warn_of_guessing(&tested, view);
        Ok(true)
    }

    /// Once in a run, after the first whole epoch whose test was no better than guessing.
    fn warn_of_guessing(&mut self, tested: &Tested, view: &View) {
        if self.progress.batches < self.batches() || !self.warnings.is_empty() {
            return;
        }
        let warning = health::guessing(tested, self.progress.step, &self.dataset.train, &self.settings());
        if let Some(warning) = warning {
            view.warn(&warning);
            self.warnings.push(warning);
        }
    }

    fn save(&mut self) -> Result<()> {
        let state = self.accelerator.read_state()?;
        let step = self.progress.step;
        checkpoint::save(self.folder.path(), &self.origin(), &state)
            .with_context(|| format!("after step {step}"))?;
        self.saved = Some(self.folder.path().to_path_buf());
        self.saved_at = (step, Instant::now());
        Ok(())
    }

    /// Keeps the weights of an epoch whose test was better than those before.
    fn save_if_best(&mut self, record: &EpochRecord) -> Result<()> {
        let better = |other: &EpochRecord| {
            (record.test_accuracy, -record.test_loss) > (other.test_accuracy, -other.test_loss)
        };
        if !self.metrics.epochs.iter().all(better) {
            return Ok(());
        }
        let state = self.accelerator.read_state()?;
        checkpoint::save_best(self.folder.path(), &self.origin(), &state)
            .with_context(|| format!("{BEST} of epoch {}", record.epoch))
    }

    /// For a person whose run has failed.
    fn way_on(&self) -> String {
        match &self.saved {
            Some(path) => {
                let step = self.saved_at.0;
                format!(
                    "the run is saved up to step {step}: go on from there with --resume {}",
                    path.display()
                )
            }
            None => "no step of the run is saved yet: start it again".into(),
        }
    }
}
