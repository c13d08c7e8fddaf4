//! A chip as small as one can be with everything that the flow must handle: PLL, reset, registers in I/O cells, tristate pins.

use ef_board::Board;
use ef_hdl_kit::{block, export, glue};
use ef_soc::clocking::{
    ClockGenerator, PadKind, PllKind, ResetSequencer, SdramCells, pads_verilog, pll_verilog,
};
use rust_hdl::prelude::*;

block! {
    /// The ports of a chip on a ULX3S.
    pub struct Blink {
        in clock_in: Clock,
        in button, uart_rx: Bit, in sdram_dq_in: Bits<16>,
        out uart_tx: Bit, out led: Bits<8>,
        out sdram_clk, sdram_cke, sdram_cs_n, sdram_ras_n, sdram_cas_n, sdram_we_n: Bit,
        out sdram_ba: Bits<2>, out sdram_a: Bits<13>, out sdram_dqm: Bits<2>,
        out sdram_dq_out, sdram_dq_oe: Bits<16>,
        pll: ClockGenerator,
        sequencer: ResetSequencer<20>,
        counter: Counter,
        pads: SdramCells,
    }
}

glue! { Blink; self => {
    wire!(self.pll.clock, self.clock_in);
    wire!(self.sequencer.clock, self.pll.core_clock);
    wire!(self.sequencer.locked, self.pll.locked);
    wire!(self.sequencer.button, self.button);
    wire!(self.counter.clock, self.pll.core_clock);
    wire!(self.counter.reset, self.sequencer.reset);
    wire!(self.counter.data, self.pads.dq_in);
    wire!(self.pads.clock, self.pll.core_clock);
    wire!(self.pads.sdram_clock, self.pll.sdram_clock);
    wire!(self.pads.cke, self.counter.bit0);
    wire!(self.pads.cs_n, self.counter.bit1);
    wire!(self.pads.ras_n, self.counter.bit0);
    wire!(self.pads.cas_n, self.counter.bit1);
    wire!(self.pads.we_n, self.counter.bit0);
    wire!(self.pads.ba, self.counter.low2);
    wire!(self.pads.a, self.counter.low13);
    wire!(self.pads.dqm, self.counter.low2);
    wire!(self.pads.dq_out, self.counter.low16);
    wire!(self.pads.dq_oe, self.counter.bit1);
    wire!(self.pads.sdram_dq_in, self.sdram_dq_in);
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
    wire!(self.led, self.counter.high8);
    wire!(self.uart_tx, self.uart_rx);
}}

block! {
    /// Counts, and adds what comes from the SDRAM's pins.
    pub struct Counter {
        in clock: Clock,
        in reset: Bit, in data: Bits<16>,
        out bit0, bit1: Bit, out low2: Bits<2>, out low13: Bits<13>, out low16: Bits<16>, out high8: Bits<8>,
        reg(reset) count: Bits<32>,
        const one: Bits<32> = 1,
    }
}

impl Logic for Counter {
    #[hdl_gen]
    fn update(&mut self) {
        self.count.d.next = self.count.q.val() + bit_cast::<32, 16>(self.data.val()) + self.one.val();
        self.bit0.next = self.count.q.val().get_bit(0);
        self.bit1.next = self.count.q.val().get_bit(1);
        self.low2.next = self.count.q.val().get_bits::<2>(0);
        self.low13.next = self.count.q.val().get_bits::<13>(0);
        self.low16.next = self.count.q.val().get_bits::<16>(0);
        self.high8.next = self.count.q.val().get_bits::<8>(24);
    }
}

/// Its Verilog on a board: chip, and wrapper with the module name `board`.
pub fn verilog(board: &Board) -> Vec<(String, String)> {
    let vendor = pll_verilog(PllKind::Ecp5(board.pll().unwrap())) + pads_verilog(PadKind::Ecp5);
    let chip = export::verilog(&mut Blink::default(), "chip").unwrap().source_with(&vendor);
    vec![("chip.v".into(), chip), ("board.v".into(), board.pins.wrapper("board", "chip"))]
}
