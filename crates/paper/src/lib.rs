//! EF-Train's own model of time: the cycles that the paper's accelerator would take, for any convolutional network.
//!
//! Tang, Zhang, Zhou, Hu, "EF-Train: Enable Efficient On-device CNN Training on FPGA Through Data Reshaping for Online Adaptation or
//! Personalization", ACM TODAES 27.5 (2022), arXiv 2202.10935: the analytical model of its reshaped data flow with weight reuse. Names in
//! documentation are the paper's: Tm, Tn, Tr, Tc (= C: tiles have whole rows), M_on, tCOMP, tIFM, tOFM, tWEI, tOUT, LOAD, PROD, STORE.
//!
//! - [`cycles`]: what a layer takes in a phase, with a given tile.
//! - [`best`]: the tile with the fewest cycles; [`by_rule`]: the tiles that the paper's rule chooses for given buffers.
//!
//! The tests hold the paper's own values, to the cycle. Nothing here knows this project's accelerator.

mod cycles;
mod layer;
mod search;

pub use cycles::{Tile, cycles};
pub use layer::{ConvLayer, phases};
pub use search::{Buffers, Choice, best, by_rule};

/// An accelerator of the paper's kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine {
    /// T = Tm = Tn, which the paper requires to be equal: T x T multiply-accumulate lanes.
    pub lanes: usize,
    /// p: words that the memory transfers per cycle.
    pub words_per_beat: usize,
    /// t0: cycles before the first word of a burst.
    pub restart: usize,
}

impl Machine {
    /// The paper's largest: 256 lanes on a ZCU102, 128-bit memory.
    pub const ZCU102: Machine = Machine { lanes: 16, words_per_beat: 4, restart: 400 };
    /// The same with 64 lanes, as many as this project's largest configuration has.
    pub const LANES_64: Machine = Machine { lanes: 8, ..Machine::ZCU102 };
}
