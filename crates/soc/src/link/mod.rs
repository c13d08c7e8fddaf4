//! The host link: UART, frames, and the reads and writes they ask for.
//!
//! | block | what |
//! |---|---|
//! | [`HostLink`] | pins to register port and memory port |
//! | [`line`] | bytes and frames on the serial line |
//! | [`receiver`], [`sender`], [`request_ram`] | frames, and their words |
//! | [`session`], [`executor`], [`memory_word`] | what a request may, and what it does |
//! | [`MemoryMux`] | the memory port of the link and that of the accelerator as one |
//!
//! Op codes, layouts and the like are those of `ef_link`; the protocol is in `docs/link.md`.

pub mod executor;
pub mod host_link;
pub mod line;
pub mod memory_mux;
pub mod memory_word;
pub mod receiver;
pub mod request_ram;
pub mod sender;
pub mod session;

pub use line::{bit_timer, crc, slip_decoder, slip_encoder, uart_rx, uart_tx};

pub use host_link::{HostLink, LinkSettings};
pub use memory_mux::MemoryMux;
