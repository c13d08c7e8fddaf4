//! [`Columns`]: the segment that streams.
use super::{SdramTiming, setting::Setting, timer::Timer};
use ef_hdl_kit::K;
use rust_hdl::prelude::*;

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
#[derive(LogicBlock, Default)]
pub struct Columns {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub run: Signal<In, Bit>,
    pub away: Signal<In, Bit>,
    pub next_valid: Signal<In, Bit>,
    pub take: Signal<Out, Bit>,
    pub next_write: Signal<In, Bit>,
    pub next_bank: Signal<In, Bits<2>>,
    pub next_row: Signal<In, Bits<13>>,
    pub next_column: Signal<In, Bits<9>>,
    pub next_words: Signal<In, Bits<10>>,
    pub room: Signal<In, Bit>,
    pub word: Signal<In, Bit>,
    pub read: Signal<Out, Bit>,
    pub write: Signal<Out, Bit>,
    pub go: Signal<Out, Bit>,
    pub valid: Signal<Out, Bit>,
    pub bank: Signal<Out, Bits<2>>,
    pub row: Signal<Out, Bits<13>>,
    pub column: Signal<Out, Bits<9>>,
    is_valid: DFF<Bit>,
    is_write: DFF<Bit>,
    in_bank: DFF<Bits<2>>,
    in_row: DFF<Bits<13>>,
    at: DFF<Bits<9>>,
    left: DFF<Bits<10>>,
    last: DFF<Bit>,
    spaced: DFF<Bit>,
    turnaround: Timer<5>,
    taken: Signal<Local, Bit>,
    may: Signal<Local, Bit>,
    go_read: Signal<Local, Bit>,
    go_write: Signal<Local, Bit>,
    read_to_write: Setting<Bits<5>>,
    at_one: K<9, 1>,
    left_one: K<10, 1>,
    left_two: K<10, 2>,
}

impl Columns {
    pub fn new(timing: &SdramTiming) -> Self {
        Self { read_to_write: Setting::new(u64::from(timing.read_to_write - 1).into()), ..Self::default() }
    }
}

impl Logic for Columns {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, is_valid, is_write, in_bank, in_row, at, left, last, spaced);
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
        if self.reset.val() {
            self.is_valid.d.next = false;
        }

        self.take.next = self.taken.val();
        self.read.next = self.go_read.val();
        self.write.next = self.go_write.val();
        self.go.next = self.go_read.val() | self.go_write.val();
        self.valid.next = self.is_valid.q.val();
        self.bank.next = self.in_bank.q.val();
        self.row.next = self.in_row.q.val();
        self.column.next = self.at.q.val();
    }
}
