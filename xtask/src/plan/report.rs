//! [`PlanReport`]: a plan in figures, as in `plan.json`.

use ef_compiler::Part;
use serde::Serialize;

/// What a training step needs and takes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlanReport {
    pub network: String,
    pub config: String,
    pub batch: usize,
    /// Bytes of DRAM.
    pub memory_bytes: u64,
    /// 32-bit words of the program of a training step.
    pub program_words: u64,
    pub cycles_per_image: f64,
    /// Sum of all bounds by the images.
    pub bound_cycles_per_image: f64,
    pub dram_words_per_image: f64,
    /// In the order in which they run.
    pub layers: Vec<PassReport>,
}

/// A pass: one or two phases of a layer, or of two that hand tiles on inside the chip. Figures are of the whole batch.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PassReport {
    /// One name, or two with ` + ` between.
    pub layer: String,
    /// FP, BP, WU or BP + WU.
    pub phase: String,
    #[serde(skip)]
    pub parts: Vec<Part>,
    /// From the last computation of the pass before to the last one of this pass. All of them add up to the step.
    pub cycles: u64,
    /// No pass that moves each map once takes fewer: the larger of the arithmetic on all lanes and the words.
    pub bound: u64,
    /// Share of the cycles in which the T x T lanes take a vector.
    pub busy_lanes: f64,
    /// Share of the multiplications that T x T lanes could have done in the cycles which the network needs.
    pub useful_macs: f64,
    pub dram_words: u64,
    pub tile: TileReport,
}

/// How a pass is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TileReport {
    pub images: usize,
    pub rows: usize,
    pub columns: usize,
    /// Groups of T output and input channels.
    pub out_groups: usize,
    pub in_groups: usize,
}

impl PlanReport {
    /// A sum over all passes, by the images.
    pub fn per_image(&self, value: impl Fn(&PassReport) -> u64) -> f64 {
        self.layers.iter().map(value).sum::<u64>() as f64 / self.batch as f64
    }
}
