//! The folder a run leaves: who may write it, what it is called, what it says about the run.

use crate::atomic;
use crate::backend::Backend;
use crate::checkpoint::{CHECKPOINT, Origin};
use crate::networks::NetworkFile;
use anyhow::{Context, Result, bail};
use ef_isa::Config;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

/// A run folder that this process alone writes to, as long as this value lives.
pub struct RunFolder {
    path: PathBuf,
    _lock: File,
}

const LOCK: &str = ".lock";

/// `run.json`: what was asked for and what ran it.
#[derive(Serialize)]
struct RunFile<'a> {
    #[serde(flatten)]
    origin: &'a Origin,
    backend: String,
    verify: bool,
    resumed_from: Option<String>,
    command: Vec<String>,
    versions: BTreeMap<&'static str, String>,
}

impl RunFolder {
    /// Opens `path`, creating it if need be; `fresh` refuses a folder that holds a run already.
    ///
    /// # Errors
    /// If it cannot be created, another run writes to it, or, with `fresh`, it holds a run.
    pub fn open(path: &Path, fresh: bool) -> Result<RunFolder> {
        atomic::create_folder(path)?;
        let name = path.display();
        if fresh && path.join(CHECKPOINT).exists() {
            bail!(
                "{name} holds a run already; continue it with --resume {name}, or choose another folder with --out"
            );
        }
        let lock_path = path.join(LOCK);
        let lock = File::create(&lock_path).map_err(|e| atomic::explain(&lock_path, e))?;
        match lock.try_lock() {
            Ok(()) => Ok(RunFolder { path: path.into(), _lock: lock }),
            Err(TryLockError::WouldBlock) => {
                bail!(
                    "another ef-train is writing to {name}; wait for it, or choose another folder with --out"
                )
            }
            Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {name}")),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes copies of network and configuration, and `run.json`.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn describe(
        &self,
        network: &NetworkFile,
        config: &Config,
        origin: &Origin,
        backend: Backend,
        verify: bool,
        resumed_from: Option<&Path>,
    ) -> Result<()> {
        let config = format!("# configuration {}\n{}", config.name, toml::to_string(config)?);
        let run = RunFile {
            origin,
            backend: backend.to_string(),
            verify,
            resumed_from: resumed_from.map(|path| path.display().to_string()),
            command: std::env::args().collect(),
            versions: backend.versions(),
        };
        atomic::write(&self.path.join("network.toml"), network.toml.as_bytes())?;
        atomic::write(&self.path.join("config.toml"), config.as_bytes())?;
        atomic::write(&self.path.join("run.json"), (serde_json::to_string_pretty(&run)? + "\n").as_bytes())
    }
}

impl Drop for RunFolder {
    /// Leaves no lock behind, and no folder if nothing was written: the run did not get that far.
    fn drop(&mut self) {
        let _ = std::fs::remove_file(self.path.join(LOCK));
        let _ = std::fs::remove_dir(&self.path);
    }
}

/// The folder of all runs: `runs` in the checkout, else in the current folder.
pub fn runs_folder() -> PathBuf {
    let here = std::env::current_dir().ok();
    match ef_tools::workspace_root() {
        Some(root) if here.as_deref() != Some(root.as_path()) => root.join("runs"),
        _ => PathBuf::from("runs"),
    }
}

/// The first folder `<network>-<backend>-<number>` that does not exist yet.
pub fn next_free(runs: &Path, network: &str, backend: Backend) -> PathBuf {
    (1..)
        .map(|number| runs.join(format!("{network}-{backend}-{number}")))
        .find(|path| !path.exists())
        .expect("there is a next number")
}

/// The run whose checkpoint was written last.
///
/// # Errors
/// If there is none.
pub fn newest(runs: &Path) -> Result<PathBuf> {
    let entries = std::fs::read_dir(runs).into_iter().flatten().flatten().map(|entry| entry.path());
    let written = |path: &PathBuf| path.join(CHECKPOINT).metadata().and_then(|meta| meta.modified()).ok();
    entries.filter(|path| written(path).is_some()).max_by_key(written).with_context(|| {
        format!(
            "there is no run in {} yet: name a run folder or a weights file, or train first",
            runs.display()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_written_by_one_process_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = RunFolder::open(folder.path(), true).unwrap();
        let error = RunFolder::open(folder.path(), true).err().unwrap().to_string();
        assert!(error.contains("another ef-train"), "{error}");
        drop(first);
        assert!(!folder.path().exists(), "nothing was written to it");
        RunFolder::open(folder.path(), true).unwrap();
    }

    #[test]
    fn a_run_is_not_overwritten_by_a_new_one() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(CHECKPOINT), "").unwrap();
        let error = RunFolder::open(folder.path(), true).err().unwrap().to_string();
        assert!(error.contains("--resume"), "{error}");
        RunFolder::open(folder.path(), false).unwrap();
    }

    #[test]
    fn default_folders_are_numbered() {
        let runs = tempfile::tempdir().unwrap();
        let first = next_free(runs.path(), "digits", Backend::Model);
        assert!(first.ends_with("digits-model-1"));
        std::fs::create_dir(&first).unwrap();
        assert!(next_free(runs.path(), "digits", Backend::Model).ends_with("digits-model-2"));
        assert!(newest(runs.path()).is_err());
        std::fs::write(first.join(CHECKPOINT), "").unwrap();
        assert_eq!(newest(runs.path()).unwrap(), first);
    }
}
