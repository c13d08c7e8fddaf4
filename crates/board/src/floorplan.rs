//! [`Floorplan`]: where the multipliers of the array sit on an FPGA.

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use std::path::Path;

/// The DSP blocks that each row of the array gets: one file of `boards/floorplan/`.
///
/// A block of the ECP5 has four multipliers. Lane n of a row has the two halves of block n / 2 of that row: its main product and its rotated product.
/// Everything else is placed by nextpnr, which does that well around multipliers that stand near each other (`docs/decisions/floorplan.md`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Floorplan {
    /// Row m of the array in entry m.
    pub row: Vec<Blocks>,
    /// The store engine: its multiplier and those of its special function unit.
    pub store: Blocks,
}

/// Some DSP blocks of one line.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blocks {
    /// The FPGA's line of DSP blocks.
    pub y: u32,
    /// The first column of each block.
    pub x: Vec<u32>,
}

/// The largest ECP5 has not as many columns or lines.
const FURTHEST: u32 = 999;

/// Multipliers of a block, by their place in it.
const PLACES: [u32; 4] = [0, 1, 4, 5];

impl Floorplan {
    pub(crate) fn read(path: &Path) -> Result<Floorplan> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Floorplan::parse(&text).with_context(|| format!("in {}", path.display()))
    }

    /// The floorplan that the text of a TOML file describes.
    ///
    /// # Errors
    /// If it is not well described, or gives a block twice.
    pub fn parse(text: &str) -> Result<Floorplan> {
        let plan: Floorplan = ef_toml::parse(text)?;
        let all = plan.row.iter().chain([&plan.store]);
        let mut blocks: Vec<(u32, u32)> = all.flat_map(|part| part.x.iter().map(|&x| (part.y, x))).collect();
        for &(y, x) in &blocks {
            ensure!(x.max(y) <= FURTHEST, "the block at x = {x}, y = {y}: up to {FURTHEST} is possible");
        }
        blocks.sort_unstable();
        for pair in blocks.windows(2) {
            ensure!(pair[0] != pair[1], "the block at x = {}, y = {} is given twice", pair[0].1, pair[0].0);
        }
        Ok(plan)
    }

    /// The places, in nextpnr's words, of the main and the rotated multiplier of a lane.
    ///
    /// # Errors
    /// If the plan has no such row, or the row too few blocks.
    pub fn lane(&self, row: usize, lane: usize) -> Result<[String; 2]> {
        let blocks = self.row.get(row).with_context(|| format!("floorplan: there is no row {row}"))?;
        let place = |part| {
            blocks
                .place(2 * lane + part)
                .with_context(|| format!("floorplan: row {row} has no block for lane {lane}"))
        };
        Ok([place(0)?, place(1)?])
    }

    /// The place of the store engine's multiplier `n`.
    ///
    /// # Errors
    /// If it has too few blocks.
    pub fn store(&self, n: usize) -> Result<String> {
        self.store.place(n).with_context(|| format!("floorplan: `store` has no block for multiplier {n}"))
    }
}

impl Blocks {
    fn place(&self, n: usize) -> Option<String> {
        let k = PLACES[n % PLACES.len()];
        self.x.get(n / PLACES.len()).map(|x| format!("X{}/Y{}/MULT18_{k}", x + k, self.y))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_lanes_share_a_block() {
        let plan = Floorplan::parse("row = [{ y = 34, x = [40, 49] }]\nstore = { y = 10, x = [4] }").unwrap();
        assert_eq!(plan.lane(0, 0).unwrap(), ["X40/Y34/MULT18_0", "X41/Y34/MULT18_1"]);
        assert_eq!(plan.lane(0, 3).unwrap(), ["X53/Y34/MULT18_4", "X54/Y34/MULT18_5"]);
        assert_eq!(plan.store(3).unwrap(), "X9/Y10/MULT18_5");
        assert!(plan.store(4).unwrap_err().to_string().contains("multiplier 4"));
        assert!(plan.lane(1, 0).unwrap_err().to_string().contains("no row 1"));
        assert!(plan.lane(0, 4).unwrap_err().to_string().contains("no block for lane 4"));
    }

    #[test]
    fn a_block_given_twice_is_named() {
        let error =
            Floorplan::parse("row = [{ y = 34, x = [40] }]\nstore = { y = 34, x = [4, 40] }").unwrap_err();
        assert!(error.to_string().contains("x = 40, y = 34"), "{error}");
    }
}
