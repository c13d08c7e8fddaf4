//! `export`: the accelerator, or a whole board, as Verilog for other toolchains.

use anyhow::Result;
use ef_program::config;
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
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// One Verilog file for the accelerator instead of one per module
    #[arg(long)]
    single_file: bool,
}

pub fn run(args: &ExportArgs) -> Result<()> {
    if let Some(name) = &args.board {
        let board = crate::synth::board(name, args.sdram.as_deref(), args.config.as_deref())?;
        let files = ef_export::export_board(&board, &args.out)?;
        say!(
            "{} files of {} with {} in {}",
            files.len(),
            board.name,
            board.accelerator.name,
            args.out.display()
        );
        say!("  how tools read them, and how the bitstream is made: README.md");
        return Ok(());
    }
    let config = args.config.as_deref().map_or(Ok(&config::FP32_8X8), crate::synth::config)?;
    let files = ef_export::export(config, &args.out, args.single_file)?;
    say!("{} files of {} in {}", files.len(), config.name, args.out.display());
    say!("  file lists: files_ecp5.f (MULT18X18D), files_portable.f (any tool)");
    say!("  description: ef_accelerator.json; how tools read the lists: README.md");
    Ok(())
}
