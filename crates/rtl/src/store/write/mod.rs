//! Words on their way to the memory and to the hand-over RAM.

pub mod handover_writer;
pub mod run_writer;
pub mod word_buffer;
pub mod word_mux;
pub mod word_ram;
