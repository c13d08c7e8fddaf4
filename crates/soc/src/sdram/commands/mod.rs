//! From bursts to the SDRAM's commands.

pub mod bank;
pub mod columns;
pub mod maintenance;
pub mod rows;
pub mod segmenter;
pub mod timer;
