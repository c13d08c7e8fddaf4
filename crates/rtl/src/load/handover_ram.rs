//! [`HandoverRam`]: tiles that the store engine hands on to the load engine.

use crate::store::word_ram::WordRam;
use crate::stream::Fifo;
use ef_hdl_kit::{K, glue};
use rust_hdl::prelude::*;

/// log2 of the words that are fetched ahead of the reader.
const AHEAD_LOG2: usize = 3;

/// Cycles from a burst taken to its first word.
pub const FIRST_WORD: u64 = 5;
/// Cycles between the last word of a burst and the first of the next, if that one waits.
pub const BETWEEN: u64 = 2;

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
#[derive(LogicBlock, Default)]
pub struct HandoverRam<const HAW: usize> {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub we: Signal<In, Bit>,
    pub waddr: Signal<In, Bits<16>>,
    pub wdata: Signal<In, Bits<32>>,
    pub cmd_valid: Signal<In, Bit>,
    pub cmd_ready: Signal<Out, Bit>,
    pub cmd_addr: Signal<In, Bits<32>>,
    pub cmd_len: Signal<In, Bits<16>>,
    pub data_valid: Signal<Out, Bit>,
    pub data_ready: Signal<In, Bit>,
    pub data: Signal<Out, Bits<32>>,
    ram: WordRam<HAW>,
    walk: BurstWalk,
    fetched: Fifo<32, AHEAD_LOG2>,
}

glue! { [const HAW: usize] HandoverRam<HAW>; self => {
    wire!(self.ram.clock, self.clock);
    wire!(self.ram.write, self.we);
    wire!(self.ram.write_address, self.waddr);
    wire!(self.ram.write_data, self.wdata);
    wire!(self.ram.read_address, self.walk.address);
    wire!(self.walk.clock, self.clock);
    wire!(self.walk.reset, self.reset);
    wire!(self.walk.cmd_valid, self.cmd_valid);
    wire!(self.walk.cmd_addr, self.cmd_addr);
    wire!(self.walk.cmd_len, self.cmd_len);
    wire!(self.walk.taken_valid, self.fetched.out_valid);
    wire!(self.walk.taken_ready, self.data_ready);
    wire!(self.fetched.clock, self.clock);
    wire!(self.fetched.reset, self.reset);
    wire!(self.fetched.in_valid, self.walk.fetched);
    wire!(self.fetched.in_data, self.ram.read_data);
    wire!(self.fetched.out_ready, self.data_ready);
    wire!(self.cmd_ready, self.walk.cmd_ready);
    wire!(self.data_valid, self.fetched.out_valid);
    wire!(self.data, self.fetched.out_data);
}}

/// The addresses of a burst, as fast as the queue behind the RAM has room.
#[derive(LogicBlock, Default)]
pub struct BurstWalk {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub cmd_valid: Signal<In, Bit>,
    pub cmd_ready: Signal<Out, Bit>,
    pub cmd_addr: Signal<In, Bits<32>>,
    pub cmd_len: Signal<In, Bits<16>>,
    pub address: Signal<Out, Bits<16>>,
    /// The word of an earlier address enters the queue, which has room.
    pub fetched: Signal<Out, Bit>,
    /// A word leaves the queue.
    pub taken_valid: Signal<In, Bit>,
    pub taken_ready: Signal<In, Bit>,
    active: DFF<Bit>,
    at: DFF<Bits<16>>,
    /// Words after the next one.
    left: DFF<Bits<16>>,
    /// Words fetched and not taken.
    ahead: DFF<Bits<4>>,
    fetch: Signal<Local, Bit>,
    take: Signal<Local, Bit>,
    fetch_1: DFF<Bit>,
    fetch_2: DFF<Bit>,
    one: K<16, 1>,
}

impl Logic for BurstWalk {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, active, at, left, ahead, fetch_1, fetch_2);
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
        if self.reset.val() {
            self.active.d.next = false;
            self.ahead.d.next = 0.into();
            self.fetch_1.d.next = false;
            self.fetch_2.d.next = false;
        }
        self.cmd_ready.next = !self.active.q.val();
        self.address.next = self.at.q.val();
        self.fetched.next = self.fetch_2.q.val();
    }
}
