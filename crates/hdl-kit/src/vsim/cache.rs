//! Results of slow builds, kept in folders named after the hash of everything they depend on.
use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The folder for the build whose inputs are `inputs`, made by `build` if no process has made it yet.
///
/// `build` fills an empty folder, which gets its final name only when complete; a failed one is kept to be
/// looked at. A lock file keeps other processes and threads from building the same thing at the same time.
pub(super) fn folder(
    kind: &str,
    inputs: &[&str],
    build: impl FnOnce(&Path) -> Result<()>,
) -> Result<PathBuf> {
    folder_in(&cache_dir(), kind, inputs, build)
}

fn folder_in(
    cache: &Path,
    kind: &str,
    inputs: &[&str],
    build: impl FnOnce(&Path) -> Result<()>,
) -> Result<PathBuf> {
    let name = format!("{kind}-{}", hash(inputs));
    let done = cache.join(&name);
    if done.exists() {
        return Ok(done);
    }
    fs::create_dir_all(cache).with_context(|| format!("cannot create {}", cache.display()))?;
    let lock = File::create(cache.join(format!("{name}.lock")))?;
    lock.lock().with_context(|| format!("cannot lock {name}"))?;
    if !done.exists() {
        let partial = cache.join(format!(".partial-{name}-{}-{}", std::process::id(), serial()));
        fs::create_dir_all(&partial)?;
        if let Err(error) = build(&partial) {
            let failed = cache.join(format!("failed-{name}"));
            // only a convenience: the error matters more than keeping its cause
            let _ = fs::remove_dir_all(&failed);
            let _ = fs::rename(&partial, &failed);
            return Err(error.context(format!("the files are in {}", failed.display())));
        }
        fs::rename(&partial, &done).with_context(|| format!("cannot finish {}", done.display()))?;
    }
    Ok(done)
}

fn serial() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

fn hash(inputs: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for input in inputs {
        hasher.update(input.len().to_le_bytes());
        hasher.update(input.as_bytes());
    }
    hex::encode(&hasher.finalize()[..16])
}

/// `EF_VERILATED_DIR` if set, else `verilated` in cargo's target directory, else a folder for temporary
/// files.
fn cache_dir() -> PathBuf {
    if let Some(dir) = std::env::var_os("EF_VERILATED_DIR") {
        return dir.into();
    }
    target_dir().unwrap_or_else(|| std::env::temp_dir().join("ef-train")).join("verilated")
}

/// Cargo marks its target directory with a `CACHEDIR.TAG`; the running test or program is inside. Doc tests
/// are not, but cargo runs them with its variables set.
fn target_dir() -> Option<PathBuf> {
    let from_exe = std::env::current_exe()
        .ok()
        .and_then(|exe| exe.ancestors().find(|dir| dir.join("CACHEDIR.TAG").exists()).map(Path::to_path_buf));
    let from_env = || std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let from_root = || ef_tools::workspace_root().map(|root| root.join("target"));
    from_exe.or_else(from_env).or_else(from_root)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;

    #[test]
    fn one_of_many_simultaneous_builders_builds_and_all_get_the_result() {
        let cache = tempfile::tempdir().unwrap();
        let builds = AtomicUsize::new(0);
        let start = Barrier::new(4);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    start.wait();
                    let dir = folder_in(cache.path(), "test", &[], |dir| {
                        builds.fetch_add(1, Ordering::Relaxed);
                        Ok(fs::write(dir.join("result"), "done")?)
                    });
                    assert_eq!(fs::read_to_string(dir.unwrap().join("result")).unwrap(), "done");
                });
            }
        });
        assert_eq!(builds.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_failed_build_leaves_no_result_behind() {
        let cache = tempfile::tempdir().unwrap();
        let error = folder_in(cache.path(), "test", &[], |_| anyhow::bail!("broken")).unwrap_err();
        assert!(error.to_string().contains("failed-test"), "{error:#}");
        assert!(folder_in(cache.path(), "test", &[], |_| Ok(())).is_ok());
    }

    #[test]
    fn moving_text_from_one_input_to_the_next_changes_the_hash() {
        assert_ne!(hash(&["ab", "c"]), hash(&["a", "bc"]));
    }
}
