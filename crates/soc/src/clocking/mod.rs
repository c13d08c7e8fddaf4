//! Clocks, reset and the registers in the I/O cells: everything of the chip that is the FPGA vendor's.
//!
//! ```text
//!  oscillator --[ClockGenerator]--+--> core clock --> everything
//!                      |          +--> SDRAM clock --> [SdramCells] --> sdram_clk
//!                    locked
//!                      v
//!  button --[ResetSequencer]--> reset
//! ```

mod debounce;
mod pads;
mod pll;
mod reset;

pub use debounce::Debounce;
pub use pads::{PadKind, SdramCells, pads_verilog};
pub use pll::{ClockGenerator, PLL_SIM_LOCK_EDGES, PllKind, pll_verilog};
pub use reset::{ReleaseTimer, ResetFlop, ResetSequencer};
