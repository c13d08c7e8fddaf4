//! The chip around the accelerator, in rust-hdl: SDRAM controller, host link, clocks and reset, board top.

pub mod clocking;
pub mod link;
pub mod sdram;
