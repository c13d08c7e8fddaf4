//! [`UartRx`]: a line to bytes.
use crate::link::bit_timer::{BitTimer, HALF};
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// Receives bytes of 8 bits, no parity, 1 stop bit.
    ///
    /// ```text
    ///  rx --[FF]--[FF]--[FF]--[FF]
    ///               |     |     |
    ///               +-----+-----+--> majority --[level]--> [shift] --> data
    ///                                              |          ^
    ///                            falls: start a [BitTimer] at half a bit
    /// ```
    /// Each bit is the majority of three consecutive samples in its middle. A start bit that is not low in its middle, and a byte without a
    /// stop bit, are dropped. From 8 cycles per bit on.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `rx` | 1 | the pin, asynchronous |
    /// | `step` | 21 | see [`BitTimer`] |
    /// | `valid`, `data` | 1, 8 | a byte, for one cycle, in the middle of its stop bit |
    pub struct UartRx {
        in clock: Clock, in reset, rx: Bit, in step: Bits<21>,
        out valid: Bit, out data: Bits<8>,
        timer: BitTimer<HALF>,
        reg unstable, level: Bit, reg sample: [Bit; 3], reg place: Bits<4>, reg shift => data: Bits<8>,
        reg(reset) active: Bit, reg(reset) pulse complete => valid: Bit,
        const start_bit: Bits<4> = 0, const stop_bit: Bits<4> = 9, const one: Bits<4> = 1,
        const high_bit: Bits<8> = 0x80,
    }
}

impl Logic for UartRx {
    #[hdl_gen]
    fn update(&mut self) {
        self.unstable.d.next = self.rx.val();
        self.sample[0].d.next = self.unstable.q.val();
        self.sample[1].d.next = self.sample[0].q.val();
        self.sample[2].d.next = self.sample[1].q.val();
        self.level.d.next = (self.sample[0].q.val() & self.sample[1].q.val())
            | (self.sample[0].q.val() & self.sample[2].q.val())
            | (self.sample[1].q.val() & self.sample[2].q.val());

        self.timer.clock.next = self.clock.val();
        self.timer.step.next = self.step.val();
        self.timer.restart.next = !self.active.q.val();
        if !self.active.q.val() {
            self.active.d.next = !self.level.q.val();
            self.place.d.next = self.start_bit.val();
        } else if self.timer.tick.val() {
            self.place.d.next = self.place.q.val() + self.one.val();
            if self.place.q.val() == self.start_bit.val() {
                self.active.d.next = !self.level.q.val();
            } else if self.place.q.val() == self.stop_bit.val() {
                self.active.d.next = false;
                self.complete.d.next = self.level.q.val();
            } else {
                self.shift.d.next = self.shift.q.val() >> 1;
                if self.level.q.val() {
                    self.shift.d.next = (self.shift.q.val() >> 1) | self.high_bit.val();
                }
            }
        }
    }
}
