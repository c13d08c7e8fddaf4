//! `export`: the accelerator, or a whole board, as Verilog for other toolchains.

use anyhow::{Context, Result};
use ef_export::hashes;
use ef_isa::{Config, config};
use ef_runtime::atomic;
use ef_tools::say;
use std::path::PathBuf;

/// Arguments of `export`.
#[derive(clap::Args)]
pub struct ExportArgs {
    /// Configuration of the accelerator [default: fp32-8x8, or the board's usual one]
    #[arg(long, value_name = "NAME")]
    config: Option<String>,
    /// The chip around it too, for this board: a file of boards/ without .toml
    #[arg(long, value_name = "NAME", conflicts_with = "single_file")]
    board: Option<String>,
    /// SDRAM part on this board, if not the board's usual one: a file of boards/sdram/ without .toml
    #[arg(long, value_name = "PART", requires = "board")]
    sdram: Option<String>,
    /// Folder to create
    #[arg(long, value_name = "FOLDER", required_unless_present = "hashes")]
    out: Option<PathBuf>,
    /// One Verilog file for the accelerator instead of one per module
    #[arg(long)]
    single_file: bool,
    /// Instead: the hash of the Verilog of every configuration and board
    #[arg(long, conflicts_with_all = ["config", "board", "out", "single_file"])]
    hashes: bool,
    /// Keep the hashes: the Verilog was meant to change
    #[arg(long, requires = "hashes")]
    write: bool,
}

/// Shows the hashes, and keeps them.
fn hashes(write: bool) -> Result<()> {
    let now = hashes::hashes()?;
    say!("{}", now.trim_end());
    let changed = hashes::changed(&now, hashes::RECORDED);
    if write {
        let root = ef_tools::workspace_root().context("this is no checkout of ef-train")?;
        atomic::write(&root.join(hashes::FILE), now.as_bytes())?;
    }
    match changed.is_empty() {
        true => say!("as in {}", hashes::FILE),
        false => say!("not as {} was: {}", hashes::FILE, changed.join(", ")),
    }
    Ok(())
}

pub fn run(args: &ExportArgs) -> Result<()> {
    let Some(out) = &args.out else { return hashes(args.write) };
    if let Some(name) = &args.board {
        let board = crate::synth::board(name, args.sdram.as_deref(), args.config.as_deref())?;
        let files = ef_export::export_board(&board, out)?;
        say!("{} files of {} with {} in {}", files.len(), board.name, board.accelerator.name, out.display());
        say!("  how tools read them, and how the bitstream is made: README.md");
        return Ok(());
    }
    let config = args.config.as_deref().map_or(Ok(&config::FP32_8X8), Config::named)?;
    let files = ef_export::export(config, out, args.single_file)?;
    say!("{} files of {} in {}", files.len(), config.name, out.display());
    say!("  file lists: files_ecp5.f (MULT18X18D), files_portable.f (any tool)");
    say!("  description: ef_accelerator.json; how tools read the lists: README.md");
    Ok(())
}
