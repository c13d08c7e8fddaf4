//! Loads a bitstream onto a board, and says in plain words why not.

mod bitstream;
mod diagnose;
mod loader;
mod usb;

pub use bitstream::idcode;
pub use diagnose::Problem;
pub use loader::{Places, Target, program};
