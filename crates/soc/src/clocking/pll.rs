//! [`ClockGenerator`]: the clock generator of the chip.

use ef_hdl_kit::block;
use rust_hdl::prelude::*;

/// Rising edges of the input to lock, in simulation.
pub const PLL_SIM_LOCK_EDGES: u32 = 16;

/// Which Verilog stands behind the module `ef_pll` that a [`ClockGenerator`] instantiates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PllKind {
    /// The ECP5 primitive `EHXPLLL` with these dividers.
    Ecp5(ef_board::Pll),
    /// The input as core clock, inverted as SDRAM clock.
    Sim,
}

/// The Verilog text to append once to an exported design that contains a [`ClockGenerator`].
pub fn pll_verilog(kind: PllKind) -> String {
    match kind {
        PllKind::Ecp5(pll) => ecp5(&pll),
        PllKind::Sim => include_str!("../../verilog/ef_pll_sim.v").into(),
    }
}

block! {
    /// Core clock and SDRAM clock from the oscillator.
    ///
    /// ```text
    ///  clock --[EHXPLLL]--+--> core_clock
    ///                     +--> sdram_clock  (same frequency, lags by the board's phase)
    ///                     +--> locked
    /// ```
    ///
    /// Frequencies and phase are those of the [`ef_board::Pll`] given to [`pll_verilog`]. In simulation `core_clock` is `clock`, and `sdram_clock` rises in
    /// the middle of its cycle; `locked` rises with edge [`PLL_SIM_LOCK_EDGES`].
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `clock` | 1 | from the oscillator's pin |
    /// | `core_clock`, `sdram_clock` | 1 | |
    /// | `locked` | 1 | the clocks are good; not synchronous to anything |
    #[derive(Clone, Debug)]
    pub struct ClockGenerator {
        in clock: Clock,
        out core_clock, sdram_clock: Clock, out locked: Bit,
        _edges: u32,
    }
}

impl Logic for ClockGenerator {
    fn update(&mut self) {
        if self.clock.pos_edge() && self._edges < PLL_SIM_LOCK_EDGES {
            self._edges += 1;
        }
        self.core_clock.next = self.clock.val();
        self.sdram_clock.next = !self.clock.val();
        self.locked.next = self._edges == PLL_SIM_LOCK_EDGES;
    }

    fn connect(&mut self) {
        self.core_clock.connect();
        self.sdram_clock.connect();
        self.locked.connect();
    }

    fn hdl(&self) -> Verilog {
        Verilog::Wrapper(Wrapper {
            code: "ef_pll pll(.clki(clock), .clkop(core_clock), .clkos(sdram_clock), .locked(locked));\n"
                .into(),
            cores: String::new(),
        })
    }
}

/// Attributes of the loop filter are those that Lattice's generator and ecppll write for every frequency.
fn ecp5(pll: &ef_board::Pll) -> String {
    format!(
        "\
// {oscillator} MHz to {core} MHz, VCO at {vco} MHz; clkos lags behind clkop by {phase:.2} degrees.
module ef_pll(
  input wire clki,
  output wire clkop,
  output wire clkos,
  output wire locked
);
  (* FREQUENCY_PIN_CLKI=\"{oscillator}\" *)
  (* FREQUENCY_PIN_CLKOP=\"{core}\" *)
  (* FREQUENCY_PIN_CLKOS=\"{core}\" *)
  (* ICP_CURRENT=\"12\" *) (* LPF_RESISTOR=\"8\" *) (* MFG_ENABLE_FILTEROPAMP=\"1\" *) (* MFG_GMCREF_SEL=\"2\" *)
  EHXPLLL #(
    .PLLRST_ENA(\"DISABLED\"),
    .INTFB_WAKE(\"DISABLED\"),
    .STDBY_ENABLE(\"DISABLED\"),
    .DPHASE_SOURCE(\"DISABLED\"),
    .OUTDIVIDER_MUXA(\"DIVA\"),
    .OUTDIVIDER_MUXB(\"DIVB\"),
    .OUTDIVIDER_MUXC(\"DIVC\"),
    .OUTDIVIDER_MUXD(\"DIVD\"),
    .CLKI_DIV({input_div}),
    .CLKOP_ENABLE(\"ENABLED\"),
    .CLKOP_DIV({output_div}),
    .CLKOP_CPHASE({core_cphase}),
    .CLKOP_FPHASE(0),
    .CLKOS_ENABLE(\"ENABLED\"),
    .CLKOS_DIV({output_div}),
    .CLKOS_CPHASE({sdram_cphase}),
    .CLKOS_FPHASE({sdram_fphase}),
    .FEEDBK_PATH(\"CLKOP\"),
    .CLKFB_DIV({feedback_div})
  ) pll (
    .RST(1'b0),
    .STDBY(1'b0),
    .CLKI(clki),
    .CLKOP(clkop),
    .CLKOS(clkos),
    .CLKFB(clkop),
    .CLKINTFB(),
    .PHASESEL0(1'b0),
    .PHASESEL1(1'b0),
    .PHASEDIR(1'b1),
    .PHASESTEP(1'b1),
    .PHASELOADREG(1'b1),
    .PLLWAKESYNC(1'b0),
    .ENCLKOP(1'b0),
    .LOCK(locked)
  );
endmodule
",
        oscillator = pll.oscillator_mhz(),
        core = pll.core_mhz(),
        vco = pll.vco_mhz(),
        phase = pll.sdram_phase_degrees(),
        input_div = pll.input_div,
        feedback_div = pll.feedback_div,
        output_div = pll.output_div,
        core_cphase = pll.core_cphase,
        sdram_cphase = pll.sdram_cphase,
        sdram_fphase = pll.sdram_fphase,
    )
}
