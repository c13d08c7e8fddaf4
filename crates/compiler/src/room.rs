//! The room that a cut needs on chip.

use crate::CompileError;
use crate::error::TooLarge;
use ef_isa::Config;

/// Vectors (feature, loss, weight, psum) and words (operand, scratch, code, handover) that a pass needs at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    pub feature: usize,
    pub loss: usize,
    pub weight: usize,
    pub psum: usize,
    pub operand: usize,
    pub scratch: usize,
    pub code: usize,
    pub handover: usize,
}

/// Name, configuration parameter and unit of a buffer.
const BUFFERS: [(&str, &str, &str); 8] = [
    ("feature buffer", "feature_aw", "vectors"),
    ("loss buffer", "loss_aw", "vectors"),
    ("weight buffer", "weight_aw", "vectors"),
    ("partial-sum buffer", "psum_aw", "vectors"),
    ("operand buffer", "operand_aw", "words"),
    ("scratch", "scratch_aw", "words"),
    ("code RAM", "code_aw", "words"),
    ("hand-over RAM", "feature_aw", "words"),
];

impl Needs {
    /// (needed, possible) of every buffer, in the order of [`BUFFERS`].
    fn against(&self, config: &Config) -> [(usize, usize); 8] {
        [
            (self.feature, 1 << config.feature_aw),
            (self.loss, 1 << config.loss_aw),
            (self.weight, 1 << config.weight_aw),
            (self.psum, 1 << config.psum_aw),
            (self.operand, 1 << config.operand_aw),
            (self.scratch, 1 << config.scratch_aw),
            (self.code, 1 << config.code_aw),
            (self.handover, 1 << config.handover_aw()),
        ]
    }

    pub fn fits(&self, config: &Config) -> bool {
        self.against(config).iter().all(|(needed, possible)| needed <= possible)
    }

    /// Names the first buffer that is too small for the smallest tile of `layer`.
    pub fn check(&self, layer: &str, config: &Config) -> Result<(), CompileError> {
        for ((needed, capacity), (buffer, parameter, unit)) in self.against(config).into_iter().zip(BUFFERS) {
            if needed > capacity {
                let (layer, config) = (layer.into(), config.name);
                let large = TooLarge { layer, needed, unit, buffer, capacity, config, parameter };
                return Err(CompileError::TooLarge(Box::new(large)));
            }
        }
        Ok(())
    }
}
