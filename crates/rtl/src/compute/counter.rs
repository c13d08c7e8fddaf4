//! One loop of a nest.

use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// Counts `n` turns of a loop, then starts again.
    ///
    /// `load` takes `n` and starts the first turn; `advance` ends a turn. `last`, a register, tells that the present turn is the last
    /// one: it is compared a turn ahead, so nests of counters are chained by it without a comparison in the path.
    pub struct Counter {
        in clock: Clock, in load, advance: Bit, in n: Bits<16>,
        out last: Bit,
        reg turns, left: Bits<16>, reg only, at_last => last: Bit,
        const one: Bits<16> = 1, const two: Bits<16> = 2,
    }
}

impl Logic for Counter {
    #[hdl_gen]
    fn update(&mut self) {
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
    }
}
