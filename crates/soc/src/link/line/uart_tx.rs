//! [`UartTx`]: bytes to a line.
use crate::link::bit_timer::BitTimer;
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
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
    pub struct UartTx {
        in clock: Clock, in reset, valid: Bit, in data: Bits<8>, in step: Bits<21>,
        out ready, tx: Bit,
        timer: BitTimer<0>,
        /// Flip-flops begin as 0, which must be a line at rest.
        reg(reset) low: Bit,
        reg(reset) active: Bit, reg left: Bits<4>, reg shift: Bits<9>,
        const ten: Bits<4> = 10, const one: Bits<4> = 1, const stop_bit: Bits<9> = 0x100,
    }
}

impl Logic for UartTx {
    #[hdl_gen]
    fn update(&mut self) {
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
        self.ready.next = !self.active.q.val();
        self.tx.next = !self.low.q.val();
    }
}
