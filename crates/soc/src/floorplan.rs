//! Where a board's floorplan puts cells of the chip.

use anyhow::{Context, Result};
use ef_board::Board;

/// Instance of the chip in the module that [`ef_board::Pins::wrapper`] writes.
const INSTANCE: &str = "inner";

/// The store engine's multipliers; neighbours in this list work together.
const STORE: [&str; 15] = [
    "vector.multiplier.product.high_high",
    "vector.multiplier.product.high_low",
    "vector.multiplier.product.low_high",
    "vector.multiplier.product.low_low",
    "vector.functions.finish.multiply.product.high_high",
    "vector.functions.finish.multiply.product.high_low",
    "vector.functions.finish.multiply.product.low_high",
    "vector.functions.finish.multiply.product.low_low",
    "vector.functions.interpolate.linear",
    "vector.functions.interpolate.quadratic",
    "vector.functions.interpolate.square",
    "vector.functions.reduce.product.high_high",
    "vector.functions.reduce.product.high_low",
    "vector.functions.reduce.product.low_high",
    "vector.functions.reduce.product.low_low",
];

/// Cells of the board's flattened netlist with their places in nextpnr's words: all multipliers, or nothing without a floorplan.
///
/// # Errors
/// If the floorplan has no place for one of them.
pub fn placed_cells(board: &Board) -> Result<Vec<(String, String)>> {
    let Some(plan) = &board.floorplan else { return Ok(Vec::new()) };
    let t = board.accelerator.lanes;
    let mut cells = Vec::new();
    let mut put =
        |path: String, place| cells.push((format!("{INSTANCE}.accelerator.{path}.mult.mult"), place));
    for row in 0..t {
        for lane in 0..t {
            let places = plan
                .lane(row, lane)
                .with_context(|| format!("{} has {t} rows of {t} lanes", board.accelerator.name))?;
            for (part, place) in ["main", "rotated"].into_iter().zip(places) {
                put(format!("compute.array.row${row}.dot.lane${lane}.product.{part}"), place);
            }
        }
    }
    for (n, path) in STORE.into_iter().enumerate() {
        put(format!("storer.{path}"), plan.store(n)?);
    }
    Ok(cells)
}
