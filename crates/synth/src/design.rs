//! [`Design`]: everything that goes into a bitstream.

use crate::tools::{self, LPF};
use crate::yosys;
use anyhow::Result;
use ef_board::{Board, Fpga};
use ef_soc::{floorplan, verilog};
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
    pub device: Fpga,
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
                ("chip.v".into(), verilog::modules(board)?.source_with(&verilog::ecp5_cells(board)?)),
                ("board.v".into(), board.pins.wrapper(BOARD, verilog::CHIP)),
            ],
            lpf: board.pins.lpf(),
            device: board.device.clone(),
            placed: floorplan::placed_cells(board)?,
            clock_mhz: board.clocks.core_mhz,
        })
    }

    /// Everything that the programs read: file names and texts.
    pub fn files(&self) -> Vec<(String, String)> {
        let lpf = (LPF.to_string(), self.lpf.clone());
        self.verilog.iter().cloned().chain(yosys::files(self)).chain([lpf]).collect()
    }

    /// The command lines that make the bitstream of this seed, `NAME.bit`, in a folder with [`files`](Design::files): Yosys, nextpnr, ecppack.
    ///
    /// # Errors
    /// If nextpnr does not know the device.
    pub fn command_lines(&self, seed: u64) -> Result<[String; 3]> {
        let bitstream = format!("{}.bit", self.name);
        let line = |program: &str, args: Vec<String>| format!("{program} {}", args.join(" "));
        Ok([
            line("yosys", tools::yosys_args()),
            line("nextpnr-ecp5", tools::nextpnr_args(self, seed)?),
            line("ecppack", tools::ecppack_args(self, seed, &bitstream)),
        ])
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
        hex::encode(hash.finalize())
    }
}
