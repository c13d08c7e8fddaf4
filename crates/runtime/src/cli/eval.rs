//! `eval`: the accuracy of saved weights.

use super::HardwareArgs;
use super::train::USUAL_BATCH;
use crate::backend::Backend;
use crate::checkpoint::{SavedFile, WEIGHTS, in_run_folder};
use crate::data::DataSpec;
use crate::evaluate::evaluate;
use crate::fitting;
use crate::interrupt::Interrupt;
use crate::loaded::LoadedDevice;
use crate::networks::NetworkFile;
use crate::pixels::Pixels;
use crate::plans::Plans;
use crate::run_folder::{newest, runs_folder};
use crate::train::{End, MOVED};
use crate::view::View;
use anyhow::{Context, Result};
use ef_isa::Config;
use ef_sim::DramSettings;
use std::path::PathBuf;
use std::sync::Arc;

/// Arguments of `eval`. What is left away is taken from the file that holds the weights.
#[derive(clap::Args, Clone, Debug)]
pub struct EvalArgs {
    /// A run folder, or a safetensors file [default: the newest run in runs]
    pub weights: Option<PathBuf>,
    /// Bundled network or a TOML file
    #[arg(long, value_name = "NAME|FILE")]
    pub network: Option<String>,
    /// digits (bundled), mnist:FOLDER (IDX files) or cifar10:FOLDER (binary version)
    #[arg(long)]
    pub data: Option<DataSpec>,
    /// What computes
    #[arg(long, default_value = "model")]
    pub backend: Backend,
    /// Images per run of the program, as far as they fit [default: 32]
    #[arg(long)]
    pub batch: Option<std::num::NonZeroUsize>,
    /// Configuration of the accelerator
    #[arg(long, value_name = "NAME")]
    pub config: Option<String>,
    /// Board, port and DRAM.
    #[command(flatten)]
    pub hardware: HardwareArgs,
}

impl EvalArgs {
    /// Evaluates, and prints loss and accuracy.
    ///
    /// # Errors
    /// If weights, network, data or device are not there or do not belong together: says which option helps.
    pub fn run(self) -> Result<End> {
        let interrupt = Interrupt::on_ctrl_c()?;
        let path = match self.weights {
            Some(path) => path,
            None => newest(&runs_folder())?,
        };
        let saved = SavedFile::open(&in_run_folder(&path, WEIGHTS))?;
        let missing = |option: &str| {
            format!("{} does not say which {option} it belongs to; give --{option}", saved.path().display())
        };
        let origin = saved.origin.as_ref();
        let network = match self.network {
            Some(name) => NetworkFile::load(&name)?,
            None => origin.with_context(|| missing("network"))?.network_file()?,
        };
        let data = match self.data {
            Some(data) => data,
            None => origin.with_context(|| missing("data"))?.data_spec()?,
        };
        let config = self.config.as_deref().or(origin.map(|origin| origin.config.as_str()));
        let hardware = self.hardware.hardware(DramSettings::default());
        let config = match config {
            Some(name) => Config::named(name)?,
            None => self.backend.usual_config(&hardware)?,
        };
        let state = saved.state(&network, false)?;
        let loaded = data.load(network.network.classes());
        let dataset = if origin.is_some() { loaded.context(MOVED)? } else { loaded? };
        dataset.check_shape(&network, &data)?;

        let mut view = View::new();
        dataset.notes.iter().for_each(|note| view.line(note));
        let trained_on = origin.and_then(|origin| origin.data_hash.as_ref());
        let same = trained_on.is_some_and(|hash| *hash == dataset.content_hash());
        if trained_on.is_some() && !same {
            view.warn(&format!("{data} is not the data that the weights were trained with: it may hold images of their training"));
        }
        let held_out = if same { " that it was not trained on" } else { "" };
        let pixels = match origin {
            Some(origin) => origin.pixels(&network),
            None => Pixels::of(&network.network.input, &dataset.train),
        };
        let batch = self.batch.map_or(USUAL_BATCH, |batch| batch.get());
        let room = self.backend.room(config, &hardware)?;
        let plans = Plans::compile(&network, room, pixels.format(), batch, &[dataset.test.len()])
            .map_err(|error| fitting::explain(error, &network, self.backend, room, &hardware))?;
        let plans = Arc::new(plans);
        let what = format!("starting back end {} ({})", self.backend, config.name);
        let device = view.stage(&what, || self.backend.open(config, plans.memory_words(), &hardware))?;
        let mut accelerator = LoadedDevice::new(device, plans, pixels)?;
        accelerator.write_state(&state)?;
        let tested =
            view.stage("testing", || evaluate(&mut accelerator, &dataset.test, batch, &interrupt))?;
        let Some(tested) = tested else { return Ok(End::Interrupted) };
        view.line(&format!(
            "{}: accuracy {:.2} % ({} of {} images of {data}{held_out}), loss {:.4}",
            saved.path().display(),
            100.0 * tested.accuracy,
            tested.correct,
            tested.images,
            tested.loss
        ));
        Ok(End::Complete)
    }
}
