//! [`Chip`]: everything inside the FPGA.
use crate::clocking::{ClockGenerator, ResetSequencer, SdramCells};
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
    ///  clock_in -->[ClockGenerator]--> core clock, SDRAM clock
    ///  button   -->[ResetSequencer]--> reset
    ///
    ///  uart_rx -->+----------+--req, resp-->+-------------+
    ///  uart_tx <--| HostLink |              | Accelerator |--busy, error--+
    ///             +----------+              +-------------+               |
    ///                  | memory                    | memory               v
    ///                  +------>[ MemoryMux ]<------+                  [Lights]--> led
    ///                               |
    ///                      [SdramController]--[SdramCells]--> sdram_*
    /// ```
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `clock_in` | 1 | oscillator |
    /// | `button` | 1 | high resets everything, the SDRAM's contents included |
    /// | `uart_rx`, `uart_tx` | 1 | host, see `docs/link.md` |
    /// | `led` | 8 | see [`Lights`] |
    /// | `sdram_*` | | SDRAM pins, see [`SdramCells`]; the tristate drivers are in the board's wrapper |
    ///
    /// It cannot be made if the clock cannot make the baud rate of the link.
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
        in clock_in: Clock, in button: Bit,
        in uart_rx: Bit, out uart_tx: Bit,
        out led: Bits<8>,
        out sdram_clk, sdram_cke, sdram_cs_n, sdram_ras_n, sdram_cas_n, sdram_we_n: Bit,
        out sdram_ba: Bits<2>, out sdram_a: Bits<13>, out sdram_dqm: Bits<2>,
        out sdram_dq_out, sdram_dq_oe: Bits<16>, in sdram_dq_in: Bits<16>,
        pll: ClockGenerator,
        sequencer: ResetSequencer<RESET_LOG2>,
        accelerator: Accelerator<T, FAW, LAW, WAW, PAW, OAW, TAPS, SAW, CAW, GAW, HAW> = accelerator,
        link: HostLink = HostLink::new(link)?,
        mux: MemoryMux,
        memory: SdramController = SdramController::new(sdram),
        pads: SdramCells,
        lights: Lights,
    }
}

glue! { [const T: usize, const FAW: usize, const LAW: usize, const WAW: usize, const PAW: usize, const OAW: usize, const TAPS: usize, const SAW: usize, const CAW: usize, const GAW: usize, const HAW: usize]
Chip<T, FAW, LAW, WAW, PAW, OAW, TAPS, SAW, CAW, GAW, HAW>; self => {
    // clocks and reset
    wire!(self.pll.clock, self.clock_in);
    wire!(self.{sequencer, accelerator, link, mux, memory, pads, lights} <- self.pll: clock = core_clock);
    wire!(self.pads.sdram_clock, self.pll.sdram_clock);
    wire!(self.sequencer <- self: button, locked = pll.locked);
    wire!(self.{accelerator, link, mux, memory, lights} <- self.sequencer: reset);
    // host
    wire!(self.link <- self: rx = uart_rx, accelerator_busy = accelerator.busy);
    wire!(self.uart_tx, self.link.tx);
    wire!(self.accelerator <- self.link: req_valid, req_write, req_addr, req_data, resp_ready);
    wire!(self.link <- self.accelerator: req_ready, resp_valid, resp_data);
    // memory
    wire!(self.mux <- self.accelerator: accelerator_busy = busy, accelerator_cmd_valid = cmd_valid);
    wire!(self.mux <- self.accelerator: accelerator_cmd_write = cmd_write, accelerator_cmd_addr = cmd_addr);
    wire!(self.mux <- self.accelerator: accelerator_cmd_len = cmd_len);
    wire!(self.mux <- self.accelerator: accelerator_wdata_valid = wdata_valid, accelerator_wdata = wdata);
    wire!(self.mux <- self.accelerator: accelerator_rdata_ready = rdata_ready);
    wire!(self.mux <- self.link: link_request = memory_request, link_cmd_valid = cmd_valid);
    wire!(self.mux <- self.link: link_cmd_write = cmd_write, link_cmd_addr = cmd_addr);
    wire!(self.mux <- self.link: link_cmd_len = cmd_len, link_wdata_valid = wdata_valid);
    wire!(self.mux <- self.link: link_wdata = wdata, link_rdata_ready = rdata_ready);
    wire!(self.accelerator <- self.mux: cmd_ready = accelerator_cmd_ready);
    wire!(self.accelerator <- self.mux: wdata_ready = accelerator_wdata_ready);
    wire!(self.accelerator <- self.mux: rdata_valid = accelerator_rdata_valid, rdata = accelerator_rdata);
    wire!(self.link <- self.mux: cmd_ready = link_cmd_ready, wdata_ready = link_wdata_ready);
    wire!(self.link <- self.mux: rdata_valid = link_rdata_valid, rdata = link_rdata);
    wire!(self.memory <- self.mux: cmd_valid, cmd_write, cmd_addr, cmd_len, wdata_valid, wdata, rdata_ready);
    wire!(self.mux <- self.memory: cmd_ready, wdata_ready, rdata_valid, rdata);
    wire!(self.pads <- self.memory: cke, cs_n, ras_n, cas_n, we_n, ba, a, dqm, dq_out, dq_oe);
    wire!(self.memory.dq_in, self.pads.dq_in);
    // pins
    wire!(self <- self.pads: sdram_clk, sdram_cke, sdram_cs_n, sdram_ras_n, sdram_cas_n, sdram_we_n);
    wire!(self <- self.pads: sdram_ba, sdram_a, sdram_dqm, sdram_dq_out, sdram_dq_oe);
    wire!(self.pads.sdram_dq_in, self.sdram_dq_in);
    // lights
    wire!(self.lights <- self.accelerator: busy, error);
    wire!(self.lights.memory, self.memory.busy);
    wire!(self.lights <- self.link: activity, frame_error);
    wire!(self.led, self.lights.led);
}}
