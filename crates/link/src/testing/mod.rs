//! Wires that damage what passes over them, and what must hold all the same: for the tests of the link in software and of its RTL.

mod faulty;
#[cfg(unix)]
mod plugged;
mod scenario;
mod soft;

pub use faulty::{Faulty, Rates};
#[cfg(unix)]
pub use plugged::{Plugged, not_inherited};
pub use scenario::{Plan, Tally, scenario};
pub use soft::{Registers, SoftBoard};

use crate::port::Port;

/// Register whose bit 0 is what the accelerator's `busy` is on a [`Board`].
pub const BUSY_REGISTER: u8 = 0x80;

/// A board at the other end of a wire.
pub trait Reset: Port {
    /// Resets the link on the board.
    fn reset(&mut self);
}

/// A board whose registers and memory can be looked at past the link.
pub trait Board: Reset {
    /// Waits until the board does nothing more.
    fn settle(&mut self);
    /// The words of the board's memory.
    fn memory(&mut self) -> &[u32];
    /// The register writes since the last call, in order.
    fn take_writes(&mut self) -> Vec<(u8, u32)>;
}
