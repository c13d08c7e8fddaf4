//! How long the commands take that read no DRAM, and unpacking: exact, for models of time. `rtl-tests` hold the engine to them.

use crate::load::Gather;
use ef_isa::LoadDesc;
use ef_isa::load::scratch_banks;

/// Cycles from the last taps or the acceptance of the last empty vector to `done`.
const TAIL: u64 = 5;

/// Cycles of a command without a vector.
const EMPTY: u64 = 3;

/// Cycles of a GATHER besides its steps.
const GATHER_OVERHEAD: u64 = Gather::<8, 4, 9>::LATENCY as u64 + TAIL;

/// Cycles in which the taps of one pixel are read: a step for every W columns of a kernel row. One more if the last of them begins in
/// one vector and ends in the next; with fewer than 8 lanes, one more for each step that does.
pub fn pixel_cycles(lanes: usize, d: &LoadDesc) -> u64 {
    let (width, lanes) = (scratch_banks(lanes) as u64, lanes as u64);
    let (rows, cols) = (u64::from(d.g_ch) * u64::from(d.g_kr), u64::from(d.g_kc));
    if rows * cols == 0 {
        return 0;
    }
    let spills = |step: u64, row: u64| {
        let first = row * cols + step * width;
        let taps = width.min(cols - step * width);
        u64::from(first % lanes + taps > lanes)
    };
    let steps = cols.div_ceil(width);
    let held = if lanes < 8 {
        let held_in =
            |rows| -> u64 { (0..rows).flat_map(|row| (0..steps).map(move |step| spills(step, row))).sum() };
        // where rows begin in the vectors repeats after so many rows as there are lanes
        rows / lanes * held_in(lanes) + held_in(rows % lanes)
    } else {
        spills(steps - 1, rows - 1)
    };
    rows * steps + held
}

/// Cycles of a GATHER with so many lanes, from the cycle of the engine's `start` to that of `done`.
///
/// ```
/// use ef_isa::LoadDesc;
/// let conv1 = LoadDesc { n0: 32, n1: 4, g_ch: 3, g_kr: 3, g_kc: 3, ..LoadDesc::default() };
/// assert_eq!(ef_rtl::load::gather_cycles(8, &conv1), 26 + 32 * 4 * 9);
/// ```
pub fn gather_cycles(lanes: usize, d: &LoadDesc) -> u64 {
    match u64::from(d.n0) * u64::from(d.n1) * pixel_cycles(lanes, d) {
        0 => EMPTY,
        steps => GATHER_OVERHEAD + steps,
    }
}

/// Cycles of a ZERO, from the cycle of the engine's `start` to that of `done`.
pub fn zero_cycles(d: &LoadDesc) -> u64 {
    match u64::from(d.n0) {
        0 => EMPTY,
        vectors => vectors + 6,
    }
}

/// Cycles in which a word of four pixels is unpacked, with so many lanes.
pub const fn unpack_cycles(lanes: usize) -> u64 {
    4 / scratch_banks(lanes) as u64
}
