//! One memory port for the load engine, the store engine and instruction fetch.
use super::{merge::CommandMerge, owners::ReadOwners};
use crate::stream::Skid;
use ef_hdl_kit::{block, glue};
use rust_hdl::prelude::*;

/// Cycles from an engine's command taken to `cmd_valid`.
pub const COMMAND: u64 = 1;
/// Cycles of a word from the memory port to its engine, or back.
pub const DATA: u64 = 1;
/// Cycles from the last word at the memory port to `idle`.
pub const IDLE: u64 = 2;
/// Cycles from `fetch_urgent` to where fetch is preferred.
pub const URGENT: u64 = 1;
/// Words of a direction that wait in its skid cell.
pub const HELD: u64 = 2;

block! {
    /// Merges the load engine's reads, the store engine's writes and the reads of instruction fetch.
    ///
    /// ```text
    ///  load_cmd_*  -->|              |-->[command]--> cmd_valid/ready, cmd_write, cmd_addr, cmd_len
    ///  store_cmd_* -->| CommandMerge |
    ///  fetch_cmd_* -->|              |--reads--> | ReadOwners |
    ///  load_data_*, fetch_data_* <---------------|            |<--[Skid]<-- rdata_valid/ready, rdata
    ///  store_data_* -->[Skid]-----------------------> wdata_valid/ready, wdata
    /// ```
    ///
    /// Everything on the memory side is a register, and `load_data_valid` one gate behind two. The memory executes commands in the order in which it gets them,
    /// so a read whose command comes after that of a write returns the new words; the arbiter keeps the order in which it accepted them.
    /// If both engines offer a command, they take turns. Fetch is served if neither does, and while it is urgent between two commands
    /// of the engines. One command every two cycles, one word per cycle and direction. Up to 16 bursts to read and one more, and
    /// 2^24 - 1 words to write, may be under way.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `load_cmd_valid`, `load_cmd_ready`, `load_cmd_addr`, `load_cmd_len` | 1, 1, 32, 16 | burst of words to read |
    /// | `load_data_valid`, `load_data_ready`, `load_data` | 1, 1, 32 | its words |
    /// | `store_cmd_*`, `store_data_*` | as above | burst of words to write; words may come before their command |
    /// | `fetch_cmd_*`, `fetch_urgent` | as above, 1 | burst of words to read |
    /// | `fetch_data_valid`, `fetch_data` | 1, 32 | its words, to be taken at once |
    /// | `cmd_valid`, `cmd_ready`, `cmd_write`, `cmd_addr`, `cmd_len` | 1, 1, 1, 32, 16 | memory port: commands |
    /// | `wdata_valid`, `wdata_ready`, `wdata` | 1, 1, 32 | memory port: words of the writes, in command order |
    /// | `rdata_valid`, `rdata_ready`, `rdata` | 1, 1, 32 | memory port: words of the reads, in command order |
    /// | `idle` | 1 | no command is offered, every word of every accepted command has reached its destination; one cycle late |
    pub struct Arbiter {
        in clock: Clock,
        in reset, load_cmd_valid, load_data_ready, store_cmd_valid, store_data_valid, fetch_cmd_valid: Bit,
        in fetch_urgent, cmd_ready, wdata_ready, rdata_valid: Bit,
        in load_cmd_addr, store_cmd_addr, store_data, fetch_cmd_addr, rdata: Bits<32>,
        in load_cmd_len, store_cmd_len, fetch_cmd_len: Bits<16>,
        out load_cmd_ready, load_data_valid, store_cmd_ready, store_data_ready, fetch_cmd_ready: Bit,
        out fetch_data_valid, cmd_valid, cmd_write, wdata_valid, rdata_ready, idle: Bit,
        out load_data, fetch_data, cmd_addr, wdata: Bits<32>, out cmd_len: Bits<16>,
        merge: CommandMerge,
        reads: ReadOwners,
        writes: WordsUnderWay,
        quiet: Quiet,
        read_skid, write_skid: Skid<32>,
    }
}

glue! { Arbiter; self => {
    wire!(self.{merge, reads, writes, quiet, read_skid, write_skid} <- self: clock);
    wire!(self.{merge, reads, writes, read_skid, write_skid} <- self: reset);
    // commands
    wire!(self.merge <- self: load_valid = load_cmd_valid, load_addr = load_cmd_addr);
    wire!(self.merge <- self: load_len = load_cmd_len, store_valid = store_cmd_valid);
    wire!(self.merge <- self: store_addr = store_cmd_addr, store_len = store_cmd_len);
    wire!(self.merge <- self: fetch_valid = fetch_cmd_valid, fetch_addr = fetch_cmd_addr);
    wire!(self.merge <- self: fetch_len = fetch_cmd_len, urgent = fetch_urgent);
    wire!(self <- self.merge: load_cmd_ready = load_ready, store_cmd_ready = store_ready);
    wire!(self <- self.merge: fetch_cmd_ready = fetch_ready);
    wire!(self.merge.room, self.reads.room);
    wire!(self.merge.cmd_ready, self.cmd_ready);
    wire!(self <- self.merge: cmd_valid, cmd_write, cmd_addr, cmd_len);
    // read data
    wire!(self.read_skid <- self: in_valid = rdata_valid, in_data = rdata, out_ready = reads.word_ready);
    wire!(self <- self.read_skid: rdata_ready = in_ready, load_data = out_data, fetch_data = out_data);
    wire!(self.reads <- self: word_valid = read_skid.out_valid, load_ready = load_data_ready);
    wire!(self <- self.reads: load_data_valid = load_valid, fetch_data_valid = fetch_valid);
    // write data
    wire!(self.write_skid <- self: in_valid = store_data_valid, in_data = store_data);
    wire!(self.write_skid <- self: out_ready = wdata_ready);
    wire!(self <- self.write_skid: store_data_ready = in_ready, wdata_valid = out_valid, wdata = out_data);
    // what is under way
    wire!(self.reads <- self.merge: more = read, more_fetch = fetch_ready, more_len = read_len);
    wire!(self.writes <- self: more = merge.store_ready, len = store_cmd_len);
    wire!(self.writes <- self: word_valid = write_skid.out_valid, word_ready = wdata_ready);
    wire!(self.quiet <- self: load_valid = load_cmd_valid, store_valid = store_cmd_valid);
    wire!(self.quiet <- self: fetch_valid = fetch_cmd_valid, reads_none = reads.none);
    wire!(self.quiet <- self: writes_none = writes.none);
    wire!(self.quiet.cmd_valid, self.merge.cmd_valid);
    wire!(self.idle, self.quiet.idle);
}}

block! {
    /// Counts the words of accepted writes (`more`, `len`) that have not been handed over (`word_valid` and `word_ready`).
    ///
    /// The count is modulo 2^24, so that words may come before their command.
    pub struct WordsUnderWay {
        in clock: Clock, in reset, more, word_valid, word_ready: Bit, in len: Bits<16>,
        out none: Bit,
        reg(reset) count: Bits<24>,
        net moved: Bit,
        const one: Bits<24> = 1, const zero: Bits<24> = 0,
    }
}

impl Logic for WordsUnderWay {
    #[hdl_gen]
    fn update(&mut self) {
        self.moved.next = self.word_valid.val() & self.word_ready.val();
        if self.more.val() & self.moved.val() {
            self.count.d.next = self.count.q.val() + bit_cast::<24, 16>(self.len.val()) - self.one.val();
        } else if self.more.val() {
            self.count.d.next = self.count.q.val() + bit_cast::<24, 16>(self.len.val());
        } else if self.moved.val() {
            self.count.d.next = self.count.q.val() - self.one.val();
        }
        self.none.next = self.count.q.val() == self.zero.val();
    }
}

block! {
    /// Nothing offered, nothing under way, as a flip-flop.
    pub struct Quiet {
        in clock: Clock, in load_valid, store_valid, fetch_valid, cmd_valid, reads_none, writes_none: Bit,
        out idle: Bit,
        reg quiet => idle: Bit,
    }
}

impl Logic for Quiet {
    #[hdl_gen]
    fn update(&mut self) {
        self.quiet.d.next = !self.load_valid.val()
            & !self.store_valid.val()
            & !self.fetch_valid.val()
            & !self.cmd_valid.val()
            & self.reads_none.val()
            & self.writes_none.val();
    }
}
