//! The accelerator as files for other toolchains.
//!
//! ```text
//! DIR/ef_accelerator.v or one file per module     the accelerator, identical modules merged
//!     ef_mult18_ecp5.v, ef_mult18_portable.v      the multiplier: choose one
//!     mult18x18d_model.v, lut4_model.v            simulation models of its primitives of the ECP5
//!     files_ecp5.f, files_portable.f              file lists for synthesis and simulation
//!     ef_accelerator.json                         ports, parameters, registers, program encodings
//! ```

mod describe;

use anyhow::{Context, Result, bail};
use ef_program::Config;
use std::fs;
use std::path::{Path, PathBuf};

pub use describe::{Description, describe};

const MULTIPLIERS: [(&str, &str); 4] = [
    ("ef_mult18_ecp5.v", include_str!("../../rtl/verilog/ef_mult18_ecp5.v")),
    ("ef_mult18_portable.v", include_str!("../../rtl/verilog/ef_mult18_portable.v")),
    ("mult18x18d_model.v", include_str!("../../rtl/verilog/mult18x18d_model.v")),
    ("lut4_model.v", include_str!("../../rtl/verilog/lut4_model.v")),
];

/// Writes the accelerator of a configuration to `dir`, which must not exist or be empty; nothing is left half-written.
/// Returns the files, relative to `dir`.
pub fn export(config: &Config, dir: &Path, single_file: bool) -> Result<Vec<PathBuf>> {
    if fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some()) {
        bail!("{} is not empty: name a new folder with --out", dir.display());
    }
    let parent = dir.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
    let staging = tempfile::Builder::new()
        .prefix(".export-")
        .tempdir_in(parent)
        .with_context(|| format!("cannot write in {}", parent.display()))?;
    let mut files = Vec::new();
    let mut write = |name: String, text: &str| -> Result<()> {
        fs::write(staging.path().join(&name), text).with_context(|| format!("cannot write {name}"))?;
        files.push(PathBuf::from(name));
        Ok(())
    };
    let verilog = ef_rtl::top::modules(config)?;
    let mut sources = Vec::new();
    if single_file {
        sources.push(format!("{}.v", ef_rtl::top::TOP));
        write(sources[0].clone(), &verilog.source())?;
    } else {
        for module in &verilog.modules {
            sources.push(format!("{}.v", module.name));
            write(format!("{}.v", module.name), &module.text)?;
        }
    }
    for (name, text) in MULTIPLIERS {
        write(name.into(), text)?;
    }
    for (list, multiplier) in
        [("files_ecp5.f", "ef_mult18_ecp5.v"), ("files_portable.f", "ef_mult18_portable.v")]
    {
        let lines: String =
            sources.iter().map(String::as_str).chain([multiplier]).map(|f| format!("{f}\n")).collect();
        write(list.into(), &lines)?;
    }
    let description = serde_json::to_string_pretty(&describe(config)?)?;
    write(format!("{}.json", ef_rtl::top::TOP), &(description + "\n"))?;
    if dir.exists() {
        fs::remove_dir(dir).with_context(|| format!("cannot replace {}", dir.display()))?;
    }
    fs::rename(staging.keep(), dir).with_context(|| format!("cannot create {}", dir.display()))?;
    Ok(files)
}
