//! [`Multiplier`]: one 18x18 multiplier block of the FPGA, with its registers.

use ef_hdl_kit::block;
use rust_hdl::prelude::*;

/// Which Verilog stands behind the module `ef_mult18` that every [`Multiplier`] instantiates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MultKind {
    /// The ECP5 primitives `MULT18X18D` and `LUT4`, for synthesis with a tool that knows them.
    Ecp5,
    /// Registers and `*`, for any tool and the fastest simulation.
    Portable,
    /// [`MultKind::Ecp5`] together with this project's simulation models of the primitives.
    Ecp5Sim,
}

/// The Verilog text to append once to any exported design that contains a [`Multiplier`].
pub fn mult18_verilog(kind: MultKind) -> &'static str {
    match kind {
        MultKind::Ecp5 => include_str!("../../verilog/ef_mult18_ecp5.v"),
        MultKind::Portable => include_str!("../../verilog/ef_mult18_portable.v"),
        MultKind::Ecp5Sim => concat!(
            include_str!("../../verilog/ef_mult18_ecp5.v"),
            include_str!("../../verilog/mult18x18d_model.v"),
            include_str!("../../verilog/lut4_model.v")
        ),
    }
}

block! {
    /// Unsigned 18x18 -> 36 bit multiply on one DSP block, one product per clock, `LATENCY` clock edges after its operands.
    ///
    /// ```text
    ///        +----+     +-------------+     +----+
    /// a 18 --| FF |--+  |             |  +--| FF |-- p_high 18
    ///        +----+  +--| x (FF if 3) |--+  |    |
    /// b 18 --| FF |-----|             |     |    |-- p_low  18
    ///        +----+     +-------------+     +----+
    /// ```
    ///
    /// `LATENCY` 2: the block's operand registers and its output register. 3: its pipeline register as well.
    ///
    /// The product leaves in two halves (`p_high * 2^18 + p_low`), so that no signal is wider than the 32 bits which the
    /// rust-hdl simulator handles quickly. The instance is explicit because yosys never absorbs registers into an inferred
    /// multiplier. See [`mult18_verilog`] for the text that completes an export.
    ///
    /// ```
    /// use ef_rtl::arith::mult18::Multiplier;
    /// use rust_hdl::prelude::*;
    ///
    /// let mut unit = Multiplier::<2>::default();
    /// unit.connect_all();
    /// unit.a.next = 1000.into();
    /// unit.b.next = 2000.into();
    /// for _ in 0..2 {
    ///     for level in [false, true] {
    ///         unit.clock.next = level.into();
    ///         assert!(simulate(&mut unit, 100));
    ///     }
    /// }
    /// assert_eq!(unit.p_high.val(), 2_000_000 >> 18);
    /// assert_eq!(unit.p_low.val(), 2_000_000 & 0x3_ffff);
    /// ```
    #[derive(Clone, Debug)]
    pub struct Multiplier<const LATENCY: usize> {
        /// Clock of all three registers.
        in clock: Clock,
        /// First operand.
        in a: Bits<18>,
        /// Second operand.
        in b: Bits<18>,
        /// Product bits 17..0.
        out p_low: Bits<18>,
        /// Product bits 35..18.
        out p_high: Bits<18>,
        _a, _b, _product: u64,
    }
}

impl<const LATENCY: usize> Multiplier<LATENCY> {
    const PIPELINED: bool = {
        assert!(LATENCY == 2 || LATENCY == 3, "an 18x18 multiplier has two or three registers");
        LATENCY == 3
    };
}

impl<const LATENCY: usize> Logic for Multiplier<LATENCY> {
    fn update(&mut self) {
        if self.clock.pos_edge() {
            let factors = self._a * self._b;
            let product = if Self::PIPELINED { self._product } else { factors };
            self._product = factors;
            self.p_low.next = (product & 0x3_ffff).into();
            self.p_high.next = (product >> 18).into();
            self._a = self.a.val().into();
            self._b = self.b.val().into();
        }
    }

    fn connect(&mut self) {
        self.p_low.connect();
        self.p_high.connect();
    }

    fn hdl(&self) -> Verilog {
        Verilog::Wrapper(Wrapper {
            code: format!(
                "ef_mult18 #(.PIPELINED({})) mult(.clk(clock), .a(a), .b(b), .p({{p_high, p_low}}));\n",
                u8::from(Self::PIPELINED)
            ),
            cores: String::new(),
        })
    }

    fn timing(&self) -> Vec<TimingInfo> {
        vec![TimingInfo {
            name: "mult18".into(),
            clock: "clock".into(),
            inputs: vec!["a".into(), "b".into()],
            outputs: vec!["p_low".into(), "p_high".into()],
        }]
    }
}
