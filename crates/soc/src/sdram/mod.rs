//! The SDRAM controller behind the accelerator's memory port: see `docs/sdram.md`.
//!
//! [`SdramController`] is what the chip uses; the rest are its parts, public so that each is tested alone.

pub mod activity;
pub mod bank;
pub mod chip_model;
pub mod columns;
mod controller;
pub mod data;
pub mod maintenance;
pub mod pins;
pub mod rows;
pub mod segmenter;
pub mod timer;
mod timing;

pub use controller::SdramController;
pub use timing::SdramTiming;
