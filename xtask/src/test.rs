//! `test`: the whole test suite as CI runs it.

mod binaries;
mod results;

use anyhow::{Context, Result, bail};
use ef_hdl_kit::vsim::OPTIMISE;
use ef_tools::say;
use std::process::Command;
use std::time::Instant;

/// How models are compiled for tests: most run for a second.
const FLAGS: &str = "-O1";

/// Arguments of `test`.
#[derive(clap::Args)]
pub struct TestArgs {
    /// Passed on to `cargo test --workspace`, such as `-- conv`; its tests run crate by crate
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    cargo_arguments: Vec<String>,
}

pub fn run(args: &TestArgs) -> Result<()> {
    let start = Instant::now();
    ef_tools::cxx()?;
    let verilator = ef_tools::verilator()?;
    say!("Verilator {} ({})", verilator.version, verilator.path.display());
    let skipped = crate::doctor::skipped();
    print_all(&skipped);

    let passed = if args.cargo_arguments.is_empty() {
        let binaries = binaries::build()?;
        say!("{} test programs, built in {} s", binaries.len(), start.elapsed().as_secs());
        let commands = binaries.into_iter().map(|binary| (binary.name.clone(), binary.command()));
        results::run(commands.chain([("examples in documentation".into(), cargo(&["--doc"]))]).collect())
    } else {
        let arguments: Vec<&str> = args.cargo_arguments.iter().map(String::as_str).collect();
        cargo(&arguments).status().context("cannot start cargo")?.success()
    };

    print_all(&skipped);
    let seconds = start.elapsed().as_secs();
    if !passed {
        bail!("tests failed (see above) after {} min {} s", seconds / 60, seconds % 60);
    }
    say!("all tests passed in {} min {} s", seconds / 60, seconds % 60);
    Ok(())
}

/// `cargo test` for the whole workspace.
fn cargo(arguments: &[&str]) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["test", "--workspace", "--no-fail-fast"]).args(arguments);
    optimise(&mut command);
    if let Some(root) = ef_tools::workspace_root() {
        command.current_dir(root);
    }
    command
}

/// Sets how the models of a command are compiled, unless the caller has.
fn optimise(command: &mut Command) {
    if std::env::var_os(OPTIMISE).is_none() {
        command.env(OPTIMISE, FLAGS);
    }
}

fn print_all(lines: &[String]) {
    for line in lines {
        say!("{line}");
    }
}
