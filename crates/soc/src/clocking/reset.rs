//! [`ResetSequencer`]: from power-up, button and PLL to one clean reset.

use super::Debounce;
use ef_hdl_kit::{block, glue};
use rust_hdl::prelude::*;

block! {
    /// Synchronous reset of the chip: high from power-up, while the button is pressed and while the PLL has no lock, and 2^N cycles longer.
    ///
    /// ```text
    ///  button --[Debounce N]--+
    ///                         +--> [ReleaseTimer N] -- running --> not --[ResetFlop]--> reset
    ///  locked --[FF]--[FF]----+
    /// ```
    ///
    /// `reset` rises 4 cycles after the PLL has lost its lock, or 2^N + 4 after the button is pressed; it falls 2^N + 3 cycles after the last cause
    /// has ended (a released button 2^N later, for bounces).
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `clock` | 1 | core clock; may stand still while there is no lock |
    /// | `button` | 1 | from a pin, high while pressed |
    /// | `locked` | 1 | from the PLL, any time |
    /// | `reset` | 1 | a register, high at power-up |
    ///
    /// ```
    /// use ef_soc::clocking::ResetSequencer;
    /// # ef_hdl_kit::export::verilog(&mut ResetSequencer::<20>::default(), "reset_sequencer").unwrap();
    /// ```
    pub struct ResetSequencer<const N: usize> {
        in clock: Clock, in button, locked: Bit,
        out reset: Bit,
        debounce: Debounce<N>,
        timer: ReleaseTimer<N>,
        flop: ResetFlop,
    }
}

glue! { [const N: usize] ResetSequencer<N>; self => {
    wire!(self.{debounce, timer, flop} <- self: clock);
    wire!(self.debounce.raw, self.button);
    wire!(self.timer.button, self.debounce.level);
    wire!(self.timer.locked, self.locked);
    wire!(self.flop.d, self.timer.hold);
    wire!(self.reset, self.flop.q);
}}

block! {
    /// `hold` falls when `button` has been low and the synchronised `locked` high for 2^N cycles.
    pub struct ReleaseTimer<const N: usize> {
        in clock: Clock, in button, locked: Bit,
        out hold: Bit,
        reg sync, lock, running: Bit, reg count: Bits<N>,
        const zero: Bits<N> = 0, const one: Bits<N> = 1,
        net next_count: Bits<N>,
    }
}

impl<const N: usize> Logic for ReleaseTimer<N> {
    #[hdl_gen]
    fn update(&mut self) {
        self.sync.d.next = self.locked.val();
        self.lock.d.next = self.sync.q.val();
        self.next_count.next = self.count.q.val() + self.one.val();
        if self.button.val() | !self.lock.q.val() {
            self.count.d.next = self.zero.val();
            self.running.d.next = false;
        } else if !self.running.q.val() {
            self.count.d.next = self.next_count.val();
            self.running.d.next = self.next_count.val() == self.zero.val();
        }
        self.hold.next = !self.running.q.val();
    }
}

block! {
    /// A flip-flop that is high when the FPGA starts: rust-hdl's are low.
    #[derive(Clone, Debug)]
    pub struct ResetFlop {
        in clock: Clock, in d: Bit,
        out q: Bit,
        /// Not `q`, so that it starts high.
        _low: bool,
    }
}

impl Logic for ResetFlop {
    fn update(&mut self) {
        if self.clock.pos_edge() {
            self._low = !self.d.val();
        }
        self.q.next = !self._low;
    }

    fn connect(&mut self) {
        self.q.connect();
    }

    fn hdl(&self) -> Verilog {
        Verilog::Custom("initial q = 1'b1;\nalways @(posedge clock) q <= d;\n".into())
    }

    fn timing(&self) -> Vec<TimingInfo> {
        vec![TimingInfo {
            name: "reset_flop".into(),
            clock: "clock".into(),
            inputs: vec!["d".into()],
            outputs: vec!["q".into()],
        }]
    }
}
