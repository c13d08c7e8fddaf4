//! [`Exponents`]: the exponentials of one image.

use crate::store::word_ram::{self, WordRam};
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

/// Cycles from an address to its exponential.
pub const LATENCY: usize = word_ram::LATENCY;

block! {
    /// A RAM of 2^EAW words, written in order.
    ///
    /// ```text
    ///  put, value --> [ WordRam ]--> exponent
    ///      [ stored ]---^ ^--- address
    /// ```
    /// [`LATENCY`] 2.
    pub struct Exponents<const EAW: usize> {
        in clock: Clock,
        /// Forget all.
        in restart: Bit,
        in put: Bit, in value: Bits<32>, in address: Bits<16>,
        out exponent: Bits<32>,
        /// How many were put.
        out stored: Bits<16>,
        ram: WordRam<EAW>,
        reg(restart) count => stored: Bits<16>,
    }
}

impl<const EAW: usize> Logic for Exponents<EAW> {
    #[hdl_gen]
    fn update(&mut self) {
        self.ram.clock.next = self.clock.val();
        self.ram.write.next = self.put.val();
        self.ram.write_address.next = self.count.q.val();
        self.ram.write_data.next = self.value.val();
        self.ram.read_address.next = self.address.val();
        if self.put.val() {
            self.count.d.next = self.count.q.val() + 1;
        }
        self.exponent.next = self.ram.read_data.val();
    }
}
