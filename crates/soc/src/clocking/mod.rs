//! Clocks, reset and the registers in the I/O cells: everything of the chip that is the FPGA vendor's.
//!
//! ```text
//!  oscillator --[Pll]--+--> core clock --> everything
//!                |     +--> SDRAM clock --> [SdramPads] --> sdram_clk
//!              locked
//!                v
//!  button --[ResetSequencer]--> reset
//! ```

mod debounce;
mod pads;
mod pll;
mod reset;

pub use debounce::Debounce;
pub use pads::{PadKind, SdramPads, pads_verilog};
pub use pll::{PLL_SIM_LOCK_EDGES, Pll, PllKind, pll_verilog};
pub use reset::{ReleaseTimer, ResetFlop, ResetSequencer};
