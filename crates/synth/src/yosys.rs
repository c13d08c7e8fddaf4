//! What Yosys does to the Verilog: `synth_ecp5` in parts, with what this project knows better in between and after.

use crate::design::Design;
use crate::tools::{NETLIST, SCRIPT};

/// What [`mapping`] reads, in the folder in which Yosys runs.
pub const CARRY: (&str, &str) = ("carry.v", include_str!("carry.v"));

/// From Verilog that was read to the flat netlist of cells of an ECP5.
///
/// The cut at `map_ffs` changes nothing but the order of the cells, and with that every placement: the recorded bitstreams have it.
///
/// - `placing`: commands between flattening and mapping, when there are few cells, with their whole names.
/// - `pads`: Yosys turns tristate drivers into I/O cells, after which the registers of the pads have only those to drive and fit into them.
/// - `-no-rw-check`: no RAM of this project relies on what a read returns while the same word is written, which an ECP5 does not define.
pub fn mapping(top: &str, placing: &str, pads: bool) -> String {
    let synth = format!("synth_ecp5{} -no-rw-check -top {top}", if pads { " -iopad" } else { "" });
    let carry = CARRY.0;
    format!(
        "{synth} -run :map_ram\n{placing}{synth} -run map_ram:map_ffs\n{synth} -run map_ffs:\n\
         techmap -map {carry} t:CCU2C\n"
    )
}

/// From the Verilog of a design to its netlist: the script and what it reads beside the Verilog.
pub(crate) fn files(design: &Design) -> [(String, String); 2] {
    let files: Vec<&str> = design.verilog.iter().map(|(name, _)| name.as_str()).collect();
    let mapping = mapping(&design.top, &places(design), true);
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
