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

/// What Yosys does, from [`crate::yosys`].
pub const SCRIPT: &str = "synth.ys";
/// The netlist that Yosys writes.
pub const NETLIST: &str = "netlist.json";
/// The constraints file as nextpnr reads it.
pub const LPF: &str = "pins.lpf";

/// Of nextpnr's two for large designs. The other, `heap`, makes longer wires on 45F and 85F.
const PLACER: &str = "static";

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

pub fn yosys_args() -> Vec<String> {
    ["-q", "-l", "yosys.log", "-s", SCRIPT].map(String::from).into()
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
        ("--placer", PLACER.into()),
        ("--seed", seed.to_string()),
        ("--textcfg", of_seed(seed, "config")),
        ("--report", of_seed(seed, "json")),
        ("--log", of_seed(seed, "log")),
    ] {
        args.extend([option.into(), value]);
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
