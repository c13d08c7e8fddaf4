//! [`Scratch`]: raw image rows in W banks, and W consecutive words out of them at once.

use crate::buffer::Rotator;
use crate::buffer::banks::Bank;
use ef_hdl_kit::{glue, vec_of};
use rust_hdl::prelude::*;

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
#[derive(LogicBlock)]
pub struct Scratch<const W: usize, const BAW: usize> {
    pub clock: Signal<In, Clock>,
    pub we: Vec<Signal<In, Bit>>,
    pub waddr: Signal<In, Bits<16>>,
    pub wdata: Vec<Signal<In, Bits<32>>>,
    pub address: Signal<In, Bits<16>>,
    pub turn: Signal<In, Bits<3>>,
    pub word: Vec<Signal<Out, Bits<32>>>,
    place: BankAddress<W>,
    bank: Vec<Bank<BAW>>,
    rotator: Rotator<W, 32>,
}

impl<const W: usize, const BAW: usize> Scratch<W, BAW> {
    /// Cycles from `address` to `word`.
    pub const LATENCY: usize = 2 + Rotator::<W, 32>::LATENCY;
}

impl<const W: usize, const BAW: usize> Default for Scratch<W, BAW> {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            we: vec_of(W),
            waddr: Default::default(),
            wdata: vec_of(W),
            address: Default::default(),
            turn: Default::default(),
            word: vec_of(W),
            place: Default::default(),
            bank: vec_of(W),
            rotator: Default::default(),
        }
    }
}

glue! { [const W: usize, const BAW: usize] Scratch<W, BAW>; self => {
    wire!(self.place.address, self.address);
    wire!(self.rotator.clock, self.clock);
    wire!(self.rotator.rot, self.turn);
    for b in 0..W {
        wire!(self.bank[b].clock, self.clock);
        wire!(self.bank[b].we, self.we[b]);
        wire!(self.bank[b].waddr, self.waddr);
        wire!(self.bank[b].wdata, self.wdata[b]);
        wire!(self.bank[b].raddr, self.place.bank[b]);
        wire!(self.rotator.x[b], self.bank[b].rdata);
        wire!(self.word[b], self.rotator.y[b]);
    }
}}

/// Where W consecutive words lie in the banks: those before the first one's bank are a row further. Combinational.
#[derive(LogicBlock)]
pub struct BankAddress<const W: usize> {
    pub address: Signal<In, Bits<16>>,
    pub bank: Vec<Signal<Out, Bits<16>>>,
    first: Signal<Local, Bits<16>>,
    row: Signal<Local, Bits<16>>,
    next_row: Signal<Local, Bits<16>>,
    number: Vec<Constant<Bits<16>>>,
    banks_log: Constant<Bits<2>>,
    top: Constant<Bits<16>>,
}

impl<const W: usize> Default for BankAddress<W> {
    fn default() -> Self {
        Self {
            address: Default::default(),
            bank: vec_of(W),
            first: Default::default(),
            row: Default::default(),
            next_row: Default::default(),
            number: (0..W as u64).map(|b| Constant::new(b.into())).collect(),
            banks_log: Constant::new(u64::from(W.ilog2()).into()),
            top: Constant::new((W as u64 - 1).into()),
        }
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
