//! `doctor`: a table of the programs, and what to do about those that are missing.

use anyhow::{Result, bail};
use ef_tools::{Check, Source, say};

pub fn run() -> Result<()> {
    let checks = ef_tools::doctor();
    print_table(&checks);
    let mut commands: Vec<String> =
        checks.iter().filter(|check| check.found.is_none()).map(install).collect();
    commands.dedup();
    if !commands.is_empty() {
        say!("\nto install what is missing:\n{}", commands.join("\n"));
    }
    match checks.iter().find(|check| check.found.is_none() && is_required(check)) {
        Some(check) => bail!("{} is missing; {} is impossible without it", check.name, check.needed_for),
        None => Ok(()),
    }
}

/// What the tests skip because a program is missing, a line each.
pub fn skipped() -> Vec<String> {
    let missing = ef_tools::doctor().into_iter().filter(|check| check.found.is_none() && !check.automatic);
    let mut lines: Vec<String> = missing
        .map(|check| {
            format!("skipped: tests that need {}; to run them: {}", check.needed_for, check.install_command)
        })
        .collect();
    lines.dedup();
    lines
}

fn print_table(checks: &[Check]) {
    let mut rows = vec![["program", "version", "where", "needed for"].map(String::from)];
    rows.extend(checks.iter().map(|check| {
        let (version, place) = match &check.found {
            Some(tool) => {
                (tool.version.clone(), format!("{} ({})", tool.path.display(), source(tool.source)))
            }
            None if check.automatic => ("not yet".into(), "fetched on first use".into()),
            None => ("missing".into(), "-".into()),
        };
        [check.name.into(), version, place, check.needed_for.into()]
    }));
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2)];
    for [name, version, place, needed_for] in &rows {
        say!("{name:0$}  {version:1$}  {place:2$}  {needed_for}", widths[0], widths[1], widths[2]);
    }
}

fn install(check: &Check) -> String {
    let remark = if check.automatic { "   # or leave it to the first command that needs it" } else { "" };
    format!("  {}{remark}", check.install_command)
}

/// Without Icarus Verilog or the headers of FST traces some tests are skipped; without any other program that is not fetched, nothing works.
fn is_required(check: &Check) -> bool {
    !check.automatic && !matches!(check.name, "iverilog" | "vvp" | "zlib, lz4")
}

fn source(source: Source) -> &'static str {
    match source {
        Source::Env => "from the environment",
        Source::Pinned => "pinned",
        Source::Path => "on the PATH",
    }
}
