//! The script for Yosys: `synth_ecp5` in parts, with commands of this project between and after them.

use crate::design::Design;
use crate::tools::{NETLIST, SCRIPT};

/// What [`mapping`] reads, in the folder in which Yosys runs.
pub const CARRY: (&str, &str) = ("carry.v", include_str!("carry.v"));

/// Synchronous resets of fewer than `from` flip-flops become logic. Eight flip-flops of a tile of an ECP5 share one reset: a reset net of fewer leaves the others
/// to those without a reset.
///
/// Yosys finds over a hundred such nets in a chip (`if` around an assignment of zero), which cost its tiles at four fifths of the LUTs
/// (`docs/decisions/few-resets.md`). The cells are those that `synth_ecp5` maps flip-flops to.
fn few_resets(from: u32) -> String {
    format!(
        "dfflegalize -minsrst {from} -cell $_DFF_?_ 01 -cell $_DFF_?P?_ r -cell $_SDFF_?P?_ r \
         -cell $_DFFE_??_ 01 -cell $_DFFE_?P??_ r -cell $_SDFFE_?P??_ r"
    )
}

/// From Verilog that was read to the flat netlist of cells of an ECP5.
///
/// - `placing`: commands between flattening and mapping, when there are few cells, with their whole names.
/// - `pads`: Yosys turns tristate drivers into I/O cells, after which the registers of the pads have only those to drive and fit into them.
/// - `resets_from`: synchronous resets of fewer flip-flops become logic.
/// - `-no-rw-check`: no RAM of this project relies on what a read returns while the same word is written, which an ECP5 does not define.
pub fn mapping(top: &str, placing: &str, pads: bool, resets_from: u32) -> String {
    let synth = format!("synth_ecp5{} -no-rw-check -top {top}", if pads { " -iopad" } else { "" });
    let (carry, few_resets) = (CARRY.0, few_resets(resets_from));
    format!(
        "{synth} -run :map_ram\n{placing}{synth} -run map_ram:map_ffs\n{few_resets}\n{synth} -run map_ffs:\n\
         techmap -map {carry} t:CCU2C\n"
    )
}

/// From the Verilog of a design to its netlist: the script and what it reads beside the Verilog.
pub(crate) fn files(design: &Design) -> [(String, String); 2] {
    let files: Vec<&str> = design.verilog.iter().map(|(name, _)| name.as_str()).collect();
    let mapping = mapping(&design.top, &places(design), true, design.device.resets_from);
    let script = format!("read_verilog {}\n{mapping}write_json {NETLIST}\n", files.join(" "));
    [(SCRIPT.into(), script), (CARRY.0.into(), CARRY.1.into())]
}

/// Gives the placed cells the attribute which nextpnr takes as their place; a cell that is not there is an error.
fn places(design: &Design) -> String {
    let each = design.placed.iter().map(|(cell, place)| {
        format!("select -assert-count 1 c:{cell}\nsetattr -set BEL \"{place}\" c:{cell}\n")
    });
    each.collect()
}
