//! `configs`: what each configuration does with the digits, measured; the README's table.

use crate::section::{Section, SectionArgs};
use anyhow::{Context, Result};
use ef_isa::{Config, config};
use ef_runtime::backend::Backend;
use ef_runtime::data::DataSpec;
use ef_runtime::hyper::Hyper;
use ef_runtime::loaded::{LoadedDevice, Outcome};
use ef_runtime::networks::NetworkFile;
use ef_runtime::parameters::initial;
use ef_runtime::pixels::Pixels;
use ef_runtime::plans::{Plans, Room};
use ef_runtime::summary::grouped;
use std::fmt::Write;
use std::sync::Arc;

const BATCH: usize = 16;

const SECTION: Section = Section { file: "README.md", verb: "configs" };

/// Arguments of `configs`.
#[derive(clap::Args)]
pub struct ConfigsArgs {
    #[command(flatten)]
    section: SectionArgs,
}

pub fn run(args: &ConfigsArgs) -> Result<()> {
    SECTION.handle(&args.section, &table()?)
}

/// A row per configuration, from one simulated training step on the digits each. Nothing in it depends on the machine.
fn table() -> Result<String> {
    let mut table = String::from(
        "| configuration | lanes | on-chip memory | passes | cycles per image (FP + BP + WU) | busy lanes | DRAM words per image |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for config in config::ALL {
        let (outcome, passes) = measure(config).with_context(|| format!("configuration {}", config.name))?;
        let counters = &outcome.counters;
        let per_image = |value: u64| grouped(value.div_ceil(outcome.images as u64));
        writeln!(
            table,
            "| `{}` | {} | {} KiB | {} | {} ({} + {} + {}) | {:.1} % | {} |",
            config.name,
            config.lanes * config.lanes,
            memory_bytes(config) / 1024,
            passes,
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

/// One training step on the simulated accelerator, and the passes that it takes.
fn measure(config: &'static Config) -> Result<(Outcome, usize)> {
    let network = NetworkFile::load("digits")?;
    let images = DataSpec::Digits.load(network.network.classes())?.train;
    let pixels = Pixels::of(&network.network.input, &images);
    let plans = Plans::compile(&network, Room::simulated(config), pixels.format(), BATCH, &[BATCH])?;
    let passes = plans.passes(BATCH)?.len();
    let plans = Arc::new(plans);
    let device = Backend::Rtl.open(config, plans.memory_words(), &Default::default())?;
    let mut accelerator = LoadedDevice::new(device, plans, pixels)?;
    let optimiser = network.network.optimiser;
    accelerator.write_state(&initial(&network.network.parameters(), optimiser, 1))?;
    let hyper = Hyper::usual(optimiser, BATCH);
    let indices: Vec<u32> = (0..BATCH as u32).collect();
    let outcome = accelerator.train(&images, &indices, &hyper, (1, hyper.learning_rate))?;
    Ok((outcome, passes))
}

/// Bytes of all buffers and memories on the chip.
fn memory_bytes(config: &Config) -> usize {
    let vectors: usize =
        [config.feature_aw, config.loss_aw, config.weight_aw, config.psum_aw].map(|aw| 1 << aw).iter().sum();
    let words = [config.operand_aw, config.scratch_aw, config.code_aw, config.code_aw, config.handover_aw()];
    let words: usize = words.map(|aw| 1 << aw).iter().sum();
    4 * (vectors * config.lanes + words) + 8 * (1 << config.fetch_aw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_in_the_readme_is_current() {
        let section = SectionArgs { write: false, check: true };
        run(&ConfigsArgs { section }).unwrap_or_else(|error| panic!("{error:#}"));
    }
}
