//! `fuzz`: the campaigns of ef-fuzz, in a build of their own: fast, but arithmetic that overflows panics.

use anyhow::{Context, Result, bail};
use std::process::Command;

/// Arguments of `fuzz`.
#[derive(clap::Args)]
pub struct FuzzArgs {
    /// --cases N, --seed S, --only NAME, --record; --help explains them
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

pub fn run(args: &FuzzArgs) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["run", "--quiet", "--profile", "fuzz", "--package", "ef-fuzz", "--"]).args(&args.arguments);
    let status = command.status().context("cannot start cargo")?;
    if !status.success() {
        bail!("the campaign ended early (see above)");
    }
    Ok(())
}
