//! [`Report`]: what came out of a build, as `report.json`.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What came out of a build.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Name of the design.
    pub name: String,
    /// The FPGA.
    pub device: String,
    /// What it says on JTAG, as hexadecimal digits.
    pub idcode: String,
    /// Whether every clock reaches its target.
    pub timing_met: bool,
    /// Clocks by the name of their net.
    pub clocks: BTreeMap<String, Clock>,
    /// LUTs, those of carry chains and small memories included.
    pub lut: Use,
    /// Flip-flops outside I/O cells.
    pub ff: Use,
    /// 18 x 18 multipliers.
    pub dsp: Use,
    /// 18 kbit memories.
    pub bram: Use,
    /// The seed that was kept.
    pub seed: u64,
    /// All seeds that were tried, best first.
    pub seeds: Vec<SeedResult>,
    /// Parts of the design by instance path.
    pub parts: Vec<Part>,
    /// The path that limits the clock nearest to its target, or furthest beyond it.
    pub critical_path: Vec<Step>,
    /// Versions by program.
    pub tools: BTreeMap<String, String>,
    /// SHA-256 of everything that went in.
    pub input_hash: String,
    /// File name of the bitstream.
    pub bitstream: String,
    /// SHA-256 of the bitstream.
    pub bitstream_sha256: String,
    /// What the timing analysis did not see.
    pub not_checked: Vec<String>,
}

/// A clock after routing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clock {
    /// The highest frequency that every path allows.
    pub fmax_mhz: f64,
    /// What is wanted.
    pub target_mhz: f64,
}

impl Clock {
    /// Whether it is fast enough.
    pub fn met(&self) -> bool {
        self.fmax_mhz >= self.target_mhz
    }

    /// Above 1 if it is fast enough.
    pub fn ratio(&self) -> f64 {
        self.fmax_mhz / self.target_mhz
    }
}

/// How many of one kind there are and are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    /// In the design.
    pub used: u64,
    /// In the device.
    pub available: u64,
}

/// What a part of the design takes, before packing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Instances from the top, joined by dots; empty for the whole.
    pub path: String,
    /// LUTs.
    pub lut: u64,
    /// Flip-flops.
    pub ff: u64,
    /// Multipliers.
    pub dsp: u64,
    /// Memories.
    pub bram: u64,
}

impl Part {
    pub(crate) fn same_size(&self, other: &Part) -> bool {
        let size = |part: &Part| [part.lut, part.ff, part.dsp, part.bram];
        size(self) == size(other)
    }
}

/// One seed of the placer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeedResult {
    /// The seed.
    pub seed: u64,
    /// Highest frequency of the clock that limits it.
    pub fmax_mhz: f64,
    /// Whether every clock reaches its target.
    pub met: bool,
}

/// One piece of a path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// `clk-to-q`, `routing`, `logic` or `setup`.
    pub kind: String,
    /// Time it takes.
    pub delay_ns: f64,
    /// Cell and port where it ends.
    pub to: String,
    /// The wire, of routing.
    pub net: Option<String>,
}
