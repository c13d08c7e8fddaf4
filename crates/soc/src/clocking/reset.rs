//! [`ResetSequencer`]: from power-up, button and PLL to one clean reset.

use super::Debounce;
use ef_hdl_kit::{K, glue};
use rust_hdl::prelude::*;

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
#[derive(LogicBlock, Default)]
pub struct ResetSequencer<const N: usize> {
    pub clock: Signal<In, Clock>,
    pub button: Signal<In, Bit>,
    pub locked: Signal<In, Bit>,
    pub reset: Signal<Out, Bit>,
    debounce: Debounce<N>,
    timer: ReleaseTimer<N>,
    flop: ResetFlop,
}

glue! { [const N: usize] ResetSequencer<N>; self => {
    wire!(self.debounce.clock, self.clock);
    wire!(self.timer.clock, self.clock);
    wire!(self.flop.clock, self.clock);
    wire!(self.debounce.raw, self.button);
    wire!(self.timer.button, self.debounce.level);
    wire!(self.timer.locked, self.locked);
    wire!(self.flop.d, self.timer.hold);
    wire!(self.reset, self.flop.q);
}}

/// `hold` falls when `button` has been low and the synchronised `locked` high for 2^N cycles.
#[derive(LogicBlock, Default)]
pub struct ReleaseTimer<const N: usize> {
    pub clock: Signal<In, Clock>,
    pub button: Signal<In, Bit>,
    pub locked: Signal<In, Bit>,
    pub hold: Signal<Out, Bit>,
    sync: DFF<Bit>,
    lock: DFF<Bit>,
    count: DFF<Bits<N>>,
    running: DFF<Bit>,
    zero: K<N, 0>,
    one: K<N, 1>,
    next_count: Signal<Local, Bits<N>>,
}

impl<const N: usize> Logic for ReleaseTimer<N> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, sync, lock, count, running);
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

/// A flip-flop that is high when the FPGA starts: rust-hdl's are low.
#[derive(Clone, Debug, Default, LogicBlock)]
pub struct ResetFlop {
    pub clock: Signal<In, Clock>,
    pub d: Signal<In, Bit>,
    pub q: Signal<Out, Bit>,
    /// Not `q`, so that it starts high.
    _low: bool,
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
