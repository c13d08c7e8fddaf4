//! What the example found: `personalise.json`.

use serde::Serialize;

/// Everything that table and picture show.
#[derive(Serialize)]
pub struct Report {
    pub network: String,
    pub config: &'static str,
    pub seed: u64,
    /// Images of a step.
    pub batch: usize,
    /// To the left.
    pub degrees: f32,
    pub pretraining: Lesson,
    pub adaptation: Lesson,
    /// Of each test set.
    pub test_images: usize,
    /// The board whose SDRAM and recorded clock the predictions are for.
    pub board: &'static str,
    pub memory: String,
    pub clock_mhz: f64,
    /// With the weights of the pre-training.
    pub before: Accuracy,
    pub variants: Vec<Variant>,
}

/// Images, how often each was seen, and the steps that this makes.
#[derive(Serialize)]
pub struct Lesson {
    pub images: usize,
    pub epochs: u32,
    pub steps: u64,
}

/// Shares of the test images that are classified correctly, 0 to 1.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Accuracy {
    pub undistorted: f64,
    pub turned: f64,
}

/// A way to adapt.
#[derive(Serialize)]
pub struct Variant {
    /// For a person.
    pub name: String,
    /// Layers that stayed as they were.
    pub frozen: Vec<String>,
    /// Layers whose weights or biases are others than before: all but the frozen ones.
    pub changed: Vec<String>,
    /// Weights and biases that were trained.
    pub trained_parameters: usize,
    /// After the adaptation.
    pub accuracy: Accuracy,
    pub predicted: Cost,
    /// Of all steps on the board, without the transfer of the images over its link.
    pub adaptation_seconds: f64,
    /// The simulated step, where one was asked for.
    pub rtl: Option<RtlStep>,
}

/// What a step takes, the fetch of its program included.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Cost {
    pub cycles_per_image: f64,
    /// Words of 32 bits, read, written and of the program.
    pub dram_words_per_image: f64,
    /// At the clock that the report names; of a simulated memory that no board has: none.
    pub microseconds_per_image: Option<f64>,
}

/// The first step of an adaptation on the RTL, whose weights are those of the golden model bit for bit.
#[derive(Serialize)]
pub struct RtlStep {
    pub memory: String,
    pub simulated: Cost,
    /// For the same memory.
    pub predicted: Cost,
}
