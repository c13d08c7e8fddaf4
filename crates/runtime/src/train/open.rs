//! What comes before the first step: data, programs, parameters, folder, device; and saying so.

use super::health::{NORMALISE, USUAL_REACH};
use super::{Open, Options, Session};
use crate::atomic;
use crate::backend::Backend;
use crate::checkpoint::{BEST, CHECKPOINT, Origin, SavedFile};
use crate::data::Dataset;
use crate::fitting;
use crate::loaded::LoadedDevice;
use crate::metrics::{Metrics, records_before};
use crate::parameters::initial;
use crate::pixels::Pixels;
use crate::plans::Plans;
use crate::progress::Progress;
use crate::run_folder::RunFolder;
use crate::view::View;
use anyhow::{Context, Result, bail, ensure};
use std::sync::Arc;
use std::time::Instant;

/// What helps when the data of a saved run is not found.
pub const MOVED: &str = "the data of the saved run; if it has moved, say where it is with --data";

impl Session {
    pub(super) fn open(open: Box<Open>, options: Options, view: &mut View) -> Result<Session> {
        let start = Instant::now();
        ensure!(options.batch > 0, "--batch is 0; a batch has at least 1 image");
        let Loaded { dataset, data_hash, other_data } = load(&options, view)?;
        let pixels = pixels(&options, &dataset);
        let plans = Arc::new(plans(&options, &pixels, &dataset)?);
        let (state, progress) = match &options.resume {
            Some(saved) => {
                let origin = saved.origin.as_ref().context("a checkpoint without its origin")?;
                (saved.state(&options.network, true)?, origin.progress)
            }
            None => (
                initial(
                    &options.network.network.parameters(),
                    options.network.network.optimiser,
                    options.seed,
                ),
                Progress::start(),
            ),
        };
        let folder = RunFolder::open(&options.out, options.resume.is_none())?;
        let words = plans.memory_words();
        let what = format!("starting back end {} ({})", options.backend, options.config.name);
        let device = view.stage(&what, || open(words))?;
        let mut accelerator = LoadedDevice::new(device, plans.clone(), pixels.clone())?;
        accelerator.write_state(&state)?;
        let golden = options.verify.then(|| -> Result<LoadedDevice> {
            let device = Backend::Model.open(options.config, words, &options.hardware)?;
            let mut golden = LoadedDevice::new(device, plans.clone(), pixels.clone())?;
            golden.write_state(&state)?;
            Ok(golden)
        });
        let golden = golden.transpose()?;
        let from = options.resume.as_ref().and_then(|saved| saved.path().parent());
        let records = from.map(|folder| records_before(folder, progress.step, progress.epoch));
        let metrics = Metrics::start(folder.path(), records.unwrap_or_default())?;
        let saved = options.resume.as_ref().map(|saved| {
            // a checkpoint of this very folder is one that this run has saved
            let own = saved.path() == folder.path().join(CHECKPOINT);
            (if own { folder.path() } else { saved.path() }.to_path_buf(), progress.step)
        });
        if let Some(from) = from.filter(|from| *from != folder.path() && from.join(BEST).is_file()) {
            atomic::write(&folder.path().join(BEST), &std::fs::read(from.join(BEST))?)?;
        }
        let seconds_before = metrics.steps.last().map_or(0.0, |step| step.seconds);
        let session = Session {
            reach: pixels.reach(&dataset.train),
            hyper: options.hyper(dataset.train.len()),
            data_hash,
            other_data,
            pixels,
            golden,
            dataset,
            accelerator,
            folder,
            metrics,
            progress,
            saved,
            pending: None,
            taken: (progress.step, Instant::now()),
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

    pub(super) fn origin(&self) -> Origin {
        let Options { network, data, config, seed, batch, epochs, steps, hardware, .. } = &self.options;
        Origin {
            version: env!("CARGO_PKG_VERSION").into(),
            network: network.toml.clone(),
            network_hash: network.hash.clone(),
            config: config.name.into(),
            data: data.absolute().to_string(),
            data_hash: Some(self.data_hash.clone()),
            train_images: Some(self.dataset.train.len()),
            pixels: Some(self.pixels.clone()),
            seed: *seed,
            batch: *batch,
            hyper: self.hyper,
            epochs: *epochs,
            steps: *steps,
            dram: hardware.dram,
            progress: self.progress,
        }
    }

    pub(super) fn introduce(&self, view: &View) -> Result<()> {
        let Options { network, data, backend, config, batch, seed, .. } = &self.options;
        let hyper = &self.hyper;
        view.line(&format!(
            "network {}, data {data} ({} to train, {} held out), {} lanes ({}), back end {backend}",
            network.network.name,
            self.dataset.train.len(),
            self.dataset.test.len(),
            config.lanes * config.lanes,
            config.name
        ));
        view.line(&format!("pixels {}", self.pixels));
        let passes = self.accelerator.plans().passes((*batch).min(self.dataset.train.len()))?;
        let passes = match passes.as_slice() {
            [_] => String::new(),
            passes => format!(" in {} passes of up to {} images", passes.len(), passes[0]),
        };
        view.line(&format!(
            "batch {batch}{passes}, {hyper}, seed {seed}; run folder {}",
            self.folder.path().display()
        ));
        if self.options.resume.is_some() {
            let (step, all) = (self.progress.step, self.all_steps());
            if step >= self.total_steps() {
                view.line(&format!("continuing after step {step}"));
                view.line("nothing is left to train; ask for more with --epochs or --steps");
            } else {
                view.line(&format!(
                    "continuing after step {step}; learning rate {} at step {}, {} at step {all}",
                    hyper.rate(step + 1, all),
                    step + 1,
                    hyper.learning_rate_end,
                ));
            }
        }
        if self.reach > USUAL_REACH {
            let pixels = &self.pixels;
            view.warn(&format!("pixels reach {} ({pixels}): {NORMALISE}", self.reach));
        }
        Ok(())
    }
}

/// The data of a run.
struct Loaded {
    dataset: Dataset,
    data_hash: String,
    /// It is not what a resumed run began with.
    other_data: bool,
}

/// The data set, if it is the one that a resumed run began with.
fn load(options: &Options, view: &View) -> Result<Loaded> {
    let Options { network, data, resume, .. } = options;
    let origin = resume.as_ref().and_then(|saved| saved.origin.as_ref());
    let loaded = data.load(network.network.classes());
    let dataset = match origin {
        None => loaded?,
        Some(_) => loaded.context(MOVED)?,
    };
    dataset.check_shape(network, data)?;
    for note in &dataset.notes {
        view.line(note);
    }
    let data_hash = dataset.content_hash();
    let other_data = match origin {
        None => false,
        Some(origin) => is_other(options, origin, (&dataset, &data_hash), view)?,
    };
    Ok(Loaded { dataset, data_hash, other_data })
}

/// Whether the data is not that of the run to resume; refused unless it was asked for.
fn is_other(
    options: &Options,
    origin: &Origin,
    (dataset, is): (&Dataset, &str),
    view: &View,
) -> Result<bool> {
    let data = &options.data;
    let Some(was) = origin.data_hash.as_deref() else {
        view.warn(
            "the run to resume does not say which data it began with: that it is the same cannot be checked",
        );
        return Ok(false);
    };
    if was == is {
        return Ok(false);
    }
    if !options.other_data {
        bail!(
            "{data} holds other images or labels (hash {is}) than the run to resume began with ({was}); name the right data with --data, \
             or go on with these by --other-data"
        );
    }
    let (count, before) = (dataset.train.len(), origin.train_images.unwrap_or(dataset.train.len()));
    ensure!(
        count == before,
        "{data} has {count} training images, the run to resume began with {before}: epochs and learning rate would not fit; \
         --other-data goes on with as many images only"
    );
    view.warn(&format!("the run goes on with other data: {data}, hash {is}, instead of {was}"));
    Ok(true)
}

/// What becomes of the pixels: in a resumed run, what became of them before.
fn pixels(options: &Options, dataset: &Dataset) -> Pixels {
    let origin = options.resume.as_ref().and_then(|saved| saved.origin.as_ref());
    origin.map_or_else(
        || Pixels::of(&options.network.network.input, &dataset.train),
        |origin| origin.pixels(&options.network),
    )
}

fn plans(options: &Options, pixels: &Pixels, dataset: &Dataset) -> Result<Plans> {
    let Options { network, config, batch, backend, hardware, .. } = options;
    let room = backend.room(config, hardware)?;
    let counts = [dataset.train.len(), dataset.test.len()];
    let plans = Plans::compile(network, room, pixels.format(), *batch, &counts)
        .map_err(|error| fitting::explain(error, network, *backend, room, hardware))?;
    plans.check_training(*batch, dataset.train.len())?;
    Ok(plans)
}
