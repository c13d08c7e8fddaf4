//! The command lines of the three programs, in one place: they decide about the result and are part of its hash.

use crate::design::Design;
use anyhow::Result;
use ef_tools::Tool;
use std::collections::BTreeMap;

/// The programs of the flow.
pub struct Tools {
    pub yosys: Tool,
    pub nextpnr: Tool,
    pub ecppack: Tool,
}

/// The netlist that Yosys writes.
pub const NETLIST: &str = "netlist.json";
/// [`places`] as Yosys reads them.
pub const PLACES: &str = "places.ys";
/// The constraints file as nextpnr reads it.
pub const LPF: &str = "pins.lpf";

impl Tools {
    /// Finds or fetches them.
    pub fn find() -> Result<Tools> {
        Ok(Tools {
            yosys: ef_tools::yosys()?,
            nextpnr: ef_tools::nextpnr_ecp5()?,
            ecppack: ef_tools::ecppack()?,
        })
    }

    pub fn versions(&self) -> BTreeMap<String, String> {
        [&self.yosys, &self.nextpnr, &self.ecppack]
            .map(|tool| (tool.name.into(), tool.version.clone()))
            .into()
    }
}

/// `-iopad`: Yosys turns tristate drivers into I/O cells, after which the registers of the pads have only those to drive and fit into them.
///
/// `-no-rw-check`: no RAM of this project relies on what a read returns while the same word is written, which an ECP5 does not define.
pub fn yosys_args(design: &Design) -> Vec<String> {
    let files: Vec<&str> = design.verilog.iter().map(|(name, _)| name.as_str()).collect();
    let synth = format!("synth_ecp5 -iopad -no-rw-check -top {}", design.top);
    let mut script = format!("read_verilog {}; ", files.join(" "));
    if design.placed.is_empty() {
        script += &synth;
    } else {
        // between flattening and mapping: whole names, and few cells to find them among
        script += &format!("{synth} -run :map_ram; script {PLACES}; {synth} -run map_ram:");
    }
    script += &format!("; write_json {NETLIST}");
    ["-q", "-l", "yosys.log", "-p", &script].map(String::from).into()
}

/// Yosys commands that give the placed cells the attribute which nextpnr takes as their place; a cell that is not there is an error.
pub fn places(design: &Design) -> String {
    let each = design.placed.iter().map(|(cell, place)| {
        format!("select -assert-count 1 c:{cell}\nsetattr -set BEL \"{place}\" c:{cell}\n")
    });
    each.collect()
}

/// Missing timing is judged here, from the report, not by nextpnr's exit code.
pub fn nextpnr_args(design: &Design, seed: u64) -> Result<Vec<String>> {
    let device = &design.device;
    let mut args = vec![device.nextpnr_option()?];
    for (option, value) in [
        ("--package", device.package.clone()),
        ("--speed", device.speed_grade.to_string()),
        ("--json", NETLIST.into()),
        ("--lpf", LPF.into()),
        ("--freq", design.clock_mhz.to_string()),
        ("--placer", device.placer.clone()),
        ("--seed", seed.to_string()),
        ("--textcfg", of_seed(seed, "config")),
        ("--report", of_seed(seed, "json")),
        ("--log", of_seed(seed, "log")),
    ] {
        args.extend([option.into(), value]);
    }
    if device.placer == "heap" {
        // its limit stops the first, rough placement of a chip that it places well with a little patience
        args.extend(["--placer-heap-cell-placement-timeout".into(), "0".into()]);
    }
    args.extend(["--timing-allow-fail".into(), "--quiet".into()]);
    Ok(args)
}

pub fn ecppack_args(design: &Design, seed: u64, bitstream: &str) -> Vec<String> {
    let idcode = format!("{:#010x}", design.device.idcode);
    ["--compress", "--idcode", &idcode, "--input", &of_seed(seed, "config"), "--bit", bitstream]
        .map(String::from)
        .into()
}

/// A file of nextpnr's run with that seed.
pub fn of_seed(seed: u64, ending: &str) -> String {
    format!("seed-{seed}.{ending}")
}
