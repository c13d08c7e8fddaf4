//! [`Banks`]: which row of each bank is open, and when its next command may come, as `bank.rs` of the RTL
//! decides.

use crate::memory::SdramTiming;

/// From a READ to PRECHARGE of its bank.
const AFTER_READ: u64 = 2;
/// The controller sees the state of the banks one cycle late.
const QUIET: u64 = 1;

#[derive(Clone, Copy, Default)]
struct Bank {
    row: Option<u32>,
    activated: u64,
    /// The first cycle in which PRECHARGE may come after the column commands so far, or ACTIVATE after a
    /// PRECHARGE.
    hold: u64,
}

/// The four banks.
pub struct Banks {
    timing: SdramTiming,
    bank: [Bank; 4],
    last_activate: u64,
}

impl Banks {
    pub fn new(timing: SdramTiming) -> Self {
        Banks { timing, bank: Default::default(), last_activate: 0 }
    }

    pub fn hit(&self, bank: usize, row: u32) -> bool {
        self.bank[bank].row == Some(row)
    }

    /// When ACTIVATE may come. Where a PRECHARGE is needed before it, that may come from `from` on.
    pub fn closed(&self, bank: usize, from: u64) -> u64 {
        let state = &self.bank[bank];
        let row_cycle = state.activated + u64::from(self.timing.t_rc);
        if state.row.is_none() {
            return from.max(state.hold).max(row_cycle);
        }
        let precharge = from.max(state.hold).max(state.activated + u64::from(self.timing.t_ras));
        (precharge + u64::from(self.timing.t_rp)).max(row_cycle)
    }

    /// Opens a row, not before `from`; returns the cycle of its ACTIVATE.
    pub fn activate(&mut self, bank: usize, row: u32, from: u64) -> u64 {
        let at = from.max(self.last_activate + u64::from(self.timing.t_rrd));
        self.bank[bank] = Bank { row: Some(row), activated: at, hold: 0 };
        self.last_activate = at;
        at
    }

    /// Notes a READ or WRITE.
    pub fn column(&mut self, bank: usize, at: u64, write: bool) {
        let after = if write { u64::from(self.timing.t_wr) + 1 } else { AFTER_READ };
        self.bank[bank].hold = at + after;
    }

    /// Closes all banks, not before `from`; returns the cycle of the PRECHARGE.
    pub fn close_all(&mut self, from: u64) -> u64 {
        let timing = self.timing;
        let at = self.bank.iter().fold(from, |at, bank| {
            let busy = bank.activated + u64::from(timing.t_ras.max(timing.t_rc));
            let busy = if bank.activated == 0 { 0 } else { busy };
            at.max(bank.hold.max(busy) + QUIET)
        });
        for bank in &mut self.bank {
            (bank.row, bank.hold) = (None, at + u64::from(timing.t_rp));
        }
        at
    }
}
