//! [`WordMux`]: the words of whichever producer works.

use ef_hdl_kit::block;
use rust_hdl::prelude::*;

/// Cycles from a word pushed by a producer to its push into the word buffer.
pub const LATENCY: usize = 1;

block! {
    /// Four producers of which at most one pushes in a cycle; one cycle later. The last one's words are of the second stream.
    pub struct WordMux {
        in clock: Clock, in clear: Bit, in in_push: [Bit; 4], in in_word: [Bits<32>; 4],
        out push, second: Bit, out word: Bits<32>,
        reg(clear) pulse pushing => push: Bit, reg pushed => word: Bits<32>, reg last => second: Bit,
    }
}

impl Logic for WordMux {
    #[hdl_gen]
    fn update(&mut self) {
        self.last.d.next = self.in_push[3].val();
        for i in 0..4 {
            if self.in_push[i].val() {
                self.pushing.d.next = true;
                self.pushed.d.next = self.in_word[i].val();
            }
        }
    }
}
