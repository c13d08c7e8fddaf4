//! [`MemoryMux`]: one memory port for the accelerator and the host link.
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// Gives the memory to the link while it asks for it, which begins only while the accelerator is idle.
    ///
    /// ```text
    ///  accelerator_* <-->|0|
    ///                    | |<--> cmd_*, wdata_*, rdata_*
    ///  link_*        <-->|1|
    ///                     ^
    ///  link_request and not accelerator_busy --> [chosen], until link_request falls
    /// ```
    /// An idle accelerator has no burst under way, and the link asks until its word has moved: so the port changes hands only between bursts, and a side that
    /// does not have it sees a memory that is not ready. A run that starts while the link has the port waits for the link's word. One gate
    /// between each port and the other, no latency; the choice is a flip-flop.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `accelerator_busy` | 1 | `busy` of the accelerator |
    /// | `link_request` | 1 | the link has a word under way |
    /// | `accelerator_*`, `link_*` | | memory ports, see `docs/host-port.md` |
    /// | `cmd_*`, `wdata_*`, `rdata_*` | | to the memory |
    pub struct MemoryMux {
        in clock: Clock,
        in reset, accelerator_busy, link_request, accelerator_cmd_valid, accelerator_cmd_write: Bit,
        in accelerator_wdata_valid, accelerator_rdata_ready, link_cmd_valid, link_cmd_write: Bit,
        in link_wdata_valid, link_rdata_ready, cmd_ready, wdata_ready, rdata_valid: Bit,
        in accelerator_cmd_addr, accelerator_wdata, link_cmd_addr, link_wdata, rdata: Bits<32>,
        in accelerator_cmd_len, link_cmd_len: Bits<16>,
        out accelerator_cmd_ready, accelerator_wdata_ready, accelerator_rdata_valid, link_cmd_ready: Bit,
        out link_wdata_ready, link_rdata_valid, cmd_valid, cmd_write, wdata_valid, rdata_ready: Bit,
        out accelerator_rdata, link_rdata, cmd_addr, wdata: Bits<32>, out cmd_len: Bits<16>,
        reg(reset) chosen: Bit,
    }
}

impl Logic for MemoryMux {
    #[hdl_gen]
    fn update(&mut self) {
        self.chosen.d.next = self.link_request.val() & (self.chosen.q.val() | !self.accelerator_busy.val());
        self.cmd_valid.next = self.accelerator_cmd_valid.val();
        self.cmd_write.next = self.accelerator_cmd_write.val();
        self.cmd_addr.next = self.accelerator_cmd_addr.val();
        self.cmd_len.next = self.accelerator_cmd_len.val();
        self.wdata_valid.next = self.accelerator_wdata_valid.val();
        self.wdata.next = self.accelerator_wdata.val();
        self.rdata_ready.next = self.accelerator_rdata_ready.val();
        if self.chosen.q.val() {
            self.cmd_valid.next = self.link_cmd_valid.val();
            self.cmd_write.next = self.link_cmd_write.val();
            self.cmd_addr.next = self.link_cmd_addr.val();
            self.cmd_len.next = self.link_cmd_len.val();
            self.wdata_valid.next = self.link_wdata_valid.val();
            self.wdata.next = self.link_wdata.val();
            self.rdata_ready.next = self.link_rdata_ready.val();
        }
        self.accelerator_cmd_ready.next = self.cmd_ready.val() & !self.chosen.q.val();
        self.accelerator_wdata_ready.next = self.wdata_ready.val() & !self.chosen.q.val();
        self.accelerator_rdata_valid.next = self.rdata_valid.val() & !self.chosen.q.val();
        self.accelerator_rdata.next = self.rdata.val();
        self.link_cmd_ready.next = self.cmd_ready.val() & self.chosen.q.val();
        self.link_wdata_ready.next = self.wdata_ready.val() & self.chosen.q.val();
        self.link_rdata_valid.next = self.rdata_valid.val() & self.chosen.q.val();
        self.link_rdata.next = self.rdata.val();
    }
}
