//! [`Geometry`]: where a word of memory is in an SDRAM. `ef_soc::sdram::Segmenter` lays it out so.

use ef_board::SdramPart;
use std::fmt;

/// Bits of an SDRAM's addresses. A word is two columns; its address is row, bank, column from the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    pub column_bits: u32,
    pub bank_bits: u32,
    pub row_bits: u32,
}

/// A bit of the SDRAM's own addresses, numbered as in data sheets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bit {
    Row(u32),
    Bank(u32),
    Column(u32),
}

/// Where the first halfword of a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub row: u32,
    pub bank: u32,
    pub column: u32,
}

impl From<&SdramPart> for Geometry {
    fn from(part: &SdramPart) -> Geometry {
        Geometry { column_bits: part.column_bits, bank_bits: part.banks.ilog2(), row_bits: part.row_bits }
    }
}

impl Geometry {
    /// Bits of a word's address.
    pub fn address_bits(&self) -> u32 {
        self.column_bits - 1 + self.bank_bits + self.row_bits
    }

    pub fn words(&self) -> u64 {
        1 << self.address_bits()
    }

    /// What bit `bit` of a word's address is in the SDRAM. Column bit 0 chooses the halfword: it is none.
    pub fn bit(&self, bit: u32) -> Bit {
        let (bank, row) = (self.column_bits - 1, self.column_bits - 1 + self.bank_bits);
        match bit {
            bit if bit < bank => Bit::Column(bit + 1),
            bit if bit < row => Bit::Bank(bit - bank),
            bit => Bit::Row(bit - row),
        }
    }

    pub fn place(&self, address: u32) -> Place {
        let (bank, row) = (self.column_bits - 1, self.column_bits - 1 + self.bank_bits);
        let below = |value: u32, bits: u32| value & ((1 << bits) - 1);
        Place {
            row: address >> row,
            bank: below(address >> bank, self.bank_bits),
            column: 2 * below(address, bank),
        }
    }
}

impl fmt::Display for Bit {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Bit::Row(bit) => write!(f, "row bit {bit}"),
            Bit::Bank(bit) => write!(f, "bank bit {bit}"),
            Bit::Column(bit) => write!(f, "column bit {bit}"),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "row {}, bank {}, column {}", self.row, self.bank, self.column)
    }
}
