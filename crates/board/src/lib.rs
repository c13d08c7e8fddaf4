//! Boards: what a TOML in `boards/` says, the clocks it leads to and the constraints file made from it.
//!
//! A board is files only: `boards/NAME.toml`, the pins it names (`boards/pins/`), the SDRAM part it carries (`boards/sdram/`) and, if it has one, the floorplan
//! of its FPGA (`boards/floorplan/`).
//! How to add one is told in `docs/boards.md`.
//!
//! ```
//! let board = ef_board::Board::named("ulx3s-85f")?;
//! assert_eq!(board.device.name, "LFE5U-85F");
//! assert_eq!(board.pll()?.core_mhz(), board.clocks.core_mhz);
//! # anyhow::Ok(())
//! ```

mod bit_timer;
mod board;
mod device;
mod floorplan;
mod lpf;
mod pins;
mod pll;
mod sdram;
mod wrapper;

pub use bit_timer::{PHASE_BITS, bit_step};
pub use board::{Board, BoardLink, Clocks, Programmer, boards_dir};
pub use device::{Fpga, RESETS_FROM};
pub use floorplan::{Blocks, Floorplan};
pub use pins::{Direction, Pin, Pins};
pub use pll::{Pll, PllRequest};
pub use sdram::SdramPart;
