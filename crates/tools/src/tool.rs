//! A program that was found, and how to run it.
use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where a [`Tool`] was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Named by an environment variable.
    Env,
    /// Installed by this crate at its pinned version.
    Pinned,
    /// Found on the `PATH`.
    Path,
}

/// A runnable program.
#[derive(Clone, Debug)]
pub struct Tool {
    /// The name used in messages, such as `verilator`.
    pub name: &'static str,
    /// The version it reports, or the pinned one.
    pub version: String,
    /// The program (for a Python package: the interpreter).
    pub path: PathBuf,
    /// Where it was found.
    pub source: Source,
    pub(crate) leading_args: Vec<OsString>,
    pub(crate) env: Vec<(&'static str, OsString)>,
}

impl Tool {
    pub(crate) fn new(name: &'static str, version: impl Into<String>, path: PathBuf, source: Source) -> Tool {
        Tool { name, version: version.into(), path, source, leading_args: Vec::new(), env: Vec::new() }
    }

    /// A command that runs the program, its environment already set: add arguments and run it.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        command.args(&self.leading_args).envs(self.env.iter().map(|(key, value)| (key, value)));
        command
    }

    /// A variable this tool sets in its own environment, such as `VERILATOR_ROOT`.
    pub fn env(&self, key: &str) -> Option<&Path> {
        self.env.iter().find(|(name, _)| *name == key).map(|(_, value)| Path::new(value))
    }
}

/// The program `name` if it is an executable file on the `PATH`.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|dir| dir.join(name))
        .find(|candidate| is_executable(candidate))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}

/// What `command` prints on standard output; an error that shows standard error if it fails.
pub(crate) fn output_of(command: &mut Command) -> Result<String> {
    let output =
        command.stdin(Stdio::null()).output().with_context(|| format!("cannot start {command:?}"))?;
    if !output.status.success() {
        bail!("{command:?} failed ({}):\n{}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The first thing in `text` that looks like a version number (`5.006`, `12.2.0`, `0.70+12`).
pub(crate) fn version_in(text: &str) -> Option<String> {
    text.split(|c: char| c.is_whitespace() || c == '(' || c == ')').find_map(|word| {
        let word = word.trim_start_matches('v').trim_end_matches([',', ';']);
        let starts = word.starts_with(|c: char| c.is_ascii_digit());
        (starts && word.contains('.')).then(|| word.to_string())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_what_programs_print() {
        assert_eq!(version_in("Verilator 5.006 2023-01-22 rev (Debian 5.006-3)").as_deref(), Some("5.006"));
        assert_eq!(version_in("Icarus Verilog version 11.0 (stable) ()").as_deref(), Some("11.0"));
        assert_eq!(version_in("Python 3.11.7").as_deref(), Some("3.11.7"));
        assert_eq!(version_in("no number here"), None);
    }

    #[test]
    fn a_failing_command_is_reported_with_its_standard_error() {
        let error = output_of(Command::new("sh").args(["-c", "echo broken >&2; exit 3"])).unwrap_err();
        assert!(format!("{error:#}").contains("broken"), "{error:#}");
    }
}
