//! [`Exponents`]: the exponentials of one image.

use super::word_ram::{self, WordRam};
use rust_hdl::prelude::*;

/// Cycles from an address to its exponential.
pub const LATENCY: usize = word_ram::LATENCY;

/// A RAM of 2^EAW words, written in order.
///
/// ```text
///  put, value --> [ WordRam ]--> exponent
///      [ stored ]---^ ^--- address
/// ```
/// [`LATENCY`] 2.
#[derive(LogicBlock, Default)]
pub struct Exponents<const EAW: usize> {
    pub clock: Signal<In, Clock>,
    /// Forget all.
    pub restart: Signal<In, Bit>,
    pub put: Signal<In, Bit>,
    pub value: Signal<In, Bits<32>>,
    pub address: Signal<In, Bits<16>>,
    pub exponent: Signal<Out, Bits<32>>,
    /// How many were put.
    pub stored: Signal<Out, Bits<16>>,
    ram: WordRam<EAW>,
    count: DFF<Bits<16>>,
}

impl<const EAW: usize> Logic for Exponents<EAW> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, count);
        self.ram.clock.next = self.clock.val();
        self.ram.write.next = self.put.val();
        self.ram.write_address.next = self.count.q.val();
        self.ram.write_data.next = self.value.val();
        self.ram.read_address.next = self.address.val();
        if self.put.val() {
            self.count.d.next = self.count.q.val() + 1;
        }
        if self.restart.val() {
            self.count.d.next = 0.into();
        }
        self.exponent.next = self.ram.read_data.val();
        self.stored.next = self.count.q.val();
    }
}
