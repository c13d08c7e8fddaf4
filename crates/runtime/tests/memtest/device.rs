//! A device whose memory is an SDRAM in software, with faults of wires, cells and refresh.

use ef_board::{Board, SdramPart};
use ef_isa::config::SIM_2X2;
use ef_isa::{Config, Device, DeviceError};
use ef_runtime::interrupt::Interrupt;
use std::collections::HashMap;
use std::time::Duration;

/// A wire of the SDRAM's addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    A(u32),
    Ba(u32),
}

/// What is wrong with it. The level that wins on joined wires is `wins`.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    DataStuck {
        line: u32,
        level: bool,
    },
    DataJoined {
        lines: [u32; 2],
        wins: bool,
    },
    /// The line reads the wrong level every third time.
    DataNoisy {
        line: u32,
    },
    /// Nothing drives the data lines when they are read.
    Absent,
    /// The second halfword reads as the first.
    HalfLost,
    AddressStuck {
        wire: Wire,
        level: bool,
    },
    AddressJoined {
        wires: [Wire; 2],
        wins: bool,
    },
    /// Every cell falls to one level, that of its row, after this time.
    NoRefresh {
        after: Duration,
    },
    /// A bit of one word does, to 0.
    WeakCell {
        address: u32,
        bit: u32,
        after: Duration,
    },
    CellStuck {
        address: u32,
        bit: u32,
        level: bool,
    },
    /// The read of this number fails.
    Broken {
        read: u64,
    },
}

/// Where a halfword is: row, bank, column.
type Cell = (u32, u32, u32);

/// A memory that the controller takes for `built`, while it is `mounted`.
pub struct Memory {
    built: SdramPart,
    mounted: SdramPart,
    faults: Vec<Fault>,
    cells: HashMap<Cell, (u16, Duration)>,
    lines: u16,
    now: Duration,
    reads: u64,
    /// The last address that was read.
    pub last_read: u32,
    /// Raised by the read of this number.
    pub interrupt: Option<(Interrupt, u64)>,
}

/// A level on both of two wires: that of each, or the one that wins.
fn join(value: u32, [a, b]: [u32; 2], wins: bool) -> u32 {
    let bit = |line: u32| value >> line & 1 != 0;
    let level = if wins { bit(a) | bit(b) } else { bit(a) & bit(b) };
    set(set(value, a, level), b, level)
}

fn set(value: u32, bit: u32, level: bool) -> u32 {
    value & !(1 << bit) | u32::from(level) << bit
}

impl Memory {
    pub fn new(board: &Board, faults: &[Fault]) -> Memory {
        Memory {
            built: board.sdram.clone(),
            mounted: board.sdram.clone(),
            faults: faults.into(),
            cells: HashMap::new(),
            lines: 0,
            now: Duration::ZERO,
            reads: 0,
            last_read: 0,
            interrupt: None,
        }
    }

    /// The same with another SDRAM on the board.
    pub fn carrying(board: &Board, mounted: &SdramPart) -> Memory {
        Memory { mounted: mounted.clone(), ..Memory::new(board, &[]) }
    }

    /// A row or column address, with the bank's in bits 16 and 17, as it arrives.
    fn arrives(&self, sent: u32) -> u32 {
        let line = |wire: &Wire| match wire {
            Wire::A(line) => *line,
            Wire::Ba(line) => 16 + line,
        };
        self.faults.iter().fold(sent, |value, fault| match fault {
            Fault::AddressStuck { wire, level } => set(value, line(wire), *level),
            Fault::AddressJoined { wires, wins } => join(value, wires.each_ref().map(line), *wins),
            _ => value,
        })
    }

    /// The cell of a halfword of a word, as the controller documents its addresses; none if the command goes to another
    /// bank than the one whose row was opened for it.
    fn cell(&self, address: u32, half: u32) -> Option<Cell> {
        let column_bits = self.built.column_bits - 1;
        let column = 2 * (address & ((1 << column_bits) - 1));
        let bank = address >> column_bits & (self.built.banks - 1);
        let row = address >> column_bits >> self.built.banks.ilog2();
        let activate = self.arrives(row | bank << 16);
        let command = self.arrives(column | bank << 16);
        if activate >> 16 != command >> 16 {
            return None;
        }
        let row = activate & ((1 << self.mounted.row_bits) - 1);
        let column = command & ((1 << self.mounted.column_bits) - 1);
        Some((row, command >> 16, column ^ half))
    }

    /// A halfword on the data lines.
    fn over_lines(&self, value: u16) -> u16 {
        self.faults.iter().fold(value.into(), |value: u32, fault| match fault {
            Fault::DataStuck { line, level } => set(value, *line, *level),
            Fault::DataJoined { lines, wins } => join(value, *lines, *wins),
            Fault::DataNoisy { line } if self.reads.is_multiple_of(3) => value ^ 1 << line,
            _ => value,
        }) as u16
    }

    fn write_half(&mut self, address: u32, half: u32, value: u16) {
        self.lines = self.over_lines(value);
        if let Some(cell) = self.cell(address, half) {
            self.cells.insert(cell, (self.lines, self.now));
        }
    }

    fn read_half(&mut self, address: u32, half: u32) -> u16 {
        let has = |wanted: fn(&Fault) -> bool| self.faults.iter().any(wanted);
        if has(|fault| matches!(fault, Fault::Absent)) {
            return self.lines;
        }
        let half = if has(|fault| matches!(fault, Fault::HalfLost)) { 0 } else { half };
        let Some(cell) = self.cell(address, half) else { return self.lines };
        let (held, since) = self.cells.get(&cell).copied().unwrap_or((0xdead, self.now));
        let age = self.now - since;
        let held = self.faults.iter().fold(held.into(), |value: u32, fault| match fault {
            Fault::NoRefresh { after } if age > *after => 0xffff * (cell.0 & 1),
            Fault::WeakCell { address: weak, bit, after }
                if age > *after && (*weak, bit / 16) == (address, half) =>
            {
                set(value, bit % 16, false)
            }
            Fault::CellStuck { address: stuck, bit, level } if (*stuck, bit / 16) == (address, half) => {
                set(value, bit % 16, *level)
            }
            _ => value,
        });
        self.lines = self.over_lines(held as u16);
        self.lines
    }
}

/// How long a write or a read takes.
const ACCESS: Duration = Duration::from_millis(1);

impl Device for Memory {
    fn config(&self) -> &'static Config {
        &SIM_2X2
    }

    fn memory_words(&self) -> u64 {
        self.built.bytes() / 4
    }

    fn write_memory(&mut self, address: u32, words: &[u32]) -> Result<(), DeviceError> {
        self.now += ACCESS;
        for (address, word) in (address..).zip(words) {
            self.write_half(address, 0, *word as u16);
            self.write_half(address, 1, (word >> 16) as u16);
        }
        Ok(())
    }

    fn read_memory(&mut self, address: u32, words: &mut [u32]) -> Result<(), DeviceError> {
        self.now += ACCESS;
        self.reads += 1;
        let reads = self.reads;
        if self.faults.iter().any(|fault| matches!(fault, Fault::Broken { read } if *read == reads)) {
            return Err(DeviceError::Other("the cable is out".into()));
        }
        if let Some((interrupt, read)) = &self.interrupt
            && *read == reads
        {
            interrupt.raise();
        }
        for (address, word) in (address..).zip(words) {
            let low = u32::from(self.read_half(address, 0));
            *word = u32::from(self.read_half(address, 1)) << 16 | low;
            self.last_read = address;
        }
        Ok(())
    }

    fn write_register(&mut self, _: u32, _: u32) -> Result<(), DeviceError> {
        Ok(())
    }

    fn read_register(&mut self, _: u32) -> Result<u32, DeviceError> {
        Ok(0)
    }

    fn run(&mut self) -> Result<(), DeviceError> {
        Ok(())
    }

    fn wait(&mut self, time: Duration) {
        self.now += time;
    }
}
