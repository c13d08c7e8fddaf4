//! [`Design`]: everything that goes into a bitstream.

use ef_board::Device;
use sha2::{Digest, Sha256};

/// What to build.
#[derive(Clone, Debug)]
pub struct Design {
    /// Name of the result: `NAME.bit`.
    pub name: String,
    /// The outermost module.
    pub top: String,
    /// File names and texts.
    pub verilog: Vec<(String, String)>,
    /// Pin constraints and the oscillator's frequency; those behind a PLL follow from it.
    pub lpf: String,
    /// The FPGA.
    pub device: Device,
    /// The fastest clock that timing must be met at.
    pub clock_mhz: f64,
}

impl Design {
    /// A hash of the design and of `more`, which is whatever else decides about the result.
    pub(crate) fn hash(&self, more: &[String]) -> String {
        let Design { name, top, verilog, lpf, device, clock_mhz } = self;
        let mut parts = vec![name.clone(), top.clone(), lpf.clone(), format!("{device:?} {clock_mhz}")];
        parts.extend(verilog.iter().flat_map(|(name, text)| [name.clone(), text.clone()]));
        parts.extend(more.iter().cloned());
        let mut hash = Sha256::new();
        for part in parts {
            // with its length, so that text cannot move from one part to the next unseen
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        hex(&hash.finalize())
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
