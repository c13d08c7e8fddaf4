//! Boards: what a TOML in `boards/` says, the clocks it leads to and the constraints file made from it.

mod sdram;

pub use sdram::SdramPart;
