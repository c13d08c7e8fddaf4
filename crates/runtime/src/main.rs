//! `ef-train`: trains networks on the accelerator. `cargo xtask train` and `eval` are the same commands.

use clap::Parser;
use std::process::ExitCode;

/// Trains CNNs on the ef-train accelerator
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    verb: ef_runtime::cli::Verb,
}

fn main() -> ExitCode {
    ef_runtime::cli::exit_code(Cli::parse().verb.run())
}
