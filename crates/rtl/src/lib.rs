pub mod arith;
pub mod buffer;
pub mod control;
pub mod load;
pub mod memory;
pub mod stream;
pub mod kernel;
