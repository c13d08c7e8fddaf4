//! `memtest`: whether the memory of a board is right, before anybody trains on it.

use crate::atomic;
use crate::backend::{Backend, Hardware, USUAL_BOARD};
use crate::interrupt::Interrupt;
use crate::memtest::{self, Options, Report, Verdict};
use crate::summary::grouped;
use crate::train::End;
use crate::view::View;
use anyhow::{Result, bail, ensure};
use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use ef_board::Board;
use ef_isa::Device;
use ef_sim::ChipDevice;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Arguments of `memtest`. It overwrites the accelerator's memory.
#[derive(clap::Args, Clone, Debug)]
pub struct MemtestArgs {
    /// A board on a serial port, or a whole board in simulation
    #[arg(long, default_value = "board", value_parser = backends())]
    pub backend: Backend,
    /// Board: a file of boards/ without .toml
    #[arg(long, value_name = "NAME", default_value = USUAL_BOARD)]
    pub board: String,
    /// Serial port of back end board, such as /dev/ttyUSB0 [default: the one that can be a board]
    #[arg(long, value_name = "PORT")]
    pub port: Option<String>,
    /// SDRAM part that the bitstream was built for, if not the board's usual one: a file of boards/sdram/ without .toml
    #[arg(long, value_name = "PART")]
    pub sdram: Option<String>,
    /// SDRAM part that the simulated board of back end chip carries, if another one
    #[arg(long, value_name = "PART")]
    pub mounted: Option<String>,
    /// Words that get random patterns [default: 524288, on back end chip 2048]; the whole memory if there are fewer
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub words: Option<u64>,
    /// Time for which words must keep what they hold [default: 60, on back end chip one refresh period in simulated time]
    #[arg(long, value_parser = seconds)]
    pub seconds: Option<Duration>,
    /// Decides the patterns and which words are tested
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Writes the result here, too
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
}

/// The back ends that have an SDRAM.
fn backends() -> impl TypedValueParser<Value = Backend> {
    PossibleValuesParser::new(["board", "chip"]).try_map(|name| Backend::from_str(&name, false))
}

fn seconds(text: &str) -> Result<Duration> {
    Ok(Duration::try_from_secs_f64(text.parse()?)?)
}

impl MemtestArgs {
    /// Tests, and prints what was found.
    ///
    /// # Errors
    /// If the memory is not right, or cannot be tested.
    pub fn run(self) -> Result<End> {
        let interrupt = Interrupt::on_ctrl_c()?;
        let mut board = Board::named(&self.board)?;
        if let Some(part) = &self.sdram {
            board = board.with_sdram(part)?;
        }
        if let Some(path) = &self.json {
            check_folder(path)?;
        }
        let mut view = View::new();
        let mut device = self.open(&board, &mut view)?;
        self.introduce(&board, &view);
        let options = self.options(&board);
        let report = memtest::run(device.as_mut(), &board, &options, &interrupt, &mut view)?;
        if let Some(path) = &self.json {
            let json = serde_json::to_string_pretty(&report)? + "\n";
            atomic::write(path, json.as_bytes())?;
        }
        conclude(&report, &view)
    }

    fn options(&self, board: &Board) -> Options {
        let simulated = self.backend == Backend::Chip;
        let usual_wait = if simulated { board.sdram.refresh_ms / 1e3 } else { 60.0 };
        Options {
            backend: self.backend,
            seed: self.seed,
            places: if simulated { 2 } else { 4 },
            words: self.words.unwrap_or(if simulated { 1 << 11 } else { 1 << 19 }),
            wait: self.seconds.unwrap_or(Duration::from_secs_f64(usual_wait)),
        }
    }

    fn open(&self, board: &Board, view: &mut View) -> Result<Box<dyn Device>> {
        if self.backend == Backend::Chip {
            ensure!(self.port.is_none(), "--port is for back end board: a simulated board has no port");
            let mounted = match &self.mounted {
                Some(part) => board.clone().with_sdram(part)?.sdram,
                None => board.sdram.clone(),
            };
            let chip = view.stage("starting back end chip", || ChipDevice::carrying(board, &mounted))?;
            return Ok(Box::new(chip));
        }
        ensure!(self.mounted.is_none(), "--mounted is for back end chip: a real board has what it has");
        let hardware = Hardware { board: self.board.clone(), port: self.port.clone(), ..Hardware::default() };
        self.backend.open(board.accelerator, 0, &hardware)
    }

    fn introduce(&self, board: &Board, view: &View) {
        let part = &board.sdram;
        view.line(&format!(
            "memory of {}, built for {}: {} words ({} rows, {} banks, {} columns of 16 bits); back end {}, seed {}",
            board.name,
            part.name,
            grouped(part.bytes() / 4),
            grouped(1 << part.row_bits),
            part.banks,
            grouped(1 << part.column_bits),
            self.backend,
            self.seed
        ));
        view.line("the test overwrites the accelerator's memory; weights that are only there are lost");
    }
}

/// So that a test of minutes does not end without its file.
fn check_folder(path: &Path) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder {
        ensure!(folder.is_dir(), "--json {}: there is no folder {}", path.display(), folder.display());
    }
    ensure!(!path.is_dir(), "--json {}: this is a folder, name a file", path.display());
    Ok(())
}

/// The last lines, and the exit code.
fn conclude(report: &Report, view: &View) -> Result<End> {
    let Report { conclusion, advice, verdict, .. } = report;
    if *verdict == Verdict::Interrupted {
        view.notice(&format!("interrupted: {conclusion}; {advice}"));
        return Ok(End::Interrupted);
    }
    view.line(&format!("{conclusion}: {advice}"));
    if *verdict == Verdict::Failed {
        bail!("the memory test failed");
    }
    Ok(End::Complete)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: MemtestArgs,
    }

    #[test]
    fn a_board_keeps_its_words_for_a_minute_if_nobody_says_otherwise() {
        let options = |more: &[&str]| {
            let args = Line::parse_from([&["memtest"], more].concat()).args;
            args.options(&Board::named(&args.board).unwrap())
        };
        assert_eq!(options(&[]).wait, Duration::from_secs(60));
        assert_eq!(options(&["--seconds", "0.5"]).wait, Duration::from_millis(500));
        // one refresh period: a minute of simulation takes days
        assert_eq!(options(&["--backend", "chip"]).wait, Duration::from_millis(64));
    }
}
