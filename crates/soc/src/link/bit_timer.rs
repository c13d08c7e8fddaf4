//! [`BitTimer`]: the pace of a UART's bits.
use ef_hdl_kit::K;
use rust_hdl::prelude::*;

pub use ef_board::PHASE_BITS;
/// A phase of half a bit.
pub const HALF: u64 = 1 << (PHASE_BITS - 1);

/// A `tick` per bit: a phase grows by `step` per cycle, and what it is too large for a bit is kept, so the mean is exact to 2^-20.
///
/// ```text
///  step -->(+)--> sum -+- carry --[FF]--> tick
///           ^          |
///           +--[phase]-+     phase = START while `restart`
/// ```
/// `step` is 2^20 * baud / clock. The first tick comes (2^20 - START) / step cycles after `restart` has fallen, and one for the register.
///
/// | port | width | |
/// |---|---|---|
/// | `restart` | 1 | hold the phase at START |
/// | `step` | 21 | |
/// | `tick` | 1 | one cycle |
#[derive(LogicBlock, Default)]
pub struct BitTimer<const START: u64> {
    pub clock: Signal<In, Clock>,
    pub restart: Signal<In, Bit>,
    pub step: Signal<In, Bits<21>>,
    pub tick: Signal<Out, Bit>,
    phase: DFF<Bits<20>>,
    carry: DFF<Bit>,
    sum: Signal<Local, Bits<21>>,
    start: K<20, START>,
}

impl<const START: u64> Logic for BitTimer<START> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, phase, carry);
        self.sum.next = bit_cast::<21, 20>(self.phase.q.val()) + self.step.val();
        self.phase.d.next = self.sum.val().get_bits::<20>(0);
        self.carry.d.next = self.sum.val().get_bit(20);
        if self.restart.val() {
            self.phase.d.next = self.start.val();
            self.carry.d.next = false;
        }
        self.tick.next = self.carry.q.val();
    }
}
