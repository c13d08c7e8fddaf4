//! [`Design`]: everything that goes into a bitstream.

use anyhow::Result;
use ef_board::{Board, Device};
use ef_soc::{floorplan, top};
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
    /// Cells of the flattened netlist that have a place, in nextpnr's words.
    pub placed: Vec<(String, String)>,
    /// The fastest clock that timing must be met at.
    pub clock_mhz: f64,
}

/// The module around the chip.
const BOARD: &str = "board";

impl Design {
    /// The chip of a board, with everything that its files say.
    ///
    /// # Errors
    /// If the chip cannot be exported.
    pub fn of_board(board: &Board) -> Result<Design> {
        Ok(Design {
            name: board.name.clone(),
            top: BOARD.into(),
            verilog: vec![
                ("chip.v".into(), top::modules(board)?.source_with(&top::ecp5_cells(board)?)),
                ("board.v".into(), board.pins.wrapper(BOARD, top::CHIP)),
            ],
            lpf: board.pins.lpf(),
            device: board.device.clone(),
            placed: floorplan::placed_cells(board)?,
            clock_mhz: board.clocks.core_mhz,
        })
    }

    /// A hash of the design and of `more`, which is whatever else decides about the result.
    pub(crate) fn hash(&self, more: &[String]) -> String {
        let Design { name, top, verilog, lpf, device, placed, clock_mhz } = self;
        let mut parts =
            vec![name.clone(), top.clone(), lpf.clone(), format!("{device:?} {placed:?} {clock_mhz}")];
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
