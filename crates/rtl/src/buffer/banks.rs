//! T banks of RAM with a bare register behind each.

use ef_hdl_kit::{block, glue, vec_of};
use rust_hdl::prelude::*;

block! {
    /// T banks of 2^AW words. One vector is written per cycle, the same address in all banks; each bank is read at
    /// an address of its own.
    ///
    /// ```text
    ///                +-----+
    ///  raddr[b] ---> | RAM | --> [DFF] --> rdata[b]
    ///  wdata[b] ---> |  b  |
    ///                +-----+
    /// ```
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `we`, `waddr` | 1, 16 | write enable and address of all banks |
    /// | `wdata[T]` | 32 | in bank order |
    /// | `raddr[T]` | 16 | cut to AW bits |
    /// | `rdata[T]` | 32 | [`LATENCY`](Self::LATENCY) cycles after `raddr`; a write is seen by reads from the next cycle on |
    pub struct Banks<const T: usize, const AW: usize> {
        assert!(AW <= 16, "on-chip addresses have 16 bits");
        in clock: Clock, in we: Bit, in waddr: Bits<16>, in wdata: Vec<Bits<32>> = vec_of(T),
        in raddr: Vec<Bits<16>> = vec_of(T),
        out rdata: Vec<Bits<32>> = vec_of(T),
        bank: Vec<Bank<AW>> = vec_of(T),
    }
}

impl<const T: usize, const AW: usize> Banks<T, AW> {
    /// Cycles from `raddr` to `rdata`.
    pub const LATENCY: usize = 2;
}

glue! { [const T: usize, const AW: usize] Banks<T, AW>; self => {
    for b in 0..T {
        wire!(self.bank[b] <- self: clock, we, waddr);
        wire!(self.bank[b] <- self: wdata = wdata[b], raddr = raddr[b]);
        wire!(self.rdata[b], self.bank[b].rdata);
    }
}}

block! {
    /// One bank: a RAM and the register that hides its slow output from the logic behind.
    pub struct Bank<const AW: usize> {
        in clock: Clock, in we: Bit, in waddr, raddr: Bits<16>, in wdata: Bits<32>,
        out rdata: Bits<32>,
        ram: RAM<Bits<32>, AW>,
        reg out => rdata: Bits<32>,
    }
}

impl<const AW: usize> Logic for Bank<AW> {
    #[hdl_gen]
    fn update(&mut self) {
        self.ram.write_clock.next = self.clock.val();
        self.ram.write_enable.next = self.we.val();
        self.ram.write_address.next = self.waddr.val().get_bits::<AW>(0);
        self.ram.write_data.next = self.wdata.val();
        self.ram.read_clock.next = self.clock.val();
        self.ram.read_address.next = self.raddr.val().get_bits::<AW>(0);
        self.out.d.next = self.ram.read_data.val();
    }
}
