//! Streamed vectors on their way into the array.

pub mod hazard_timer;
pub mod stream_address;
pub mod stream_control;
pub mod stream_lanes;
pub mod streamer;
