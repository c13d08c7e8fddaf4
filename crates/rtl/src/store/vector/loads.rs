//! [`Loads`]: words of the partial sums and of the operand RAM.

use crate::buffer::Delay;
use crate::store::operand_ram::LATENCY as OPERAND;
use crate::store::psum_port::element_latency;
use ef_hdl_kit::{block, glue};
use ef_isa::vector::{LOAD_LEAD, Source, place};
use rust_hdl::prelude::*;

/// Cycles that the address of an operand waits, so that its word comes as late as a partial sum at the highest latency.
const OPERAND_WAITS: usize = LOAD_LEAD as usize - 2 - OPERAND;
/// Cycles from the kind of a load to the choice of its word.
const CHOICE: usize = LOAD_LEAD as usize - 2;

/// Cycles that the address of a partial sum waits.
const fn psum_waits(latency: usize) -> usize {
    LOAD_LEAD as usize - 2 - element_latency(latency)
}

block! {
    /// Gives the addresses of a load, and takes its word [`LOAD_LEAD`] cycles after the control word.
    ///
    /// ```text
    ///  cycle  0       1                                                    10        11
    ///  word: load --> kind -------------------------------------------------[mux]--[FF]--> loaded
    ///                 address, lane --[waits]--> psum ~~ LAT + 2 ~~> element ---^
    ///                 base + number or channel --[waits]--> operand RAM ~~~> operand
    /// ```
    pub struct Loads<const LAT: usize> {
        assert!(psum_waits(LAT) > 0, "partial sums are read too late");
        in clock: Clock, in word: Bits<32>, in load_address, load_number, load_channel: Bits<16>,
        in load_lane: Bits<3>, in o_a, o_b, o_c: Bits<16>, in element, operand: Bits<32>,
        out psum_address, operand_address: Bits<16>, out psum_lane: Bits<3>, out loaded: Bits<32>,
        kind: LoadKinds,
        psum: Delay<Bits<16>> = Delay::new(psum_waits(LAT)),
        lane: Delay<Bits<3>> = Delay::new(psum_waits(LAT)),
        operands: Delay<Bits<16>> = Delay::new(OPERAND_WAITS),
        from_psum: Delay<Bit> = Delay::new(CHOICE),
        choice: LoadedWord,
    }
}

glue! { [const LAT: usize] Loads<LAT>; self => {
    wire!(self.{kind, psum, lane, operands, from_psum, choice} <- self: clock);
    wire!(self.kind <- self: word, load_number, load_channel, o_a, o_b, o_c);
    wire!(self.psum.d, self.load_address);
    wire!(self.lane.d, self.load_lane);
    wire!(self.operands.d, self.kind.address);
    wire!(self.from_psum.d, self.kind.psum);
    wire!(self <- self: psum_address = psum.q, psum_lane = lane.q, operand_address = operands.q);
    wire!(self.choice <- self: psum = from_psum.q, element, operand);
    wire!(self.loaded, self.choice.loaded);
}}

block! {
    /// What is loaded, and where an operand lies.
    pub struct LoadKinds {
        in clock: Clock, in word: Bits<32>, in load_number, load_channel, o_a, o_b, o_c: Bits<16>,
        out psum: Bit, out address: Bits<16>,
        net base, offset: Bits<16>,
        reg kind: Bits<3>,
        const low: Bits<5> = place::load.low, const of_psum: Bits<3> = Source::Psum as u64,
        const of_a: Bits<3> = Source::A as u64, const of_b: Bits<3> = Source::B as u64,
        const of_c: Bits<3> = Source::C as u64,
    }
}

impl Logic for LoadKinds {
    #[hdl_gen]
    fn update(&mut self) {
        self.kind.d.next = self.word.val().get_bits::<3>(self.low.val().index());
        self.psum.next = self.kind.q.val() == self.of_psum.val();
        self.base.next = self.o_c.val();
        if self.kind.q.val() == self.of_a.val() {
            self.base.next = self.o_a.val();
        } else if self.kind.q.val() == self.of_b.val() {
            self.base.next = self.o_b.val();
        }
        self.offset.next = self.load_number.val();
        if self.kind.q.val() == self.of_c.val() {
            self.offset.next = self.load_channel.val();
        }
        self.address.next = self.base.val() + self.offset.val();
    }
}

block! {
    /// The word that is loaded.
    pub struct LoadedWord {
        in clock: Clock, in psum: Bit, in element, operand: Bits<32>,
        out loaded: Bits<32>,
        reg word => loaded: Bits<32>,
    }
}

impl Logic for LoadedWord {
    #[hdl_gen]
    fn update(&mut self) {
        self.word.d.next = self.operand.val();
        if self.psum.val() {
            self.word.d.next = self.element.val();
        }
    }
}
