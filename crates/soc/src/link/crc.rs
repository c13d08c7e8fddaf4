//! [`Crc`]: CRC-32 of bytes.
use ef_hdl_kit::K;
use ef_link::frame::{CRC_POLYNOMIAL, CRC_START};
use rust_hdl::prelude::*;

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
#[derive(LogicBlock, Default)]
pub struct Crc {
    pub clock: Signal<In, Clock>,
    pub start: Signal<In, Bit>,
    pub valid: Signal<In, Bit>,
    pub data: Signal<In, Bits<8>>,
    pub busy: Signal<Out, Bit>,
    pub value: Signal<Out, Bits<32>>,
    state: DFF<Bits<32>>,
    left: DFF<Bits<4>>,
    first: K<32, { CRC_START as u64 }>,
    polynomial: K<32, { CRC_POLYNOMIAL as u64 }>,
    eight: K<4, 8>,
    one: K<4, 1>,
    none: K<4, 0>,
}

impl Logic for Crc {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, state, left);
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
            self.left.d.next = self.none.val();
        }
        self.busy.next = self.left.q.val().any();
        self.value.next = self.state.q.val();
    }
}
