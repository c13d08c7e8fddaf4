//! Reads instructions ahead of their execution, out of DRAM into a buffer and out of the buffer into a queue.
use crate::control::{
    arrivals::Arrivals, keep::Keep, predecode::Predecode, program_buffer::ProgramBuffer, refill::Refill,
};
use crate::stream::Fifo;
use ef_hdl_kit::{block, glue};
use rust_hdl::prelude::*;

/// Cycles from the second word of an instruction to its execution.
pub const ARRIVED: u64 = 5;

block! {
    /// Which instruction to read from the buffer next, and whether it is there and the queue has room for it.
    ///
    /// ```text
    ///  jump, pc --> read_address --> (2 cycles) --> arrive
    ///  [address]+1 -----^    [used] < 8 and address != got: ask
    /// ```
    /// Instructions asked for and not yet `took` are at most the eight that the queue behind the buffer holds.
    /// `jump` drops all of them and asks for `pc` in the same cycle; `far` drops that one too, as the buffer does not hold it.
    /// Instruction numbers are modulo 2^16.
    pub struct ReadAhead {
        in clock: Clock, in reset, jump, far: Bit, in pc: Bits<24>,
        /// First instruction that is not in the buffer yet.
        in got: Bits<16>,
        in took: Bit,
        out read_address: Bits<16>, out arrive: Bit,
        /// Empties the queue behind the buffer.
        out drop_words: Bit,
        reg(reset) address: Bits<16>, reg used: Bits<4>, reg asked, arrived => arrive: Bit,
        net ask: Bit, net target, current: Bits<16>,
        const one_address: Bits<16> = 1, const one: Bits<4> = 1, const none: Bits<4> = 0,
        const all: Bits<4> = 8,
    }
}

impl Logic for ReadAhead {
    #[hdl_gen]
    fn update(&mut self) {
        self.ask.next = (self.used.q.val() != self.all.val()) & (self.address.q.val() != self.got.val());
        self.target.next = bit_cast::<16, 24>(self.pc.val());
        self.current.next = self.address.q.val();
        if self.jump.val() {
            self.current.next = self.target.val();
        }
        self.read_address.next = self.current.val();
        if self.ask.val() | self.jump.val() {
            self.address.d.next = self.current.val() + self.one_address.val();
        }
        self.asked.d.next = self.ask.val() | self.jump.val();
        self.arrived.d.next = self.asked.q.val() & !self.jump.val();
        if self.ask.val() & !self.took.val() {
            self.used.d.next = self.used.q.val() + self.one.val();
        }
        if self.took.val() & !self.ask.val() {
            self.used.d.next = self.used.q.val() - self.one.val();
        }
        if self.jump.val() {
            self.used.d.next = self.one.val();
        }
        if self.far.val() | self.reset.val() {
            self.address.d.next = self.target.val();
            self.used.d.next = self.none.val();
            self.asked.d.next = false;
            self.arrived.d.next = false;
        }
        self.drop_words.next = self.reset.val() | self.jump.val() | self.far.val();
    }
}

block! {
    /// The program in DRAM behind a buffer of 2^RAW instructions and a queue of eight.
    ///
    /// ```text
    ///  pc, loop_* ->| Keep |--keep-->| Refill |--cmd_*--> memory
    ///                     jump, pc ->|        |--far--> everything below
    ///  word ->| Arrivals |-->| ProgramBuffer |-->| Predecode |-->[FIFO, 8]--> instruction_valid, kind, data
    ///               got ---->| ReadAhead |
    /// ```
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `run`, `halt` | 1 | bursts are asked for while `run` is up and `halt` is not |
    /// | `program_address`, `program_length` | 32, 24 | word address of instruction 0; instructions |
    /// | `jump`, `pc` | 1, 24 | go on at `pc`, an instruction before the one taken last; the queue is empty in the next cycle |
    /// | `loop_push`, `loop_start`, `loop_pop`, `loop_select`, `loop_selected` | 1, 24, 1, 3, 16 | the loop stack, see [`Keep`] |
    /// | `instruction_valid`, `instruction_take` | 1 | handshake; no `instruction_take` together with `jump` |
    /// | `kind` | 15 | see [`Predecode`] |
    /// | `data` | 32 | the immediate |
    /// | `cmd_valid`, `cmd_ready`, `cmd_addr`, `cmd_len`, `urgent` | 1, 1, 32, 16, 1 | bursts to read, see [`Refill`] |
    /// | `word_valid`, `word` | 1, 32 | their words, taken at once |
    /// | `idle` | 1 | no burst is offered or under way |
    ///
    /// One instruction per cycle in a row, as long as the buffer holds it; the first one after `jump` is valid 4 cycles later if the buffer holds
    /// it, else 4 cycles after its second word came; the burst is offered 7 cycles after the `jump`. After `reset` it begins at instruction 0.
    pub struct Prefetch<const RAW: usize> {
        in clock: Clock,
        in reset, run, halt, jump, loop_push, loop_pop, instruction_take, cmd_ready, word_valid: Bit,
        in program_address, word: Bits<32>, in program_length, pc, loop_start: Bits<24>,
        in loop_selected: Bits<16>,
        out loop_select: Bits<3>, out instruction_valid, cmd_valid, urgent, idle: Bit,
        out kind: Bits<15>, out data, cmd_addr: Bits<32>, out cmd_len: Bits<16>,
        keep: Keep<RAW>,
        refill: Refill<RAW>,
        arrivals: Arrivals,
        ahead: ReadAhead,
        buffer: ProgramBuffer<RAW>,
        predecode: Predecode,
        kinds: Fifo<15, 3>,
        immediates: Fifo<32, 3>,
    }
}

glue! { [const RAW: usize] Prefetch<RAW>; self => {
    wire!(self.{keep, refill, arrivals, ahead, buffer, kinds, immediates} <- self: clock);
    wire!(self.{keep, refill, arrivals, ahead} <- self: reset);
    wire!(self.keep.pc, self.pc);
    wire!(self.keep <- self: push = loop_push, start = loop_start, pop = loop_pop);
    wire!(self.keep <- self: selected = loop_selected);
    wire!(self.loop_select, self.keep.select);
    // bursts
    wire!(self.refill <- self: run, halt, program_address, program_length, jump, pc, cmd_ready);
    wire!(self.refill.keep, self.keep.keep);
    wire!(self.refill <- self.arrivals: got, few);
    wire!(self <- self.refill: cmd_valid, cmd_addr, cmd_len, urgent);
    // their words
    wire!(self.arrivals <- self.refill: more, count, far);
    wire!(self.arrivals <- self: pc, word_valid);
    wire!(self.idle, self.arrivals.idle);
    wire!(self.buffer <- self.arrivals: write_low, write_high);
    wire!(self.buffer.write_address, self.arrivals.got);
    wire!(self.buffer.word, self.word);
    // out of the buffer
    wire!(self.ahead <- self: jump, pc);
    wire!(self.ahead.far, self.refill.far);
    wire!(self.ahead.got, self.arrivals.got);
    wire!(self.ahead.took, self.instruction_take);
    wire!(self.buffer.read_address, self.ahead.read_address);
    wire!(self.predecode <- self.buffer: low, high);
    // both FIFOs move together
    wire!(self.kinds <- self.ahead: reset = drop_words, in_valid = arrive);
    wire!(self.immediates <- self.ahead: reset = drop_words, in_valid = arrive);
    wire!(self.kinds <- self: in_data = predecode.kind, out_ready = instruction_take);
    wire!(self.immediates <- self: in_data = buffer.low, out_ready = instruction_take);
    wire!(self <- self.kinds: instruction_valid = out_valid, kind = out_data);
    wire!(self.data, self.immediates.out_data);
}}
