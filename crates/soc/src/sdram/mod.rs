//! The SDRAM controller behind the accelerator's memory port: see `docs/sdram.md`.
//!
//! [`SdramController`] is what the chip uses; the rest are its parts, public so that each is tested alone.

pub mod activity;
pub mod chip_model;
pub mod commands;
mod controller;
pub mod data;
pub mod pins;
mod timing;

pub use commands::{bank, columns, maintenance, rows, segmenter, timer};

pub use controller::SdramController;
pub use timing::SdramTiming;
