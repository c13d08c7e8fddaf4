//! One memory port for the load and the store engine.
use crate::stream::Skid;
use ef_hdl_kit::{K, glue};
use rust_hdl::prelude::*;

/// Cycles from an engine's command taken to `cmd_valid`.
pub const COMMAND: u64 = 1;
/// Cycles of a word from the memory port to its engine, or back.
pub const DATA: u64 = 1;
/// Cycles from the last word at the memory port to `idle`.
pub const IDLE: u64 = 2;
/// Words of a direction that wait in its skid cell.
pub const HELD: u64 = 2;

/// Merges the load engine's reads and the store engine's writes.
///
/// ```text
///  load_cmd_*  -->|              |-->[command]--> cmd_valid/ready, cmd_write, cmd_addr, cmd_len
///  store_cmd_* -->| CommandMerge |
///  load_data_*  <-------[Skid]<------------------ rdata_valid/ready, rdata
///  store_data_* -->[Skid]-----------------------> wdata_valid/ready, wdata
/// ```
///
/// Everything on the memory side and the ready of every channel is a register. The memory executes commands in the order in which it gets them,
/// so a read whose command comes after that of a write returns the new words; the arbiter keeps the order in which it accepted them.
/// If both engines offer a command, they take turns. One command every two cycles, one word per cycle and direction.
/// Any number of commands may be under way, up to 2^24 - 1 words in each direction.
///
/// | port | width | |
/// |---|---|---|
/// | `load_cmd_valid`, `load_cmd_ready`, `load_cmd_addr`, `load_cmd_len` | 1, 1, 32, 16 | burst of words to read |
/// | `load_data_valid`, `load_data_ready`, `load_data` | 1, 1, 32 | its words |
/// | `store_cmd_*`, `store_data_*` | as above | burst of words to write; words may come before their command |
/// | `cmd_valid`, `cmd_ready`, `cmd_write`, `cmd_addr`, `cmd_len` | 1, 1, 1, 32, 16 | memory port: commands |
/// | `wdata_valid`, `wdata_ready`, `wdata` | 1, 1, 32 | memory port: words of the writes, in command order |
/// | `rdata_valid`, `rdata_ready`, `rdata` | 1, 1, 32 | memory port: words of the reads, in command order |
/// | `idle` | 1 | no command is offered, every word of every accepted command has reached its destination; one cycle late |
#[derive(LogicBlock, Default)]
pub struct Arbiter {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub load_cmd_valid: Signal<In, Bit>,
    pub load_cmd_ready: Signal<Out, Bit>,
    pub load_cmd_addr: Signal<In, Bits<32>>,
    pub load_cmd_len: Signal<In, Bits<16>>,
    pub load_data_valid: Signal<Out, Bit>,
    pub load_data_ready: Signal<In, Bit>,
    pub load_data: Signal<Out, Bits<32>>,
    pub store_cmd_valid: Signal<In, Bit>,
    pub store_cmd_ready: Signal<Out, Bit>,
    pub store_cmd_addr: Signal<In, Bits<32>>,
    pub store_cmd_len: Signal<In, Bits<16>>,
    pub store_data_valid: Signal<In, Bit>,
    pub store_data_ready: Signal<Out, Bit>,
    pub store_data: Signal<In, Bits<32>>,
    pub cmd_valid: Signal<Out, Bit>,
    pub cmd_ready: Signal<In, Bit>,
    pub cmd_write: Signal<Out, Bit>,
    pub cmd_addr: Signal<Out, Bits<32>>,
    pub cmd_len: Signal<Out, Bits<16>>,
    pub wdata_valid: Signal<Out, Bit>,
    pub wdata_ready: Signal<In, Bit>,
    pub wdata: Signal<Out, Bits<32>>,
    pub rdata_valid: Signal<In, Bit>,
    pub rdata_ready: Signal<Out, Bit>,
    pub rdata: Signal<In, Bits<32>>,
    pub idle: Signal<Out, Bit>,
    merge: CommandMerge,
    reads: WordsUnderWay,
    writes: WordsUnderWay,
    quiet: Quiet,
    read_skid: Skid<32>,
    write_skid: Skid<32>,
}

glue! { Arbiter; self => {
    wire!(self.merge.clock, self.clock);
    wire!(self.reads.clock, self.clock);
    wire!(self.writes.clock, self.clock);
    wire!(self.quiet.clock, self.clock);
    wire!(self.read_skid.clock, self.clock);
    wire!(self.write_skid.clock, self.clock);
    wire!(self.merge.reset, self.reset);
    wire!(self.reads.reset, self.reset);
    wire!(self.writes.reset, self.reset);
    wire!(self.read_skid.reset, self.reset);
    wire!(self.write_skid.reset, self.reset);
    // commands
    wire!(self.merge.load_valid, self.load_cmd_valid);
    wire!(self.merge.load_addr, self.load_cmd_addr);
    wire!(self.merge.load_len, self.load_cmd_len);
    wire!(self.merge.store_valid, self.store_cmd_valid);
    wire!(self.merge.store_addr, self.store_cmd_addr);
    wire!(self.merge.store_len, self.store_cmd_len);
    wire!(self.load_cmd_ready, self.merge.load_ready);
    wire!(self.store_cmd_ready, self.merge.store_ready);
    wire!(self.merge.cmd_ready, self.cmd_ready);
    wire!(self.cmd_valid, self.merge.cmd_valid);
    wire!(self.cmd_write, self.merge.cmd_write);
    wire!(self.cmd_addr, self.merge.cmd_addr);
    wire!(self.cmd_len, self.merge.cmd_len);
    // read data
    wire!(self.read_skid.in_valid, self.rdata_valid);
    wire!(self.read_skid.in_data, self.rdata);
    wire!(self.read_skid.out_ready, self.load_data_ready);
    wire!(self.rdata_ready, self.read_skid.in_ready);
    wire!(self.load_data_valid, self.read_skid.out_valid);
    wire!(self.load_data, self.read_skid.out_data);
    // write data
    wire!(self.write_skid.in_valid, self.store_data_valid);
    wire!(self.write_skid.in_data, self.store_data);
    wire!(self.write_skid.out_ready, self.wdata_ready);
    wire!(self.store_data_ready, self.write_skid.in_ready);
    wire!(self.wdata_valid, self.write_skid.out_valid);
    wire!(self.wdata, self.write_skid.out_data);
    // what is under way
    wire!(self.reads.more, self.merge.load_ready);
    wire!(self.reads.len, self.load_cmd_len);
    wire!(self.reads.word_valid, self.read_skid.out_valid);
    wire!(self.reads.word_ready, self.load_data_ready);
    wire!(self.writes.more, self.merge.store_ready);
    wire!(self.writes.len, self.store_cmd_len);
    wire!(self.writes.word_valid, self.write_skid.out_valid);
    wire!(self.writes.word_ready, self.wdata_ready);
    wire!(self.quiet.load_valid, self.load_cmd_valid);
    wire!(self.quiet.store_valid, self.store_cmd_valid);
    wire!(self.quiet.cmd_valid, self.merge.cmd_valid);
    wire!(self.quiet.reads_none, self.reads.none);
    wire!(self.quiet.writes_none, self.writes.none);
    wire!(self.idle, self.quiet.idle);
}}

/// Takes the command of one engine into the output register, in turns if both offer one.
///
/// `load_ready` and `store_ready` are up only in the cycle in which that engine's command is taken.
#[derive(LogicBlock, Default)]
pub struct CommandMerge {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub load_valid: Signal<In, Bit>,
    pub load_ready: Signal<Out, Bit>,
    pub load_addr: Signal<In, Bits<32>>,
    pub load_len: Signal<In, Bits<16>>,
    pub store_valid: Signal<In, Bit>,
    pub store_ready: Signal<Out, Bit>,
    pub store_addr: Signal<In, Bits<32>>,
    pub store_len: Signal<In, Bits<16>>,
    pub cmd_valid: Signal<Out, Bit>,
    pub cmd_ready: Signal<In, Bit>,
    pub cmd_write: Signal<Out, Bit>,
    pub cmd_addr: Signal<Out, Bits<32>>,
    pub cmd_len: Signal<Out, Bits<16>>,
    offered: DFF<Bit>,
    /// Also who was served last.
    is_write: DFF<Bit>,
    address: DFF<Bits<32>>,
    length: DFF<Bits<16>>,
    take_load: Signal<Local, Bit>,
    take_store: Signal<Local, Bit>,
}

impl Logic for CommandMerge {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, offered, is_write, address, length);
        self.take_store.next = !self.offered.q.val()
            & self.store_valid.val()
            & (!self.load_valid.val() | !self.is_write.q.val());
        self.take_load.next =
            !self.offered.q.val() & self.load_valid.val() & (!self.store_valid.val() | self.is_write.q.val());
        if self.cmd_ready.val() {
            self.offered.d.next = false;
        }
        if self.take_load.val() {
            self.offered.d.next = true;
            self.is_write.d.next = false;
            self.address.d.next = self.load_addr.val();
            self.length.d.next = self.load_len.val();
        }
        if self.take_store.val() {
            self.offered.d.next = true;
            self.is_write.d.next = true;
            self.address.d.next = self.store_addr.val();
            self.length.d.next = self.store_len.val();
        }
        if self.reset.val() {
            self.offered.d.next = false;
            self.is_write.d.next = false;
        }
        self.load_ready.next = self.take_load.val();
        self.store_ready.next = self.take_store.val();
        self.cmd_valid.next = self.offered.q.val();
        self.cmd_write.next = self.is_write.q.val();
        self.cmd_addr.next = self.address.q.val();
        self.cmd_len.next = self.length.q.val();
    }
}

/// Counts the words of accepted commands (`more`, `len`) that have not been handed over (`word_valid` and `word_ready`).
///
/// The count is modulo 2^24, so that words may come before their command.
#[derive(LogicBlock, Default)]
pub struct WordsUnderWay {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub more: Signal<In, Bit>,
    pub len: Signal<In, Bits<16>>,
    pub word_valid: Signal<In, Bit>,
    pub word_ready: Signal<In, Bit>,
    pub none: Signal<Out, Bit>,
    count: DFF<Bits<24>>,
    moved: Signal<Local, Bit>,
    one: K<24, 1>,
    zero: K<24, 0>,
}

impl Logic for WordsUnderWay {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, count);
        self.moved.next = self.word_valid.val() & self.word_ready.val();
        if self.more.val() & self.moved.val() {
            self.count.d.next = self.count.q.val() + bit_cast::<24, 16>(self.len.val()) - self.one.val();
        } else if self.more.val() {
            self.count.d.next = self.count.q.val() + bit_cast::<24, 16>(self.len.val());
        } else if self.moved.val() {
            self.count.d.next = self.count.q.val() - self.one.val();
        }
        if self.reset.val() {
            self.count.d.next = self.zero.val();
        }
        self.none.next = self.count.q.val() == self.zero.val();
    }
}

/// Nothing offered, nothing under way, as a flip-flop.
#[derive(LogicBlock, Default)]
pub struct Quiet {
    pub clock: Signal<In, Clock>,
    pub load_valid: Signal<In, Bit>,
    pub store_valid: Signal<In, Bit>,
    pub cmd_valid: Signal<In, Bit>,
    pub reads_none: Signal<In, Bit>,
    pub writes_none: Signal<In, Bit>,
    pub idle: Signal<Out, Bit>,
    quiet: DFF<Bit>,
}

impl Logic for Quiet {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, quiet);
        self.quiet.d.next = !self.load_valid.val()
            & !self.store_valid.val()
            & !self.cmd_valid.val()
            & self.reads_none.val()
            & self.writes_none.val();
        self.idle.next = self.quiet.q.val();
    }
}
