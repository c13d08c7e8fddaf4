//! The part of the program that is on the chip.
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// A ring of 2^RAW instructions of 64 bits, as two RAMs of 32 bits: instruction n is at n modulo 2^RAW.
    ///
    /// ```text
    ///  write_low, write_address, word -->| RAM low  |->[FF]-> low
    ///  write_high, ... ----------------->| RAM high |->[FF]-> high
    ///  read_address -------------------->|          |
    /// ```
    /// Read latency 2 (the block RAM's own register and one behind it). A word being written is read as it was.
    pub struct ProgramBuffer<const RAW: usize> {
        in clock: Clock, in write_low, write_high: Bit, in write_address, read_address: Bits<16>,
        in word: Bits<32>,
        out low, high: Bits<32>,
        low_ram, high_ram: RAM<Bits<32>, RAW>,
        reg low_read => low, high_read => high: Bits<32>,
    }
}

impl<const RAW: usize> Logic for ProgramBuffer<RAW> {
    #[hdl_gen]
    fn update(&mut self) {
        self.low_ram.write_clock.next = self.clock.val();
        self.low_ram.write_enable.next = self.write_low.val();
        self.low_ram.write_address.next = bit_cast::<RAW, 16>(self.write_address.val());
        self.low_ram.write_data.next = self.word.val();
        self.low_ram.read_clock.next = self.clock.val();
        self.low_ram.read_address.next = bit_cast::<RAW, 16>(self.read_address.val());
        self.high_ram.write_clock.next = self.clock.val();
        self.high_ram.write_enable.next = self.write_high.val();
        self.high_ram.write_address.next = bit_cast::<RAW, 16>(self.write_address.val());
        self.high_ram.write_data.next = self.word.val();
        self.high_ram.read_clock.next = self.clock.val();
        self.high_ram.read_address.next = bit_cast::<RAW, 16>(self.read_address.val());
        self.low_read.d.next = self.low_ram.read_data.val();
        self.high_read.d.next = self.high_ram.read_data.val();
    }
}
