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
        in clock: Clock, in reset, start, write, cmd_ready, wdata_ready, rdata_valid: Bit,
        in address, data, rdata: Bits<32>,
        out busy, cmd_valid, cmd_write, wdata_valid, rdata_ready: Bit, out read, cmd_addr, wdata: Bits<32>,
        out cmd_len: Bits<16>,
        reg(reset) command_waits => cmd_valid, word_waits => wdata_valid, read_waits => rdata_ready: Bit,
        reg is_write => cmd_write: Bit, reg place => cmd_addr, word => wdata, answer => read: Bits<32>,
        const one: Bits<16> = 1,
    }
}

impl Logic for MemoryWord {
    #[hdl_gen]
    fn update(&mut self) {
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
        self.busy.next = self.command_waits.q.val() | self.word_waits.q.val() | self.read_waits.q.val();
        self.cmd_len.next = self.one.val();
    }
}
