//! [`HandoverRam`]: tiles that the store engine hands on to the load engine.

use crate::store::word_ram::WordRam;
use crate::stream::Fifo;
use ef_hdl_kit::{block, glue};
use rust_hdl::prelude::*;

/// log2 of the words that are fetched ahead of the reader.
const AHEAD_LOG2: usize = 3;

/// Cycles from a burst taken to its first word.
pub const FIRST_WORD: u64 = 5;
/// Cycles between the last word of a burst and the first of the next, if that one waits.
pub const BETWEEN: u64 = 2;

block! {
    /// 2^HAW words with a write port, and bursts read like those of the memory port.
    ///
    /// ```text
    ///  we, waddr, wdata ------------> [ WordRam 2^HAW ]--> [ Fifo 8 ]--> data_valid/ready, data
    ///  cmd_valid/ready, addr, len --> [ walk ]--address ^
    /// ```
    /// One word per cycle each way. The first word of a burst comes [`FIRST_WORD`] cycles after `cmd_ready`; one cycle lies between two bursts. Addresses
    /// wrap at 2^HAW. A word that is written may be read from the next cycle on.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `clock`, `reset` | 1 | `reset` forgets the burst under way |
    /// | `we`, `waddr`, `wdata` | 1, 16, 32 | a word from the store engine |
    /// | `cmd_valid`, `cmd_ready`, `cmd_addr`, `cmd_len` | 1, 1, 32, 16 | a burst of 1 word or more |
    /// | `data_valid`, `data_ready`, `data` | 1, 1, 32 | its words |
    ///
    /// ```
    /// use ef_rtl::load::HandoverRam;
    /// # ef_hdl_kit::export::verilog(&mut HandoverRam::<10>::default(), "handover_ram").unwrap();
    /// ```
    pub struct HandoverRam<const HAW: usize> {
        in clock: Clock, in reset, we, cmd_valid, data_ready: Bit, in waddr, cmd_len: Bits<16>,
        in wdata, cmd_addr: Bits<32>,
        out cmd_ready, data_valid: Bit, out data: Bits<32>,
        ram: WordRam<HAW>,
        walk: BurstWalk,
        fetched: Fifo<32, AHEAD_LOG2>,
    }
}

glue! { [const HAW: usize] HandoverRam<HAW>; self => {
    wire!(self.{ram, walk, fetched} <- self: clock);
    wire!(self.ram <- self: write = we, write_address = waddr, write_data = wdata);
    wire!(self.ram <- self: read_address = walk.address);
    wire!(self.{walk, fetched} <- self: reset);
    wire!(self.walk <- self: cmd_valid, cmd_addr, cmd_len);
    wire!(self.walk <- self: taken_valid = fetched.out_valid, taken_ready = data_ready);
    wire!(self.fetched <- self: in_valid = walk.fetched, in_data = ram.read_data, out_ready = data_ready);
    wire!(self.cmd_ready, self.walk.cmd_ready);
    wire!(self <- self.fetched: data_valid = out_valid, data = out_data);
}}

block! {
    /// The addresses of a burst, as fast as the queue behind the RAM has room.
    pub struct BurstWalk {
        in clock: Clock, in reset, cmd_valid: Bit, in cmd_addr: Bits<32>, in cmd_len: Bits<16>,
        out cmd_ready: Bit, out address: Bits<16>,
        /// The word of an earlier address enters the queue, which has room.
        out fetched: Bit,
        /// A word leaves the queue.
        in taken_valid: Bit,
        in taken_ready: Bit,
        reg(reset) active: Bit, reg at => address: Bits<16>,
        /// Words after the next one.
        reg left: Bits<16>,
        /// Words fetched and not taken.
        reg(reset) ahead: Bits<4>,
        net fetch, take: Bit,
        reg(reset) fetch_1, fetch_2 => fetched: Bit,
        const one: Bits<16> = 1,
    }
}

impl Logic for BurstWalk {
    #[hdl_gen]
    fn update(&mut self) {
        // bit 3 of the words ahead: the queue is spoken for
        self.fetch.next = self.active.q.val() && !self.ahead.q.val().get_bit(3);
        self.take.next = self.taken_valid.val() && self.taken_ready.val();
        self.fetch_1.d.next = self.fetch.val();
        self.fetch_2.d.next = self.fetch_1.q.val();
        if self.fetch.val() {
            self.at.d.next = self.at.q.val() + 1;
            self.left.d.next = self.left.q.val() - self.one.val();
            self.active.d.next = self.left.q.val().any();
        }
        if self.fetch.val() && !self.take.val() {
            self.ahead.d.next = self.ahead.q.val() + 1;
        } else if self.take.val() && !self.fetch.val() {
            self.ahead.d.next = self.ahead.q.val() - 1;
        }
        if self.cmd_valid.val() && !self.active.q.val() {
            self.active.d.next = true;
            self.at.d.next = self.cmd_addr.val().get_bits::<16>(0);
            self.left.d.next = self.cmd_len.val() - self.one.val();
        }
        self.cmd_ready.next = !self.active.q.val();
    }
}
