//! When partial sums may be visited again.

use crate::compute::row::Row;
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

/// A partial sum may be visited again this many cycles after it was visited.
pub const REVISIT: u64 = Row::<2, 1>::REVISIT as u64;

block! {
    /// `settled` goes low after `start`, and is high again [`REVISIT`] cycles after it.
    ///
    /// ```text
    ///  start    __/##\______________________
    ///  settled  ######\______ ... ___/######   first high cycle: start + REVISIT
    /// ```
    pub struct HazardTimer {
        in clock: Clock, in start: Bit,
        out settled: Bit,
        reg left: Bits<6>, reg busy: Bit,
        const one: Bits<6> = 1, const full: Bits<6> = REVISIT - 1,
    }
}

impl Logic for HazardTimer {
    #[hdl_gen]
    fn update(&mut self) {
        if self.busy.q.val() {
            self.left.d.next = self.left.q.val() - self.one.val();
            self.busy.d.next = self.left.q.val() != self.one.val();
        }
        if self.start.val() {
            self.left.d.next = self.full.val();
            self.busy.d.next = true;
        }
        self.settled.next = !self.busy.q.val();
    }
}
