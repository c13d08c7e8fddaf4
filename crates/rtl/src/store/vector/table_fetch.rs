//! [`TableFetch`]: the control words, one after the other, again and again.

use crate::store::word_ram::{self, WordRam};
use ef_hdl_kit::{block, glue};
use ef_isa::vector::WORDS;
use rust_hdl::prelude::*;

/// Cycles from a phase to its control word.
pub const LATENCY: usize = word_ram::LATENCY;

block! {
    /// The table memory: 512 control words of 4 x 32 bits, which the load engine writes, and the walk over those of a recipe.
    ///
    /// ```text
    ///  write_row, write_word, data --> [ 4 x WordRam 512 ] --> word[4]
    ///  base, period --> [ TablePhase ] -- row --^    begins: a cycle before the first word
    /// ```
    /// | port | width | |
    /// |---|---|---|
    /// | `write`, `write_address`, `write_data` | 1, 16, 32 | row in bits 15..2, word of the row in bits 1..0 |
    /// | `run` | 1 | else the first word is given again and again |
    /// | `base`, `last` | 9, 4 | row of the first control word, their number less one |
    /// | `word[4]` | 32 | the control word |
    /// | `begins` | 1 | the next cycle gives the first control word, and `run` was up |
    pub struct TableFetch {
        in clock: Clock, in write, run: Bit, in write_address: Bits<16>, in write_data: Bits<32>,
        in base: Bits<9>, in last: Bits<4>,
        out word: [Bits<32>; WORDS], out begins: Bit,
        phase: TablePhase,
        column: [WordRam<9>; WORDS],
        choose: [TableColumn; WORDS] = std::array::from_fn(|i| TableColumn::new(i as u64)),
    }
}

glue! { TableFetch; self => {
    wire!(self.phase <- self: clock, run, base, last);
    for i in 0..WORDS {
        wire!(self.choose[i] <- self: write, write_address);
        wire!(self.column[i] <- self: clock, write_data, read_address = phase.row);
        wire!(self.column[i].write, self.choose[i].mine);
        wire!(self.column[i].write_address, self.choose[i].row);
        wire!(self.word[i], self.column[i].read_data);
    }
    wire!(self.begins, self.phase.begins);
}}

block! {
    /// Which writes of the table memory are for a column.
    pub struct TableColumn(number: u64) {
        in write: Bit, in write_address: Bits<16>,
        out mine: Bit, out row: Bits<16>,
        net column: Bits<2>,
        const own: Bits<2> = number, const rows: Bits<4> = 2,
    }
}

impl Logic for TableColumn {
    #[hdl_gen]
    fn update(&mut self) {
        self.column.next = self.write_address.val().get_bits::<2>(0);
        self.mine.next = self.write.val() && (self.column.val() == self.own.val());
        self.row.next = self.write_address.val() >> self.rows.val();
    }
}

block! {
    /// The row that is read.
    pub struct TablePhase {
        in clock: Clock, in run: Bit, in base: Bits<9>, in last: Bits<4>,
        out row: Bits<16>, out begins: Bit,
        reg at: Bits<9>, reg phase: Bits<4>, reg begun => begins: Bit,
    }
}

impl Logic for TablePhase {
    #[hdl_gen]
    fn update(&mut self) {
        self.row.next = bit_cast::<16, 9>(self.at.q.val());
        self.begun.d.next = self.run.val() && !self.phase.q.val().any();
        self.at.d.next = self.at.q.val() + 1;
        self.phase.d.next = self.phase.q.val() + 1;
        if (self.phase.q.val() == self.last.val()) || !self.run.val() {
            self.at.d.next = self.base.val();
            self.phase.d.next = 0.into();
        }
    }
}
