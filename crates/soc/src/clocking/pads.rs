//! [`SdramCells`]: the registers between the SDRAM controller and the pins.

use ef_hdl_kit::block;
use rust_hdl::prelude::*;

/// Which Verilog stands behind the module `ef_sdram_pads` that every [`SdramCells`] instantiates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PadKind {
    /// The registers of the ECP5's I/O cells.
    Ecp5,
    /// Plain registers, for any tool.
    Portable,
}

/// The Verilog text to append once to an exported design that contains [`SdramCells`].
pub fn pads_verilog(kind: PadKind) -> &'static str {
    match kind {
        PadKind::Ecp5 => include_str!("../../verilog/ef_sdram_pads_ecp5.v"),
        PadKind::Portable => include_str!("../../verilog/ef_sdram_pads_portable.v"),
    }
}

block! {
    /// One register, inside its I/O cell, for every pin of the SDRAM and direction; and its clock, forwarded from such a cell too, so that all of them
    /// leave the chip after the same delay.
    ///
    /// ```text
    ///  cke, cs_n, ... a, dqm  --[FF]--> sdram_cke, ...
    ///  dq_out 16              --[FF]--> sdram_dq_out 16
    ///  dq_oe 1                --[FF]--> sdram_dq_oe 16     a register per line
    ///  dq_in 16               <--[FF]-- sdram_dq_in 16
    ///  sdram_clock            --[DDR]-> sdram_clk          high in the first half of sdram_clock's cycle
    /// ```
    ///
    /// Latency 1 each way. At power-up the SDRAM is not selected (`sdram_cs_n` high) and the data lines are not driven. The tristate drivers are outside, in
    /// the wrapper that [`ef_board::Pins`] writes.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `clock` | 1 | core clock |
    /// | `sdram_clock` | 1 | the same frequency, lagging |
    /// | `cke`, `cs_n`, `ras_n`, `cas_n`, `we_n`, `ba`, `a`, `dqm` | 1, 1, 1, 1, 1, 2, 13, 2 | from the controller |
    /// | `dq_out`, `dq_oe`, `dq_in` | 16, 1, 16 | from and to the controller |
    /// | `sdram_*` | | pins; `sdram_dq_oe` 16 |
    #[derive(Clone, Debug)]
    pub struct SdramCells {
        in clock, sdram_clock: Clock, in cke, cs_n, ras_n, cas_n, we_n, dq_oe: Bit,
        in ba, dqm: Bits<2>, in a: Bits<13>, in dq_out, sdram_dq_in: Bits<16>,
        out dq_in, sdram_dq_out, sdram_dq_oe: Bits<16>,
        out sdram_clk, sdram_cke, sdram_cs_n, sdram_ras_n, sdram_cas_n, sdram_we_n: Bit,
        out sdram_ba, sdram_dqm: Bits<2>, out sdram_a: Bits<13>,
        /// Not `sdram_cs_n`, so that it starts high.
        _selected: bool,
    }
}

impl Logic for SdramCells {
    fn update(&mut self) {
        if self.clock.pos_edge() {
            self._selected = !self.cs_n.val();
            self.sdram_cke.next = self.cke.val();
            self.sdram_ras_n.next = self.ras_n.val();
            self.sdram_cas_n.next = self.cas_n.val();
            self.sdram_we_n.next = self.we_n.val();
            self.sdram_ba.next = self.ba.val();
            self.sdram_a.next = self.a.val();
            self.sdram_dqm.next = self.dqm.val();
            self.sdram_dq_out.next = self.dq_out.val();
            self.sdram_dq_oe.next = if self.dq_oe.val() { 0xffff } else { 0 }.into();
            self.dq_in.next = self.sdram_dq_in.val();
        }
        self.sdram_cs_n.next = !self._selected;
        self.sdram_clk.next = self.sdram_clock.val().clk;
    }

    fn connect(&mut self) {
        self.dq_in.connect();
        self.sdram_clk.connect();
        self.sdram_cke.connect();
        self.sdram_cs_n.connect();
        self.sdram_ras_n.connect();
        self.sdram_cas_n.connect();
        self.sdram_we_n.connect();
        self.sdram_ba.connect();
        self.sdram_a.connect();
        self.sdram_dqm.connect();
        self.sdram_dq_out.connect();
        self.sdram_dq_oe.connect();
    }

    fn hdl(&self) -> Verilog {
        let ports = [
            "clock",
            "sdram_clock",
            "cke",
            "cs_n",
            "ras_n",
            "cas_n",
            "we_n",
            "ba",
            "a",
            "dqm",
            "dq_out",
            "dq_oe",
            "dq_in",
            "sdram_clk",
            "sdram_cke",
            "sdram_cs_n",
            "sdram_ras_n",
            "sdram_cas_n",
            "sdram_we_n",
            "sdram_ba",
            "sdram_a",
            "sdram_dqm",
            "sdram_dq_out",
            "sdram_dq_oe",
            "sdram_dq_in",
        ];
        let connections: Vec<String> = ports.iter().map(|port| format!("  .{port}({port})")).collect();
        Verilog::Wrapper(Wrapper {
            code: format!("ef_sdram_pads pads(\n{}\n);\n", connections.join(",\n")),
            cores: String::new(),
        })
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let names = |names: &[&str]| names.iter().map(|name| String::from(*name)).collect();
        vec![TimingInfo {
            name: "sdram_pads".into(),
            clock: "clock".into(),
            inputs: names(&[
                "cke",
                "cs_n",
                "ras_n",
                "cas_n",
                "we_n",
                "ba",
                "a",
                "dqm",
                "dq_out",
                "dq_oe",
                "sdram_dq_in",
            ]),
            outputs: names(&[
                "dq_in",
                "sdram_cke",
                "sdram_cs_n",
                "sdram_ras_n",
                "sdram_cas_n",
                "sdram_we_n",
                "sdram_ba",
                "sdram_a",
                "sdram_dqm",
                "sdram_dq_out",
                "sdram_dq_oe",
            ]),
        }]
    }
}
