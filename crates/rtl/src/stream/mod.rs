//! Stream cells: valid/ready everywhere, one word per clock, no combinational path from an input handshake to an output one.
//!
//! A word moves in every cycle in which `valid` and `ready` are both high. `valid` never waits for `ready`, and once it is
//! high the word stays until it is taken. The catalogue is `docs/stream-cells.md`.

pub mod fifo;
pub mod skid;

pub use fifo::Fifo;
pub use skid::Skid;
