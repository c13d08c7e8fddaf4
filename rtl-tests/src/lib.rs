//! What the tests of the RTL share.

mod drive;
mod engine;
mod group;
mod host;
mod memory;
mod random;

pub use drive::Input;
pub use engine::Engine;
pub use group::{Group, Parts, with};
pub use host::Host;
pub use memory::{Burst, Driven, Memory, MemoryPins, Pace};
pub use random::{Chance, Random, SPECIAL, cases, seeded};
