//! The way to memory.

pub mod arbiter;

pub use arbiter::Arbiter;
