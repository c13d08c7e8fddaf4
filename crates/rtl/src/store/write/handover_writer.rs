//! [`HandoverWriter`]: the words of a map on their way to the hand-over RAM.

use ef_hdl_kit::block;
use ef_isa::store::StoreOp;
use rust_hdl::prelude::*;

/// Cycles from a word of the map to its write.
pub const LATENCY: u64 = 1;

block! {
    /// Writes the words of a MAP with `hand_over` to consecutive addresses, and keeps them from the memory if it has no runs.
    ///
    /// ```text
    ///  push, word --+--[FF]--> we, waddr, wdata      waddr: base, base + 1, ...
    ///               +--[n_run > 0, or no hand_over]--> memory_push
    /// ```
    /// | port | width | |
    /// |---|---|---|
    /// | `clock`, `clear` | 1 | `clear` drops the word under way |
    /// | `op`, `n_run`, `base` | 16 | latched fields of the descriptor; `base` is `o_a` |
    /// | `start` | 1 | pulse before the first word |
    /// | `push`, `word` | 1, 32 | words of the map |
    /// | `memory_push` | 1 | the word goes to memory |
    /// | `we`, `waddr`, `wdata` | 1, 16, 32 | the word goes to the hand-over RAM |
    pub struct HandoverWriter {
        in clock: Clock, in clear, start, push: Bit, in op, n_run, base: Bits<16>,
        in word: Bits<32>,
        out memory_push, we: Bit, out waddr: Bits<16>, out wdata: Bits<32>,
        reg hands, only, writes => we: Bit, reg next, at => waddr: Bits<16>, reg data => wdata: Bits<32>,
        net asked: Bit,
        const bit_hand_over: Bits<4> = StoreOp::HAND_OVER as u64,
    }
}

impl Logic for HandoverWriter {
    #[hdl_gen]
    fn update(&mut self) {
        self.asked.next = self.op.val().get_bit(self.bit_hand_over.val().index());
        self.hands.d.next = self.asked.val();
        self.only.d.next = self.asked.val() && !self.n_run.val().any();
        self.writes.d.next = self.push.val() && self.hands.q.val() && !self.clear.val();
        self.at.d.next = self.next.q.val();
        self.data.d.next = self.word.val();
        if self.push.val() {
            self.next.d.next = self.next.q.val() + 1;
        }
        if self.start.val() {
            self.next.d.next = self.base.val();
        }
        self.memory_push.next = self.push.val() && !self.only.q.val();
    }
}
