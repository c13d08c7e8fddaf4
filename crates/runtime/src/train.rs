//! A training run, from initial or saved parameters to the last table.

use crate::accelerator::{Accelerator, Outcome};
use crate::backend::{Backend, Hardware};
use crate::checkpoint::{self, Origin, SavedFile};
use crate::data::{DataSpec, Dataset};
use crate::evaluate::evaluate;
use crate::hyper::Hyper;
use crate::interrupt::Interrupt;
use crate::metrics::{EpochRecord, Metrics, StepRecord, records_before};
use crate::networks::NetworkFile;
use crate::order::epoch_order;
use crate::parameters::initial;
use crate::plans::Plans;
use crate::progress::Progress;
use crate::run_folder::RunFolder;
use crate::summary::{self, Summary, saturated};
use crate::view::View;
use crate::{atomic, curve, verify};
use anyhow::{Context, Result, anyhow, ensure};
use ef_program::{Config, Device};
use std::path::PathBuf;
use std::sync::Arc;
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
    pub seed: u64,
    pub out: PathBuf,
    /// The checkpoint to continue from.
    pub resume: Option<SavedFile>,
    /// Compare every step with the golden model.
    pub verify: bool,
    pub hardware: Hardware,
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
    let end = end.map_err(|error| anyhow!("{error:#}; {}", session.way_on()))?;
    session.finish(end, view)?;
    Ok(end)
}

struct Session {
    options: Options,
    dataset: Dataset,
    accelerator: Accelerator,
    golden: Option<Accelerator>,
    folder: RunFolder,
    metrics: Metrics,
    progress: Progress,
    /// The last checkpoint, and its step.
    saved: Option<(PathBuf, u64)>,
    /// Bits of layers that a warning was given for.
    warned: u32,
    start: Instant,
    /// Seconds of the run before it was resumed.
    seconds_before: f64,
}

impl Session {
    fn open(open: Box<Open>, options: Options, view: &mut View) -> Result<Session> {
        let start = Instant::now();
        let Options { network, config, batch, resume, .. } = &options;
        ensure!(*batch > 0, "--batch is 0; a batch has at least 1 image");
        let dataset = options.data.load(network.network.classes())?;
        dataset.check_shape(network, &options.data)?;
        let counts = [dataset.train.len(), dataset.test.len()];
        let plans = Arc::new(Plans::compile(network, config, *batch, &counts)?);
        let (state, progress) = match resume {
            Some(saved) => {
                let origin = saved.origin.as_ref().context("a checkpoint without its origin")?;
                (saved.state(network, true)?, origin.progress)
            }
            None => (initial(&network.network.parameters(), options.seed), Progress::start()),
        };
        let folder = RunFolder::open(&options.out, resume.is_none())?;
        let words = plans.memory_words();
        let what = format!("starting back end {} ({})", options.backend, config.name);
        let device = view.stage(&what, || open(words))?;
        let mut accelerator = Accelerator::new(device, plans.clone())?;
        accelerator.write_state(&state)?;
        let golden = options.verify.then(|| -> Result<Accelerator> {
            let mut golden =
                Accelerator::new(Backend::Model.open(config, words, &options.hardware)?, plans.clone())?;
            golden.write_state(&state)?;
            Ok(golden)
        });
        let from = resume.as_ref().and_then(|saved| saved.path().parent());
        let records = from.map(|folder| records_before(folder, progress.step, progress.epoch));
        let metrics = Metrics::start(folder.path(), records.unwrap_or_default())?;
        let golden = golden.transpose()?;
        let saved = resume.as_ref().map(|saved| (saved.path().to_path_buf(), progress.step));
        let seconds_before = metrics.steps.last().map_or(0.0, |step| step.seconds);
        let session = Session {
            golden,
            dataset,
            accelerator,
            folder,
            metrics,
            progress,
            saved,
            warned: 0,
            start,
            seconds_before,
            options,
        };
        session.describe()?;
        Ok(session)
    }

    fn describe(&self) -> Result<()> {
        let Options { network, config, backend, verify, resume, .. } = &self.options;
        let resumed = resume.as_ref().map(SavedFile::path);
        self.folder.describe(network, config, &self.origin(), *backend, *verify, resumed)
    }

    fn batches(&self) -> usize {
        self.dataset.train.len().div_ceil(self.options.batch)
    }

    /// Steps of all epochs.
    fn all_steps(&self) -> u64 {
        u64::from(self.options.epochs) * self.batches() as u64
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
        self.introduce(view);
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

    fn introduce(&self, view: &View) {
        let Options { network, data, backend, config, batch, hyper, seed, .. } = &self.options;
        view.line(&format!(
            "network {}, data {data} ({} to train, {} held out), {} lanes ({}), back end {backend}",
            network.network.name,
            self.dataset.train.len(),
            self.dataset.test.len(),
            config.lanes * config.lanes,
            config.name
        ));
        view.line(&format!(
            "batch {batch}, learning rate {} to {}, momentum {}, weight decay {}, seed {seed}; run folder {}",
            hyper.learning_rate,
            hyper.learning_rate_end,
            hyper.momentum,
            hyper.weight_decay,
            self.folder.path().display()
        ));
        if self.options.resume.is_some() {
            view.line(&format!("continuing after step {}", self.progress.step));
            if self.progress.step >= self.total_steps() {
                view.line("nothing is left to train; ask for more with --epochs or --steps");
            }
        }
    }

    /// One training step on the device, and on the golden model beside it.
    fn step(&mut self, indices: &[u32], view: &mut View) -> Result<()> {
        let step = self.progress.step + 1;
        let rate = self.options.hyper.rate(step, self.all_steps());
        let outcome = self.train_both(step, indices, rate)?;
        self.progress.count(outcome.images, outcome.loss, outcome.correct);
        self.warn_of_saturation(step, &outcome, view);
        let verified = self.golden.is_some();
        let record = StepRecord::new((self.progress.epoch, step), rate, &outcome, verified, self.seconds());
        view.step(&record, &self.progress);
        self.metrics.push_step(record)
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

    fn warn_of_saturation(&mut self, step: u64, outcome: &Outcome, view: &View) {
        let new = outcome.overflow & !self.warned;
        self.warned |= outcome.overflow;
        let names = saturated(new, &self.layer_names());
        if !names.is_empty() {
            view.warn(&format!(
                "step {step}: results in {} exceeded the range of FP32 and were saturated; try a smaller --lr",
                names.join(", ")
            ));
        }
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
        self.metrics.push_epoch(record)?;
        Ok(true)
    }

    fn origin(&self) -> Origin {
        let Options { network, data, config, seed, batch, hyper, epochs, steps, hardware, .. } =
            &self.options;
        Origin {
            version: env!("CARGO_PKG_VERSION").into(),
            network: network.toml.clone(),
            network_hash: network.hash.clone(),
            config: config.name.into(),
            data: data.to_string(),
            seed: *seed,
            batch: *batch,
            hyper: *hyper,
            epochs: *epochs,
            steps: *steps,
            dram: hardware.dram,
            progress: self.progress,
        }
    }

    fn save(&mut self) -> Result<()> {
        let state = self.accelerator.read_state()?;
        let step = self.progress.step;
        checkpoint::save(self.folder.path(), &self.origin(), &state)
            .with_context(|| format!("after step {step}"))?;
        self.saved = Some((self.folder.path().to_path_buf(), step));
        Ok(())
    }

    /// For a person whose run has failed.
    fn way_on(&self) -> String {
        match &self.saved {
            Some((path, step)) => {
                format!(
                    "the run is saved up to step {step}: go on from there with --resume {}",
                    path.display()
                )
            }
            None => "no step of the run is saved yet: start it again".into(),
        }
    }

    /// Leaves the figures in the run folder and shows them.
    fn finish(&mut self, end: End, view: &mut View) -> Result<()> {
        let Options { network, config, backend, seed, .. } = &self.options;
        let folder = self.folder.path();
        self.metrics.save_csv()?;
        let title = format!("{} on {} ({backend})", network.network.name, config.name);
        curve::save(folder, &self.metrics, &title)?;
        let summary = Summary {
            network: network.network.name.clone(),
            config: config.name.into(),
            backend: backend.to_string(),
            seed: *seed,
            complete: end == End::Complete,
            wall_seconds: self.seconds(),
            ..Summary::measured(&self.metrics, config.lanes, &self.layer_names())
        };
        let json = serde_json::to_string_pretty(&summary)? + "\n";
        atomic::write(&folder.join(summary::FILE), json.as_bytes())?;
        let name = folder.display();
        match end {
            End::Complete => {
                view.table(&summary.rows());
                view.line(&format!("run folder: {name}"));
            }
            End::Interrupted => {
                view.notice(&format!("interrupted; everything is saved, continue with --resume {name}"));
            }
        }
        Ok(())
    }
}
