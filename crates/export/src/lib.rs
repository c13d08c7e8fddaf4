//! The accelerator, or a board with everything around it, as files for other toolchains.
//!
//! ```text
//! export: DIR/ef_accelerator.v or one file per module     the accelerator, identical modules merged
//!     ef_mult18_ecp5.v, ef_mult18_portable.v      the multiplier: choose one
//!     mult18x18d_model.v, lut4_model.v            simulation models of its primitives of the ECP5
//!     files_ecp5.f, files_portable.f              file lists for synthesis and simulation
//!     ef_accelerator.json                         ports, parameters, multipliers, registers, program encodings
//!     README.md                                   how tools read it
//!
//! export_board: DIR/board.v, chip.v, pins.lpf, synth.ys, carry.v   what `ef_synth` gives to Yosys and nextpnr
//!     chip_portable.v                             the chip for simulators
//!     files_ecp5.f, files_portable.f, README.md
//! ```

mod describe;
mod folder;
pub mod hashes;
mod readme;

use anyhow::Result;
use ef_board::Board;
use ef_isa::Config;
use ef_synth::Design;
use std::path::{Path, PathBuf};

pub use describe::{Description, Multipliers, describe};

const MULTIPLIERS: [(&str, &str); 4] = [
    ("ef_mult18_ecp5.v", include_str!("../../rtl/verilog/ef_mult18_ecp5.v")),
    ("ef_mult18_portable.v", include_str!("../../rtl/verilog/ef_mult18_portable.v")),
    ("mult18x18d_model.v", include_str!("../../rtl/verilog/mult18x18d_model.v")),
    ("lut4_model.v", include_str!("../../rtl/verilog/lut4_model.v")),
];

/// The seed of the placer in the commands of a board's README.
const SEED: u64 = 1;

/// Writes the accelerator of a configuration to `dir`, which must not exist or be empty; nothing is left half-written.
/// Returns the files, relative to `dir`.
///
/// # Errors
/// If `dir` exists and is not empty, a file cannot be written, or the configuration cannot be exported.
pub fn export(config: &Config, dir: &Path, single_file: bool) -> Result<Vec<PathBuf>> {
    folder::check_new(dir)?;
    let top = ef_rtl::top::TOP;
    let verilog = ef_rtl::top::modules(config)?;
    let mut files: Vec<(String, String)> = if single_file {
        vec![(format!("{top}.v"), verilog.source())]
    } else {
        verilog.modules.iter().map(|module| (format!("{}.v", module.name), module.text.clone())).collect()
    };
    let sources: Vec<String> = files.iter().map(|(name, _)| name.clone()).collect();
    files.extend(MULTIPLIERS.map(|(name, text)| (name.into(), text.into())));
    for (list, multiplier) in
        [("files_ecp5.f", "ef_mult18_ecp5.v"), ("files_portable.f", "ef_mult18_portable.v")]
    {
        files.push((list.into(), file_list(sources.iter().map(String::as_str).chain([multiplier]))));
    }
    let description = serde_json::to_string_pretty(&describe(config, &verilog))?;
    files.push((format!("{top}.json"), description + "\n"));
    files.push(("README.md".into(), readme::of_accelerator(config.name, top)));
    folder::write(dir, &files)
}

/// Writes the chip of a board and what its bitstream is made with to `dir`, as [`export`] does.
///
/// # Errors
/// As [`export`]; also if the board's clocks, pins or floorplan cannot be used.
pub fn export_board(board: &Board, dir: &Path) -> Result<Vec<PathBuf>> {
    folder::check_new(dir)?;
    let design = Design::of_board(board)?;
    let portable = ef_soc::verilog::modules(board)?.source_with(&ef_soc::verilog::portable_cells());
    let mut files = design.files();
    files.push(("chip_portable.v".into(), portable));
    for (list, chip) in [("files_ecp5.f", "chip.v"), ("files_portable.f", "chip_portable.v")] {
        files.push((list.into(), file_list([chip, "board.v"])));
    }
    files.push(("README.md".into(), readme::of_board(&design, &design.command_lines(SEED)?)));
    folder::write(dir, &files)
}

fn file_list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(|name| format!("{name}\n")).collect()
}
