//! `test`: the whole test suite as CI runs it.

use anyhow::{Context, Result, bail};
use ef_tools::say;
use std::process::Command;
use std::time::Instant;

/// Arguments of `test`.
#[derive(clap::Args)]
pub struct TestArgs {
    /// Passed on to `cargo test --workspace`, such as `-- conv`
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

    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["test", "--workspace", "--no-fail-fast"]).args(&args.cargo_arguments);
    if let Some(root) = ef_tools::workspace_root() {
        command.current_dir(root);
    }
    let status = command.status().context("cannot start cargo")?;

    print_all(&skipped);
    let seconds = start.elapsed().as_secs();
    if !status.success() {
        bail!("tests failed (see above) after {} min {} s", seconds / 60, seconds % 60);
    }
    say!("all tests passed in {} min {} s", seconds / 60, seconds % 60);
    Ok(())
}

fn print_all(lines: &[String]) {
    for line in lines {
        say!("{line}");
    }
}
