//! `program`: a bitstream onto a board.

use crate::synth::default_out;
use anyhow::Result;
use ef_board::Board;
use ef_synth::program::{Places, Target, program};
use ef_tools::say;
use std::path::PathBuf;

/// Arguments of `program`.
#[derive(clap::Args)]
pub struct ProgramArgs {
    /// Board: a file of boards/ without .toml
    #[arg(long, value_name = "NAME")]
    board: String,
    /// Write the flash from which the FPGA starts, instead of the FPGA itself
    #[arg(long)]
    flash: bool,
    /// Bitstream [default: what synth has made for the board]
    #[arg(value_name = "BITFILE")]
    bitstream: Option<PathBuf>,
}

pub fn run(args: &ProgramArgs) -> Result<()> {
    let board = Board::named(&args.board)?;
    let bitstream = match &args.bitstream {
        Some(path) => path.clone(),
        None => default_out(&board)?.join(format!("{}.bit", board.name)),
    };
    let (target, place) = if args.flash { (Target::Flash, "flash") } else { (Target::Sram, "FPGA") };
    program(&board, &bitstream, target, &Places::of_this_machine())?;
    say!("{} is in the {place} of {}", bitstream.display(), board.name);
    Ok(())
}
