//! Puts the words of instruction bursts into the program buffer.
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

/// Cycles from a word, after which at most one burst is under way, to `few`.
pub const FEW: u64 = 2;

block! {
    /// Writes the words of instruction bursts into the program buffer: low half, then high half, beginning with instruction `got`. Words
    /// that were asked for before a far jump are dropped.
    ///
    /// ```text
    ///  more, count --> [pending] --> few, idle
    ///  word_valid -+-> [dropping] words of before far
    ///              +-> write_low, write_high, [got] = write address
    /// ```
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `more`, `count` | 1, 6 | a burst of so many instructions has been asked for |
    /// | `word_valid` | 1 | one of its words is there: it is taken in this cycle |
    /// | `far`, `pc` | 1, 24 | go on with instruction `pc` |
    /// | `write_low`, `write_high` | 1 | the word belongs into this half of instruction `got` |
    /// | `got` | 16 | first instruction that is not in the buffer yet, modulo 2^16 |
    /// | `few` | 1 | at most one burst is under way, a cycle late; down in the cycle after `more` |
    /// | `idle` | 1 | none is; rises a cycle late and falls in the cycle after `more` |
    pub struct Arrivals {
        in clock: Clock, in reset, more, word_valid, far: Bit, in count: Bits<6>,
        in pc: Bits<24>,
        out write_low, write_high, few, idle: Bit, out got: Bits<16>,
        reg(reset) pending: Bits<8>,
        /// How many of the pending words are void, and whether any is.
        reg dropping: Bits<8>, reg(reset) drop_word: Bit,
        // the next word is a high half, of this instruction
        reg(reset) second: Bit, reg(reset) next_one => got: Bits<16>,
        reg at_most_one => few, quiet => idle: Bit,
        net left: Bits<8>, net useful: Bit,
        const none: Bits<8> = 0, const one: Bits<8> = 1, const burst: Bits<8> = 2 * crate::control::refill::BURST,
        const one_instruction: Bits<16> = 1,
    }
}

impl Logic for Arrivals {
    #[hdl_gen]
    fn update(&mut self) {
        self.left.next = self.pending.q.val();
        if self.word_valid.val() {
            self.left.next = self.pending.q.val() - self.one.val();
        }
        self.pending.d.next = self.left.val();
        if self.more.val() {
            self.pending.d.next = self.left.val() + (bit_cast::<8, 6>(self.count.val()) << 1);
        }
        self.at_most_one.d.next = (self.pending.q.val() <= self.burst.val()) & !self.more.val();
        self.quiet.d.next = (self.pending.q.val() == self.none.val()) & !self.more.val();

        self.useful.next = self.word_valid.val() & !self.drop_word.q.val();
        self.write_low.next = self.useful.val() & !self.second.q.val();
        self.write_high.next = self.useful.val() & self.second.q.val();
        if self.useful.val() {
            self.second.d.next = !self.second.q.val();
            if self.second.q.val() {
                self.next_one.d.next = self.next_one.q.val() + self.one_instruction.val();
            }
        }
        if self.word_valid.val() & self.drop_word.q.val() {
            self.dropping.d.next = self.dropping.q.val() - self.one.val();
            self.drop_word.d.next = self.dropping.q.val() != self.one.val();
        }
        if self.far.val() {
            self.dropping.d.next = self.left.val();
            self.drop_word.d.next = self.left.val() != self.none.val();
            self.second.d.next = false;
            self.next_one.d.next = bit_cast::<16, 24>(self.pc.val());
        }
        if self.reset.val() {
            self.at_most_one.d.next = true;
            self.quiet.d.next = true;
        }
    }
}
