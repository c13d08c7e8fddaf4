//! [`BitTimer`]: the pace of a UART's bits.
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

pub use ef_board::PHASE_BITS;
/// A phase of half a bit.
pub const HALF: u64 = 1 << (PHASE_BITS - 1);

block! {
    /// One `tick` per bit of the line: a phase grows by `step` every cycle, and at every tick a whole bit is taken off it. What is left
    /// counts for the next bit, so the mean time between two ticks is that of a bit to 2^-20.
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
    pub struct BitTimer<const START: u64> {
        in clock: Clock, in restart: Bit, in step: Bits<21>,
        out tick: Bit,
        reg phase: Bits<20>, reg(restart) carry => tick: Bit,
        net sum: Bits<21>,
        const start: Bits<20> = START,
    }
}

impl<const START: u64> Logic for BitTimer<START> {
    #[hdl_gen]
    fn update(&mut self) {
        self.sum.next = bit_cast::<21, 20>(self.phase.q.val()) + self.step.val();
        self.phase.d.next = self.sum.val().get_bits::<20>(0);
        self.carry.d.next = self.sum.val().get_bit(20);
        if self.restart.val() {
            self.phase.d.next = self.start.val();
        }
    }
}
