//! [`WordBuffer`]: the words on their way to memory.

use crate::store::word_ram::WordRam;
use crate::stream::Fifo;
use ef_hdl_kit::{block, glue};
use rust_hdl::prelude::*;

/// log2 of the words that the buffer holds.
pub const DEPTH_LOG2: usize = 8;
/// Words that a producer may still push after it has seen `stall`.
pub const MARGIN: usize = 64;
/// log2 of the words that are fetched ahead of the consumer.
const AHEAD_LOG2: usize = 3;

/// Words between a producer and memory when it has stopped.
pub const WORDS: u64 = ((1 << DEPTH_LOG2) - MARGIN + (1 << AHEAD_LOG2) + 12) as u64;
/// Cycles from a word that leaves to the one that takes its place, when the producer has stopped.
pub const RESUME: u64 = 4;

block! {
    /// A queue of 256 words which pipelines push into without asking: they stop issuing while `stall` is up, and the 64 words
    /// of [`MARGIN`] take what they still had under way.
    ///
    /// ```text
    ///  push, word --> [ WordRam 256 ]--> [ Fifo 8 ] --> out_*
    ///           tail ---^     ^--- head, while fewer than 8 words are fetched and not taken
    ///  push - fetch --> [ count ] >= 192 ? --> stall
    /// ```
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `clock`, `clear` | 1 | clear empties the buffer |
    /// | `push`, `word` | 1, 32 | a word enters |
    /// | `stall` | 1 | issue nothing more |
    /// | `out_valid`, `out_ready`, `out_data` | 1, 1, 32 | stream of the words, in order |
    ///
    /// ```
    /// use ef_rtl::store::word_buffer::WordBuffer;
    /// # ef_hdl_kit::export::verilog(&mut WordBuffer::default(), "word_buffer").unwrap();
    /// ```
    pub struct WordBuffer {
        in clock: Clock, in clear, push, out_ready: Bit, in word: Bits<32>,
        out stall, out_valid: Bit, out out_data: Bits<32>,
        store: WordStore,
        fetched: Fifo<32, AHEAD_LOG2>,
    }
}

glue! { WordBuffer; self => {
    wire!(self.{store, fetched} <- self: clock);
    wire!(self.store <- self: clear, push, word);
    wire!(self.store <- self: taken_valid = fetched.out_valid, taken_ready = out_ready);
    wire!(self.stall, self.store.stall);
    wire!(self.fetched.reset, self.clear);
    wire!(self.fetched <- self.store: in_valid = fetched, in_data = fetched_word);
    wire!(self.fetched.out_ready, self.out_ready);
    wire!(self <- self.fetched: out_valid, out_data);
}}

block! {
    /// The block RAM, and what is fetched from it when.
    pub struct WordStore {
        in clock: Clock, in clear, push: Bit, in word: Bits<32>,
        out stall: Bit,
        /// A fetched word enters the queue behind; it always has room.
        out fetched: Bit,
        out fetched_word: Bits<32>,
        /// A word leaves that queue.
        in taken_valid: Bit,
        in taken_ready: Bit,
        ram: WordRam<DEPTH_LOG2>,
        reg(clear) tail, head: Bits<16>,
        /// Words in the RAM.
        reg(clear) count: Bits<9>,
        reg(clear) stalled => stall: Bit,
        /// Words fetched and not yet taken.
        reg(clear) ahead: Bits<4>,
        net fetch, take: Bit,
        reg(clear) fetch_1, fetch_2 => fetched: Bit,
        const limit: Bits<9> = ((1 << DEPTH_LOG2) - MARGIN - 1) as u64,
    }
}

impl Logic for WordStore {
    #[hdl_gen]
    fn update(&mut self) {
        self.ram.clock.next = self.clock.val();
        self.ram.write.next = self.push.val();
        self.ram.write_address.next = self.tail.q.val();
        self.ram.write_data.next = self.word.val();
        self.ram.read_address.next = self.head.q.val();
        // bit 3 of the words ahead: the queue behind is spoken for
        self.fetch.next = self.count.q.val().any() && !self.ahead.q.val().get_bit(3);
        self.take.next = self.taken_valid.val() && self.taken_ready.val();
        self.fetch_1.d.next = self.fetch.val();
        self.fetch_2.d.next = self.fetch_1.q.val();
        if self.push.val() {
            self.tail.d.next = self.tail.q.val() + 1;
        }
        if self.fetch.val() {
            self.head.d.next = self.head.q.val() + 1;
        }
        if self.push.val() && !self.fetch.val() {
            self.count.d.next = self.count.q.val() + 1;
        } else if self.fetch.val() && !self.push.val() {
            self.count.d.next = self.count.q.val() - 1;
        }
        if self.fetch.val() && !self.take.val() {
            self.ahead.d.next = self.ahead.q.val() + 1;
        } else if self.take.val() && !self.fetch.val() {
            self.ahead.d.next = self.ahead.q.val() - 1;
        }
        self.stalled.d.next = self.limit.val() < self.count.q.val();
        self.fetched_word.next = self.ram.read_data.val();
    }
}
