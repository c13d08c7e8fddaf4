//! The program memory.
use rust_hdl::prelude::*;

/// 2^PAW instructions of 64 bits, as two RAMs of 32 bits.
///
/// ```text
///  write, write_address, write_low/high ->| RAM low  |->[FF]-> low
///  read_address ------------------------->| RAM high |->[FF]-> high
/// ```
/// Read latency 2 (the block RAM's own register and one behind it). Addresses are taken modulo the depth. A word being written
/// is read as it was.
#[derive(LogicBlock, Default)]
pub struct ProgramMemory<const PAW: usize> {
    pub clock: Signal<In, Clock>,
    pub write: Signal<In, Bit>,
    pub write_address: Signal<In, Bits<16>>,
    pub write_low: Signal<In, Bits<32>>,
    pub write_high: Signal<In, Bits<32>>,
    pub read_address: Signal<In, Bits<16>>,
    pub low: Signal<Out, Bits<32>>,
    pub high: Signal<Out, Bits<32>>,
    low_ram: RAM<Bits<32>, PAW>,
    high_ram: RAM<Bits<32>, PAW>,
    low_read: DFF<Bits<32>>,
    high_read: DFF<Bits<32>>,
}

impl<const PAW: usize> Logic for ProgramMemory<PAW> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, low_read, high_read);
        self.low_ram.write_clock.next = self.clock.val();
        self.low_ram.write_enable.next = self.write.val();
        self.low_ram.write_address.next = bit_cast::<PAW, 16>(self.write_address.val());
        self.low_ram.write_data.next = self.write_low.val();
        self.low_ram.read_clock.next = self.clock.val();
        self.low_ram.read_address.next = bit_cast::<PAW, 16>(self.read_address.val());
        self.high_ram.write_clock.next = self.clock.val();
        self.high_ram.write_enable.next = self.write.val();
        self.high_ram.write_address.next = bit_cast::<PAW, 16>(self.write_address.val());
        self.high_ram.write_data.next = self.write_high.val();
        self.high_ram.read_clock.next = self.clock.val();
        self.high_ram.read_address.next = bit_cast::<PAW, 16>(self.read_address.val());
        self.low_read.d.next = self.low_ram.read_data.val();
        self.high_read.d.next = self.high_ram.read_data.val();
        self.low.next = self.low_read.q.val();
        self.high.next = self.high_read.q.val();
    }
}
