//! The way to memory.

pub mod arbiter;
pub mod merge;
pub mod owners;

pub use arbiter::Arbiter;
