//! [`MemoryWord`]: one word to or from the memory.
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
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
    pub struct MemoryWord {
        in clock: Clock,
        in reset, start, write: Bit,
        in address, data: Bits<32>,
        out busy: Bit,
        out read: Bits<32>,
        out cmd_valid: Bit,
        in cmd_ready: Bit,
        out cmd_write: Bit,
        out cmd_addr: Bits<32>,
        out cmd_len: Bits<16>,
        out wdata_valid: Bit,
        in wdata_ready: Bit,
        out wdata: Bits<32>,
        in rdata_valid: Bit,
        out rdata_ready: Bit,
        in rdata: Bits<32>,
        reg command_waits, word_waits, read_waits, is_write: Bit,
        reg place, word, answer: Bits<32>,
        const one: Bits<16> = 1,
    }
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
