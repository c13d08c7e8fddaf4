//! Words to vectors of T lanes, and where they are written.

pub mod buffer_writer;
pub mod code_reader;
pub mod collector;
pub mod cycles;
pub mod expander;
pub mod levels;
pub mod vectors;
pub mod walker;
