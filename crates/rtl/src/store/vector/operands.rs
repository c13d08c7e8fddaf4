//! [`Operands`]: what the units get.

use ef_hdl_kit::block;
use ef_isa::vector::place;
use rust_hdl::prelude::*;

block! {
    /// The operand registers of all units, and the choice in front of each.
    ///
    /// ```text
    ///  side A: sum, product, special, input                     --[mux]--[FF]--> add_a, multiply_a, compare_a, special_a, out
    ///  side B: sum, product, special, input, constant, accumulator --[mux]--[FF]--> add_b, multiply_b, compare_b
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
    /// | `subtract`, `which_function`, `comparison`, `fresh` | 1, 2, 3, 1 | what the units do |
    pub struct Operands {
        in clock: Clock, in select: Bits<32>, in a, b: [Bits<32>; 4], in constant, accumulator: Bits<32>,
        in first, below: Bit, in index: Bits<16>,
        out add_a, add_b, multiply_a, multiply_b, compare_a, compare_b, special_a, word: Bits<32>,
        out subtract, fresh: Bit, out which_function: Bits<2>, out comparison: Bits<3>,
        out compare_index: Bits<16>, reg r_index => compare_index: Bits<16>,
        reg chosen: Bits<32>, reg held_below: Bit,
        net at_add_a, at_multiply_a, at_compare_a, at_compare_b, at_special_a, at_out_a: Bits<2>,
        net at_add_b, at_multiply_b: Bits<3>,
        net sum_a, sum_b, product_a, product_b, lesser_a, lesser_b, argument, leaving: Bits<32>,
        reg r_add_a => add_a, r_add_b => add_b: Bits<32>,
        reg r_multiply_a => multiply_a, r_multiply_b => multiply_b: Bits<32>,
        reg r_compare_a => compare_a, r_compare_b => compare_b: Bits<32>,
        reg r_special_a => special_a, r_word => word: Bits<32>,
        reg r_subtract => subtract, r_fresh => fresh: Bit, reg r_function => which_function: Bits<2>,
        reg r_comparison => comparison: Bits<3>,
        const low_add_a: Bits<5> = place::add_a.low, const low_add_b: Bits<5> = place::add_b.low,
        const low_multiply_a: Bits<5> = place::multiply_a.low,
        const low_multiply_b: Bits<5> = place::multiply_b.low,
        const low_compare_a: Bits<5> = place::compare_a.low,
        const low_compare_b: Bits<5> = place::compare_b.low,
        const low_special_a: Bits<5> = place::special_a.low,
        const low_out_a: Bits<5> = place::out_a.low,
        const low_subtract: Bits<5> = place::subtract.low,
        const low_function: Bits<5> = place::function.low,
        const low_comparison: Bits<5> = place::comparison.low,
        const zero: Bits<32> = 0,
    }
}

impl Logic for Operands {
    #[hdl_gen]
    fn update(&mut self) {
        self.chosen.d.next = self.select.val();
        self.held_below.d.next = self.below.val();
        self.r_index.d.next = self.index.val();
        self.at_add_a.next = self.chosen.q.val().get_bits::<2>(self.low_add_a.val().index());
        self.at_add_b.next = self.chosen.q.val().get_bits::<3>(self.low_add_b.val().index());
        self.at_multiply_a.next = self.chosen.q.val().get_bits::<2>(self.low_multiply_a.val().index());
        self.at_multiply_b.next = self.chosen.q.val().get_bits::<3>(self.low_multiply_b.val().index());
        self.at_compare_a.next = self.chosen.q.val().get_bits::<2>(self.low_compare_a.val().index());
        self.at_compare_b.next = self.chosen.q.val().get_bits::<2>(self.low_compare_b.val().index());
        self.at_special_a.next = self.chosen.q.val().get_bits::<2>(self.low_special_a.val().index());
        self.at_out_a.next = self.chosen.q.val().get_bits::<2>(self.low_out_a.val().index());
        self.r_subtract.d.next = self.chosen.q.val().get_bit(self.low_subtract.val().index());
        self.r_function.d.next = self.chosen.q.val().get_bits::<2>(self.low_function.val().index());
        self.r_comparison.d.next = self.chosen.q.val().get_bits::<3>(self.low_comparison.val().index());
        self.r_fresh.d.next = self.first.val() && !self.at_compare_b.val().any();

        self.sum_a.next = self.a[0].val();
        self.product_a.next = self.a[0].val();
        self.lesser_a.next = self.a[0].val();
        self.argument.next = self.a[0].val();
        self.leaving.next = self.a[0].val();
        self.sum_b.next = self.b[0].val();
        self.product_b.next = self.b[0].val();
        for i in 1..4 {
            if self.at_add_a.val() == i.to_bits() {
                self.sum_a.next = self.a[i].val();
            }
            if self.at_multiply_a.val() == i.to_bits() {
                self.product_a.next = self.a[i].val();
            }
            if self.at_compare_a.val() == i.to_bits() {
                self.lesser_a.next = self.a[i].val();
            }
            if self.at_special_a.val() == i.to_bits() {
                self.argument.next = self.a[i].val();
            }
            if self.at_out_a.val() == i.to_bits() {
                self.leaving.next = self.a[i].val();
            }
            if self.at_add_b.val() == i.to_bits() {
                self.sum_b.next = self.b[i].val();
            }
            if self.at_multiply_b.val() == i.to_bits() {
                self.product_b.next = self.b[i].val();
            }
        }
        if self.at_add_b.val() == 4 {
            self.sum_b.next = self.constant.val();
        } else if self.at_add_b.val() == 5 {
            self.sum_b.next = self.accumulator.val();
            if self.first.val() && !self.chosen.q.val().get_bit(self.low_subtract.val().index()) {
                self.sum_b.next = self.zero.val();
            }
        }
        if self.at_multiply_b.val() == 4 {
            self.product_b.next = self.constant.val();
        }
        self.lesser_b.next = self.accumulator.val();
        if self.at_compare_b.val() == 1 {
            self.lesser_b.next = self.b[2].val();
        } else if self.at_compare_b.val() == 2 {
            self.lesser_b.next = self.constant.val();
        } else if self.at_compare_b.val() == 3 {
            self.lesser_b.next = self.b[3].val();
        }

        self.r_add_a.d.next = self.sum_a.val();
        self.r_add_b.d.next = self.sum_b.val();
        self.r_multiply_a.d.next = self.product_a.val();
        self.r_multiply_b.d.next = self.product_b.val();
        self.r_compare_a.d.next = self.lesser_a.val();
        self.r_compare_b.d.next = self.lesser_b.val();
        self.r_special_a.d.next = self.argument.val();
        self.r_word.d.next = self.leaving.val();
        if !self.held_below.q.val() {
            self.r_word.d.next = self.zero.val();
        }
    }
}
