//! Reading data files, compressed or not.

use super::foreign;
use anyhow::{Context, Error, Result, anyhow, bail, ensure};
use std::borrow::Cow;
use std::io::Read;
use std::path::{Path, PathBuf};

/// So many bytes are unpacked before the limit is known; enough for every header.
const HEAD: u64 = 512;

/// The bytes of a file, as stored.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// The content of a data file: `raw`, or what it unpacks to if it is gzip (recognised by its first two bytes). What is no
/// data at all is refused by name. So that a small file cannot fill the memory, one that unpacks to more than `limit` bytes
/// is refused; `limit` sees the first unpacked bytes, and with `None` says that only these are wanted.
pub fn content<'a>(
    name: &str,
    raw: &'a [u8],
    limit: impl FnOnce(&[u8]) -> Option<u64>,
) -> Result<Cow<'a, [u8]>> {
    foreign::refuse(name, raw)?;
    if !raw.starts_with(&[0x1f, 0x8b]) {
        return Ok(raw.into());
    }
    let broken = || format!("{name} is no complete gzip file ({} bytes); download it again", raw.len());
    let mut decoder = flate2::read::MultiGzDecoder::new(raw);
    let mut bytes = Vec::new();
    decoder.by_ref().take(HEAD).read_to_end(&mut bytes).with_context(broken)?;
    foreign::refuse(name, &bytes)?;
    if let Some(limit) = limit(&bytes) {
        // one byte more than allowed: at the end of the file its checksum is checked
        let rest = limit.saturating_add(1).saturating_sub(bytes.len() as u64);
        decoder.take(rest).read_to_end(&mut bytes).with_context(broken)?;
        ensure!(
            bytes.len() as u64 <= limit,
            "{name} unpacks to more than the {limit} bytes that such a file can have; download it again"
        );
    }
    Ok(bytes.into())
}

/// The first of `names` that is a file in `folder`.
pub fn find(folder: &Path, names: &[String]) -> Option<PathBuf> {
    names.iter().map(|name| folder.join(name)).find(|path| path.is_file())
}

/// The names of what is in a folder, sorted; none if it cannot be read.
pub fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names
}

/// The folder a path lies in.
pub fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Refuses a path that is no folder; `set` says what it must hold.
pub fn check_folder(path: &Path, set: &str) -> Result<()> {
    if path.is_file() {
        bail!(
            "{} is a file; unpack it if it is an archive, and name the folder that holds {set}",
            path.display()
        );
    }
    ensure!(path.is_dir(), "{} is no folder; it must hold {set}", path.display());
    Ok(())
}

/// The error for a file that is not in its folder; `set` says what the folder must hold.
pub fn missing(folder: &Path, name: &str, set: &str) -> Error {
    let packed = |name: &String| [".zip", ".tar", ".tar.gz", ".tgz"].iter().any(|end| name.ends_with(end));
    let archives: Vec<String> = names_in(folder).into_iter().filter(packed).collect();
    let hint = match archives.as_slice() {
        [] => String::new(),
        archives => format!("; it holds {}: unpack first", archives.join(", ")),
    };
    anyhow!("{name} is missing in {}; the folder must hold {set}{hint}", folder.display())
}

#[cfg(test)]
mod tests {
    use super::super::testing::gzip;
    use super::*;

    #[test]
    fn a_small_file_cannot_fill_the_memory() {
        let bomb = gzip(&vec![0; 1 << 20]);
        let error = content("bomb.gz", &bomb, |_| Some(1000)).unwrap_err().to_string();
        assert!(error.contains("bomb.gz unpacks to more than the 1000 bytes"), "{error}");
        assert_eq!(content("bomb.gz", &bomb, |_| None).unwrap().len() as u64, HEAD);
        assert_eq!(content("bomb.gz", &bomb, |_| Some(1 << 20)).unwrap().len(), 1 << 20);
    }

    #[test]
    fn what_is_packed_is_named_as_what_is_not() {
        let error = content("page.gz", &gzip(b"<html>not found"), |_| None).unwrap_err().to_string();
        assert!(error.contains("page.gz is a web page"), "{error}");
    }

    #[test]
    fn a_damaged_checksum_is_noticed() {
        let mut bytes = gzip(&[7; 3000]);
        let checksum = bytes.len() - 8;
        bytes[checksum] ^= 1;
        let error = content("file.gz", &bytes, |_| Some(3000)).unwrap_err().to_string();
        assert!(error.contains("file.gz is no complete gzip file"), "{error}");
    }
}
