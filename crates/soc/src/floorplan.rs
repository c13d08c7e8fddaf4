//! Where a board's floorplan puts cells of the chip.

use anyhow::{Context, Result};
use ef_board::Board;

/// Instance of the chip in the module that [`ef_board::Pins::wrapper`] writes.
const INSTANCE: &str = "inner";

/// Cells of the board's flattened netlist with their places in nextpnr's words: the array's multipliers, or nothing without a floorplan.
///
/// # Errors
/// If the floorplan has no place for one of them.
pub fn placed_cells(board: &Board) -> Result<Vec<(String, String)>> {
    let Some(plan) = &board.floorplan else { return Ok(Vec::new()) };
    let t = board.accelerator.lanes as usize;
    let mut cells = Vec::new();
    for row in 0..t {
        for lane in 0..t {
            let places = plan
                .multipliers(row, lane)
                .with_context(|| format!("{} has {t} rows of {t} lanes", board.accelerator.name))?;
            for (part, place) in ["main", "rotated"].into_iter().zip(places) {
                let path =
                    format!("accelerator.kernel.array.row${row}.dot.lane${lane}.product.{part}.mult.mult");
                cells.push((format!("{INSTANCE}.{path}"), place));
            }
        }
    }
    Ok(cells)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_multiplier_of_the_85f_has_a_place_of_its_own() {
        let board = Board::named("ulx3s-85f").unwrap();
        let cells = placed_cells(&board).unwrap();
        assert_eq!(cells.len(), 128);
        assert_eq!(cells.iter().map(|(_, place)| place).collect::<BTreeSet<_>>().len(), 128);
    }
}
