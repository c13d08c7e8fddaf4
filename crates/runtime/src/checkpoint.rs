//! Saved parameters: safetensors files that say what they are.
//!
//! `weights.safetensors` holds `<layer>.weight` `[M, N, kr, kc]` and `<layer>.bias` `[M]` of every layer; the weight of a fully connected
//! layer is `[M, N]`, as PyTorch has it, with its inputs in the order channel, row, column (`[M, N, 1, 1]` is read as well).
//! A batch normalisation has `<layer>.running_mean` and `<layer>.running_var` too, all four `[M]`; a depthwise convolution has a weight `[M, 1, kr, kc]`.
//! `checkpoint.safetensors` adds what the optimiser keeps, `<layer>.weight.velocity` and `<layer>.bias.velocity` (of Adam `.mean` and `.square`); the
//! one before it is kept.
//! `best.safetensors` holds the weights of the epoch with the best test. All carry [`Origin`] as JSON under the metadata key `ef-train`.

mod read;
mod write;

use crate::data::DataSpec;
use crate::hyper::Hyper;
use crate::networks::NetworkFile;
use crate::parameters::State;
use crate::pixels::Pixels;
use crate::progress::Progress;
use anyhow::{Result, ensure};
use ef_compiler::{ParameterKind, ParameterShape};
use ef_isa::vector::Optimiser;
use ef_sim::DramSettings;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

pub use read::SavedFile;
pub use write::{save, save_best};

/// What the tensors of a batch normalisation beside `weight` and `bias` are called, as in PyTorch.
pub const RUNNING: [&str; 2] = ["running_mean", "running_var"];

/// File name of the weights in a run folder.
pub const WEIGHTS: &str = "weights.safetensors";
/// File name of the weights of the best epoch.
pub const BEST: &str = "best.safetensors";
/// File name of everything a run continues from.
pub const CHECKPOINT: &str = "checkpoint.safetensors";
/// File name of the checkpoint before that one.
pub const CHECKPOINT_BEFORE: &str = "checkpoint-before.safetensors";

const METADATA_KEY: &str = "ef-train";

/// The run that wrote a file: enough to continue it, or to measure its weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// Version of ef-train.
    pub version: String,
    /// The network's description, whole.
    pub network: String,
    /// Hash of the description ([`NetworkFile::hash`]).
    pub network_hash: String,
    /// Name of the accelerator's configuration.
    pub config: String,
    /// The data set, as on the command line.
    pub data: String,
    /// [`Dataset::content_hash`](crate::data::Dataset::content_hash); versions before it have none.
    #[serde(default)]
    pub data_hash: Option<String>,
    /// Images of the training part; versions before it do not say.
    #[serde(default)]
    pub train_images: Option<usize>,
    /// What became of the pixels; versions before it know bytes only.
    #[serde(default)]
    pub pixels: Option<Pixels>,
    /// Decides the initial weights and the order of the images.
    pub seed: u64,
    /// Images per step.
    pub batch: usize,
    /// The optimiser's settings.
    pub hyper: Hyper,
    /// Epochs of the whole run.
    pub epochs: u32,
    /// The step after which the run ends, if it was limited.
    pub steps: Option<u64>,
    /// Timing of the simulated DRAM.
    pub dram: DramSettings,
    /// How far the run has come.
    pub progress: Progress,
}

impl Origin {
    /// The network of the run, with its optimiser.
    ///
    /// # Errors
    /// If the description in the file is damaged.
    pub fn network_file(&self) -> Result<NetworkFile> {
        let mut file = NetworkFile::parse(&self.network, "in the checkpoint")?;
        file.network.optimiser = self.hyper.optimiser;
        Ok(file)
    }

    /// Refuses numbers that no run writes: the file may be damaged. `network` is that of the run.
    ///
    /// # Errors
    /// If a number is out of its range: names it, and what is possible.
    pub fn check(&self, network: &NetworkFile) -> Result<()> {
        const MOST_STEPS: u64 = 1 << 53;
        let Progress { epoch, batches, step, .. } = self.progress;
        for (name, value, least, most) in [
            ("batch", self.batch as u64, 1, MOST_STEPS),
            ("epochs", self.epochs.into(), 1, u64::from(u32::MAX) - 1),
            ("steps", self.steps.unwrap_or(1), 1, MOST_STEPS),
            ("epoch", epoch.into(), 1, u64::from(u32::MAX) - 1),
            ("batches", batches as u64, 0, MOST_STEPS),
            ("step", step, 0, MOST_STEPS),
        ] {
            ensure!((least..=most).contains(&value), "{name} is {value}; {least} to {most} is possible");
        }
        self.hyper.check(MOST_STEPS)?;
        for text in [&self.network_hash, &self.data, &self.config, &self.version] {
            ensure!(!text.chars().any(char::is_control), "{text:?} holds control characters");
        }
        self.pixels(network).check(&network.network.input)
    }

    /// What becomes of the pixels of `network`, the one of this run.
    pub fn pixels(&self, network: &NetworkFile) -> Pixels {
        let shift = network.network.input.scale_shift.unwrap_or(0);
        self.pixels.clone().unwrap_or(Pixels::Bytes { shift })
    }

    /// The data set of the run.
    ///
    /// # Errors
    /// If the file does not name one.
    pub fn data_spec(&self) -> Result<DataSpec> {
        self.data.parse().map_err(anyhow::Error::msg)
    }
}

/// The file meant by a path: itself, or `name` in the run folder.
pub fn in_run_folder(path: &Path, name: &str) -> PathBuf {
    if path.is_dir() { path.join(name) } else { path.to_path_buf() }
}

/// What the names of the tensors that an optimiser keeps end with.
fn suffixes(optimiser: Optimiser) -> impl Iterator<Item = String> {
    optimiser.state().iter().map(|name| format!(".{name}"))
}

/// Name, extents and values of every tensor of a state; of what an optimiser keeps only if it is named.
fn tensors(state: &State, kept: Option<Optimiser>) -> Vec<(String, Vec<usize>, &[f32])> {
    let mut tensors = Vec::new();
    for layer in state {
        let names = kept.map(suffixes).into_iter().flatten();
        let kept = names.zip(&layer.kept).map(|(suffix, set)| (set, suffix));
        for (set, suffix) in std::iter::once((&layer.values, String::new())).chain(kept) {
            let names = tensor_names(&layer.shape, &suffix);
            for ((name, extents), values) in names.into_iter().zip([&set.weight, &set.bias]) {
                tensors.push((name, extents, values.as_slice()));
            }
        }
        if let Some(running) = &layer.running {
            for (name, values) in
                running_names(&layer.shape).into_iter().zip([&running.weight, &running.bias])
            {
                tensors.push((name, vec![layer.shape.outputs], values.as_slice()));
            }
        }
    }
    tensors
}

/// Names of the running statistics of a batch normalisation; none of another layer.
fn running_names(shape: &ParameterShape) -> Vec<String> {
    let names = RUNNING.map(|name| format!("{}.{name}", shape.name));
    if shape.kind == ParameterKind::BatchNorm { names.to_vec() } else { Vec::new() }
}

/// Name and extents of the weight of a layer, and of the bias if it has one.
fn tensor_names(shape: &ParameterShape, suffix: &str) -> Vec<(String, Vec<usize>)> {
    let weight = (format!("{}.weight{suffix}", shape.name), shape.extents());
    let bias = (format!("{}.bias{suffix}", shape.name), vec![shape.outputs]);
    if shape.bias { vec![weight, bias] } else { vec![weight] }
}

#[cfg(test)]
mod tests;
