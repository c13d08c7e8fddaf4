//! [`Bank`] and [`Banks`]: what is open, and when its row may change.
use super::{SdramTiming, setting::Setting, timer::Timer};
use ef_hdl_kit::K;
use rust_hdl::prelude::*;

/// One bank: its open row, and three timers that say when a row command may come.
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
/// | `quiet` | 1 | of this bank whatever `row_bank`: PRECHARGE may come, and a refresh after it |
#[derive(LogicBlock, Default)]
pub struct Bank {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub row_bank: Signal<In, Bits<2>>,
    pub row: Signal<In, Bits<13>>,
    pub activate: Signal<In, Bit>,
    pub precharge: Signal<In, Bit>,
    pub column_bank: Signal<In, Bits<2>>,
    pub read: Signal<In, Bit>,
    pub write: Signal<In, Bit>,
    pub close_all: Signal<In, Bit>,
    pub open: Signal<Out, Bit>,
    pub hit: Signal<Out, Bit>,
    pub may_activate: Signal<Out, Bit>,
    pub may_precharge: Signal<Out, Bit>,
    pub quiet: Signal<Out, Bit>,
    is_open: DFF<Bit>,
    open_row: DFF<Bits<13>>,
    same: DFF<Bit>,
    since_row: Timer<5>,
    cycle: Timer<5>,
    hold: Timer<5>,
    chosen: Signal<Local, Bit>,
    for_column: Signal<Local, Bit>,
    starts: Signal<Local, Bit>,
    ends: Signal<Local, Bit>,
    number: Setting<Bits<2>>,
    t_ras: Setting<Bits<5>>,
    t_rc: Setting<Bits<5>>,
    t_rp: Setting<Bits<5>>,
    after_read: K<5, 1>,
    after_write: Setting<Bits<5>>,
}

impl Bank {
    pub fn new(timing: &SdramTiming, number: u64) -> Self {
        Self {
            number: Setting::new(number.into()),
            t_ras: Setting::new(u64::from(timing.t_ras - 1).into()),
            t_rc: Setting::new(u64::from(timing.t_rc - 1).into()),
            t_rp: Setting::new(u64::from(timing.t_rp - 1).into()),
            after_write: Setting::new(u64::from(timing.t_wr).into()),
            ..Self::default()
        }
    }
}

impl Logic for Bank {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, is_open, open_row, same);
        self.since_row.clock.next = self.clock.val();
        self.cycle.clock.next = self.clock.val();
        self.hold.clock.next = self.clock.val();
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

/// The four banks; `open`, `hit`, `may_*` are those of `row_bank`, `quiet` is that of all, a cycle late.
#[derive(LogicBlock, Default)]
pub struct Banks {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub row_bank: Signal<In, Bits<2>>,
    pub row: Signal<In, Bits<13>>,
    pub activate: Signal<In, Bit>,
    pub precharge: Signal<In, Bit>,
    pub column_bank: Signal<In, Bits<2>>,
    pub read: Signal<In, Bit>,
    pub write: Signal<In, Bit>,
    pub close_all: Signal<In, Bit>,
    pub open: Signal<Out, Bit>,
    pub hit: Signal<Out, Bit>,
    pub may_activate: Signal<Out, Bit>,
    pub may_precharge: Signal<Out, Bit>,
    pub quiet: Signal<Out, Bit>,
    bank: [Bank; 4],
    all_quiet: DFF<Bit>,
}

impl Banks {
    pub fn new(timing: &SdramTiming) -> Self {
        Self { bank: std::array::from_fn(|number| Bank::new(timing, number as u64)), ..Self::default() }
    }
}

impl Logic for Banks {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, all_quiet);
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
        self.quiet.next = self.all_quiet.q.val();
    }
}
