//! The passes of stages each of whose outputs is made of one input channel: depthwise convolution and batch normalisation
//! (docs/decisions/batch-normalisation.md).
//!
//! - [`Activate`]: leaky ReLU and ReLU6, and their gradients;
//! - [`Matrices`]: the diagonal matrices of FP, from compact parameters; of batch normalisation from the statistics of the batch, in training.
//! - [`ByChannelForward`], [`ByChannelBackward`], [`ByChannelWeight`]: as the passes of other stages, but output group g reads input group g alone.

mod activation;
mod backward;
mod forward;
mod matrices;
mod statistics;
mod vector;
mod weight;

pub use activation::Activate;
pub use backward::ByChannelBackward;
pub use forward::ByChannelForward;
pub use matrices::Matrices;
pub use weight::ByChannelWeight;

use super::{Cut, Space};
use crate::builder::{Context, Slots};
use crate::tile::parts;

impl Space {
    /// The same space, of a stage that works by channel: groups are cut together.
    fn by_channel(self) -> Space {
        Space { ins: vec![1], ..self }
    }
}

impl Cut {
    /// Regions for what a block of groups has for all tiles: one block loads while another is computed.
    fn block_slots(&self, groups: usize) -> usize {
        if self.outs < groups { self.slots } else { 1 }
    }
}

/// The parts of a stage's groups, largest first.
fn groups(context: &Context, index: usize) -> Vec<usize> {
    parts(context.stage(index).out_groups(), 1)
}

/// Regions of `size` from `base` on; the first address behind them.
fn regions(base: usize, size: usize, count: usize) -> (Slots, usize) {
    (Slots::new(base, size, count), base + size * count)
}
