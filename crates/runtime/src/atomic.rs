//! Files that are either the old or the new one, never half of it.

use anyhow::{Context, Result};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use tempfile::TempPath;

/// Replaces the file at `path` by `bytes`: written beside it under another name, flushed to the disk, then renamed. Where that fails,
/// nothing of it stays.
///
/// # Errors
/// If the file cannot be written: says which, that the one before is intact, and what to do about a full disk.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    put(path, |partial| write_through(partial, bytes)).map_err(|error| explain(path, error))
}

/// Like [`write()`]; the file that is replaced becomes `before`. At every moment there is a whole file at `path`.
///
/// # Errors
/// See [`write()`].
pub fn write_keeping(path: &Path, before: &Path, bytes: &[u8]) -> Result<()> {
    let keep = |kept: &Path| {
        // a second name, or a copy where the disk knows no second names
        let _ = fs::remove_file(kept);
        fs::hard_link(path, kept).or_else(|_| fs::copy(path, kept).map(drop))
    };
    if path.exists() {
        put(before, keep).map_err(|error| explain(before, error))?;
    }
    write(path, bytes)
}

/// Puts at `path` the file that `make` makes under another name, which is removed if anything fails.
fn put(path: &Path, make: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
    let partial = TempPath::try_from_path(partial_name(path))?;
    make(&partial)?;
    Ok(partial.persist(path)?)
}

/// The name a file has while it is being written.
fn partial_name(path: &Path) -> PathBuf {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    path.with_file_name(format!(".{name}.partial"))
}

fn write_through(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    // a device such as /dev/full cannot be flushed to a disk, and needs not be
    match file.sync_all() {
        Err(error) if error.kind() == ErrorKind::InvalidInput => Ok(()),
        result => result,
    }
}

/// An error that names the file, what became of the one before, and what to do about a full disk.
pub(crate) fn explain(path: &Path, error: io::Error) -> anyhow::Error {
    let full =
        matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge);
    let before = if path.exists() { "; the file of that name written before is intact" } else { "" };
    let advice = if full { "; free some space, or choose a folder on another disk with --out" } else { "" };
    anyhow::Error::new(error).context(format!("cannot write {}{before}{advice}", path.display()))
}

/// Creates the folder `path` and those above it.
///
/// # Errors
/// If it cannot be created.
pub fn create_folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path)
        .with_context(|| format!("cannot create the folder {}; choose another with --out", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_file_replaces_the_one_before_and_leaves_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        write(&path, b"one").unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    #[cfg(unix)]
    fn a_written_file_has_the_permissions_of_any_other() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let [path, other] = ["a.txt", "other.txt"].map(|name| folder.path().join(name));
        write(&path, b"one").unwrap();
        fs::write(&other, b"one").unwrap();
        let [mode, usual] = [path, other].map(|path| fs::metadata(path).unwrap().permissions().mode());
        assert_eq!(mode, usual, "{mode:o} {usual:o}");
    }

    #[test]
    fn the_file_before_is_kept_under_its_own_name() {
        let folder = tempfile::tempdir().unwrap();
        let [path, before] = ["a.txt", "before.txt"].map(|name| folder.path().join(name));
        for text in ["one", "two", "three"] {
            write_keeping(&path, &before, text.as_bytes()).unwrap();
        }
        assert_eq!((fs::read(&path).unwrap(), fs::read(&before).unwrap()), (b"three".into(), b"two".into()));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_leaves_the_file_before_intact_and_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        write(&path, b"one").unwrap();
        std::os::unix::fs::symlink("/dev/full", partial_name(&path)).unwrap();
        let error = format!("{:#}", write(&path, b"two").unwrap_err());
        assert!(error.contains("a.txt") && error.contains("No space left"), "{error}");
        assert!(error.contains("intact") && error.contains("--out"), "{error}");
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
