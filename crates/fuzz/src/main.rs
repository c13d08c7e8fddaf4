//! Runs campaigns; `cargo xtask fuzz` builds it with the checks it needs.

use anyhow::{Context, Result, ensure};
use clap::Parser;
use ef_fuzz::{Campaign, page, targets};
use ef_tools::{note, say};
use std::process::ExitCode;
use std::time::Duration;

/// Gives every parser damaged input: no panic, no case over a second, no memory out of proportion
#[derive(Parser)]
#[command(name = "cargo xtask fuzz")]
struct Arguments {
    /// Cases of each target
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    cases: u64,
    /// Decides all cases
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Only this target
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
    /// Write docs/fuzz.md
    #[arg(long, conflicts_with = "only")]
    record: bool,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            note!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    let &Arguments { cases, seed, record, .. } = arguments;
    let all = targets::all()?;
    let names: Vec<&str> = all.iter().map(|target| target.name).collect();
    if let Some(only) = &arguments.only {
        ensure!(
            names.contains(&only.as_str()),
            "there is no target `{only}`; there are {}",
            names.join(", ")
        );
    }
    let slowest = Duration::from_secs(1);
    let campaign = Campaign { cases, seed, slowest, folder: std::env::current_dir()? };
    let mut tallies = Vec::new();
    for target in all.iter().filter(|target| arguments.only.as_deref().is_none_or(|only| only == target.name))
    {
        let tally = campaign.run(target)?;
        say!(
            "{}: {} accepted, {} refused, slowest {:.1} ms, {:.0} s",
            target.name,
            tally.accepted,
            tally.refused,
            1e3 * tally.slowest.as_secs_f64(),
            tally.time.as_secs_f64()
        );
        tallies.push((target, tally));
    }
    if record {
        let root = ef_tools::workspace_root().context("this is no checkout of ef-train")?;
        let command = format!("cargo xtask fuzz --cases {cases} --seed {seed} --record");
        let page = page(&command, cases, seed, &tallies);
        ef_runtime::atomic::write(&root.join("docs/fuzz.md"), page.as_bytes())?;
    }
    Ok(())
}
