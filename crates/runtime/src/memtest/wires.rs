//! The wires between FPGA and SDRAM, by the names of the board's files.

use super::geometry::Bit;
use ef_board::Board;

/// Data lines of the SDRAM: halves of a word.
pub const DATA_LINES: u32 = 16;

/// The net of data line `line`.
pub fn data(board: &Board, line: u32) -> String {
    net(board, "sdram_dq", line)
}

/// The net that carries an address bit: rows and columns share wires.
pub fn address(board: &Board, bit: Bit) -> String {
    match bit {
        Bit::Row(line) | Bit::Column(line) => net(board, "sdram_a", line),
        Bit::Bank(line) => net(board, "sdram_ba", line),
    }
}

/// The bits of a mask over a word, as data lines without their balls: "sdram_d[3], sdram_d[7]".
pub fn data_of(board: &Board, mask: u32) -> Vec<String> {
    let lines = (mask | mask >> DATA_LINES) & 0xffff;
    (0..DATA_LINES).filter(|line| lines >> line & 1 != 0).map(|line| data(board, line)).collect()
}

/// A net with the ball of the FPGA it is on.
pub fn with_ball(board: &Board, net: &str) -> String {
    let ball = net.strip_suffix(']').and_then(|net| net.split_once('[')).and_then(|(bus, index)| {
        let pin = board.pins.pins.get(bus)?;
        pin.sites().get(index.parse::<usize>().ok()?).map(ToString::to_string)
    });
    ball.map_or_else(|| net.into(), |ball| format!("{net} (ball {ball})"))
}

/// Wire `index` of the bus that leads to a port of the chip.
fn net(board: &Board, port: &str, index: u32) -> String {
    let bus = board.pins.pins.iter().find(|(net, pin)| pin.port.as_ref().unwrap_or(net) == port);
    format!("{}[{index}]", bus.map_or(port, |(net, _)| net.as_str()))
}
