//! One loop of a nest.

use ef_hdl_kit::K;
use rust_hdl::prelude::*;

/// Counts `n` turns of a loop, then starts again.
///
/// `load` takes `n` and starts the first turn; `advance` ends a turn. `last`, a register, tells that the present turn is the last
/// one: it is compared a turn ahead, so nests of counters are chained by it without a comparison in the path.
#[derive(LogicBlock, Default)]
pub struct Counter {
    pub clock: Signal<In, Clock>,
    pub load: Signal<In, Bit>,
    pub n: Signal<In, Bits<16>>,
    pub advance: Signal<In, Bit>,
    pub last: Signal<Out, Bit>,
    turns: DFF<Bits<16>>,
    left: DFF<Bits<16>>,
    only: DFF<Bit>,
    at_last: DFF<Bit>,
    one: K<16, 1>,
    two: K<16, 2>,
}

impl Logic for Counter {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, turns, left, only, at_last);
        if self.load.val() {
            self.turns.d.next = self.n.val();
            self.left.d.next = self.n.val();
            self.only.d.next = self.n.val() == self.one.val();
            self.at_last.d.next = self.n.val() == self.one.val();
        } else if self.advance.val() {
            if self.at_last.q.val() {
                self.left.d.next = self.turns.q.val();
                self.at_last.d.next = self.only.q.val();
            } else {
                self.left.d.next = self.left.q.val() - self.one.val();
                self.at_last.d.next = self.left.q.val() == self.two.val();
            }
        }
        self.last.next = self.at_last.q.val();
    }
}
