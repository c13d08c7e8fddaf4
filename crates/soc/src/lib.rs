//! The chip around the accelerator, in rust-hdl: SDRAM controller, host link, clocks and reset, board top.

pub mod chip;
pub mod clocking;
pub mod floorplan;
pub mod lights;
pub mod link;
pub mod sdram;
pub mod verilog;
