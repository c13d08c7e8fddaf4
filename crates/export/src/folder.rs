//! A folder that is there with all its files, or not at all.

use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};

/// # Errors
/// If something is in the folder already.
pub fn check_new(dir: &Path) -> Result<()> {
    let empty = !fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some());
    ensure!(empty, "{} is not empty: name a new folder with --out", dir.display());
    Ok(())
}

/// Writes file names and texts to a new folder; gives the files, relative to it.
pub fn write(dir: &Path, files: &[(String, String)]) -> Result<Vec<PathBuf>> {
    check_new(dir)?;
    let parent = dir.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
    let staging = tempfile::Builder::new()
        .prefix(".export-")
        .tempdir_in(parent)
        .with_context(|| format!("cannot write in {}", parent.display()))?;
    for (name, text) in files {
        fs::write(staging.path().join(name), text).with_context(|| format!("cannot write {name}"))?;
    }
    if dir.exists() {
        fs::remove_dir(dir).with_context(|| format!("cannot replace {}", dir.display()))?;
    }
    fs::rename(staging.keep(), dir).with_context(|| format!("cannot create {}", dir.display()))?;
    Ok(files.iter().map(|(name, _)| name.into()).collect())
}
