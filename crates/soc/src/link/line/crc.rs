//! [`Crc`]: CRC-32 of bytes.
use ef_hdl_kit::block;
use ef_link::frame::{CRC_POLYNOMIAL, CRC_START};
use rust_hdl::prelude::*;

block! {
    /// The CRC register, a bit per cycle.
    ///
    /// ```text
    ///  data --(xor)--> [value] --> shift right, xor polynomial if a 1 fell out: 8 cycles
    /// ```
    /// A byte may come every 9 cycles: `busy` is up for the 8 cycles after `valid`.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `start` | 1 | forget all bytes |
    /// | `valid`, `data` | 1, 8 | a byte; not while `busy` |
    /// | `busy` | 1 | `value` is not up to date |
    /// | `value` | 32 | the register: the complement of the CRC |
    pub struct Crc {
        in clock: Clock, in start, valid: Bit, in data: Bits<8>,
        out busy: Bit, out value: Bits<32>,
        reg state => value: Bits<32>, reg(start) left: Bits<4>,
        const first: Bits<32> = CRC_START as u64, const polynomial: Bits<32> = CRC_POLYNOMIAL as u64,
        const eight: Bits<4> = 8, const one: Bits<4> = 1,
    }
}

impl Logic for Crc {
    #[hdl_gen]
    fn update(&mut self) {
        if self.valid.val() {
            self.state.d.next = self.state.q.val() ^ bit_cast::<32, 8>(self.data.val());
            self.left.d.next = self.eight.val();
        } else if self.left.q.val().any() {
            self.left.d.next = self.left.q.val() - self.one.val();
            self.state.d.next = self.state.q.val() >> 1;
            if self.state.q.val().get_bit(0) {
                self.state.d.next = (self.state.q.val() >> 1) ^ self.polynomial.val();
            }
        }
        if self.start.val() {
            self.state.d.next = self.first.val();
        }
        self.busy.next = self.left.q.val().any();
    }
}
