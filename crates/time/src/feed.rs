//! What brings commands into the queues: a list, or the controller with a program.

mod list;
mod program;

pub use list::List;
pub use program::{Controller, Program};
