//! A run in figures: the last table, and `summary.json`.

use crate::counters::Counters;
use crate::metrics::{Metrics, StepRecord};
use ef_compiler::overflow_bit;
use serde::Serialize;

/// File name in a run folder.
pub const FILE: &str = "summary.json";

/// Figures of a run. What needs a clock is absent where the golden model ran.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Summary {
    /// Name of the network.
    pub network: String,
    /// Name of the configuration.
    pub config: String,
    /// Name of the back end.
    pub backend: String,
    /// Decides the initial weights and the order of the images.
    pub seed: u64,
    /// False after an interrupt or an error.
    pub complete: bool,
    /// What the person was warned of.
    pub warnings: Vec<String>,
    /// Epochs that were finished.
    pub epochs: usize,
    /// Steps that were done.
    pub steps: usize,
    /// Images trained on, counted every time.
    pub images: u64,
    /// On images never trained on, after the last epoch.
    pub test_accuracy: Option<f64>,
    /// Mean over the same images.
    pub test_loss: Option<f64>,
    /// The same of the best epoch, whose weights are kept.
    pub best_accuracy: Option<f64>,
    /// Host time of the run, also before it was resumed.
    pub wall_seconds: f64,
    /// Cycles of a training step by its images.
    pub cycles_per_image: Option<f64>,
    /// Cycles while FP was the newest command's phase.
    pub cycles_per_image_fp: Option<f64>,
    /// The same for BP.
    pub cycles_per_image_bp: Option<f64>,
    /// The same for WU.
    pub cycles_per_image_wu: Option<f64>,
    /// Share of all cycles in which the T x T lanes take a vector.
    pub busy_lanes: Option<f64>,
    /// Share of the multiplications that T x T lanes could have done in all cycles which the network needs.
    pub useful_macs: Option<f64>,
    /// Cycles simulated per second of the simulator's own time.
    pub sim_cycles_per_second: Option<f64>,
    /// Words moved over the memory port by the images trained on.
    pub dram_words_per_image: f64,
    /// Share of the cycles in which the SDRAM had work in which it moved data: 1 is the peak of its 16 pins.
    pub sdram_efficiency: Option<f64>,
    /// Share of all cycles in which the SDRAM moved data.
    pub sdram_data: Option<f64>,
    /// Steps after which every weight, and what the optimiser keeps, was compared with the golden model's.
    pub verified_steps: usize,
    /// Layers in which a result was saturated at least once.
    pub saturated_layers: Vec<String>,
}

impl Summary {
    /// Fills in all figures that follow from the records.
    pub fn measured(metrics: &Metrics, lanes: usize, layer_names: &[&str]) -> Summary {
        let all = Totals::of(metrics, |_| true);
        let seen = Totals::of(metrics, |step| step.sdram_busy.is_some());
        // a run may have been resumed on another back end
        let clocked = Totals::of(metrics, |step| step.counters.cycles > 0);
        let per_cycle = |value: u64| ratio(value as f64, clocked.counters.cycles as f64);
        let per_image = |value: u64| ratio(value as f64, clocked.images as f64);
        let counters = &clocked.counters;
        let last = metrics.epochs.last();
        Summary {
            warnings: metrics.epochs.iter().filter_map(|epoch| epoch.warning.clone()).collect(),
            epochs: metrics.epochs.len(),
            steps: metrics.steps.len(),
            images: all.images,
            test_accuracy: last.map(|epoch| epoch.test_accuracy),
            test_loss: last.map(|epoch| epoch.test_loss),
            best_accuracy: metrics.epochs.iter().map(|epoch| epoch.test_accuracy).reduce(f64::max),
            cycles_per_image: per_image(counters.cycles),
            cycles_per_image_fp: per_image(counters.cycles_fp),
            cycles_per_image_bp: per_image(counters.cycles_bp),
            cycles_per_image_wu: per_image(counters.cycles_wu),
            busy_lanes: per_cycle(counters.kernel()),
            useful_macs: per_cycle(clocked.useful_macs).map(|macs| macs / (lanes * lanes) as f64),
            sim_cycles_per_second: ratio(counters.cycles as f64, clocked.device_seconds),
            dram_words_per_image: ratio(all.counters.words() as f64, all.images as f64).unwrap_or(0.0),
            sdram_efficiency: ratio(seen.sdram_data as f64, seen.sdram_busy as f64),
            sdram_data: ratio(seen.sdram_data as f64, seen.counters.cycles as f64),
            verified_steps: metrics.steps.iter().filter(|step| step.verified).count(),
            saturated_layers: saturated(all.overflow, layer_names),
            ..Summary::default()
        }
    }

    /// The lines of the last table, a name and a figure each.
    pub fn rows(&self) -> Vec<(&'static str, String)> {
        let percent = |value: Option<f64>| value.map(|v| format!("{:.2} %", 100.0 * v));
        let count = |value: Option<f64>| value.map(|v| grouped(v.round() as u64));
        let phases =
            [self.cycles_per_image_fp, self.cycles_per_image_bp, self.cycles_per_image_wu].map(count);
        let phases = match phases {
            [Some(fp), Some(bp), Some(wu)] => Some(format!("FP {fp}, BP {bp}, WU {wu}")),
            _ => None,
        };
        [
            ("test accuracy", percent(self.test_accuracy)),
            ("  best epoch", percent(self.best_accuracy)),
            ("cycles per image", count(self.cycles_per_image)),
            ("  by phase", phases),
            ("busy lanes", percent(self.busy_lanes)),
            ("  useful multiplications", percent(self.useful_macs)),
            ("simulated cycles per second", count(self.sim_cycles_per_second)),
            ("DRAM words per image", count(Some(self.dram_words_per_image))),
            ("SDRAM efficiency", percent(self.sdram_efficiency)),
            ("  data in all cycles", percent(self.sdram_data)),
            ("verified steps", Some(format!("{} of {}", self.verified_steps, self.steps))),
            ("wall time", Some(format!("{:.1} s", self.wall_seconds))),
        ]
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| (name, value)))
        .collect()
    }
}

/// Sums over the training steps of a run.
#[derive(Default)]
struct Totals {
    images: u64,
    counters: Counters,
    useful_macs: u64,
    sdram_busy: u64,
    sdram_data: u64,
    device_seconds: f64,
    overflow: u32,
}

impl Totals {
    fn of(metrics: &Metrics, wanted: impl Fn(&StepRecord) -> bool) -> Totals {
        let mut totals = Totals::default();
        for step in metrics.steps.iter().filter(|step| wanted(step)) {
            totals.images += step.images as u64;
            totals.counters += step.counters;
            totals.useful_macs += step.useful_macs;
            totals.sdram_busy += step.sdram_busy.unwrap_or(0);
            totals.sdram_data += step.sdram_data.unwrap_or(0);
            totals.device_seconds += step.device_seconds;
            totals.overflow |= step.overflow;
        }
        totals
    }
}

/// The layers that the bits of the OVERFLOW register name ([`overflow_bit`]).
pub fn saturated(overflow: u32, layer_names: &[&str]) -> Vec<String> {
    layer_names
        .iter()
        .enumerate()
        .filter(|(index, _)| overflow >> overflow_bit(*index, layer_names.len()) & 1 == 1)
        .map(|(_, name)| name.to_string())
        .collect()
}

fn ratio(a: f64, b: f64) -> Option<f64> {
    (b > 0.0).then(|| a / b)
}

/// A number with a separator every three digits.
pub fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loaded::Outcome;
    use crate::metrics::records_before;
    use ef_isa::MemoryUse;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(
            ["7", "1,234", "12,345,678"],
            [7, 1234, 12_345_678].map(grouped).each_ref().map(|s| s.as_str())
        );
    }

    #[test]
    fn the_sdrams_efficiency_is_that_of_the_steps_that_tell_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut metrics = Metrics::start(folder.path(), vec![]).unwrap();
        let used = |busy_cycles, data_cycles| Some(MemoryUse { busy_cycles, data_cycles });
        for (step, memory_use) in [(1, used(100, 90)), (2, None), (3, used(300, 290))] {
            let counters = Counters { cycles: 1000, ..Counters::default() };
            let outcome = Outcome { images: 4, counters, memory_use, ..Outcome::default() };
            metrics.push_step(StepRecord::new((1, step), 0.1, &outcome, false, 1.0)).unwrap();
        }
        // as they are read again when the run is resumed
        let records = records_before(folder.path(), 3, 1);
        let metrics = Metrics::start(folder.path(), records).unwrap();
        let summary = Summary::measured(&metrics, 8, &[]);
        assert_eq!((summary.sdram_efficiency, summary.sdram_data), (Some(0.95), Some(0.19)));
        assert!(summary.rows().contains(&("SDRAM efficiency", "95.00 %".into())));
    }

    #[test]
    fn overflow_bits_name_the_layers() {
        assert_eq!(saturated(0b101, &["conv1", "conv2", "fc1"]), ["conv1", "fc1"]);
        // two share a bit
        assert_eq!(saturated(1 << 31 | 1, &["layer"; 64]).len(), 4);
    }
}
