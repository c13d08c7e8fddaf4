//! Where the words of a command come from.

pub mod handover_ram;
pub mod read_route;
pub mod run_reader;
