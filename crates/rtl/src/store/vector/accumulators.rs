//! [`Accumulators`]: sums and maxima over elements.

use ef_hdl_kit::block;
use ef_isa::vector::{BANKS, TOTALS, place};
use rust_hdl::prelude::*;

block! {
    /// 8 banks of 8 words; the last two banks are one word each, whatever the lane.
    ///
    /// ```text
    ///  cycle   0                              1                           2
    ///  read    bank, first --[FF]-- + lane --> [ 64 words ] ------------> accumulator, first
    ///  write   bank, acts --[FF]-- + lane, sum or compared --> [ 64 words ]
    /// ```
    /// What is written in a cycle can be read from the next one on.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `control` | 32 | word 2 of the control word |
    /// | `read_first`, `take_acts` | 1 | flags of the elements that the control word names, in the same cycle |
    /// | `read_lane`, `take_lane` | 3 | their lanes, a cycle later |
    /// | `sum`, `compared` | 32 | results, of that cycle |
    /// | `accumulator`, `first` | 32, 1 | |
    pub struct Accumulators {
        in clock: Clock, in control: Bits<32>, in read_first, take_acts: Bit, in read_lane, take_lane: Bits<3>,
        in sum, compared: Bits<32>,
        out accumulator: Bits<32>, out first: Bit,
        ram: RAM<Bits<32>, 6>,
        reg read_bank, take_bank: Bits<3>, reg take, from_compare, opens, opens_again => first: Bit,
        net read_at, take_at: Bits<6>,
        const low_read_bank: Bits<5> = place::read_bank.low,
        const low_take: Bits<5> = place::take.low,
        const low_take_bank: Bits<5> = place::take_bank.low,
        const low_take_compare: Bits<5> = place::take_compare.low,
        const totals: Bits<3> = (BANKS - TOTALS) as u64, const lanes: Bits<3> = 3,
    }
}

impl Logic for Accumulators {
    #[hdl_gen]
    fn update(&mut self) {
        self.read_bank.d.next = self.control.val().get_bits::<3>(self.low_read_bank.val().index());
        self.opens.d.next = self.read_first.val();
        self.opens_again.d.next = self.opens.q.val();
        self.read_at.next = bit_cast::<6, 3>(self.read_bank.q.val()) << self.lanes.val();
        if self.read_bank.q.val() < self.totals.val() {
            self.read_at.next = (bit_cast::<6, 3>(self.read_bank.q.val()) << self.lanes.val())
                | bit_cast::<6, 3>(self.read_lane.val());
        }
        self.take.d.next = self.control.val().get_bit(self.low_take.val().index()) && self.take_acts.val();
        self.take_bank.d.next = self.control.val().get_bits::<3>(self.low_take_bank.val().index());
        self.from_compare.d.next = self.control.val().get_bit(self.low_take_compare.val().index());
        self.take_at.next = bit_cast::<6, 3>(self.take_bank.q.val()) << self.lanes.val();
        if self.take_bank.q.val() < self.totals.val() {
            self.take_at.next = (bit_cast::<6, 3>(self.take_bank.q.val()) << self.lanes.val())
                | bit_cast::<6, 3>(self.take_lane.val());
        }
        self.ram.read_clock.next = self.clock.val();
        self.ram.read_address.next = self.read_at.val();
        self.ram.write_clock.next = self.clock.val();
        self.ram.write_enable.next = self.take.q.val();
        self.ram.write_address.next = self.take_at.val();
        self.ram.write_data.next = self.sum.val();
        if self.from_compare.q.val() {
            self.ram.write_data.next = self.compared.val();
        }
        self.accumulator.next = self.ram.read_data.val();
    }
}
