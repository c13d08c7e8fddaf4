//! [`WordBuffer`]: the words on their way to memory.

use crate::store::word_ram::WordRam;
use crate::stream::Fifo;
use ef_hdl_kit::{block, glue};
use ef_isa::store::{LONGEST_OF_TWO, MOST_PREFILL};
use ef_isa::vector::STAGES;
use rust_hdl::prelude::*;

/// log2 of the words that the buffer holds of each stream.
pub const DEPTH_LOG2: usize = 8;
/// Words that a producer may still push after it has seen `stall`.
pub const MARGIN: usize = 64;
/// log2 of the words that are fetched ahead of the consumer.
const AHEAD_LOG2: usize = 3;

// a burst may wait for so many words; and while one of two streams waits for the words of its run, the other's stay here, and those
// of the elements under way
const _: () = assert!(MOST_PREFILL as usize + STAGES as usize <= (1 << DEPTH_LOG2) - MARGIN);
const _: () = assert!((LONGEST_OF_TWO + STAGES) as usize <= (1 << DEPTH_LOG2) - MARGIN);

/// Words of a stream that wait when its producer begins no more.
pub const WAITING: u64 = ((1 << DEPTH_LOG2) - MARGIN + (1 << AHEAD_LOG2)) as u64;
/// Words between the producer of a map and memory when it has stopped.
pub const WORDS: u64 = WAITING + 12;
/// Cycles from a word that leaves to the one that takes its place, when the producer has stopped.
pub const RESUME: u64 = 4;

block! {
    /// Two queues of 256 words which pipelines push into without asking: they stop issuing while `stall` is up, and the 64 words
    /// of [`MARGIN`] take what they still had under way. The words leave in the order in which they are written: `run` words of the
    /// first stream, with `two` as many of the second one, and so on.
    ///
    /// ```text
    ///  push, second, word --> [ WordRam 512 ]--> [ Fifo 8 ] --> out_*
    ///          tail[2] ---------^     ^--- head[2], while fewer than 8 words are fetched and not taken
    ///  push - fetch --> [ count[2] ] >= 192 ? --> stall
    /// ```
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `clock`, `clear`, `two`, `run` | 1, 1, 1, 16 | clear empties the buffer; streams and runs, as they leave |
    /// | `push`, `second`, `word` | 1, 1, 32 | a word enters, of the second stream |
    /// | `stall` | 1 | issue nothing more |
    /// | `out_valid`, `out_ready`, `out_data` | 1, 1, 32 | stream of the words, in order |
    ///
    /// ```
    /// use ef_rtl::store::word_buffer::WordBuffer;
    /// # ef_hdl_kit::export::verilog(&mut WordBuffer::default(), "word_buffer").unwrap();
    /// ```
    pub struct WordBuffer {
        in clock: Clock, in clear, two, push, second, out_ready: Bit, in word: Bits<32>, in run: Bits<16>,
        out stall, out_valid: Bit, out out_data: Bits<32>,
        store: WordStore,
        fetched: Fifo<32, AHEAD_LOG2>,
    }
}

glue! { WordBuffer; self => {
    wire!(self.{store, fetched} <- self: clock);
    wire!(self.store <- self: clear, two, run, push, second, word);
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
        in clock: Clock, in clear, two, push, second: Bit, in word: Bits<32>, in run: Bits<16>,
        out stall: Bit,
        /// A fetched word enters the queue behind; it always has room.
        out fetched: Bit,
        out fetched_word: Bits<32>,
        /// A word leaves that queue.
        in taken_valid: Bit,
        in taken_ready: Bit,
        ram: WordRam<{ DEPTH_LOG2 + 1 }>,
        turn: StreamTurn,
        stream: [StreamCount; 2],
        reg(clear) stalled => stall: Bit,
        /// Words fetched and not yet taken.
        reg(clear) ahead: Bits<4>,
        net fetch, take: Bit,
        reg(clear) fetch_1, fetch_2 => fetched: Bit,
        const half: Bits<16> = 1 << DEPTH_LOG2,
    }
}

impl Logic for WordStore {
    #[hdl_gen]
    fn update(&mut self) {
        self.ram.clock.next = self.clock.val();
        self.turn.clock.next = self.clock.val();
        self.turn.clear.next = self.clear.val();
        self.turn.two.next = self.two.val();
        self.turn.run.next = self.run.val();
        for i in 0..2 {
            self.stream[i].clock.next = self.clock.val();
            self.stream[i].clear.next = self.clear.val();
        }
        self.stream[0].push.next = self.push.val() && !self.second.val();
        self.stream[1].push.next = self.push.val() && self.second.val();

        self.ram.write.next = self.push.val();
        self.ram.write_data.next = self.word.val();
        self.ram.write_address.next = bit_cast::<16, DEPTH_LOG2>(self.stream[0].tail.val());
        if self.second.val() {
            self.ram.write_address.next =
                self.half.val() | bit_cast::<16, DEPTH_LOG2>(self.stream[1].tail.val());
        }
        self.ram.read_address.next = bit_cast::<16, DEPTH_LOG2>(self.stream[0].head.val());
        // bit 3 of the words ahead: the queue behind is spoken for
        self.fetch.next = self.stream[0].any.val() && !self.ahead.q.val().get_bit(3);
        if self.turn.second.val() {
            self.ram.read_address.next =
                self.half.val() | bit_cast::<16, DEPTH_LOG2>(self.stream[1].head.val());
            self.fetch.next = self.stream[1].any.val() && !self.ahead.q.val().get_bit(3);
        }
        self.turn.fetch.next = self.fetch.val();
        self.stream[0].fetch.next = self.fetch.val() && !self.turn.second.val();
        self.stream[1].fetch.next = self.fetch.val() && self.turn.second.val();
        self.take.next = self.taken_valid.val() && self.taken_ready.val();
        self.fetch_1.d.next = self.fetch.val();
        self.fetch_2.d.next = self.fetch_1.q.val();
        if self.fetch.val() && !self.take.val() {
            self.ahead.d.next = self.ahead.q.val() + 1;
        } else if self.take.val() && !self.fetch.val() {
            self.ahead.d.next = self.ahead.q.val() - 1;
        }
        self.stalled.d.next = self.stream[0].many.val() || self.stream[1].many.val();
        self.fetched_word.next = self.ram.read_data.val();
    }
}

block! {
    /// The stream whose words are fetched.
    pub struct StreamTurn {
        in clock: Clock, in clear, two, fetch: Bit, in run: Bits<16>,
        out second: Bit,
        reg(clear) turn => second: Bit, reg left: Bits<16>,
    }
}

impl Logic for StreamTurn {
    #[hdl_gen]
    fn update(&mut self) {
        if self.fetch.val() {
            self.left.d.next = self.left.q.val() - 1;
            if self.left.q.val() == 1 {
                self.left.d.next = self.run.val();
                self.turn.d.next = self.two.val() && !self.turn.q.val();
            }
        }
        if self.clear.val() {
            self.left.d.next = self.run.val();
        }
    }
}

block! {
    /// The words of a stream in the RAM: places and number.
    pub struct StreamCount {
        in clock: Clock, in clear, push, fetch: Bit,
        out tail, head: Bits<DEPTH_LOG2>,
        /// There are words.
        out any: Bit,
        /// There are so many that no more may be begun.
        out many: Bit,
        reg(clear) next => tail, oldest => head: Bits<DEPTH_LOG2>,
        reg(clear) count: Bits<9>,
        const limit: Bits<9> = ((1 << DEPTH_LOG2) - MARGIN - 1) as u64,
    }
}

impl Logic for StreamCount {
    #[hdl_gen]
    fn update(&mut self) {
        if self.push.val() {
            self.next.d.next = self.next.q.val() + 1;
        }
        if self.fetch.val() {
            self.oldest.d.next = self.oldest.q.val() + 1;
        }
        if self.push.val() && !self.fetch.val() {
            self.count.d.next = self.count.q.val() + 1;
        } else if self.fetch.val() && !self.push.val() {
            self.count.d.next = self.count.q.val() - 1;
        }
        self.any.next = self.count.q.val().any();
        self.many.next = self.limit.val() < self.count.q.val();
    }
}
