//! Reading weights and checkpoints, refusing what does not fit the network.

use super::{CHECKPOINT, CHECKPOINT_BEFORE, METADATA_KEY, Origin, running_names, suffixes, tensor_names};
use crate::networks::NetworkFile;
use crate::parameters::{LayerState, State, Tensors, position};
use anyhow::{Context, Result, anyhow, bail};
use ef_compiler::ParameterShape;
use ef_isa::vector::Optimiser;
use safetensors::SafeTensors;
use safetensors::tensor::Dtype;
use std::path::{Path, PathBuf};

/// A safetensors file in memory.
pub struct SavedFile {
    path: PathBuf,
    bytes: Vec<u8>,
    /// The run that wrote it; other programs' files have none.
    pub origin: Option<Origin>,
}

impl SavedFile {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// If it cannot be read, or as [`SavedFile::parse`].
    pub fn open(path: &Path) -> Result<SavedFile> {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        SavedFile::parse(path, bytes)
    }

    /// A file with these bytes; `path` is for errors.
    ///
    /// # Errors
    /// If it is no safetensors file, is truncated, or its metadata is damaged.
    pub fn parse(path: &Path, bytes: Vec<u8>) -> Result<SavedFile> {
        let name = path.display();
        // checks that the file is as long as its header says
        SafeTensors::deserialize(&bytes).map_err(|error| {
            anyhow!(
                "{name} is truncated or no safetensors file ({} bytes): {error}{}",
                bytes.len(),
                kept_beside(path)
            )
        })?;
        let (_, header) = SafeTensors::read_metadata(&bytes)?;
        let origin = header
            .metadata()
            .as_ref()
            .and_then(|metadata| metadata.get(METADATA_KEY))
            .map(|json| serde_json::from_str(json))
            .transpose()
            .with_context(|| {
                format!("{name} was written by a version of ef-train that this one cannot read")
            })?;
        Ok(SavedFile { path: path.into(), bytes, origin })
    }

    /// Where it was read from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The parameters of `network`; with `kept`, what its optimiser keeps too, else that is zero.
    ///
    /// # Errors
    /// If a tensor is missing, has another shape or belongs to no layer, or the file was written for another
    /// network.
    pub fn state(&self, network: &NetworkFile, kept: bool) -> Result<State> {
        let file = SafeTensors::deserialize(&self.bytes)?;
        let shapes = network.network.parameters();
        self.check_names(&file, network, &shapes)?;
        let layers = shapes.into_iter().map(|shape| self.layer(&file, network, shape, kept));
        let state = layers.collect::<Result<State>>()?;
        self.check_hash(network)?;
        if let Some(origin) = &self.origin {
            origin.check(network).with_context(|| format!("{} is damaged", self.path.display()))?;
        }
        Ok(state)
    }

    fn layer(
        &self,
        file: &SafeTensors,
        network: &NetworkFile,
        shape: ParameterShape,
        kept: bool,
    ) -> Result<LayerState> {
        let set = |suffix: &str| -> Result<Tensors> {
            let names = tensor_names(&shape, suffix).into_iter();
            let mut tensors = names.map(|(name, extents)| self.tensor(file, network, &name, &extents));
            let weight = tensors.next().expect("every layer has weights")?;
            Ok(Tensors { weight, bias: tensors.next().transpose()?.unwrap_or_default() })
        };
        let values = set("")?;
        let suffixes = suffixes(network.network.optimiser);
        let kept = suffixes.map(|suffix| if kept { set(&suffix) } else { Ok(Tensors::zero(&shape)) });
        let kept = kept.collect::<Result<_>>()?;
        let mut running = running_names(&shape).into_iter();
        let tensor = |name: String| self.tensor(file, network, &name, &[shape.outputs]);
        let running = match (running.next(), running.next()) {
            (Some(means), Some(variances)) => {
                Some(Tensors { weight: tensor(means)?, bias: tensor(variances)? })
            }
            _ => None,
        };
        Ok(LayerState { shape, values, kept, running })
    }

    fn tensor(
        &self,
        file: &SafeTensors,
        network: &NetworkFile,
        name: &str,
        extents: &[usize],
    ) -> Result<Vec<f32>> {
        let path = self.path.display();
        let network = &network.network.name;
        let Ok(tensor) = file.tensor(name) else {
            bail!("{path} holds no {name}, which network {network} needs{}", self.written_for());
        };
        if tensor.dtype() != Dtype::F32 {
            bail!("{path}: {name} is {:?}; only F32 is possible", tensor.dtype());
        }
        if tensor.shape() != extents && !same_dense(tensor.shape(), extents) {
            bail!(
                "{path}: {name} is {:?}, in network {network} it is {extents:?}{}",
                tensor.shape(),
                self.written_for()
            );
        }
        let words = tensor.data().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
        let values: Vec<f32> = words.collect();
        match values.iter().position(|value| !value.is_finite()) {
            Some(index) => bail!(
                "{path}: {name}{} is {}; the accelerator computes with finite numbers only: use an earlier checkpoint",
                position(index, extents),
                values[index]
            ),
            None => Ok(values),
        }
    }

    /// Refuses a file without what an optimiser keeps: it was saved to be evaluated.
    ///
    /// # Errors
    /// If it has nothing of the kind.
    pub fn check_resumable(&self) -> Result<()> {
        let names = SafeTensors::deserialize(&self.bytes)?;
        let mut suffixes = Optimiser::ALL.into_iter().flat_map(suffixes);
        if suffixes.any(|suffix| names.names().iter().any(|name| name.ends_with(&suffix))) {
            return Ok(());
        }
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let checkpoint = folder.join(CHECKPOINT);
        let instead = match checkpoint.is_file() {
            true => format!("go on with --resume {}", checkpoint.display()),
            false => format!("the run's {CHECKPOINT} is needed"),
        };
        bail!(
            "{} holds weights without what the optimiser keeps: it can be evaluated, not continued; {instead}",
            self.path.display()
        )
    }

    /// Every tensor of the file belongs to a layer of the network.
    fn check_names(
        &self,
        file: &SafeTensors,
        network: &NetworkFile,
        shapes: &[ParameterShape],
    ) -> Result<()> {
        let known: Vec<String> = shapes
            .iter()
            .flat_map(|shape| {
                let kept = Optimiser::ALL.into_iter().flat_map(suffixes);
                let suffixes = std::iter::once(String::new()).chain(kept);
                let named = suffixes.flat_map(|suffix| tensor_names(shape, &suffix)).map(|(name, _)| name);
                named.chain(running_names(shape)).collect::<Vec<_>>()
            })
            .collect();
        let mut names = file.names();
        names.sort();
        match names.into_iter().find(|name| !known.iter().any(|known| known == *name)) {
            Some(name) => bail!(
                "{} holds {name}, network {} has no such layer{}",
                self.path.display(),
                network.network.name,
                self.written_for()
            ),
            None => Ok(()),
        }
    }

    /// Equal shapes do not make the same network: a ReLU may be missing.
    fn check_hash(&self, network: &NetworkFile) -> Result<()> {
        match &self.origin {
            Some(origin) if origin.network_hash != network.hash => bail!(
                "{} does not belong to network {} ({}): the weights have the same shapes, but the descriptions differ{}",
                self.path.display(),
                network.network.name,
                network.hash,
                self.written_for()
            ),
            _ => Ok(()),
        }
    }

    /// The end of an error: which network the file was written for, where it says so.
    fn written_for(&self) -> String {
        let Some(origin) = &self.origin else { return String::new() };
        let name = origin.network_file().map_or_else(|_| "another network".into(), |file| file.network.name);
        format!("; it was written for network {name} ({}), use that one", origin.network_hash)
    }
}

/// `[M, N, 1, 1]` where `[M, N]` is meant.
fn same_dense(shape: &[usize], extents: &[usize]) -> bool {
    extents.len() == 2 && shape.len() == 4 && shape[..2] == *extents && shape[2..] == [1, 1]
}

/// The end of an error about the checkpoint at `path`: the one before it, where there is one.
fn kept_beside(path: &Path) -> String {
    let before = path.with_file_name(CHECKPOINT_BEFORE);
    if path.file_name().is_some_and(|name| name == CHECKPOINT) && before.is_file() {
        format!("; the checkpoint before it is {}", before.display())
    } else {
        String::new()
    }
}
