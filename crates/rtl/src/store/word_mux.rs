//! [`WordMux`]: the words of whichever producer works.

use rust_hdl::prelude::*;

/// Cycles from a word pushed by a producer to its push into the word buffer.
pub const LATENCY: usize = 1;

/// Four producers of which at most one pushes in a cycle; one cycle later.
#[derive(LogicBlock, Default)]
pub struct WordMux {
    pub clock: Signal<In, Clock>,
    pub clear: Signal<In, Bit>,
    pub in_push: [Signal<In, Bit>; 4],
    pub in_word: [Signal<In, Bits<32>>; 4],
    pub push: Signal<Out, Bit>,
    pub word: Signal<Out, Bits<32>>,
    pushing: DFF<Bit>,
    pushed: DFF<Bits<32>>,
}

impl Logic for WordMux {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, pushing, pushed);
        self.pushing.d.next = false;
        for i in 0..4 {
            if self.in_push[i].val() {
                self.pushing.d.next = true;
                self.pushed.d.next = self.in_word[i].val();
            }
        }
        if self.clear.val() {
            self.pushing.d.next = false;
        }
        self.push.next = self.pushing.q.val();
        self.word.next = self.pushed.q.val();
    }
}
