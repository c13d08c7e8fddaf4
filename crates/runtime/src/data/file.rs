//! Reading data files, compressed or not.

use anyhow::{Context, Result, bail};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The bytes of a file; gzip is recognised by its first two bytes and unpacked.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    let raw = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    if raw.starts_with(&[0x1f, 0x8b]) {
        unpack(&raw).with_context(|| {
            format!("{} is no complete gzip file ({} bytes); download it again", path.display(), raw.len())
        })
    } else {
        Ok(raw)
    }
}

/// The content of a gzip file.
pub fn unpack(raw: &[u8]) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    flate2::read::MultiGzDecoder::new(raw).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The first of `names` that is a file in `folder`; `set` says in the error what the folder must hold.
pub fn find(folder: &Path, names: &[&str], set: &str) -> Result<PathBuf> {
    if !folder.is_dir() {
        bail!("{} is no folder; it must hold {set}", folder.display());
    }
    match names.iter().map(|name| folder.join(name)).find(|path| path.is_file()) {
        Some(path) => Ok(path),
        None => bail!("{} is missing in {}; the folder must hold {set}", names[0], folder.display()),
    }
}

/// Refuses a label that is no class of the network, naming the file and the record.
pub fn check_label(path: &Path, record: usize, label: u8, classes: usize) -> Result<()> {
    if usize::from(label) >= classes {
        bail!(
            "{}: record {record} has label {label}, but the network has {classes} outputs (labels 0..={}); \
             use a network with more outputs, or repair the file",
            path.display(),
            classes - 1
        );
    }
    Ok(())
}
