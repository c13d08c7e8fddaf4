//! Writing weights and checkpoints.

use super::{BEST, CHECKPOINT, CHECKPOINT_BEFORE, METADATA_KEY, Origin, WEIGHTS, tensors};
use crate::atomic;
use crate::parameters::State;
use anyhow::{Context, Result};
use ef_isa::vector::Optimiser;
use safetensors::tensor::{Dtype, TensorView};
use std::collections::HashMap;
use std::path::Path;

/// Writes checkpoint and weights into the run folder `folder`, each replaced whole; the checkpoint that was there is kept beside it.
///
/// # Errors
/// If a file cannot be written; those before are intact then.
pub fn save(folder: &Path, origin: &Origin, state: &State) -> Result<()> {
    // the checkpoint first: it is what an interrupted run continues from
    atomic::write_keeping(
        &folder.join(CHECKPOINT),
        &folder.join(CHECKPOINT_BEFORE),
        &serialize(origin, state, Some(origin.hyper.optimiser))?,
    )?;
    atomic::write(&folder.join(WEIGHTS), &serialize(origin, state, None)?)
}

/// Writes the weights of the best epoch so far.
///
/// # Errors
/// As [`save`].
pub fn save_best(folder: &Path, origin: &Origin, state: &State) -> Result<()> {
    atomic::write(&folder.join(BEST), &serialize(origin, state, None)?)
}

pub(super) fn serialize(origin: &Origin, state: &State, kept: Option<Optimiser>) -> Result<Vec<u8>> {
    let tensors: Vec<(String, Vec<usize>, Vec<u8>)> = tensors(state, kept)
        .into_iter()
        .map(|(name, extents, values)| (name, extents, values.iter().flat_map(|v| v.to_le_bytes()).collect()))
        .collect();
    let views = tensors
        .iter()
        .map(|(name, extents, bytes)| {
            Ok((name.as_str(), TensorView::new(Dtype::F32, extents.clone(), bytes)?))
        })
        .collect::<Result<Vec<_>, safetensors::SafeTensorError>>()
        .context("tensors that are no safetensors")?;
    // a single key: the order of several would differ from run to run
    let metadata = HashMap::from([(METADATA_KEY.to_string(), serde_json::to_string(origin)?)]);
    safetensors::serialize(views, &Some(metadata)).context("tensors that are no safetensors")
}
