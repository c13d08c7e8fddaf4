//! [`Operands`]: what the units get.

use ef_hdl_kit::{block, glue};
use ef_isa::vector::place;
use rust_hdl::prelude::*;

block! {
    /// The operand registers of all units, and the choice in front of each.
    ///
    /// ```text
    ///  side A: sum, product, special, input ----------------------> 5 x [ SideA ]--> add_a, multiply_a, compare_a, special_a, word
    ///  side B: sum, product, special, input, constant, accumulator --> [ SideB ]--> add_b, multiply_b, compare_b
    ///  what the units do ------------------------------------------> [ Doing ]--> subtract, which_function, comparison, ...
    /// ```
    /// The selects come a cycle before what they choose from, with the ages. An accumulator that is summed up for the first time
    /// counts as +0, and as smaller than anything.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `select` | 32 | word 1 of the control word |
    /// | `a[4]`, `b[4]` | 32 | both sides of the memories: sum, product, special, input |
    /// | `constant`, `accumulator` | 32 | |
    /// | `first` | 1 | this accumulator holds nothing yet |
    /// | `below` | 1 | else the word out is +0; comes with `select` |
    /// | `index` | 16 | of the element that is compared |
    /// | `add_a` ... `special_a`, `word` | 32 | operands, the word out |
    /// | `subtract`, `which_function`, `comparison`, `fresh`, `compare_index` | 1, 2, 3, 1, 16 | what the units do |
    pub struct Operands {
        in clock: Clock, in select: Bits<32>, in a, b: [Bits<32>; 4], in constant, accumulator: Bits<32>,
        in first, below: Bit, in index: Bits<16>,
        out add_a, add_b, multiply_a, multiply_b, compare_a, compare_b, special_a, word: Bits<32>,
        out subtract, fresh: Bit, out which_function: Bits<2>, out comparison: Bits<3>,
        out compare_index: Bits<16>,
        add: SideA = SideA::new(place::add_a.low),
        multiply: SideA = SideA::new(place::multiply_a.low),
        compare: SideA = SideA::new(place::compare_a.low),
        special: SideA = SideA::new(place::special_a.low),
        leave: SideA = SideA::new(place::out_a.low),
        side_b: SideB,
        doing: Doing,
    }
}

glue! { Operands; self => {
    wire!(self.{add, multiply, compare, special, leave, side_b, doing} <- self: clock, select);
    for i in 0..4 {
        wire!(self.{add, multiply, compare, special, leave} <- self: memory[i] = a[i]);
        wire!(self.side_b.memory[i], self.b[i]);
    }
    wire!(self.side_b <- self: constant, accumulator, first);
    wire!(self.doing <- self: first, below, index, leaving = leave.operand);
    wire!(self <- self: add_a = add.operand, multiply_a = multiply.operand, compare_a = compare.operand);
    wire!(self.special_a, self.special.operand);
    wire!(self <- self.side_b: add_b = add, multiply_b = multiply, compare_b = compare);
    wire!(self <- self.doing: word, subtract, fresh, which_function, comparison, compare_index);
}}

block! {
    /// Side A of a unit: the word of one of the four memories, registered.
    pub struct SideA(field: u64) {
        in clock: Clock, in select: Bits<32>, in memory: [Bits<32>; 4],
        out operand: Bits<32>,
        reg from: Bits<2>, reg chosen => operand: Bits<32>,
        const low: Bits<5> = field,
    }
}

impl Logic for SideA {
    #[hdl_gen]
    fn update(&mut self) {
        self.from.d.next = self.select.val().get_bits::<2>(self.low.val().index());
        for i in 0..4 {
            if self.from.q.val() == i.to_bits() {
                self.chosen.d.next = self.memory[i].val();
            }
        }
    }
}

block! {
    /// Side B of adder, multiplier and compare unit, each from what its recipes need, registered.
    pub struct SideB {
        in clock: Clock, in select: Bits<32>, in memory: [Bits<32>; 4], in constant, accumulator: Bits<32>,
        in first: Bit,
        out add, multiply, compare: Bits<32>,
        reg add_from, multiply_from: Bits<3>, reg compare_from: Bits<2>, reg negative: Bit,
        reg term => add, factor => multiply, other => compare: Bits<32>,
        const low_add: Bits<5> = place::add_b.low, const low_multiply: Bits<5> = place::multiply_b.low,
        const low_compare: Bits<5> = place::compare_b.low, const low_subtract: Bits<5> = place::subtract.low,
        const zero: Bits<32> = 0,
    }
}

impl Logic for SideB {
    #[hdl_gen]
    fn update(&mut self) {
        self.add_from.d.next = self.select.val().get_bits::<3>(self.low_add.val().index());
        self.multiply_from.d.next = self.select.val().get_bits::<3>(self.low_multiply.val().index());
        self.compare_from.d.next = self.select.val().get_bits::<2>(self.low_compare.val().index());
        self.negative.d.next = self.select.val().get_bit(self.low_subtract.val().index());

        self.term.d.next = self.accumulator.val();
        if self.first.val() && !self.negative.q.val() {
            self.term.d.next = self.zero.val();
        }
        self.factor.d.next = self.constant.val();
        for i in 0..4 {
            if self.add_from.q.val() == i.to_bits() {
                self.term.d.next = self.memory[i].val();
            }
            if self.multiply_from.q.val() == i.to_bits() {
                self.factor.d.next = self.memory[i].val();
            }
        }
        if self.add_from.q.val() == 4 {
            self.term.d.next = self.constant.val();
        }

        self.other.d.next = self.accumulator.val();
        if self.compare_from.q.val() == 1 {
            self.other.d.next = self.memory[2].val();
        } else if self.compare_from.q.val() == 2 {
            self.other.d.next = self.constant.val();
        } else if self.compare_from.q.val() == 3 {
            self.other.d.next = self.memory[3].val();
        }
    }
}

block! {
    /// What the units do with their operands, and the word out.
    pub struct Doing {
        in clock: Clock, in select, leaving: Bits<32>, in first, below: Bit, in index: Bits<16>,
        out subtract, fresh: Bit, out which_function: Bits<2>, out comparison: Bits<3>,
        out compare_index: Bits<16>, out word: Bits<32>,
        reg chosen: Bits<32>, reg counts, still_counts: Bit,
        reg negative => subtract, alone => fresh: Bit, reg kind => which_function: Bits<2>,
        reg test => comparison: Bits<3>, reg number => compare_index: Bits<16>,
        net other: Bits<2>,
        const low_subtract: Bits<5> = place::subtract.low, const low_function: Bits<5> = place::function.low,
        const low_comparison: Bits<5> = place::comparison.low, const low_compare: Bits<5> = place::compare_b.low,
        const zero: Bits<32> = 0,
    }
}

impl Logic for Doing {
    #[hdl_gen]
    fn update(&mut self) {
        self.chosen.d.next = self.select.val();
        self.negative.d.next = self.chosen.q.val().get_bit(self.low_subtract.val().index());
        self.kind.d.next = self.chosen.q.val().get_bits::<2>(self.low_function.val().index());
        self.test.d.next = self.chosen.q.val().get_bits::<3>(self.low_comparison.val().index());
        self.other.next = self.chosen.q.val().get_bits::<2>(self.low_compare.val().index());
        // a comparison of two values has no accumulator that could be empty
        self.alone.d.next = self.first.val() && !self.other.val().any();
        self.number.d.next = self.index.val();
        self.counts.d.next = self.below.val();
        self.still_counts.d.next = self.counts.q.val();
        self.word.next = self.leaving.val();
        if !self.still_counts.q.val() {
            self.word.next = self.zero.val();
        }
    }
}
