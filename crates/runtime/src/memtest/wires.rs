//! The wires between FPGA and SDRAM, by the names of the board's files.

use super::geometry::Bit;
use ef_board::Board;
use std::fmt;

/// Data lines of the SDRAM: halves of a word.
pub const DATA_LINES: u32 = 16;

/// One wire.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wire {
    /// Its name on the board.
    pub net: String,
    /// The ball of the FPGA it is on.
    ball: String,
}

impl Wire {
    /// Wire `index` of the bus that leads to a port of the chip.
    fn of(board: &Board, port: &str, index: u32) -> Wire {
        let bus = board.pins.pins.iter().find(|(net, pin)| pin.port.as_ref().unwrap_or(net) == port);
        let ball = bus.and_then(|(_, pin)| pin.sites().get(index as usize).map(ToString::to_string));
        Wire {
            net: format!("{}[{index}]", bus.map_or(port, |(net, _)| net.as_str())),
            ball: ball.unwrap_or_else(|| "?".into()),
        }
    }

    /// Data line `line`.
    pub fn data(board: &Board, line: u32) -> Wire {
        Wire::of(board, "sdram_dq", line)
    }

    /// The wire that carries an address bit: rows and columns share theirs.
    pub fn address(board: &Board, bit: Bit) -> Wire {
        match bit {
            Bit::Row(line) | Bit::Column(line) => Wire::of(board, "sdram_a", line),
            Bit::Bank(line) => Wire::of(board, "sdram_ba", line),
        }
    }
}

impl fmt::Display for Wire {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} (ball {})", self.net, self.ball)
    }
}

/// The nets of the data lines that carry the bits of a mask over a word.
pub fn data_nets(board: &Board, mask: u32) -> Vec<String> {
    let lines = mask | mask >> DATA_LINES;
    (0..DATA_LINES).filter(|line| lines >> line & 1 != 0).map(|line| Wire::data(board, line).net).collect()
}
