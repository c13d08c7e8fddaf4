//! [`WordRam`]: a RAM of words, with the flip-flop that a block RAM wants behind it.

use ef_hdl_kit::block;
use rust_hdl::prelude::*;

/// Cycles from `read_address` to `read_data`.
pub const LATENCY: usize = 2;

block! {
    /// 2^AW words of 32 bits, one write and one read port.
    ///
    /// ```text
    ///  write, write_address, write_data --> [ RAM 2^AW ]--[ FF ]--> read_data
    ///                      read_address --> [          ]
    /// ```
    /// [`LATENCY`] 2; addresses wrap at 2^AW. What is read from an address in the cycle in which it is written must not matter: no user of
    /// this cell asks for it.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `write`, `write_address`, `write_data` | 1, 16, 32 | |
    /// | `read_address`, `read_data` | 16, 32 | |
    pub struct WordRam<const AW: usize> {
        in clock: Clock, in write: Bit, in write_address, read_address: Bits<16>,
        in write_data: Bits<32>,
        out read_data: Bits<32>,
        ram: RAM<Bits<32>, AW>,
        reg word => read_data: Bits<32>,
    }
}

impl<const AW: usize> Logic for WordRam<AW> {
    #[hdl_gen]
    fn update(&mut self) {
        self.ram.write_clock.next = self.clock.val();
        self.ram.write_enable.next = self.write.val();
        self.ram.write_address.next = self.write_address.val().get_bits::<AW>(0);
        self.ram.write_data.next = self.write_data.val();
        self.ram.read_clock.next = self.clock.val();
        self.ram.read_address.next = self.read_address.val().get_bits::<AW>(0);
        self.word.d.next = self.ram.read_data.val();
    }
}
