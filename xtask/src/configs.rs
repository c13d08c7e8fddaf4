//! `configs`: what each configuration does with the digits, measured; the README's table.

use anyhow::{Context, Result, ensure};
use ef_program::{Config, config};
use ef_runtime::accelerator::{Accelerator, Outcome};
use ef_runtime::atomic;
use ef_runtime::backend::Backend;
use ef_runtime::data::DataSpec;
use ef_runtime::hyper::Hyper;
use ef_runtime::networks::NetworkFile;
use ef_runtime::parameters::initial;
use ef_runtime::plans::Plans;
use ef_runtime::summary::grouped;
use ef_tools::say;
use std::fmt::Write;
use std::sync::Arc;

const BEGIN: &str = "<!-- begin: cargo xtask configs --write -->\n";
const END: &str = "<!-- end -->\n";
/// Batch sizes, the best first: small configurations have no room for the program of a large one.
const BATCHES: [usize; 4] = [16, 8, 4, 2];

/// Arguments of `configs`.
#[derive(clap::Args)]
pub struct ConfigsArgs {
    /// Put the table into README.md
    #[arg(long)]
    write: bool,
    /// Fail if the table in README.md is another one
    #[arg(long, conflicts_with = "write")]
    check: bool,
}

pub fn run(args: &ConfigsArgs) -> Result<()> {
    let table = table()?;
    if !args.write && !args.check {
        say!("{}", table.trim_end());
        return Ok(());
    }
    let path = ef_tools::workspace_root().context("this is no checkout of ef-train")?.join("README.md");
    let readme = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let marked = |mark: &str| {
        readme.find(mark).with_context(|| format!("{} has no line {}", path.display(), mark.trim()))
    };
    let (begin, end) = (marked(BEGIN)? + BEGIN.len(), marked(END)?);
    if args.check {
        ensure!(
            readme[begin..end] == table,
            "the table in {} is out of date; run: cargo xtask configs --write",
            path.display()
        );
        return Ok(());
    }
    atomic::write(&path, format!("{}{table}{}", &readme[..begin], &readme[end..]).as_bytes())
}

/// A row per configuration, from one simulated training step on the digits each. Nothing in it depends on the machine.
fn table() -> Result<String> {
    let mut table = String::from(
        "| configuration | lanes | on-chip memory | batch | cycles per image (FP + BP + WU) | busy lanes | DRAM words per image |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for config in config::ALL {
        let outcome = measure(config).with_context(|| format!("configuration {}", config.name))?;
        let counters = &outcome.counters;
        let per_image = |value: u64| grouped(value.div_ceil(outcome.images as u64));
        writeln!(
            table,
            "| `{}` | {} | {} KiB | {} | {} ({} + {} + {}) | {:.1} % | {} |",
            config.name,
            config.lanes * config.lanes,
            memory_bytes(config) / 1024,
            outcome.images,
            per_image(counters.cycles),
            per_image(counters.cycles_fp),
            per_image(counters.cycles_bp),
            per_image(counters.cycles_wu),
            100.0 * counters.kernel() as f64 / counters.cycles as f64,
            per_image(counters.words())
        )?;
    }
    Ok(table)
}

/// One training step on the simulated accelerator.
fn measure(config: &'static Config) -> Result<Outcome> {
    let network = NetworkFile::load("digits")?;
    let images = DataSpec::Digits.load(network.network.classes())?.train;
    let compiled = BATCHES.map(|batch| (batch, Plans::compile(&network, config, batch, &[batch])));
    let fitting = compiled.into_iter().find_map(|(batch, plans)| Some((batch, plans.ok()?)));
    let (batch, plans) = fitting.context("no batch size fits")?;
    let plans = Arc::new(plans);
    let device = Backend::Rtl.open(config, plans.memory_words(), &Default::default())?;
    let mut accelerator = Accelerator::new(device, plans)?;
    accelerator.write_state(&initial(&network.network.parameters(), 1))?;
    let hyper = Hyper { learning_rate: 0.05, learning_rate_end: 0.005, momentum: 0.9, weight_decay: 5e-4 };
    let indices: Vec<u32> = (0..batch as u32).collect();
    accelerator.train(&images, &indices, &hyper, hyper.learning_rate)
}

/// Bytes of all buffers and memories on the chip.
fn memory_bytes(config: &Config) -> usize {
    let vectors: usize =
        [config.feature_aw, config.loss_aw, config.weight_aw, config.psum_aw].map(|aw| 1 << aw).iter().sum();
    let words = (1 << config.operand_aw) + (1 << config.scratch_aw) + 2 * (1 << config.code_aw);
    4 * (vectors * config.lanes + words) + 8 * (1 << config.program_aw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_in_the_readme_is_current() {
        run(&ConfigsArgs { write: false, check: true }).unwrap_or_else(|error| panic!("{error:#}"));
    }
}
