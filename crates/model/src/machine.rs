use crate::Banks;
use ef_program::{Config, Hyperparameters, layout};

/// Run-time values and results that the host sees as registers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scalars {
    pub hyper: Hyperparameters<u32>,
    pub loss_sum: u32,
    pub mean_loss: u32,
    pub correct: u32,
    /// Bit i: a result of a command with tag i was saturated.
    pub overflow: u32,
}

/// What moved over the memory port, and how often the kernel took a vector, by phase.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    pub words_read: u64,
    pub words_written: u64,
    pub bursts_read: u64,
    pub bursts_written: u64,
    /// Streamed vectors: FP, BP, WU.
    pub kernel: [u64; 3],
}

/// The accelerator's state.
#[derive(Clone, Debug)]
pub struct Machine {
    pub config: &'static Config,
    pub dram: Vec<u32>,
    pub feature: Banks,
    pub loss: Banks,
    pub weight: Banks,
    pub psum: Banks,
    pub operand: Vec<u32>,
    pub scratch: Vec<u32>,
    /// Code RAM of the load engine.
    pub code: Vec<u32>,
    /// Written by the store engine, read by the load engine.
    pub handover: Vec<u32>,
    pub scalars: Scalars,
    pub traffic: Traffic,
}

impl Machine {
    pub fn new(config: &'static Config, dram_words: usize) -> Self {
        let t = config.lanes;
        Machine {
            config,
            dram: vec![0; dram_words],
            feature: Banks::new("feature", t, config.feature_aw),
            loss: Banks::new("loss", t, config.loss_aw),
            weight: Banks::new("weight", t, config.weight_aw),
            psum: Banks::new("partial-sum", t, config.psum_aw),
            operand: vec![0; 1 << config.operand_aw],
            scratch: vec![0; 1 << config.scratch_aw],
            code: vec![0; 1 << config.code_aw],
            handover: vec![0; 1 << config.handover_aw()],
            scalars: Scalars::default(),
            traffic: Traffic::default(),
        }
    }

    pub(crate) fn lanes(&self) -> usize {
        self.config.lanes
    }

    /// Notes that a result of a command with this tag was saturated.
    pub(crate) fn overflow(&mut self, tag: u32, happened: bool) {
        self.scalars.overflow |= u32::from(happened) << (tag & 31);
    }

    /// Codes per word, code width in bits.
    pub(crate) fn code_packing(&self, pool: bool) -> (usize, usize) {
        let width = layout::code_width(self.lanes(), pool);
        (32 / width, width)
    }
}
