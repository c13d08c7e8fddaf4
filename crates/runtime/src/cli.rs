//! The command line: the verbs of `ef-train`, and of `cargo xtask` where they are about training.

mod eval;
mod hardware;
mod memtest;
mod train;

use crate::interrupt;
use anyhow::Result;
use std::process::ExitCode;

pub use eval::EvalArgs;
pub use hardware::{DramArgs, HardwareArgs};
pub use memtest::MemtestArgs;
pub use train::{TrainArgs, USUAL_EPOCHS};

/// What `ef-train` does.
#[derive(clap::Subcommand)]
pub enum Verb {
    /// Train a network
    Train(TrainArgs),
    /// Measure the accuracy of saved weights on held-out images
    Eval(EvalArgs),
    /// Test the memory of a board, real or simulated
    Memtest(MemtestArgs),
}

impl Verb {
    /// Runs the command.
    ///
    /// # Errors
    /// Those of the command, as sentences for the person who gave it.
    pub fn run(self) -> Result<End> {
        match self {
            Verb::Train(args) => args.run(),
            Verb::Eval(args) => args.run(),
            Verb::Memtest(args) => args.run(),
        }
    }
}

pub use crate::train::End;

/// The exit code of a command, after saying what went wrong.
pub fn exit_code(result: Result<End>) -> ExitCode {
    match result {
        Ok(End::Complete) => ExitCode::SUCCESS,
        Ok(End::Interrupted) => interrupt::EXIT_CODE.into(),
        Err(error) => {
            ef_tools::note!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
