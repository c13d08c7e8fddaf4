//! [`ClockedRam`]: a RAM on one clock.

use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// 2^AW words of W bits, one write and one read port; the read register is the RAM's own.
    ///
    /// ```text
    ///  write, write_address, write_data --> [ RAM ]--> read_data     latency 1
    ///                      read_address --> [     ]
    /// ```
    /// What is written in a cycle can be read from the next one on. What is read from an address in the cycle in which it is written must
    /// not matter.
    pub struct ClockedRam<const W: usize, const AW: usize> {
        in clock: Clock, in write: Bit, in write_address, read_address: Bits<AW>, in write_data: Bits<W>,
        out read_data: Bits<W>,
        ram: RAM<Bits<W>, AW>,
    }
}

impl<const W: usize, const AW: usize> Logic for ClockedRam<W, AW> {
    #[hdl_gen]
    fn update(&mut self) {
        self.ram.write_clock.next = self.clock.val();
        self.ram.write_enable.next = self.write.val();
        self.ram.write_address.next = self.write_address.val();
        self.ram.write_data.next = self.write_data.val();
        self.ram.read_clock.next = self.clock.val();
        self.ram.read_address.next = self.read_address.val();
        self.read_data.next = self.ram.read_data.val();
    }
}
