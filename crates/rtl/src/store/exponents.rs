//! [`Exponents`]: the exponentials of one image.

use rust_hdl::prelude::*;

/// Cycles from an address to its exponential.
pub const LATENCY: usize = 2;

/// A RAM of 2^EAW words, written in order.
///
/// ```text
///  put, value --> [ RAM ]--[ FF ]--> exponent
///      [ stored ]--^ ^-- address
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
    ram: RAM<Bits<32>, EAW>,
    count: DFF<Bits<16>>,
    read_word: DFF<Bits<32>>,
}

impl<const EAW: usize> Logic for Exponents<EAW> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, count, read_word);
        self.ram.write_clock.next = self.clock.val();
        self.ram.write_enable.next = self.put.val();
        self.ram.write_address.next = self.count.q.val().get_bits::<EAW>(0);
        self.ram.write_data.next = self.value.val();
        self.ram.read_clock.next = self.clock.val();
        self.ram.read_address.next = self.address.val().get_bits::<EAW>(0);
        self.read_word.d.next = self.ram.read_data.val();
        if self.put.val() {
            self.count.d.next = self.count.q.val() + 1;
        }
        if self.restart.val() {
            self.count.d.next = 0.into();
        }
        self.exponent.next = self.read_word.q.val();
        self.stored.next = self.count.q.val();
    }
}
