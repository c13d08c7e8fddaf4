//! The link between a host and the accelerator on a board: frames over a UART, and the host's side of them.
//!
//! - [`frame`], [`slip`]: what goes over the wire. The RTL (`ef_soc::link`) takes its constants from here.
//! - [`Link`]: requests with an answer, whatever the wire does to bytes. [`LinkDevice`]: an accelerator behind one.
//! - [`Port`]: a pipe of bytes; [`Serial`]: a serial port.
//! - [`Endpoint`]: what the RTL does, in software. [`testing`]: wires that damage what passes over them.
//!
//! The protocol is explained in `docs/link.md`.

mod device;
mod endpoint;
mod error;
mod find;
pub mod frame;
mod link;
mod port;
mod serial;
pub mod slip;
pub mod testing;

pub use device::LinkDevice;
pub use endpoint::{Bus, Endpoint};
pub use error::LinkError;
pub use find::find;
pub use link::{Link, Settings, Traffic};
pub use port::Port;
pub use serial::Serial;
