//! GATHER: the taps of a kernel out of the scratch.

pub mod gather;
pub mod scratch;
pub mod tap_lanes;
pub mod tap_origin;
pub mod tap_position;
pub mod tap_walker;
