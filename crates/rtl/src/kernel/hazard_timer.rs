//! When partial sums may be visited again.

use super::row::Row;
use ef_hdl_kit::K;
use rust_hdl::prelude::*;

/// A partial sum may be visited again this many cycles after it was visited.
pub const REVISIT: u64 = Row::<2, 1>::REVISIT as u64;

/// `settled` goes low after `start`, and is high again [`REVISIT`] cycles after it.
///
/// ```text
///  start    __/##\______________________
///  settled  ######\______ ... ___/######   first high cycle: start + REVISIT
/// ```
#[derive(LogicBlock, Default)]
pub struct HazardTimer {
    pub clock: Signal<In, Clock>,
    pub start: Signal<In, Bit>,
    pub settled: Signal<Out, Bit>,
    left: DFF<Bits<6>>,
    busy: DFF<Bit>,
    one: K<6, 1>,
    full: K<6, { REVISIT - 1 }>,
}

impl Logic for HazardTimer {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, left, busy);
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
