use crate::Banks;
use crate::vector::VectorUnit;
use ef_isa::{Config, Hyperparameters, layout};

/// Run-time values and results that the host sees as registers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scalars {
    /// The optimiser's registers, as the bits of FP32 numbers.
    pub hyper: Hyperparameters<u32>,
    /// Bit i: a result of a command with tag i was saturated.
    pub overflow: u32,
}

/// What moved over the memory port, and how often the kernel took a vector, by phase.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Words from memory.
    pub words_read: u64,
    /// Words to memory.
    pub words_written: u64,
    /// Commands that read.
    pub bursts_read: u64,
    /// Commands that write.
    pub bursts_written: u64,
    /// Streamed vectors: FP, BP, WU.
    pub kernel: [u64; 3],
}

/// The accelerator's state.
#[derive(Clone, Debug)]
pub struct Machine {
    /// Lanes and depths of the buffers.
    pub config: &'static Config,
    /// The memory at the port, by word address.
    pub dram: Vec<u32>,
    /// Feature buffer: maps and taps.
    pub feature: Banks,
    /// Loss buffer: gradients of maps.
    pub loss: Banks,
    /// Weight buffer.
    pub weight: Banks,
    /// Partial sums: bank m is row m's.
    pub psum: Banks,
    /// Operand RAM of the store engine: weights, what the optimiser keeps, labels.
    pub operand: Vec<u32>,
    /// Scratch of the load engine: raw image rows.
    pub scratch: Vec<u32>,
    /// Code RAM of the load engine.
    pub code: Vec<u32>,
    /// Written by the store engine, read by the load engine.
    pub handover: Vec<u32>,
    /// Its tables, accumulators and totals: LOSS_SUM, MEAN_LOSS, CORRECT.
    pub vector: VectorUnit,
    /// Registers that commands read and write.
    pub scalars: Scalars,
    /// Counters.
    pub traffic: Traffic,
}

impl Machine {
    /// All buffers and registers 0, with so many words of memory.
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
            vector: VectorUnit::default(),
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
