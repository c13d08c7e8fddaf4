//! How much of the chip each part of the RTL takes, from the netlist that Yosys wrote.

use crate::report::Part;
use anyhow::{Context, Result};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// Levels of hierarchy in the table.
const LEVELS: usize = 3;
/// Parts with fewer cells than this of all are left to the one around them.
const SMALLEST: f64 = 0.01;

#[derive(Deserialize)]
struct Netlist {
    modules: HashMap<String, Module>,
}

#[derive(Deserialize)]
struct Module {
    #[serde(default)]
    cells: HashMap<String, Cell>,
}

#[derive(Deserialize)]
struct Cell {
    #[serde(rename = "type")]
    kind: String,
}

/// The parts of the flattened module `top`, by instance path, each with everything inside it.
///
/// Yosys names a cell of the flattened design after the wire it drives, so logic counts where its result is.
pub fn parts(path: &Path, top: &str) -> Result<Vec<Part>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let netlist: Netlist =
        serde_json::from_str(&text).context("Yosys wrote a netlist that cannot be read")?;
    let module = netlist.modules.get(top).with_context(|| format!("the netlist has no module `{top}`"))?;
    Ok(table(module.cells.iter().map(|(name, cell)| (name.as_str(), cell.kind.as_str()))))
}

fn table<'a>(cells: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<Part> {
    let mut parts: BTreeMap<String, Part> = BTreeMap::new();
    for (name, kind) in cells {
        let levels: Vec<&str> = name.split('.').collect();
        for depth in 0..levels.len().min(LEVELS + 1) {
            let path = levels[..depth].join(".");
            let part = parts.entry(path.clone()).or_insert_with(|| Part { path, ..Part::default() });
            match kind {
                "LUT4" => part.lut += 1,
                // a carry cell is two LUTs
                "CCU2C" => part.lut += 2,
                "TRELLIS_DPR16X4" => part.lut += 4,
                "TRELLIS_FF" => part.ff += 1,
                "MULT18X18D" => part.dsp += 1,
                "DP16KD" => part.bram += 1,
                _ => {}
            }
        }
    }
    let size = |part: &Part| part.lut + part.ff;
    let all = parts.get("").map_or(0, size);
    let mut parts: Vec<Part> = parts
        .into_values()
        .filter(|part| {
            part.path.is_empty() || size(part) as f64 >= SMALLEST * all as f64 || part.dsp + part.bram > 0
        })
        .collect();
    // a part that has all the cells of the part around it is left out
    parts.dedup_by(|inner, outer| inner.path.starts_with(&outer.path) && inner.same_size(outer));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_count_for_every_part_around_them() {
        let cells = [
            ("chip.a.x_LUT4_Z", "LUT4"),
            ("chip.a.sum_CCU2C", "CCU2C"),
            ("chip.a.in.r_TRELLIS_FF_Q", "TRELLIS_FF"),
            ("chip.b.mult", "MULT18X18D"),
            ("chip.b.ram", "DP16KD"),
            ("led_TRELLIS_IO_B", "TRELLIS_IO"),
        ];
        let parts = table(cells.into_iter());
        let find = |path: &str| {
            parts.iter().find(|part| part.path == path).unwrap_or_else(|| panic!("{path}: {parts:?}"))
        };
        let counts = |part: &Part| [part.lut, part.ff, part.dsp, part.bram];
        assert_eq!(counts(find("")), [3, 1, 1, 1]);
        assert_eq!(counts(find("chip.a")), [3, 1, 0, 0]);
        assert_eq!(counts(find("chip.a.in")), [0, 1, 0, 0]);
        assert_eq!(counts(find("chip.b")), [0, 0, 1, 1]);
        assert!(!parts.iter().any(|part| part.path == "chip"), "it is all there is");
    }
}
