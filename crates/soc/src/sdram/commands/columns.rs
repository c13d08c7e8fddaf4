//! [`Columns`]: the segment that streams.
use crate::sdram::{SdramTiming, timer::Timer};
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// Holds the segment whose row is open and issues its READ or WRITE commands, a word each, at most one every second cycle.
    ///
    /// ```text
    ///  next_* --take--> [valid, write, bank, row, column, left] --> read / write
    ///                        go, if: run, not lost, 2 cycles since the last, and
    ///                            READ:  room for its word
    ///                            WRITE: its word is there, the data pins are free of read data
    /// ```
    ///
    /// `read` and `write` are decided from flip-flops and pulse in the cycle before the command is on the pins.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `run` | 1 | commands may be issued |
    /// | `away` | 1 | the row was closed by a refresh and is not open again yet |
    /// | `next_valid`, `take` | 1, 1 | a segment whose row is open; it is taken in this cycle |
    /// | `next_write`, `next_bank`, `next_row`, `next_column`, `next_words` | 1, 2, 13, 9, 10 | that segment |
    /// | `room` | 1 | a READ's word will have room |
    /// | `word` | 1 | a WRITE's word is there |
    /// | `read`, `write`, `go` | 1, 1, 1 | issue the command; either |
    /// | `valid`, `bank`, `row`, `column` | 1, 2, 13, 9 | the segment, its next word |
    pub struct Columns(timing: &SdramTiming) {
        in clock: Clock, in reset, run, away, next_valid, next_write, room, word: Bit,
        in next_bank: Bits<2>, in next_row: Bits<13>, in next_column: Bits<9>,
        in next_words: Bits<10>,
        out take, read, write, go, valid: Bit, out bank: Bits<2>, out row: Bits<13>,
        out column: Bits<9>,
        reg(reset) is_valid => valid: Bit, reg is_write, last, spaced: Bit, reg in_bank => bank: Bits<2>,
        reg in_row => row: Bits<13>, reg at => column: Bits<9>, reg left: Bits<10>,
        turnaround: Timer<5>,
        net taken, may, go_read, go_write: Bit,
        const read_to_write: Bits<5> = u64::from(timing.read_to_write - 1), const at_one: Bits<9> = 1,
        const left_one: Bits<10> = 1, const left_two: Bits<10> = 2,
    }
}

impl Logic for Columns {
    #[hdl_gen]
    fn update(&mut self) {
        self.turnaround.clock.next = self.clock.val();
        self.taken.next = !self.is_valid.q.val() & self.next_valid.val() & self.run.val();
        self.may.next = self.is_valid.q.val() & self.spaced.q.val() & self.run.val() & !self.away.val();
        self.go_read.next = self.may.val() & !self.is_write.q.val() & self.room.val();
        self.go_write.next =
            self.may.val() & self.is_write.q.val() & self.word.val() & self.turnaround.idle.val();
        self.turnaround.start.next = self.go_read.val();
        self.turnaround.more.next = self.read_to_write.val();

        self.spaced.d.next = true;
        if self.go_read.val() | self.go_write.val() {
            self.spaced.d.next = false;
            self.at.d.next = self.at.q.val() + self.at_one.val();
            self.left.d.next = self.left.q.val() - self.left_one.val();
            self.last.d.next = self.left.q.val() == self.left_two.val();
            self.is_valid.d.next = !self.last.q.val();
        }
        if self.taken.val() {
            self.is_valid.d.next = true;
            self.is_write.d.next = self.next_write.val();
            self.in_bank.d.next = self.next_bank.val();
            self.in_row.d.next = self.next_row.val();
            self.at.d.next = self.next_column.val();
            self.left.d.next = self.next_words.val();
            self.last.d.next = self.next_words.val() == self.left_one.val();
        }

        self.take.next = self.taken.val();
        self.read.next = self.go_read.val();
        self.write.next = self.go_write.val();
        self.go.next = self.go_read.val() | self.go_write.val();
    }
}
