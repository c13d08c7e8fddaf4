pub mod arith;
pub mod buffer;
pub mod stream;
pub mod control;
