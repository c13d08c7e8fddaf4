//! The pace of the serial link's bits: which baud rates a timer with a fractional phase meets.

use anyhow::{Result, ensure};

/// Bits of the timer's phase. A bit is over when a phase that grows by [`bit_step`] per cycle overflows.
pub const PHASE_BITS: usize = 20;

/// Cycles per bit that the receiver needs to find the middle of a bit.
const LEAST_CYCLES: u64 = 8;

/// What the phase grows by per cycle: 2^20 * baud / clock, rounded.
///
/// # Errors
/// If a bit has fewer than 8 cycles, or the rounded step misses the baud rate by 0.5 % or more; says which rates are possible.
pub fn bit_step(clock_hz: u64, baud: u64) -> Result<u64> {
    let exact = baud << PHASE_BITS;
    let step = (exact + clock_hz / 2) / clock_hz;
    let possible =
        step > 0 && clock_hz >= LEAST_CYCLES * baud && (step * clock_hz).abs_diff(exact) * 200 < exact;
    ensure!(
        possible,
        "a UART of {baud} baud at a clock of {clock_hz} Hz: from {} to {} baud are possible",
        // half a step less than 0.5 % of a step
        ((clock_hz * 100) >> PHASE_BITS) + 1,
        clock_hz / LEAST_CYCLES
    );
    Ok(step)
}
