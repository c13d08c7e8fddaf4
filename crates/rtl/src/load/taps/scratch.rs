//! [`Scratch`]: raw image rows in W banks, and W consecutive words out of them at once.

use crate::buffer::Rotator;
use crate::buffer::banks::Bank;
use ef_hdl_kit::{block, glue, vec_of};
use rust_hdl::prelude::*;

block! {
    /// W banks of 2^BAW words; word a of the scratch is word a / W of bank a mod W.
    ///
    /// ```text
    ///  address --> [ BankAddress ] --> [ Bank b: RAM, FF ] --> [ Rotator ] --> word[W]
    ///  we[W], waddr, wdata[W] ------------^                         ^
    ///  turn --------------------------------------------------------+
    /// ```
    ///
    /// `word[n]` is word `address + (n - at) mod W` where `turn` = `address` - at modulo W: the first word comes out at place `at`.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `we[W]`, `waddr`, `wdata[W]` | 1, 16, 32 | write port of each bank, at the same address of all |
    /// | `address` | 16 | first of W consecutive words |
    /// | `turn` | 3 | 2 cycles after `address` |
    /// | `word[W]` | 32 | [`LATENCY`](Self::LATENCY) cycles after `address` |
    pub struct Scratch<const W: usize, const BAW: usize> {
        in clock: Clock, in we: Vec<Bit> = vec_of(W), in waddr, address: Bits<16>,
        in wdata: Vec<Bits<32>> = vec_of(W), in turn: Bits<3>,
        out word: Vec<Bits<32>> = vec_of(W),
        place: BankAddress<W>,
        bank: Vec<Bank<BAW>> = vec_of(W),
        rotator: Rotator<W, 32>,
    }
}

impl<const W: usize, const BAW: usize> Scratch<W, BAW> {
    /// Cycles from `address` to `word`.
    pub const LATENCY: usize = 2 + Rotator::<W, 32>::LATENCY;
}

glue! { [const W: usize, const BAW: usize] Scratch<W, BAW>; self => {
    wire!(self.place.address, self.address);
    wire!(self.rotator.clock, self.clock);
    wire!(self.rotator.rot, self.turn);
    for b in 0..W {
        wire!(self.bank[b] <- self: clock, waddr);
        wire!(self.bank[b] <- self: we = we[b], wdata = wdata[b], raddr = place.bank[b]);
        wire!(self.rotator.x[b], self.bank[b].rdata);
        wire!(self.word[b], self.rotator.y[b]);
    }
}}

block! {
    /// Where W consecutive words lie in the banks: those before the first one's bank are a row further. Combinational.
    pub struct BankAddress<const W: usize> {
        in address: Bits<16>,
        out bank: Vec<Bits<16>> = vec_of(W),
        net first, row, next_row: Bits<16>,
        number: Vec<Constant<Bits<16>>> = (0..W as u64).map(|b| Constant::new(b.into())).collect(),
        const banks_log: Bits<2> = u64::from(W.ilog2()), const top: Bits<16> = W as u64 - 1,
    }
}

impl<const W: usize> Logic for BankAddress<W> {
    #[hdl_gen]
    fn update(&mut self) {
        self.first.next = self.address.val() & self.top.val();
        self.row.next = self.address.val() >> self.banks_log.val();
        self.next_row.next = self.row.val() + 1;
        for i in 0..W {
            self.bank[i].next = self.row.val();
            if self.number[i].val() < self.first.val() {
                self.bank[i].next = self.next_row.val();
            }
        }
    }
}
