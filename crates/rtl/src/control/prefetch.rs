//! Reads instructions ahead of their execution.
use super::{predecode::Predecode, program_memory::ProgramMemory};
use crate::stream::Fifo;
use ef_hdl_kit::{K, glue};
use rust_hdl::prelude::*;

/// Which address to read next, and whether there is room for the word.
///
/// ```text
///  jump, target --> read_address --> (2 cycles) --> arrive
///  [address]+1 -----^    [used] < 8: ask
/// ```
/// Words asked for and not yet `took` are at most the eight that the queue behind the memory holds.
/// `jump` drops all of them and asks for `target` in the same cycle.
#[derive(LogicBlock, Default)]
pub struct ReadAhead {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub jump: Signal<In, Bit>,
    pub target: Signal<In, Bits<16>>,
    pub took: Signal<In, Bit>,
    pub read_address: Signal<Out, Bits<16>>,
    pub arrive: Signal<Out, Bit>,
    /// Empties the queue behind the memory.
    pub drop_words: Signal<Out, Bit>,
    address: DFF<Bits<16>>,
    used: DFF<Bits<4>>,
    asked: DFF<Bit>,
    arrived: DFF<Bit>,
    ask: Signal<Local, Bit>,
    current: Signal<Local, Bits<16>>,
    one_address: K<16, 1>,
    one: K<4, 1>,
    none: K<4, 0>,
    all: K<4, 8>,
}

impl Logic for ReadAhead {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, address, used, asked, arrived);
        self.ask.next = self.used.q.val() != self.all.val();
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
        self.arrive.next = self.arrived.q.val();
        if self.ask.val() & !self.took.val() {
            self.used.d.next = self.used.q.val() + self.one.val();
        }
        if self.took.val() & !self.ask.val() {
            self.used.d.next = self.used.q.val() - self.one.val();
        }
        if self.jump.val() {
            self.used.d.next = self.one.val();
        }
        if self.reset.val() {
            self.address.d.next = 0.into();
            self.used.d.next = self.none.val();
            self.asked.d.next = false;
            self.arrived.d.next = false;
        }
        self.drop_words.next = self.reset.val() | self.jump.val();
    }
}

/// Program memory with a queue of eight instructions read ahead.
///
/// ```text
///  jump, target ->| ReadAhead |-->| ProgramMemory |-->| Predecode |-->[FIFO, 8]--> instruction_valid, kind, data
///  program_write, ... ----------->|               |
/// ```
///
/// | port | width | |
/// |---|---|---|
/// | `program_write`, `program_address`, `program_low`, `program_high` | 1, 16, 32, 32 | the host writes an instruction |
/// | `jump`, `target` | 1, 16 | go on at `target`; the queue is empty in the next cycle |
/// | `instruction_valid`, `instruction_take` | 1 | handshake; no `instruction_take` together with `jump` |
/// | `kind` | 15 | see [`Predecode`] |
/// | `data` | 32 | the immediate |
///
/// One instruction per cycle in a row; the first one after `jump` is valid 4 cycles later. After `reset` it begins at address 0.
#[derive(LogicBlock, Default)]
pub struct Prefetch<const PAW: usize> {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub program_write: Signal<In, Bit>,
    pub program_address: Signal<In, Bits<16>>,
    pub program_low: Signal<In, Bits<32>>,
    pub program_high: Signal<In, Bits<32>>,
    pub jump: Signal<In, Bit>,
    pub target: Signal<In, Bits<16>>,
    pub instruction_valid: Signal<Out, Bit>,
    pub instruction_take: Signal<In, Bit>,
    pub kind: Signal<Out, Bits<15>>,
    pub data: Signal<Out, Bits<32>>,
    ahead: ReadAhead,
    memory: ProgramMemory<PAW>,
    predecode: Predecode,
    kinds: Fifo<15, 3>,
    immediates: Fifo<32, 3>,
}

glue! { [const PAW: usize] Prefetch<PAW>; self => {
    wire!(self.ahead.clock, self.clock);
    wire!(self.memory.clock, self.clock);
    wire!(self.kinds.clock, self.clock);
    wire!(self.immediates.clock, self.clock);
    wire!(self.memory.write, self.program_write);
    wire!(self.memory.write_address, self.program_address);
    wire!(self.memory.write_low, self.program_low);
    wire!(self.memory.write_high, self.program_high);
    wire!(self.ahead.reset, self.reset);
    wire!(self.ahead.jump, self.jump);
    wire!(self.ahead.target, self.target);
    wire!(self.ahead.took, self.instruction_take);
    wire!(self.memory.read_address, self.ahead.read_address);
    wire!(self.predecode.low, self.memory.low);
    wire!(self.predecode.high, self.memory.high);
    // both FIFOs move together
    wire!(self.kinds.reset, self.ahead.drop_words);
    wire!(self.immediates.reset, self.ahead.drop_words);
    wire!(self.kinds.in_valid, self.ahead.arrive);
    wire!(self.immediates.in_valid, self.ahead.arrive);
    wire!(self.kinds.in_data, self.predecode.kind);
    wire!(self.immediates.in_data, self.memory.low);
    wire!(self.kinds.out_ready, self.instruction_take);
    wire!(self.immediates.out_ready, self.instruction_take);
    wire!(self.instruction_valid, self.kinds.out_valid);
    wire!(self.kind, self.kinds.out_data);
    wire!(self.data, self.immediates.out_data);
}}
