//! [`Rows`]: the next segment's row is opened while the current one streams.
use crate::sdram::{SdramTiming, timer::Timer};
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// Holds the segment after the one that streams and brings its bank to its row; opens the streaming segment's row again after a refresh.
    ///
    /// ```text
    ///               +------------- hit -----------------------+
    ///  EMPTY --> COMPARE --> DECIDE --> CLOSE --> OPEN --> READY --take--> Columns
    ///    ^          ^           +-- bank closed --^                          |
    ///    |          +-- all banks closed by a refresh                        |
    ///    +-------------------------------------------------------------------+
    /// ```
    ///
    /// A row command goes into a cycle that has no column command. CLOSE waits until the bank is not that of the streaming segment. After a
    /// refresh (`closed`) the streaming segment comes first: `lost` until its ACTIVATE, `away` until its row is open; COMPARE waits for it.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `segment_*` | | from the `Segmenter` |
    /// | `run`, `column_go` | 1, 1 | commands may be issued; a column command is issued in this cycle |
    /// | `closed` | 1 | all banks are closed in this cycle |
    /// | `open`, `hit`, `may_activate`, `may_precharge` | 1 | of bank `bank`, see `Banks` |
    /// | `activate`, `precharge`, `bank`, `row` | 1, 1, 2, 13 | row command |
    /// | `streams`, `streams_bank`, `streams_row` | 1, 2, 13 | the streaming segment |
    /// | `away` | 1 | its row is not open |
    /// | `next_valid`, `take`, `next_*` | | the prepared segment |
    /// | `idle` | 1 | no segment held |
    pub struct Rows(timing: &SdramTiming) {
        in clock: Clock,
        in reset, segment_valid, segment_write, run, column_go, closed, open, hit, may_activate: Bit,
        in may_precharge, streams, take: Bit, in segment_bank, streams_bank: Bits<2>,
        in segment_row, streams_row: Bits<13>, in segment_column: Bits<9>, in segment_words: Bits<10>,
        out segment_ready, activate, precharge, away, next_valid, next_write, idle: Bit,
        out bank, next_bank: Bits<2>, out row, next_row: Bits<13>, out next_column: Bits<9>,
        out next_words: Bits<10>,
        reg(reset) state: RowState, reg write => next_write: Bit, reg in_bank => next_bank: Bits<2>,
        reg in_row => next_row: Bits<13>, reg column => next_column: Bits<9>,
        reg words => next_words: Bits<10>,
        /// The streaming segment is not in this bank.
        reg free: Bit,
        reg(reset) lost, is_away => away: Bit,
        opening, spacing: Timer<5>,
        net slot, go_activate, go_precharge, accepts: Bit,
        // the segment is taken in the cycle before its first command
        const t_rcd: Bits<5> = u64::from(timing.t_rcd - 2), const t_rrd: Bits<5> = u64::from(timing.t_rrd - 1),
    }
}

#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
enum RowState {
    Empty,
    Compare,
    Decide,
    Close,
    Open,
    Ready,
}

impl Logic for Rows {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, opening, spacing);
        self.slot.next = self.run.val() & !self.column_go.val();
        self.go_activate.next = self.slot.val()
            & (self.lost.q.val() | (self.state.q.val() == RowState::Open))
            & self.may_activate.val()
            & self.spacing.idle.val();
        self.go_precharge.next = self.slot.val()
            & (self.state.q.val() == RowState::Close)
            & self.free.q.val()
            & self.may_precharge.val();
        self.accepts.next = (self.state.q.val() == RowState::Empty) | self.take.val();

        self.free.d.next = !self.streams.val() | (self.streams_bank.val() != self.in_bank.q.val());
        match self.state.q.val() {
            RowState::Empty => {}
            RowState::Compare => {
                if !self.is_away.q.val() {
                    self.state.d.next = RowState::Decide;
                }
            }
            RowState::Decide => {
                if self.hit.val() {
                    self.state.d.next = RowState::Ready;
                } else if self.open.val() {
                    self.state.d.next = RowState::Close;
                } else {
                    self.state.d.next = RowState::Open;
                }
            }
            RowState::Close => {
                if self.go_precharge.val() {
                    self.state.d.next = RowState::Open;
                }
            }
            RowState::Open => {
                if self.go_activate.val() {
                    self.state.d.next = RowState::Ready;
                }
            }
            RowState::Ready => {
                if self.take.val() {
                    self.state.d.next = RowState::Empty;
                }
            }
            _ => {
                self.state.d.next = RowState::Empty;
            }
        }
        if self.accepts.val() & self.segment_valid.val() {
            self.state.d.next = RowState::Compare;
            self.write.d.next = self.segment_write.val();
            self.in_bank.d.next = self.segment_bank.val();
            self.in_row.d.next = self.segment_row.val();
            self.column.d.next = self.segment_column.val();
            self.words.d.next = self.segment_words.val();
        }
        if self.go_activate.val() {
            self.lost.d.next = false;
        }
        if !self.lost.q.val() & self.opening.idle.val() {
            self.is_away.d.next = false;
        }
        if self.closed.val() {
            self.lost.d.next = self.streams.val();
            self.is_away.d.next = self.streams.val();
            if self.state.q.val() != RowState::Empty {
                self.state.d.next = RowState::Compare;
            }
        }

        self.opening.start.next = self.go_activate.val();
        self.opening.more.next = self.t_rcd.val();
        self.spacing.start.next = self.go_activate.val();
        self.spacing.more.next = self.t_rrd.val();
        self.segment_ready.next = self.accepts.val();
        self.activate.next = self.go_activate.val();
        self.precharge.next = self.go_precharge.val();
        self.bank.next = self.in_bank.q.val();
        self.row.next = self.in_row.q.val();
        if self.lost.q.val() {
            self.bank.next = self.streams_bank.val();
            self.row.next = self.streams_row.val();
        }
        self.next_valid.next = (self.state.q.val() == RowState::Ready) & self.opening.idle.val();
        self.idle.next = self.state.q.val() == RowState::Empty;
    }
}
