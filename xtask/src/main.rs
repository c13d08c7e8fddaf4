//! `cargo xtask VERB`: everything a user of this checkout does.

mod bench;
mod catalogue;
mod chart;
mod configs;
mod doctor;
mod example;
mod export;
mod fits;
mod fuzz;
mod learn;
mod plan;
mod program;
mod section;
mod synth;
mod test;
mod timing;

use clap::Parser;
use ef_runtime::cli::{End, EvalArgs, MemtestArgs, TrainArgs, exit_code};
use std::process::ExitCode;

/// Trains, tests and inspects the accelerator
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Train a network; without arguments, the bundled digits on the simulated accelerator
    Train(TrainArgs),
    /// Measure the accuracy of saved weights on held-out images
    Eval(EvalArgs),
    /// Test the memory of a board, real or simulated: which SDRAM it is, its wires, its cells
    Memtest(MemtestArgs),
    /// Show each program the project uses, where it was found, and how to install what is missing
    Doctor,
    /// Measure how fast the simulated accelerator and the golden model are on this machine
    Bench(bench::BenchArgs),
    /// Measure every configuration on one training step and print the README's table
    Configs(configs::ConfigsArgs),
    /// Show which network trains on which configuration and board
    Fits(fits::FitsArgs),
    /// Predict what a training step takes, layer by layer, and show what lies where
    Plan(plan::PlanArgs),
    /// Run a small story from beginning to end, with a table and a picture
    Example(example::ExampleArgs),
    /// Train with the defaults on every configuration, batch and seed, and see whether all runs learn (half an hour)
    Learn(learn::LearnArgs),
    /// Compare the model of time with the RTL on networks drawn by seed
    Timing(timing::TimingArgs),
    /// Write the accelerator's Verilog, file lists and a description for other toolchains
    Export(export::ExportArgs),
    /// Build the bitstream of a board, with a report
    Synth(synth::SynthArgs),
    /// List the hardware modules with their ports, latencies and tests
    Catalogue(catalogue::CatalogueArgs),
    /// Load a bitstream onto a board
    Program(program::ProgramArgs),
    /// Give every parser damaged input, a million cases each
    #[command(disable_help_flag = true)]
    Fuzz(fuzz::FuzzArgs),
    /// Run every test of the workspace
    Test(test::TestArgs),
}

fn main() -> ExitCode {
    let complete = |result: anyhow::Result<()>| result.map(|()| End::Complete);
    exit_code(match Cli::parse().verb {
        Verb::Train(args) => args.run(),
        Verb::Eval(args) => args.run(),
        Verb::Memtest(args) => args.run(),
        Verb::Doctor => complete(doctor::run()),
        Verb::Bench(args) => complete(bench::run(&args)),
        Verb::Configs(args) => complete(configs::run(&args)),
        Verb::Fits(args) => complete(fits::run(&args)),
        Verb::Plan(args) => complete(plan::run(&args)),
        Verb::Example(args) => complete(example::run(&args)),
        Verb::Learn(args) => complete(learn::run(&args)),
        Verb::Timing(args) => complete(timing::run(&args)),
        Verb::Export(args) => complete(export::run(&args)),
        Verb::Synth(args) => complete(synth::run(&args)),
        Verb::Catalogue(args) => complete(catalogue::run(&args)),
        Verb::Program(args) => complete(program::run(&args)),
        Verb::Fuzz(args) => complete(fuzz::run(&args)),
        Verb::Test(args) => complete(test::run(&args)),
    })
}
