//! The accelerator in rust-hdl: arithmetic, buffers, three engines, their controller, and the top that wires them.

pub mod arith;
pub mod buffer;
pub mod compute;
pub mod control;
pub mod load;
pub mod memory;
pub mod store;
pub mod stream;
pub mod top;
