//! The chip of a board as Verilog, for synthesis and for simulation.

use crate::chip::Chip;
use crate::clocking::{PadKind, PllKind, pads_verilog, pll_verilog};
use crate::link::LinkSettings;
use crate::sdram::SdramTiming;
use anyhow::{Context, Result};
use ef_board::Board;
use ef_hdl_kit::export::{self, Verilog};
use ef_rtl::arith::mult18::{MultKind, mult18_verilog};
use ef_rtl::with_accelerator;

/// Name of the chip's module.
pub const CHIP: &str = "ef_chip";

/// Stack for a chip by value.
const STACK: usize = 256 << 20;

/// Cycles in the pads, out and in.
const PAD_REGISTERS: u32 = 2;

/// The controller's timing on a board.
///
/// # Errors
/// If the SDRAM cannot keep its times at this clock.
pub fn sdram_timing(board: &Board) -> Result<SdramTiming> {
    let mut timing = SdramTiming::new(&board.sdram, clock_hz(board))?;
    timing.capture = PAD_REGISTERS + board.clocks.sdram_read_delay;
    timing.check()?;
    Ok(timing)
}

/// The core clock as the board's PLL makes it.
pub fn clock_hz(board: &Board) -> u64 {
    board.clock_hz()
}

/// 32-bit words of the board's SDRAM.
pub fn memory_words(board: &Board) -> u32 {
    let part = &board.sdram;
    (part.banks << (part.row_bits + part.column_bits)) / 2
}

/// What the host link is built from.
pub fn link_settings(board: &Board) -> LinkSettings {
    LinkSettings {
        clock_hz: clock_hz(board),
        baud: board.link.baud.into(),
        memory_words: memory_words(board),
    }
}

/// The modules of the chip that rust-hdl describes; what the FPGA's vendor provides is missing.
///
/// # Errors
/// If the board has no possible link or SDRAM timing, or the chip cannot be exported.
pub fn modules(board: &Board) -> Result<Verilog> {
    let (link, sdram) = (link_settings(board), sdram_timing(board)?);
    let export = || {
        with_accelerator!(board.accelerator, accelerator =>
            export::verilog(&mut Chip::new(accelerator, &link, &sdram)?, CHIP))
        .with_context(|| {
            format!("there is no accelerator for the configuration {}", board.accelerator.name)
        })?
    };
    // a chip by value is larger than the stack of a test's thread
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, export)?;
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// What completes [`modules`] for synthesis: primitives of the ECP5, with the board's PLL.
///
/// # Errors
/// If no PLL makes the board's clocks.
pub fn ecp5_cells(board: &Board) -> Result<String> {
    Ok([
        mult18_verilog(MultKind::Ecp5),
        &pll_verilog(PllKind::Ecp5(board.pll()?)),
        pads_verilog(PadKind::Ecp5),
    ]
    .concat())
}

/// What completes [`modules`] for any simulator: one clock, plain registers.
pub fn portable_cells() -> String {
    [mult18_verilog(MultKind::Portable), &pll_verilog(PllKind::Sim), pads_verilog(PadKind::Portable)].concat()
}
