//! `train`: arguments, their defaults, and what of them a checkpoint decides.

use super::HardwareArgs;
use crate::backend::Backend;
use crate::checkpoint::{CHECKPOINT, Origin, SavedFile, in_run_folder};
use crate::data::DataSpec;
use crate::hyper::HyperArgs;
use crate::interrupt::Interrupt;
use crate::networks::NetworkFile;
use crate::run_folder::{next_free, runs_folder};
use crate::save_every::SaveEvery;
use crate::train::{End, Options, train};
use crate::view::View;
use anyhow::{Context, Result, bail, ensure};
use ef_isa::Config;
use ef_sim::DramSettings;
use std::path::{Path, PathBuf};

/// Arguments of `train`. Without any, the bundled digits are trained on the simulated accelerator.
#[derive(clap::Args, Clone, Debug, Default)]
#[command(args_override_self = true)]
pub struct TrainArgs {
    /// Bundled network (digits, mnist, cifar10) or a TOML file [default: digits]
    #[arg(long, value_name = "NAME|FILE")]
    pub network: Option<String>,
    /// digits (bundled), mnist:FOLDER (IDX files) or cifar10:FOLDER (binary version) [default: digits]
    #[arg(long)]
    pub data: Option<DataSpec>,
    /// What computes [default: rtl]
    #[arg(long)]
    pub backend: Option<Backend>,
    /// Passes over the training images [default: 4]
    #[arg(long)]
    pub epochs: Option<u32>,
    /// End after this many steps in all, if not before
    #[arg(long)]
    pub steps: Option<u64>,
    /// Images per step; what does not fit the accelerator at once is computed in several passes [default: 32]
    #[arg(long)]
    pub batch: Option<usize>,
    /// The optimiser's options.
    #[command(flatten)]
    pub hyper: HyperArgs,
    /// Decides the initial weights and the order of the images [default: 1]
    #[arg(long)]
    pub seed: Option<u64>,
    /// Configuration of the accelerator [default: fp32-8x8, or that of the board]
    #[arg(long, value_name = "NAME")]
    pub config: Option<String>,
    /// Folder for the results [default: runs/<network>-<backend>-<number>]
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
    /// Continue a run: its folder, or a checkpoint file. Network, data, configuration, epochs, batch, rates, seed and DRAM default to its own
    #[arg(long, value_name = "RUN")]
    pub resume: Option<PathBuf>,
    /// Continue with data that holds other images or labels than the run to resume began with
    #[arg(long, requires = "resume")]
    pub other_data: bool,
    /// Save within an epoch too: every so many steps (500) or so often (90s, 10m, 1h) [default: 5m]
    #[arg(long, value_name = "STEPS|TIME")]
    pub save_every: Option<SaveEvery>,
    /// Compare all weights with the golden model's after every step
    #[arg(long)]
    pub verify: bool,
    /// Board, port and DRAM.
    #[command(flatten)]
    pub hardware: HardwareArgs,
}

/// Network, data and so on of a run without arguments.
struct Defaults {
    epochs: u32,
    steps: Option<u64>,
    batch: usize,
    seed: u64,
    /// If none is given, it is the back end's usual one.
    config: Option<String>,
    dram: DramSettings,
}

/// Passes over the training images if nobody says otherwise.
pub const USUAL_EPOCHS: u32 = 4;
/// Images per step if nobody says otherwise.
pub(super) const USUAL_BATCH: usize = 32;

impl TrainArgs {
    /// Trains.
    ///
    /// # Errors
    /// As [`TrainArgs::options`] and [`train`].
    pub fn run(self) -> Result<End> {
        let interrupt = Interrupt::on_ctrl_c()?;
        let options = self.options()?;
        train(options, &interrupt, &mut View::new())
    }

    /// Fills in defaults, from the checkpoint where there is one.
    ///
    /// # Errors
    /// If an option is out of its range, or does not go with the run to resume.
    pub fn options(self) -> Result<Options> {
        let resume = match &self.resume {
            Some(path) => Some(SavedFile::open(&in_run_folder(path, CHECKPOINT))?),
            None => None,
        };
        let origin = match &resume {
            Some(saved) => Some(saved.origin.clone().with_context(|| {
                format!(
                    "{} was not written by ef-train: it can be evaluated, not continued",
                    saved.path().display()
                )
            })?),
            None => None,
        };
        let mut network = match (&self.network, &origin) {
            (Some(name), _) => NetworkFile::load(name)?,
            (None, Some(origin)) => origin.network_file()?,
            (None, None) => NetworkFile::load("digits")?,
        };
        // that of a run to resume stays
        let before = origin.as_ref().map(|origin| origin.hyper.optimiser);
        let optimiser = &mut network.network.optimiser;
        *optimiser = before.or(self.hyper.optimiser).unwrap_or(*optimiser);
        if let (Some(saved), Some(origin)) = (&resume, &origin) {
            saved.check_resumable()?;
            // another network is refused by naming its first layer that differs
            saved.state(&network, true)?;
            self.check_fixed(origin)?;
        }
        let data = match (&self.data, &origin) {
            (Some(data), _) => data.clone(),
            (None, Some(origin)) => origin.data_spec()?,
            (None, None) => DataSpec::Digits,
        };
        let backend = self.backend.unwrap_or(Backend::Rtl);
        let defaults = origin.map_or_else(Defaults::first, Defaults::of);
        let out = match (&self.out, &self.resume) {
            (Some(out), _) => out.clone(),
            (None, Some(path)) if path.is_dir() => path.clone(),
            (None, Some(path)) => path.parent().unwrap_or(Path::new(".")).to_path_buf(),
            (None, None) => next_free(&runs_folder(), &network.network.name, backend),
        };
        let hardware = self.hardware.hardware(defaults.dram);
        let config = match self.config.as_ref().or(defaults.config.as_ref()) {
            Some(name) => Config::named(name)?,
            None => backend.usual_config(&hardware)?,
        };
        let batch = self.batch.unwrap_or(defaults.batch);
        let options = Options {
            network,
            data,
            backend,
            config,
            epochs: self.epochs.unwrap_or(defaults.epochs),
            steps: self.steps.or(defaults.steps),
            batch,
            hyper: self.hyper,
            seed: self.seed.unwrap_or(defaults.seed),
            out,
            resume,
            other_data: self.other_data,
            save_every: self.save_every.unwrap_or_default(),
            verify: self.verify,
            hardware,
        };
        check(&options)?;
        Ok(options)
    }

    /// Seed and batch size decide which images a step sees: they cannot change half-way. Neither can the content of the data, which is
    /// compared when it is loaded.
    fn check_fixed(&self, origin: &Origin) -> Result<()> {
        let seed = self.seed.map(|seed| seed.to_string());
        let batch = self.batch.map(|batch| batch.to_string());
        for (name, asked, was) in
            [("--seed", seed, origin.seed.to_string()), ("--batch", batch, origin.batch.to_string())]
        {
            if let Some(asked) = asked.filter(|asked| *asked != was) {
                bail!(
                    "{name} {asked}: the run to resume has {was}, and that cannot change; leave {name} away"
                );
            }
        }
        Ok(())
    }
}

impl Defaults {
    fn first() -> Defaults {
        Defaults {
            epochs: USUAL_EPOCHS,
            steps: None,
            batch: USUAL_BATCH,
            seed: 1,
            config: None,
            dram: DramSettings::default(),
        }
    }

    fn of(origin: Origin) -> Defaults {
        let Origin { epochs, steps, batch, seed, config, dram, progress, .. } = origin;
        // a limit that was reached is not meant for what comes after it
        let steps = steps.filter(|steps| *steps > progress.step);
        Defaults { epochs, steps, batch, seed, config: Some(config), dram }
    }
}

fn check(options: &Options) -> Result<()> {
    ensure!(options.batch > 0, "--batch 0: a batch has at least 1 image");
    ensure!(options.epochs > 0, "--epochs 0: ask for at least 1");
    ensure!(options.steps != Some(0), "--steps 0: ask for at least 1");
    options.hyper.check_used(options.network.network.optimiser)?;
    options.hyper.check()
}
