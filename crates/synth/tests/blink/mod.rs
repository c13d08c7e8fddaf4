//! A chip as small as one can be with everything that the flow must handle: PLL, reset, registers in I/O cells, tristate pins.

use ef_board::Board;
use ef_hdl_kit::{K, export, glue};
use ef_soc::clocking::{PadKind, Pll, PllKind, ResetSequencer, SdramPads, pads_verilog, pll_verilog};
use rust_hdl::prelude::*;

/// The ports of a chip on a ULX3S.
#[derive(LogicBlock, Default)]
pub struct Blink {
    pub clock_in: Signal<In, Clock>,
    pub button: Signal<In, Bit>,
    pub uart_rx: Signal<In, Bit>,
    pub uart_tx: Signal<Out, Bit>,
    pub led: Signal<Out, Bits<8>>,
    pub sdram_clk: Signal<Out, Bit>,
    pub sdram_cke: Signal<Out, Bit>,
    pub sdram_cs_n: Signal<Out, Bit>,
    pub sdram_ras_n: Signal<Out, Bit>,
    pub sdram_cas_n: Signal<Out, Bit>,
    pub sdram_we_n: Signal<Out, Bit>,
    pub sdram_ba: Signal<Out, Bits<2>>,
    pub sdram_a: Signal<Out, Bits<13>>,
    pub sdram_dqm: Signal<Out, Bits<2>>,
    pub sdram_dq_in: Signal<In, Bits<16>>,
    pub sdram_dq_out: Signal<Out, Bits<16>>,
    pub sdram_dq_oe: Signal<Out, Bits<16>>,
    pll: Pll,
    sequencer: ResetSequencer<20>,
    counter: Counter,
    pads: SdramPads,
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

/// Counts, and adds what comes from the SDRAM's pins.
#[derive(LogicBlock, Default)]
pub struct Counter {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub data: Signal<In, Bits<16>>,
    pub bit0: Signal<Out, Bit>,
    pub bit1: Signal<Out, Bit>,
    pub low2: Signal<Out, Bits<2>>,
    pub low13: Signal<Out, Bits<13>>,
    pub low16: Signal<Out, Bits<16>>,
    pub high8: Signal<Out, Bits<8>>,
    count: DFF<Bits<32>>,
    zero: K<32, 0>,
    one: K<32, 1>,
}

impl Logic for Counter {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, count);
        self.count.d.next = self.count.q.val() + bit_cast::<32, 16>(self.data.val()) + self.one.val();
        if self.reset.val() {
            self.count.d.next = self.zero.val();
        }
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
