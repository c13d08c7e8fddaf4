//! Tokens: what orders the engines among each other.
use ef_hdl_kit::{block, glue};
use rust_hdl::prelude::*;

/// Cycles from a token put to `some`.
pub const SOME: u64 = 1;

block! {
    /// One counter of tokens, 0..=255.
    ///
    /// ```text
    ///  put  ->| count |-> some
    ///  take ->|       |
    /// ```
    /// `some` is up while there is a token. Putting one into a full counter loses it, taking one from an empty counter does nothing;
    /// both at once leave the count as it is. A token put in one cycle can be taken in the next: `some` is a flip-flop beside the count.
    pub struct TokenCounter {
        in clock: Clock, in reset, put, take: Bit,
        out some: Bit,
        reg(reset) count: Bits<8>, reg(reset) any => some: Bit,
        const one: Bits<8> = 1, const full: Bits<8> = 255,
    }
}

impl Logic for TokenCounter {
    #[hdl_gen]
    fn update(&mut self) {
        if self.put.val() & !self.take.val() {
            self.any.d.next = true;
        }
        if self.take.val() & !self.put.val() & (self.count.q.val() == self.one.val()) {
            self.any.d.next = false;
        }
        if self.put.val() & !self.take.val() & (self.count.q.val() != self.full.val()) {
            self.count.d.next = self.count.q.val() + self.one.val();
        }
        if self.take.val() & !self.put.val() & self.any.q.val() {
            self.count.d.next = self.count.q.val() - self.one.val();
        }
    }
}

block! {
    /// The six counters between three engines; index `3 * from + to`, engines numbered as `ef_isa::instr::Engine`.
    ///
    /// ```text
    ///  put[3*from + to] ->| counter from -> to |-> some[3*from + to]
    ///                     |                    |<- take[3*from + to]
    /// ```
    /// An engine executes its own commands in order, so there is no counter from an engine to itself: there `some` is always high, and `put` and
    /// `take` are ignored.
    pub struct Tokens {
        in clock: Clock, in reset: Bit, in put, take: [Bit; 9],
        out some: [Bit; 9],
        counter: [TokenCounter; 6],
        const yes: Bit = true,
    }
}

glue! { Tokens; self => {
    let mut next = 0;
    for from in 0..3 {
        for to in 0..3 {
            let pair = 3 * from + to;
            if from == to {
                wire!(self.some[pair], self.yes);
            } else {
                wire!(self.counter[next] <- self: clock, reset);
                wire!(self.counter[next] <- self: put = put[pair], take = take[pair]);
                wire!(self.some[pair], self.counter[next].some);
                next += 1;
            }
        }
    }
}}
