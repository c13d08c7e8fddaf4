//! The `README.md` of an exported folder.

use ef_synth::Design;
use std::fmt::Write;

/// How each tool reads a list from any working directory. The names in a list are relative to its folder, so that the folder can be moved: Verilator's
/// `-F` reads them so, for the others `sed` puts the folder in front.
fn reading(top: &str) -> String {
    let list = |name: &str| format!("$(sed \"s|^|$DIR/|\" \"$DIR/{name}\" | tr '\\n' ' ')");
    let (portable, ecp5) = (list("files_portable.f"), list("files_ecp5.f"));
    format!(
        "The lists name files relative to this folder. With `DIR` as the path of the folder, these commands work from any other:\n\n\
         ```text\n\
         verilator --lint-only -Wno-WIDTH -Wno-CASEINCOMPLETE -Wno-TIMESCALEMOD --top-module {top} -F \"$DIR/files_portable.f\"\n\
         iverilog -g2005 -s {top} -o {top}.vvp {portable}\n\
         yosys -q -p \"read_verilog -lib +/ecp5/cells_sim.v +/ecp5/cells_bb.v; read_verilog {ecp5}; hierarchy -check -top {top}\"\n\
         ```\n"
    )
}

pub fn of_accelerator(config: &str, top: &str) -> String {
    format!(
        "# The accelerator `{config}` of ef-train\n\n\
         The top module is `{top}`. Ports, parameters, multipliers, registers and the encoding of programs are in `{top}.json`; the page `docs/host-port.md` of\n\
         ef-train explains them.\n\n\
         | file list | multipliers |\n|---|---|\n\
         | `files_ecp5.f` | MULT18X18D of an ECP5; `mult18x18d_model.v` and `lut4_model.v` are for simulators |\n\
         | `files_portable.f` | any tool finds its own |\n\n{}",
        reading(top)
    )
}

/// `lines`: what makes the bitstream.
pub fn of_board(design: &Design, lines: &[String]) -> String {
    let Design { name, top, device, .. } = design;
    let mut text = format!(
        "# The chip of the board `{name}` of ef-train\n\n\
         For an {} in package {}. The top module is `{top}`, whose ports are the nets of the board.\n\n\
         | file | |\n|---|---|\n\
         | `board.v` | the board's nets and tristate drivers around the chip |\n\
         | `chip.v` | the chip, with the primitives of an ECP5 |\n\
         | `chip_portable.v` | the same chip for simulators: one clock, plain registers instead of primitives |\n\
         | `pins.lpf` | balls, pads and the oscillator's frequency |\n\
         | `synth.ys`, `carry.v` | Yosys' script and what it reads |\n\
         | `files_ecp5.f`, `files_portable.f` | file lists |\n\n{}\n\
         The bitstream, as `cargo xtask synth` makes it, in this folder:\n\n```text\n",
        device.name,
        device.package,
        reading(top)
    );
    for line in lines {
        let _ = writeln!(text, "{line}");
    }
    text + "```\n"
}
