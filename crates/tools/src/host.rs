//! Programs that the system must provide: they are only ever taken from the `PATH`.
use crate::tool::{Source, Tool, on_path, output_of, version_in};
use anyhow::{Result, anyhow, ensure};
use std::path::PathBuf;

/// How to install the C++ compiler on Debian and Ubuntu.
pub(crate) const CXX_INSTALL: &str = "apt-get install g++";
pub(crate) const PYTHON_INSTALL: &str = "apt-get install python3 python3-pip";
pub(crate) const ICARUS_INSTALL: &str = "apt-get install iverilog";
/// How to install what Verilator's FST writer includes, on Debian and Ubuntu.
pub const FST_INSTALL: &str = "apt-get install zlib1g-dev liblz4-dev";

/// The C++ compiler: `CXX` if set, else `c++`, `g++` or `clang++`.
///
/// # Errors
/// If there is none, or it does not run. The error says how to install one.
pub fn cxx() -> Result<Tool> {
    let (program, source) = match crate::dirs::non_empty_env("CXX") {
        Some(path) => (path, Source::Env),
        None => {
            let found = ["c++", "g++", "clang++"].into_iter().find_map(on_path);
            let hint = || anyhow!("no C++ compiler on the PATH; install one with: {CXX_INSTALL}");
            (found.ok_or_else(hint)?, Source::Path)
        }
    };
    probe("c++", program, source, "--version")
}

/// Python 3, used to fetch and to start the pinned programs.
///
/// # Errors
/// If the `PATH` has none, or it does not run. The error says how to install it.
pub fn python() -> Result<Tool> {
    from_path("python3", "--version", PYTHON_INSTALL)
}

/// The Icarus Verilog compiler.
///
/// # Errors
/// If the `PATH` has none, or it does not run. The error says how to install it.
pub fn iverilog() -> Result<Tool> {
    from_path("iverilog", "-V", ICARUS_INSTALL)
}

/// The runtime that executes what [`iverilog`] compiles.
///
/// # Errors
/// If the `PATH` has none, or it does not run. The error says how to install it.
pub fn vvp() -> Result<Tool> {
    from_path("vvp", "-V", ICARUS_INSTALL)
}

/// The headers that Verilator's FST writer includes.
///
/// # Errors
/// If there is no C++ compiler, or it does not find them. The error says how to install them.
pub fn fst_headers() -> Result<Tool> {
    let mut compiler = cxx()?;
    let probe = ["-E", "-include", "zlib.h", "-include", "lz4.h", "-x", "c++", "/dev/null"];
    let found = compiler.command().args(probe).output().is_ok_and(|run| run.status.success());
    ensure!(found, "the C++ compiler finds no zlib.h and lz4.h; install them with: {FST_INSTALL}");
    compiler.name = "zlib, lz4";
    Ok(compiler)
}

fn from_path(name: &'static str, version_flag: &str, install: &str) -> Result<Tool> {
    let path =
        on_path(name).ok_or_else(|| anyhow!("{name} is not on the PATH; install it with: {install}"))?;
    probe(name, path, Source::Path, version_flag)
}

/// A tool whose version is what it prints when asked with `flag`.
pub(crate) fn probe(name: &'static str, path: PathBuf, source: Source, flag: &str) -> Result<Tool> {
    let text = output_of(std::process::Command::new(&path).arg(flag))?;
    let version = version_in(&text).unwrap_or_else(|| "unknown".into());
    Ok(Tool::new(name, version, path, source))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_missing_program_is_reported_with_the_command_that_installs_it() {
        let error = super::from_path("no-such-program", "-V", "apt-get install it").unwrap_err();
        assert!(error.to_string().contains("apt-get install it"), "{error}");
    }
}
