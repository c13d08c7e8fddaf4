//! [`MemoryMux`]: one memory port for the accelerator and the host link.
use rust_hdl::prelude::*;

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
#[derive(LogicBlock, Default)]
pub struct MemoryMux {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub accelerator_busy: Signal<In, Bit>,
    pub link_request: Signal<In, Bit>,
    pub accelerator_cmd_valid: Signal<In, Bit>,
    pub accelerator_cmd_ready: Signal<Out, Bit>,
    pub accelerator_cmd_write: Signal<In, Bit>,
    pub accelerator_cmd_addr: Signal<In, Bits<32>>,
    pub accelerator_cmd_len: Signal<In, Bits<16>>,
    pub accelerator_wdata_valid: Signal<In, Bit>,
    pub accelerator_wdata_ready: Signal<Out, Bit>,
    pub accelerator_wdata: Signal<In, Bits<32>>,
    pub accelerator_rdata_valid: Signal<Out, Bit>,
    pub accelerator_rdata_ready: Signal<In, Bit>,
    pub accelerator_rdata: Signal<Out, Bits<32>>,
    pub link_cmd_valid: Signal<In, Bit>,
    pub link_cmd_ready: Signal<Out, Bit>,
    pub link_cmd_write: Signal<In, Bit>,
    pub link_cmd_addr: Signal<In, Bits<32>>,
    pub link_cmd_len: Signal<In, Bits<16>>,
    pub link_wdata_valid: Signal<In, Bit>,
    pub link_wdata_ready: Signal<Out, Bit>,
    pub link_wdata: Signal<In, Bits<32>>,
    pub link_rdata_valid: Signal<Out, Bit>,
    pub link_rdata_ready: Signal<In, Bit>,
    pub link_rdata: Signal<Out, Bits<32>>,
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
    chosen: DFF<Bit>,
}

impl Logic for MemoryMux {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, chosen);
        self.chosen.d.next = self.link_request.val() & (self.chosen.q.val() | !self.accelerator_busy.val());
        if self.reset.val() {
            self.chosen.d.next = false;
        }
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
