//! [`Bank`] and [`Banks`]: what is open, and when its row may change.
use crate::sdram::{SdramTiming, timer::Timer};
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// One bank, number `number` of four: its open row, and three timers that say when a row command may come.
    ///
    /// ```text
    ///  ACTIVATE --> [since_row: tRAS] ----+--> may_precharge
    ///  READ, WRITE, PRECHARGE --> [hold] -+
    ///                                     +--> may_activate
    ///  ACTIVATE --> [cycle: tRC] ---------+
    /// ```
    ///
    /// `hold` counts after a column command to PRECHARGE and after PRECHARGE to ACTIVATE; the two never overlap. The four outputs that speak of
    /// the bank are low unless `row_bank` is this bank.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `row_bank`, `row` | 2, 13 | bank and row that the row commands are about |
    /// | `activate`, `precharge` | 1 | row command to `row_bank` in this cycle |
    /// | `column_bank`, `read`, `write` | 2, 1, 1 | column command in this cycle |
    /// | `close_all` | 1 | all banks are precharged in this cycle |
    /// | `open`, `hit` | 1 | a row is open; it was `row` in the cycle before |
    /// | `may_activate`, `may_precharge` | 1 | the times are over |
    /// | `quiet` | 1 | all three timers of this bank have run out, so it may be precharged and then refreshed; does not depend on `row_bank` |
    pub struct Bank(timing: &SdramTiming, number: u64) {
        in clock: Clock, in reset, activate, precharge, read, write, close_all: Bit,
        in row_bank, column_bank: Bits<2>, in row: Bits<13>,
        out open, hit, may_activate, may_precharge, quiet: Bit,
        reg is_open, same: Bit, reg open_row: Bits<13>,
        since_row, cycle, hold: Timer<5>,
        net chosen, for_column, starts, ends: Bit,
        const number: Bits<2> = number, const t_ras: Bits<5> = u64::from(timing.t_ras - 1),
        const t_rc: Bits<5> = u64::from(timing.t_rc - 1), const t_rp: Bits<5> = u64::from(timing.t_rp - 1),
        const after_read: Bits<5> = 1, const after_write: Bits<5> = u64::from(timing.t_wr),
    }
}

impl Logic for Bank {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, since_row, cycle, hold);
        self.chosen.next = self.row_bank.val() == self.number.val();
        self.for_column.next = self.column_bank.val() == self.number.val();
        self.starts.next = self.activate.val() & self.chosen.val();
        self.ends.next = self.precharge.val() & self.chosen.val();

        self.same.d.next = self.open_row.q.val() == self.row.val();
        if self.starts.val() {
            self.is_open.d.next = true;
            self.open_row.d.next = self.row.val();
        }
        if self.ends.val() | self.close_all.val() | self.reset.val() {
            self.is_open.d.next = false;
        }

        self.since_row.start.next = self.starts.val();
        self.since_row.more.next = self.t_ras.val();
        self.cycle.start.next = self.starts.val();
        self.cycle.more.next = self.t_rc.val();
        self.hold.start.next =
            self.ends.val() | (self.for_column.val() & (self.read.val() | self.write.val()));
        if self.write.val() {
            self.hold.more.next = self.after_write.val();
        } else if self.read.val() {
            self.hold.more.next = self.after_read.val();
        } else {
            self.hold.more.next = self.t_rp.val();
        }

        self.open.next = self.chosen.val() & self.is_open.q.val();
        self.hit.next = self.chosen.val() & self.is_open.q.val() & self.same.q.val();
        self.may_activate.next = self.chosen.val() & self.cycle.idle.val() & self.hold.idle.val();
        self.may_precharge.next = self.chosen.val() & self.since_row.idle.val() & self.hold.idle.val();
        self.quiet.next = self.since_row.idle.val() & self.cycle.idle.val() & self.hold.idle.val();
    }
}

block! {
    /// The four banks; `open`, `hit`, `may_*` are those of `row_bank`, `quiet` is that of all, a cycle late.
    pub struct Banks(timing: &SdramTiming) {
        in clock: Clock, in reset, activate, precharge, read, write, close_all: Bit,
        in row_bank, column_bank: Bits<2>, in row: Bits<13>,
        out open, hit, may_activate, may_precharge, quiet: Bit,
        bank: [Bank; 4] = std::array::from_fn(|number| Bank::new(timing, number as u64)),
        reg all_quiet => quiet: Bit,
    }
}

impl Logic for Banks {
    #[hdl_gen]
    fn update(&mut self) {
        for i in 0..4 {
            self.bank[i].clock.next = self.clock.val();
            self.bank[i].reset.next = self.reset.val();
            self.bank[i].row_bank.next = self.row_bank.val();
            self.bank[i].row.next = self.row.val();
            self.bank[i].activate.next = self.activate.val();
            self.bank[i].precharge.next = self.precharge.val();
            self.bank[i].column_bank.next = self.column_bank.val();
            self.bank[i].read.next = self.read.val();
            self.bank[i].write.next = self.write.val();
            self.bank[i].close_all.next = self.close_all.val();
        }
        self.open.next = self.bank[0].open.val()
            | self.bank[1].open.val()
            | self.bank[2].open.val()
            | self.bank[3].open.val();
        self.hit.next =
            self.bank[0].hit.val() | self.bank[1].hit.val() | self.bank[2].hit.val() | self.bank[3].hit.val();
        self.may_activate.next = self.bank[0].may_activate.val()
            | self.bank[1].may_activate.val()
            | self.bank[2].may_activate.val()
            | self.bank[3].may_activate.val();
        self.may_precharge.next = self.bank[0].may_precharge.val()
            | self.bank[1].may_precharge.val()
            | self.bank[2].may_precharge.val()
            | self.bank[3].may_precharge.val();
        self.all_quiet.d.next = self.bank[0].quiet.val()
            & self.bank[1].quiet.val()
            & self.bank[2].quiet.val()
            & self.bank[3].quiet.val();
    }
}
