//! One network compiled for every batch size that a run needs.

use crate::networks::NetworkFile;
use anyhow::{Context, Result, ensure};
use ef_compiler::{LayerPlan, PixelFormat, Plan, compile};
use ef_program::Config;
use std::collections::BTreeMap;

/// Programs and memory maps by batch size. Parameters lie at the same addresses in all of them.
pub struct Plans {
    pub config: &'static Config,
    by_batch: BTreeMap<usize, Plan>,
}

impl Plans {
    /// Compiles for batches of `batch` images and for the rest that each of `counts` images leaves.
    pub fn compile(
        network: &NetworkFile,
        config: &'static Config,
        batch: usize,
        counts: &[usize],
    ) -> Result<Plans> {
        let pixels = PixelFormat::U8 { shift: network.network.input.scale_shift };
        let mut by_batch = BTreeMap::new();
        for size in sizes(batch, counts) {
            let plan = compile(&network.network, config, size, pixels).with_context(|| {
                format!("network {} in batches of {size} on {}", network.network.name, config.name)
            })?;
            by_batch.insert(size, plan);
        }
        let plans = Plans { config, by_batch };
        ensure!(
            plans.by_batch.values().all(|plan| plan.map.layers == plans.layers()),
            "the compiler placed parameters differently for different batch sizes"
        );
        Ok(plans)
    }

    /// The plan for exactly `batch` images.
    pub fn get(&self, batch: usize) -> Result<&Plan> {
        self.by_batch.get(&batch).with_context(|| format!("no program was compiled for {batch} images"))
    }

    /// Where each layer's parameters lie, for every batch size.
    pub fn layers(&self) -> &[LayerPlan] {
        self.by_batch.first_key_value().map_or(&[], |(_, plan)| &plan.map.layers)
    }

    /// Words of memory that the largest plan needs.
    pub fn memory_words(&self) -> u64 {
        self.by_batch.values().map(|plan| plan.map.memory_words).max().unwrap_or(0)
    }
}

/// Images per step if nobody says otherwise.
const USUAL_BATCH: usize = 16;

/// [`USUAL_BATCH`], or the next power of two below it whose program a small configuration can hold.
pub fn usual_batch(network: &NetworkFile, config: &'static Config) -> usize {
    let smaller = std::iter::successors(Some(USUAL_BATCH), |batch| (*batch > 1).then_some(batch / 2));
    // if none fits, the usual one is refused with the reason
    smaller
        .into_iter()
        .find(|&batch| Plans::compile(network, config, batch, &[batch]).is_ok())
        .unwrap_or(USUAL_BATCH)
}

/// The distinct sizes of the batches that `counts` images fall into.
fn sizes(batch: usize, counts: &[usize]) -> Vec<usize> {
    let mut sizes: Vec<usize> =
        counts.iter().flat_map(|count| [batch.min(*count), count % batch]).filter(|size| *size > 0).collect();
    sizes.sort();
    sizes.dedup();
    sizes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_batch_is_one_that_the_configuration_holds() {
        let digits = NetworkFile::load("digits").unwrap();
        let usual = ef_program::config::ALL.iter().map(|config| (config.name, usual_batch(&digits, config)));
        let usual: BTreeMap<_, _> = usual.collect();
        assert_eq!((usual["fp32-8x8"], usual["fp32-4x4"], usual["fp32-2x2"]), (16, 16, 8));
    }

    #[test]
    fn every_bundled_network_compiles_for_the_8x8_configuration() {
        for (name, _) in crate::networks::BUNDLED {
            let network = NetworkFile::load(name).unwrap();
            let plans = Plans::compile(&network, &ef_program::config::FP32_8X8, 16, &[16]);
            plans.unwrap_or_else(|error| panic!("{error:#}"));
        }
    }

    #[test]
    fn rests_get_a_plan_of_their_own() {
        assert_eq!(sizes(32, &[1437, 360]), [8, 29, 32]);
        assert_eq!(sizes(32, &[64, 32]), [32]);
        assert_eq!(sizes(32, &[5, 40]), [5, 8, 32]);
    }
}
