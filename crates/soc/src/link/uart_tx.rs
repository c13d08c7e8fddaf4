//! [`UartTx`]: bytes to a line.
use super::bit_timer::BitTimer;
use ef_hdl_kit::K;
use rust_hdl::prelude::*;

/// Sends bytes with 8 bits, no parity, 1 stop bit.
///
/// ```text
///  data --> [shift: stop, 8 bits, start] --> not [low] --> tx
///                  ^ one place per tick of a [BitTimer]
/// ```
/// A byte takes 10 bits and 3 cycles; its start bit begins a bit after it was taken.
///
/// | port | width | |
/// |---|---|---|
/// | `valid`, `ready`, `data` | 1, 1, 8 | bytes taken |
/// | `step` | 21 | see [`BitTimer`] |
/// | `tx` | 1 | the pin; high also before the first reset |
#[derive(LogicBlock, Default)]
pub struct UartTx {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub valid: Signal<In, Bit>,
    pub ready: Signal<Out, Bit>,
    pub data: Signal<In, Bits<8>>,
    pub step: Signal<In, Bits<21>>,
    pub tx: Signal<Out, Bit>,
    timer: BitTimer<0>,
    /// Flip-flops begin as 0, which must be a line at rest.
    low: DFF<Bit>,
    active: DFF<Bit>,
    left: DFF<Bits<4>>,
    shift: DFF<Bits<9>>,
    ten: K<4, 10>,
    one: K<4, 1>,
    stop_bit: K<9, 0x100>,
}

impl Logic for UartTx {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, low, active, left, shift);
        self.timer.clock.next = self.clock.val();
        self.timer.step.next = self.step.val();
        self.timer.restart.next = !self.active.q.val();
        if !self.active.q.val() {
            if self.valid.val() {
                self.active.d.next = true;
                self.left.d.next = self.ten.val();
                self.shift.d.next = bit_cast::<9, 8>(self.data.val()) << 1;
            }
        } else if self.timer.tick.val() {
            self.low.d.next = !self.shift.q.val().get_bit(0);
            self.shift.d.next = (self.shift.q.val() >> 1) | self.stop_bit.val();
            self.left.d.next = self.left.q.val() - self.one.val();
            if self.left.q.val() == self.one.val() {
                self.active.d.next = false;
            }
        }
        if self.reset.val() {
            self.active.d.next = false;
            self.low.d.next = false;
        }
        self.ready.next = !self.active.q.val();
        self.tx.next = !self.low.q.val();
    }
}
