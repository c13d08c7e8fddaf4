//! The partial sums of one row.

use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// 2^PAW partial sums with two read ports: two copies of the RAM, written together.
    ///
    /// ```text
    ///  waddr, wdata, we --+--> RAM --> [DFF] --> rdata   read-modify-write of the row
    ///  raddr -------------|--> |
    ///                     +--> RAM --> [DFF] --> sdata   store engine
    ///  saddr ----------------> |
    /// ```
    ///
    /// Addresses have 16 bits and are cut to PAW. Data follow [`LATENCY`](Self::LATENCY) cycles after an address; a read in the cycle
    /// of a write to the same address sees the old word.
    pub struct Psum<const PAW: usize> {
        in clock: Clock, in we: Bit, in waddr, raddr, saddr: Bits<16>, in wdata: Bits<32>,
        out rdata, sdata: Bits<32>,
        kernel_copy, store_copy: RAM<Bits<32>, PAW>,
        reg kernel_word => rdata, store_word => sdata: Bits<32>,
    }
}

impl<const PAW: usize> Psum<PAW> {
    /// Cycles from an address to its word.
    pub const LATENCY: usize = 2;
}

impl<const PAW: usize> Logic for Psum<PAW> {
    #[hdl_gen]
    fn update(&mut self) {
        self.kernel_copy.write_clock.next = self.clock.val();
        self.kernel_copy.write_enable.next = self.we.val();
        self.kernel_copy.write_address.next = self.waddr.val().get_bits::<PAW>(0);
        self.kernel_copy.write_data.next = self.wdata.val();
        self.kernel_copy.read_clock.next = self.clock.val();
        self.kernel_copy.read_address.next = self.raddr.val().get_bits::<PAW>(0);
        self.store_copy.write_clock.next = self.clock.val();
        self.store_copy.write_enable.next = self.we.val();
        self.store_copy.write_address.next = self.waddr.val().get_bits::<PAW>(0);
        self.store_copy.write_data.next = self.wdata.val();
        self.store_copy.read_clock.next = self.clock.val();
        self.store_copy.read_address.next = self.saddr.val().get_bits::<PAW>(0);
        self.kernel_word.d.next = self.kernel_copy.read_data.val();
        self.store_word.d.next = self.store_copy.read_data.val();
    }
}
