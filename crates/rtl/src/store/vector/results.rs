//! [`Results`]: words that leave the vector unit.

use ef_hdl_kit::block;
use ef_isa::vector::place;
use rust_hdl::prelude::*;

/// Cycles from the begin of an element to the push of a word whose control word is the first of the table.
pub const PUSH: u64 = 3;

block! {
    /// Where the word out goes: to memory as X or Y, or into a register.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `control` | 32 | word 3 of the control word |
    /// | `leaves` | 1 | flag of the element that it names |
    /// | `word` | 32 | the word out, two cycles later |
    /// | `clear`, `clear_totals` | 1 | nothing leaves, whatever the table says; the registers become 0 |
    /// | `push_x`, `push_y` | 1 | the word goes to memory |
    /// | `loss_sum`, `mean_loss`, `correct` | 32 | registers; `correct` counts words that are positive |
    pub struct Results {
        in clock: Clock, in control, word: Bits<32>, in leaves, clear, clear_totals: Bit,
        out push_x, push_y: Bit, out loss_sum, mean_loss, correct: Bits<32>,
        reg kind, which: Bits<2>, reg goes: Bit,
        reg(clear) x => push_x, y => push_y, to_sum, to_mean, to_count: Bit,
        reg(clear_totals) total => loss_sum, mean => mean_loss, hits => correct: Bits<32>,
        net positive: Bit,
        const low_out: Bits<5> = place::out.low, const low_register: Bits<5> = place::out_register.low,
    }
}

impl Logic for Results {
    #[hdl_gen]
    fn update(&mut self) {
        self.kind.d.next = self.control.val().get_bits::<2>(self.low_out.val().index());
        self.which.d.next = self.control.val().get_bits::<2>(self.low_register.val().index());
        self.goes.d.next = self.leaves.val();
        self.x.d.next = self.goes.q.val() && (self.kind.q.val() == 1);
        self.y.d.next = self.goes.q.val() && (self.kind.q.val() == 2);
        self.to_sum.d.next = self.goes.q.val() && (self.kind.q.val() == 3) && (self.which.q.val() == 0);
        self.to_mean.d.next = self.goes.q.val() && (self.kind.q.val() == 3) && (self.which.q.val() == 1);
        self.to_count.d.next = self.goes.q.val() && (self.kind.q.val() == 3) && (self.which.q.val() == 2);
        self.positive.next = !self.word.val().get_bit(31) && self.word.val().get_bits::<8>(23).any();
        if self.to_sum.q.val() {
            self.total.d.next = self.word.val();
        }
        if self.to_mean.q.val() {
            self.mean.d.next = self.word.val();
        }
        if self.to_count.q.val() && self.positive.val() {
            self.hits.d.next = self.hits.q.val() + 1;
        }
    }
}
