//! The memory test: whether the SDRAM of a board is the one that its bitstream was built for, and right.
//!
//! ```text
//! data lines --> address lines --> random patterns --> refresh --> Report
//!     |               |
//!     +---------------+-- a wrong line: the stages after it would only see it again, so they do not run
//! ```
//!
//! It works on any [`Device`] whose memory is an SDRAM behind `ef_soc`'s controller, and overwrites it.

mod address_faults;
mod address_lines;
mod data_lines;
mod geometry;
mod patterns;
mod refresh;
mod report;
mod session;
mod wires;

use crate::backend::Backend;
use crate::interrupt::Interrupt;
use crate::view::View;
use anyhow::{Result, ensure};
use ef_board::Board;
use ef_isa::Device;
use geometry::Geometry;
use session::{Session, Stop};
use std::time::{Duration, Instant};

pub use report::{Finding, Kind, Report, Stage, Verdict};

/// How much is tested.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// What the device is.
    pub backend: Backend,
    /// Decides the patterns and which words are tested.
    pub seed: u64,
    /// Addresses at which the data lines are tested.
    pub places: u32,
    /// Words that get random patterns; all of them if there are fewer.
    pub words: u64,
    /// How long words must keep what they hold: half of it with a pattern, half with its complement.
    pub wait: Duration,
}

/// One stage of the test.
type Test = fn(&mut Session) -> Result<Stage, Stop>;

/// The stages in their order; one that fails may make those after it senseless.
const STAGES: [(&str, Test); 4] = [
    ("data lines", data_lines::test),
    ("address lines", address_lines::test),
    ("random patterns", patterns::test),
    ("refresh", refresh::test),
];

/// Tests the memory of `device`, which is that of `board`, and shows how it goes.
///
/// # Errors
/// If the device fails otherwise than by holding wrong words, or has not the memory of the board's files.
pub fn run(
    device: &mut dyn Device,
    board: &Board,
    options: &Options,
    interrupt: &Interrupt,
    view: &mut View,
) -> Result<Report> {
    let geometry = Geometry::from(&board.sdram);
    check_size(device.memory_words(), board)?;
    let mut report = Report::new(board, options);
    let mut session = Session { device, board, geometry, options, interrupt, view };
    for (name, test) in STAGES {
        let start = Instant::now();
        let stage = if report.is_blocked() { Ok(Stage::not_run()) } else { test(&mut session) };
        session.view.end();
        let stage = match stage {
            Ok(stage) => Stage { name, seconds: start.elapsed().as_secs_f64(), ..stage },
            Err(Stop::Interrupted) => return Ok(report),
            Err(Stop::Failed(error)) => return Err(error),
        };
        for line in stage.lines() {
            session.view.line(&line);
        }
        report.stages.push(stage);
    }
    report.conclude();
    Ok(report)
}

/// The bitstream says how many words it was built for.
fn check_size(words: u64, board: &Board) -> Result<()> {
    let expected = Geometry::from(&board.sdram).words();
    let fitting = board.sdram_parts()?.into_iter().filter(|(_, part)| Geometry::from(part).words() == words);
    let names: Vec<String> = fitting.map(|(name, _)| name).collect();
    ensure!(
        words == expected,
        "the board's bitstream was built for an SDRAM of {words} words, and {} of {} has {expected}: {}",
        board.sdram.name,
        board.name,
        if names.is_empty() {
            "name the board whose bitstream is loaded with --board".to_string()
        } else {
            format!("say which part it was built for with --sdram ({})", names.join(", "))
        }
    );
    Ok(())
}
