//! Do the defaults learn? A small network on data of MNIST's and of CIFAR-10's size, for every configuration, batch, optimiser and some seeds.
//!
//! The test of this crate runs a few cases, `cargo xtask learn` all of them, and with `--record` it writes `docs/learning.md`.

use crate::backend::Backend;
use crate::cli::TrainArgs;
use crate::data::testing::{scaled_digits, write_cifar10, write_idx};
use crate::data::{DataSpec, Shape};
use crate::hyper::HyperArgs;
use crate::interrupt::Interrupt;
use crate::train::train;
use crate::view::View;
use anyhow::{Context, Result};
use ef_isa::config;
use ef_isa::vector::Optimiser;
use std::fmt;
use std::path::{Path, PathBuf};

/// Real handwritten digits, drawn in another size with a mean far from zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Data {
    /// 1 x 28 x 28, as IDX files.
    Grey,
    /// 3 x 32 x 32 in random colours, as CIFAR-10 files.
    Colour,
}

impl Data {
    /// Both kinds.
    pub const ALL: [Data; 2] = [Data::Grey, Data::Colour];

    fn shape(self) -> Shape {
        match self {
            Data::Grey => Shape { channels: 1, rows: 28, columns: 28 },
            Data::Colour => Shape { channels: 3, rows: 32, columns: 32 },
        }
    }

    /// A network that fits every configuration.
    fn network(self) -> String {
        let Shape { channels, rows, columns } = self.shape();
        let conv = |outputs: usize| {
            format!(
                "[[layer]]\nkind = \"conv\"\noutputs = {outputs}\nkernel = 3\npadding = 1\n\
                 [[layer]]\nkind = \"relu\"\n[[layer]]\nkind = \"max_pool\"\n"
            )
        };
        format!(
            "name = \"{self}\"\n[input]\nchannels = {channels}\nrows = {rows}\ncolumns = {columns}\n{}{}[[layer]]\nkind = \"fc\"\noutputs = 10\n",
            conv(8),
            conv(8)
        )
    }

    /// Writes data and network into a folder.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn write(self, folder: &Path) -> Result<()> {
        let (dataset, data) = (scaled_digits(self.shape(), 1), self.folder(folder));
        std::fs::create_dir_all(&data)?;
        match self {
            Data::Grey => write_idx(&dataset, &data)?,
            Data::Colour => write_cifar10(&dataset, &data)?,
        }
        Ok(std::fs::write(self.toml(folder), self.network())?)
    }

    fn folder(self, folder: &Path) -> PathBuf {
        folder.join(self.to_string())
    }

    fn toml(self, folder: &Path) -> PathBuf {
        folder.join(format!("{self}.toml"))
    }
}

impl fmt::Display for Data {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Data::Grey => "grey",
            Data::Colour => "colour",
        })
    }
}

/// A run with the defaults.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The optimiser.
    pub optimiser: Optimiser,
    /// What it trains on.
    pub data: Data,
    /// Name of the configuration.
    pub config: &'static str,
    /// Images per step.
    pub batch: usize,
    /// Decides the initial weights and the order of the images.
    pub seed: u64,
}

/// Images per step of the cases.
pub const BATCHES: [usize; 5] = [1, 2, 4, 16, 64];
/// Seeds of the cases.
pub const SEEDS: [u64; 3] = [1, 2, 3];
/// Within so many epochs ...
pub const EPOCHS: u32 = 3;
/// ... this share of the held-out images has to be classified correctly.
pub const ENOUGH: f64 = 0.9;

/// The configuration on which the optimisers that are not the default are tried.
pub const USUAL: &str = config::FP32_8X8.name;

/// Every case: of SGD every configuration and seed, of the other optimisers one of each.
pub fn cases() -> Vec<Case> {
    let optimiser = Optimiser::Sgd;
    let mut cases = Vec::new();
    for data in Data::ALL {
        for config in config::ALL {
            for batch in BATCHES {
                cases.extend(SEEDS.map(|seed| Case { optimiser, data, config: config.name, batch, seed }));
            }
        }
    }
    for optimiser in others() {
        for data in Data::ALL {
            let case = |batch| Case { optimiser, data, config: USUAL, batch, seed: SEEDS[0] };
            cases.extend(BATCHES.map(case));
        }
    }
    cases
}

/// The optimisers that are not the default.
pub fn others() -> impl Iterator<Item = Optimiser> {
    Optimiser::ALL.into_iter().filter(|optimiser| *optimiser != Optimiser::default())
}

/// Every configuration with every kind of data, and in them every batch and every seed; and every other optimiser.
pub fn sample() -> Vec<Case> {
    let kinds =
        Data::ALL.into_iter().flat_map(|data| config::ALL.into_iter().map(move |config| (data, config)));
    let case = |(index, (data, config)): (usize, (Data, &'static ef_isa::Config))| Case {
        optimiser: Optimiser::Sgd,
        data,
        config: config.name,
        // 5 configurations, 5 batches: shifted by one, every batch comes with two configurations
        batch: BATCHES[(index + index / config::ALL.len()) % BATCHES.len()],
        seed: SEEDS[index % SEEDS.len()],
    };
    let mut cases: Vec<Case> = kinds.enumerate().map(case).collect();
    cases.extend(
        others().zip([16, 64, 4]).zip(Data::ALL.into_iter().cycle()).map(|((optimiser, batch), data)| Case {
            optimiser,
            data,
            config: USUAL,
            batch,
            seed: SEEDS[0],
        }),
    );
    cases
}

impl Case {
    /// Trains with the defaults on what [`Data::write`] has left in `folder`: the epochs until enough is learned, and the accuracy of the
    /// test after them.
    ///
    /// # Errors
    /// If the run fails, or its files are damaged.
    pub fn run(&self, folder: &Path) -> Result<(u32, f64)> {
        let out = folder.join(format!("{self}"));
        let mut accuracy = 0.0;
        for epoch in 1..=EPOCHS {
            accuracy = self.epoch(folder, &out, epoch)?;
            if accuracy >= ENOUGH {
                return Ok((epoch, accuracy));
            }
        }
        Ok((EPOCHS, accuracy))
    }

    /// Runs until the end of an epoch of a run of [`EPOCHS`], and says how the test was.
    fn epoch(&self, folder: &Path, out: &Path, epoch: u32) -> Result<f64> {
        let data = self.data.folder(folder);
        let data = match self.data {
            Data::Grey => DataSpec::Mnist(data),
            Data::Colour => DataSpec::Cifar10(data),
        };
        let images = data.load(10)?.train.len();
        let steps = u64::from(epoch) * images.div_ceil(self.batch) as u64;
        let hyper = HyperArgs { optimiser: Some(self.optimiser), ..HyperArgs::default() };
        let new = TrainArgs {
            hyper,
            network: Some(self.data.toml(folder).display().to_string()),
            data: Some(data),
            config: Some(self.config.into()),
            batch: Some(self.batch),
            seed: Some(self.seed),
            out: Some(out.into()),
            ..TrainArgs::default()
        };
        let before = TrainArgs { resume: Some(out.into()), ..TrainArgs::default() };
        let arguments = TrainArgs {
            backend: Some(Backend::Model),
            epochs: Some(EPOCHS),
            steps: Some(steps),
            ..if epoch == 1 { new } else { before }
        };
        train(arguments.options()?, &Interrupt::default(), &mut View::silent())?;
        let summary = std::fs::read(out.join(crate::summary::FILE))?;
        let summary: serde_json::Value = serde_json::from_slice(&summary)?;
        summary["test_accuracy"].as_f64().context("a run without a test")
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Case { optimiser, data, config, batch, seed } = self;
        write!(f, "{data}-{config}-{optimiser}-batch-{batch}-seed-{seed}")
    }
}
