//! [`MemoryWord`]: one word to or from the memory.
use ef_hdl_kit::K;
use rust_hdl::prelude::*;

/// Reads or writes one word as a burst of length 1.
///
/// ```text
///  start --> [command waits] --> cmd_*
///            [word waits]    --> wdata_*           (a write)
///            [read waits]    <-- rdata_* --> [read]   (a read)
///  busy  <-- any waits
/// ```
/// Only one word is ever under way, so one that the memory does not answer leaves nothing behind but this block waiting: what it has offered
/// it offers until it is taken, and `busy` is up until then. To be reset together with the memory controller.
///
/// | port | width | |
/// |---|---|---|
/// | `start`, `write`, `address`, `data` | 1, 1, 32, 32 | an access; not while `busy` |
/// | `busy`, `read` | 1, 32 | an access is under way; the word of the last read; `busy` is one gate behind flip-flops |
/// | `cmd_*`, `wdata_*`, `rdata_*` | | memory port, see `docs/host-port.md` |
#[derive(LogicBlock, Default)]
pub struct MemoryWord {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub start: Signal<In, Bit>,
    pub write: Signal<In, Bit>,
    pub address: Signal<In, Bits<32>>,
    pub data: Signal<In, Bits<32>>,
    pub busy: Signal<Out, Bit>,
    pub read: Signal<Out, Bits<32>>,
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
    command_waits: DFF<Bit>,
    word_waits: DFF<Bit>,
    read_waits: DFF<Bit>,
    is_write: DFF<Bit>,
    place: DFF<Bits<32>>,
    word: DFF<Bits<32>>,
    answer: DFF<Bits<32>>,
    one: K<16, 1>,
}

impl Logic for MemoryWord {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, command_waits, word_waits, read_waits, is_write, place, word, answer);
        if self.cmd_ready.val() {
            self.command_waits.d.next = false;
        }
        if self.wdata_ready.val() {
            self.word_waits.d.next = false;
        }
        if self.rdata_valid.val() & self.read_waits.q.val() {
            self.read_waits.d.next = false;
            self.answer.d.next = self.rdata.val();
        }
        if self.start.val() {
            self.command_waits.d.next = true;
            self.word_waits.d.next = self.write.val();
            self.read_waits.d.next = !self.write.val();
            self.is_write.d.next = self.write.val();
            self.place.d.next = self.address.val();
            self.word.d.next = self.data.val();
        }
        if self.reset.val() {
            self.command_waits.d.next = false;
            self.word_waits.d.next = false;
            self.read_waits.d.next = false;
        }
        self.busy.next = self.command_waits.q.val() | self.word_waits.q.val() | self.read_waits.q.val();
        self.read.next = self.answer.q.val();
        self.cmd_valid.next = self.command_waits.q.val();
        self.cmd_write.next = self.is_write.q.val();
        self.cmd_addr.next = self.place.q.val();
        self.cmd_len.next = self.one.val();
        self.wdata_valid.next = self.word_waits.q.val();
        self.wdata.next = self.word.q.val();
        self.rdata_ready.next = self.read_waits.q.val();
    }
}
