//! `synth`: a board's bitstream and its report.

use anyhow::{Context, Result};
use ef_board::Board;
use ef_isa::Config;
use ef_synth::{Design, Options, build};
use ef_tools::say;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Arguments of `synth`.
#[derive(clap::Args)]
pub struct SynthArgs {
    /// Board: a file of boards/ without .toml
    #[arg(long, value_name = "NAME")]
    board: String,
    /// SDRAM part on this board, if not the board's usual one: a file of boards/sdram/ without .toml
    #[arg(long, value_name = "PART")]
    sdram: Option<String>,
    /// Configuration of the accelerator, if not the board's usual one
    #[arg(long, value_name = "NAME")]
    config: Option<String>,
    /// Try seeds 1 to N and keep the best
    #[arg(long, value_name = "N", conflicts_with = "seed", value_parser = clap::value_parser!(u64).range(1..))]
    seeds: Option<u64>,
    /// The one seed to use
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Seeds to run at the same time, each in more than 1 GB [default: one per core]
    #[arg(long, value_name = "J", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Folder for bitstream and report [default: target/synth/BOARD]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Keep the report as docs/bitstreams/BOARD.md
    #[arg(long)]
    record: bool,
}

pub fn run(args: &SynthArgs) -> Result<()> {
    let board = board(&args.board, args.sdram.as_deref(), args.config.as_deref())?;
    let out = match &args.out {
        Some(out) => out.clone(),
        None => default_out(&board)?,
    };
    let cancel = Arc::new(AtomicBool::new(false));
    let handler = cancel.clone();
    ctrlc::set_handler(move || handler.store(true, Ordering::Relaxed)).context("cannot answer to Ctrl-C")?;
    let jobs =
        args.jobs.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from);
    let seeds = args.seeds.map_or_else(|| vec![args.seed], |last| (1..=last).collect());
    let built = build(&Design::of_board(&board)?, &Options { seeds, jobs, out: out.clone(), cancel })?;
    let report = &built.report;
    if built.unchanged {
        say!("nothing that goes in has changed: not built again");
    }
    for (net, clock) in &report.clocks {
        say!("{net}: {:.2} MHz, target {:.2} MHz", clock.fmax_mhz, clock.target_mhz);
    }
    say!("{}", report.seeds_text());
    say!(
        "LUT {} of {}, flip-flops {} of {}, DSP {} of {}, BRAM {} of {}",
        report.lut.used,
        report.lut.available,
        report.ff.used,
        report.ff.available,
        report.dsp.used,
        report.dsp.available,
        report.bram.used,
        report.bram.available
    );
    say!("{}\n{}", built.bitstream.display(), out.join("report.md").display());
    if args.record {
        record(&board, &out.join("report.md"))?;
    }
    Ok(())
}

/// Copies a report into the documents.
fn record(board: &Board, report: &Path) -> Result<()> {
    let page = root()?.join("docs/bitstreams").join(format!("{}.md", board.name));
    let text =
        std::fs::read_to_string(report).with_context(|| format!("cannot read {}", report.display()))?;
    ef_runtime::atomic::write(&page, text.as_bytes())?;
    say!("recorded in {}", page.display());
    Ok(())
}

fn root() -> Result<PathBuf> {
    ef_tools::workspace_root().context("this is no checkout of ef-train; choose a folder with --out")
}

/// The board of that name with the changes of the command line.
pub fn board(name: &str, sdram: Option<&str>, accelerator: Option<&str>) -> Result<Board> {
    let mut board = Board::named(name)?;
    if let Some(part) = sdram {
        board = board.with_sdram(part)?;
    }
    if let Some(name) = accelerator {
        board.accelerator = Config::named(name)?;
    }
    Ok(board)
}

/// Where a board's bitstream is if nobody says otherwise.
pub fn default_out(board: &Board) -> Result<PathBuf> {
    Ok(root()?.join("target/synth").join(&board.name))
}
