//! Tiles of tensors between DRAM and the buffers: what every pass is put together from.

pub mod extent;
pub mod gather;
pub mod input;
pub mod loss;
pub mod output;
pub mod runs;
pub mod weights;
