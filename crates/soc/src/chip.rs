//! [`Chip`]: everything inside the FPGA.
use crate::clocking::{Pll, ResetSequencer, SdramPads};
use crate::lights::Lights;
use crate::link::{HostLink, LinkSettings, MemoryMux};
use crate::sdram::{SdramController, SdramTiming};
use anyhow::Result;
use ef_hdl_kit::{block, glue};
use ef_rtl::top::Accelerator;
use rust_hdl::prelude::*;

/// log2 of the cycles that the reset button must be steady and that the reset lasts longer than its cause.
pub const RESET_LOG2: usize = 16;

block! {
    /// The accelerator with a memory, a host and clocks. The parameters are those of [`Accelerator`].
    ///
    /// ```text
    ///  clock_in -->[Pll]--> core clock, SDRAM clock
    ///  button   -->[ResetSequencer]--> reset
    ///
    ///  uart_rx -->+----------+--req, resp-->+-------------+
    ///  uart_tx <--| HostLink |              | Accelerator |--busy, error--+
    ///             +----------+              +-------------+               |
    ///                  | memory                    | memory               v
    ///                  +------>[ MemoryMux ]<------+                  [Lights]--> led
    ///                               |
    ///                      [SdramController]--[SdramPads]--> sdram_*
    /// ```
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `clock_in` | 1 | oscillator |
    /// | `button` | 1 | high resets everything, the SDRAM's contents included |
    /// | `uart_rx`, `uart_tx` | 1 | host, see `docs/link.md` |
    /// | `led` | 8 | see [`Lights`] |
    /// | `sdram_*` | | SDRAM pins, see [`SdramPads`]; the tristate drivers are in the board's wrapper |
    pub struct Chip<
        const T: usize,
        const FAW: usize,
        const LAW: usize,
        const WAW: usize,
        const PAW: usize,
        const OAW: usize,
        const TAPS: usize,
        const SAW: usize,
        const CAW: usize,
        const GAW: usize,
        const HAW: usize,
    >(accelerator: Accelerator<T, FAW, LAW, WAW, PAW, OAW, TAPS, SAW, CAW, GAW, HAW>, link: &LinkSettings, sdram: &SdramTiming) -> Result<Self> {
        in clock_in: Clock,
        in button, uart_rx: Bit,
        out uart_tx: Bit,
        out led: Bits<8>,
        out sdram_clk, sdram_cke, sdram_cs_n, sdram_ras_n, sdram_cas_n, sdram_we_n: Bit,
        out sdram_ba: Bits<2>,
        out sdram_a: Bits<13>,
        out sdram_dqm: Bits<2>,
        out sdram_dq_out, sdram_dq_oe: Bits<16>,
        in sdram_dq_in: Bits<16>,
        pll: Pll,
        sequencer: ResetSequencer<RESET_LOG2>,
        accelerator: Accelerator<T, FAW, LAW, WAW, PAW, OAW, TAPS, SAW, CAW, GAW, HAW> = accelerator,
        link: HostLink = HostLink::new(link)?,
        mux: MemoryMux,
        memory: SdramController = SdramController::new(sdram),
        pads: SdramPads,
        lights: Lights,
    }
}

glue! { [const T: usize, const FAW: usize, const LAW: usize, const WAW: usize, const PAW: usize, const OAW: usize, const TAPS: usize, const SAW: usize, const CAW: usize, const GAW: usize, const HAW: usize]
Chip<T, FAW, LAW, WAW, PAW, OAW, TAPS, SAW, CAW, GAW, HAW>; self => {
    // clocks and reset
    wire!(self.pll.clock, self.clock_in);
    wire!(self.sequencer.clock, self.pll.core_clock);
    wire!(self.accelerator.clock, self.pll.core_clock);
    wire!(self.link.clock, self.pll.core_clock);
    wire!(self.mux.clock, self.pll.core_clock);
    wire!(self.memory.clock, self.pll.core_clock);
    wire!(self.pads.clock, self.pll.core_clock);
    wire!(self.lights.clock, self.pll.core_clock);
    wire!(self.pads.sdram_clock, self.pll.sdram_clock);
    wire!(self.sequencer.button, self.button);
    wire!(self.sequencer.locked, self.pll.locked);
    wire!(self.accelerator.reset, self.sequencer.reset);
    wire!(self.link.reset, self.sequencer.reset);
    wire!(self.mux.reset, self.sequencer.reset);
    wire!(self.memory.reset, self.sequencer.reset);
    wire!(self.lights.reset, self.sequencer.reset);
    // host
    wire!(self.link.rx, self.uart_rx);
    wire!(self.uart_tx, self.link.tx);
    wire!(self.accelerator.req_valid, self.link.req_valid);
    wire!(self.accelerator.req_write, self.link.req_write);
    wire!(self.accelerator.req_addr, self.link.req_addr);
    wire!(self.accelerator.req_data, self.link.req_data);
    wire!(self.accelerator.resp_ready, self.link.resp_ready);
    wire!(self.link.req_ready, self.accelerator.req_ready);
    wire!(self.link.resp_valid, self.accelerator.resp_valid);
    wire!(self.link.resp_data, self.accelerator.resp_data);
    wire!(self.link.accelerator_busy, self.accelerator.busy);
    // memory
    wire!(self.mux.accelerator_busy, self.accelerator.busy);
    wire!(self.mux.link_request, self.link.memory_request);
    wire!(self.mux.accelerator_cmd_valid, self.accelerator.cmd_valid);
    wire!(self.mux.accelerator_cmd_write, self.accelerator.cmd_write);
    wire!(self.mux.accelerator_cmd_addr, self.accelerator.cmd_addr);
    wire!(self.mux.accelerator_cmd_len, self.accelerator.cmd_len);
    wire!(self.mux.accelerator_wdata_valid, self.accelerator.wdata_valid);
    wire!(self.mux.accelerator_wdata, self.accelerator.wdata);
    wire!(self.mux.accelerator_rdata_ready, self.accelerator.rdata_ready);
    wire!(self.mux.link_cmd_valid, self.link.cmd_valid);
    wire!(self.mux.link_cmd_write, self.link.cmd_write);
    wire!(self.mux.link_cmd_addr, self.link.cmd_addr);
    wire!(self.mux.link_cmd_len, self.link.cmd_len);
    wire!(self.mux.link_wdata_valid, self.link.wdata_valid);
    wire!(self.mux.link_wdata, self.link.wdata);
    wire!(self.mux.link_rdata_ready, self.link.rdata_ready);
    wire!(self.accelerator.cmd_ready, self.mux.accelerator_cmd_ready);
    wire!(self.accelerator.wdata_ready, self.mux.accelerator_wdata_ready);
    wire!(self.accelerator.rdata_valid, self.mux.accelerator_rdata_valid);
    wire!(self.accelerator.rdata, self.mux.accelerator_rdata);
    wire!(self.link.cmd_ready, self.mux.link_cmd_ready);
    wire!(self.link.wdata_ready, self.mux.link_wdata_ready);
    wire!(self.link.rdata_valid, self.mux.link_rdata_valid);
    wire!(self.link.rdata, self.mux.link_rdata);
    wire!(self.memory.cmd_valid, self.mux.cmd_valid);
    wire!(self.memory.cmd_write, self.mux.cmd_write);
    wire!(self.memory.cmd_addr, self.mux.cmd_addr);
    wire!(self.memory.cmd_len, self.mux.cmd_len);
    wire!(self.memory.wdata_valid, self.mux.wdata_valid);
    wire!(self.memory.wdata, self.mux.wdata);
    wire!(self.memory.rdata_ready, self.mux.rdata_ready);
    wire!(self.mux.cmd_ready, self.memory.cmd_ready);
    wire!(self.mux.wdata_ready, self.memory.wdata_ready);
    wire!(self.mux.rdata_valid, self.memory.rdata_valid);
    wire!(self.mux.rdata, self.memory.rdata);
    wire!(self.pads.cke, self.memory.cke);
    wire!(self.pads.cs_n, self.memory.cs_n);
    wire!(self.pads.ras_n, self.memory.ras_n);
    wire!(self.pads.cas_n, self.memory.cas_n);
    wire!(self.pads.we_n, self.memory.we_n);
    wire!(self.pads.ba, self.memory.ba);
    wire!(self.pads.a, self.memory.a);
    wire!(self.pads.dqm, self.memory.dqm);
    wire!(self.pads.dq_out, self.memory.dq_out);
    wire!(self.pads.dq_oe, self.memory.dq_oe);
    wire!(self.memory.dq_in, self.pads.dq_in);
    // pins
    wire!(self.sdram_clk, self.pads.sdram_clk);
    wire!(self.sdram_cke, self.pads.sdram_cke);
    wire!(self.sdram_cs_n, self.pads.sdram_cs_n);
    wire!(self.sdram_ras_n, self.pads.sdram_ras_n);
    wire!(self.sdram_cas_n, self.pads.sdram_cas_n);
    wire!(self.sdram_we_n, self.pads.sdram_we_n);
    wire!(self.sdram_ba, self.pads.sdram_ba);
    wire!(self.sdram_a, self.pads.sdram_a);
    wire!(self.sdram_dqm, self.pads.sdram_dqm);
    wire!(self.sdram_dq_out, self.pads.sdram_dq_out);
    wire!(self.sdram_dq_oe, self.pads.sdram_dq_oe);
    wire!(self.pads.sdram_dq_in, self.sdram_dq_in);
    // lights
    wire!(self.lights.busy, self.accelerator.busy);
    wire!(self.lights.error, self.accelerator.error);
    wire!(self.lights.memory, self.memory.busy);
    wire!(self.lights.activity, self.link.activity);
    wire!(self.lights.frame_error, self.link.frame_error);
    wire!(self.led, self.lights.led);
}}
