//! Every parser of the project against damaged input: it answers with a value or an error, within a second, with memory in proportion to the
//! input, and never with a panic.
//!
//! A case is a valid input, changed in a few places by a generator whose seed is the campaign's seed and whose stream is the case's number: the same
//! on every machine. `cargo xtask fuzz` runs campaigns with overflow checks, `docs/fuzz.md` says what the last one found.

mod campaign;
mod mutate;
mod record;
pub mod targets;

pub use campaign::{Campaign, Tally};
pub use record::page;

use rand_chacha::ChaCha8Rng;

/// Counts what a case allocates.
#[global_allocator]
static MEMORY: peak_alloc::PeakAlloc = peak_alloc::PeakAlloc;

/// Makes an input.
pub type Make = Box<dyn Fn(&mut ChaCha8Rng) -> Vec<u8>>;
/// Parses an input; whether it was accepted.
pub type Parse = Box<dyn Fn(&[u8]) -> bool>;

/// A parser, and how to make input for it.
pub struct Target {
    /// What it is called on the command line and in files.
    pub name: &'static str,
    /// What is parsed.
    pub about: &'static str,
    /// The input of a case.
    pub input: Make,
    /// Parses it, and uses what came out of it; whether it was accepted.
    pub parse: Parse,
    /// Bytes that a case may allocate besides [`PER_BYTE`] for each byte of its input.
    pub memory: usize,
}

/// Bytes that may be allocated for a byte of input: gzip packs 1,000 bytes into one.
pub const PER_BYTE: usize = 1200;
