//! What brings commands into the queues: a list, or the controller with a program.

mod fetch;
mod keep;
mod list;
mod program;

pub use fetch::Fetch;
pub use list::List;
pub use program::{Controller, Program};
