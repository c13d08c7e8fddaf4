//! [`WordBuffer`]: the words on their way to memory.

use super::word_ram::WordRam;
use crate::stream::Fifo;
use ef_hdl_kit::{K, glue};
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
#[derive(LogicBlock, Default)]
pub struct WordBuffer {
    pub clock: Signal<In, Clock>,
    pub clear: Signal<In, Bit>,
    pub push: Signal<In, Bit>,
    pub word: Signal<In, Bits<32>>,
    pub stall: Signal<Out, Bit>,
    pub out_valid: Signal<Out, Bit>,
    pub out_ready: Signal<In, Bit>,
    pub out_data: Signal<Out, Bits<32>>,
    store: WordStore,
    fetched: Fifo<32, AHEAD_LOG2>,
}

glue! { WordBuffer; self => {
    wire!(self.store.clock, self.clock);
    wire!(self.store.clear, self.clear);
    wire!(self.store.push, self.push);
    wire!(self.store.word, self.word);
    wire!(self.store.taken_valid, self.fetched.out_valid);
    wire!(self.store.taken_ready, self.out_ready);
    wire!(self.stall, self.store.stall);
    wire!(self.fetched.clock, self.clock);
    wire!(self.fetched.reset, self.clear);
    wire!(self.fetched.in_valid, self.store.fetched);
    wire!(self.fetched.in_data, self.store.fetched_word);
    wire!(self.fetched.out_ready, self.out_ready);
    wire!(self.out_valid, self.fetched.out_valid);
    wire!(self.out_data, self.fetched.out_data);
}}

/// The block RAM, and what is fetched from it when.
#[derive(LogicBlock, Default)]
pub struct WordStore {
    pub clock: Signal<In, Clock>,
    pub clear: Signal<In, Bit>,
    pub push: Signal<In, Bit>,
    pub word: Signal<In, Bits<32>>,
    pub stall: Signal<Out, Bit>,
    /// A fetched word enters the queue behind; it always has room.
    pub fetched: Signal<Out, Bit>,
    pub fetched_word: Signal<Out, Bits<32>>,
    /// A word leaves that queue.
    pub taken_valid: Signal<In, Bit>,
    pub taken_ready: Signal<In, Bit>,
    ram: WordRam<DEPTH_LOG2>,
    tail: DFF<Bits<16>>,
    head: DFF<Bits<16>>,
    /// Words in the RAM.
    count: DFF<Bits<9>>,
    stalled: DFF<Bit>,
    /// Words fetched and not yet taken.
    ahead: DFF<Bits<4>>,
    fetch: Signal<Local, Bit>,
    take: Signal<Local, Bit>,
    fetch_1: DFF<Bit>,
    fetch_2: DFF<Bit>,
    limit: K<9, { ((1 << DEPTH_LOG2) - MARGIN - 1) as u64 }>,
}

impl Logic for WordStore {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, tail, head, count, stalled, ahead, fetch_1, fetch_2);
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
        if self.clear.val() {
            self.tail.d.next = 0.into();
            self.head.d.next = 0.into();
            self.count.d.next = 0.into();
            self.stalled.d.next = false;
            self.ahead.d.next = 0.into();
            self.fetch_1.d.next = false;
            self.fetch_2.d.next = false;
        }
        self.stall.next = self.stalled.q.val();
        self.fetched.next = self.fetch_2.q.val();
        self.fetched_word.next = self.ram.read_data.val();
    }
}
