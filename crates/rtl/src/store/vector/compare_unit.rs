//! [`CompareUnit`]: comparisons of values, and of the element's index with an integer.

use crate::store::order_key::OrderKey;
use ef_hdl_kit::{block, glue};
use rust_hdl::prelude::*;

/// Cycles from the operands to `y`.
pub const LATENCY: usize = 2;

block! {
    /// Chooses between its operands.
    ///
    /// ```text
    ///  a --[ OrderKey ]--[ FF ]--+
    ///  b --[ OrderKey ]--[ FF ]--+--> [ CompareChoice ]--[ FF ]--> y
    ///  index ? b's low 16 bits --[ FF ]--+
    /// ```
    /// | `comparison` | y |
    /// |---|---|
    /// | 0, 1 | the greater, the smaller of a and b; b of equals; with `first` a |
    /// | 2 | 1 if a > b, else +0 |
    /// | 3 | a if the index is b, else +0 |
    /// | 4 | a if the index is b, else -infinity |
    /// | 5 | a if the index is less than b, else -infinity |
    /// | 6 | 1 if the index is b, else +0 |
    /// | 7 | b |
    ///
    /// [`LATENCY`] 2, free-running.
    pub struct CompareUnit {
        in clock: Clock, in a, b: Bits<32>, in index: Bits<16>, in comparison: Bits<3>, in first: Bit,
        out y: Bits<32>,
        key_a: OrderKey,
        key_b: OrderKey,
        choice: CompareChoice,
    }
}

glue! { CompareUnit; self => {
    wire!(self.choice <- self: clock, a, b, index, comparison, first, key_a = key_a.key, key_b = key_b.key);
    wire!(self.key_a.word, self.a);
    wire!(self.key_b.word, self.b);
    wire!(self.y, self.choice.y);
}}

block! {
    /// The registers of a comparison.
    pub struct CompareChoice {
        in clock: Clock, in a, b, key_a, key_b: Bits<32>, in index: Bits<16>, in comparison: Bits<3>,
        in first: Bit,
        out y: Bits<32>,
        reg held_a, held_b, place_a, place_b: Bits<32>, reg what: Bits<3>, reg alone, equal, lesser: Bit,
        net greater, take_a: Bit, net other: Bits<32>, net whole: Bits<16>,
        reg chosen => y: Bits<32>,
        const one: Bits<32> = 0x3f80_0000, const infinity: Bits<32> = 0xff80_0000, const zero: Bits<32> = 0,
    }
}

impl Logic for CompareChoice {
    #[hdl_gen]
    fn update(&mut self) {
        self.whole.next = self.b.val().get_bits::<16>(0);
        self.held_a.d.next = self.a.val();
        self.held_b.d.next = self.b.val();
        self.place_a.d.next = self.key_a.val();
        self.place_b.d.next = self.key_b.val();
        self.what.d.next = self.comparison.val();
        self.alone.d.next = self.first.val();
        self.equal.d.next = self.index.val() == self.whole.val();
        self.lesser.d.next = self.index.val() < self.whole.val();

        self.greater.next = self.place_b.q.val() < self.place_a.q.val();
        self.take_a.next = self.greater.val();
        self.other.next = self.held_b.q.val();
        self.chosen.d.next = self.held_a.q.val();
        if self.what.q.val() == 0 {
            self.take_a.next = self.alone.q.val() | self.greater.val();
        } else if self.what.q.val() == 1 {
            self.take_a.next = self.alone.q.val() | (self.place_a.q.val() < self.place_b.q.val());
        } else if self.what.q.val() == 2 {
            self.chosen.d.next = self.one.val();
            self.other.next = self.zero.val();
        } else if self.what.q.val() == 3 {
            self.take_a.next = self.equal.q.val();
            self.other.next = self.zero.val();
        } else if self.what.q.val() == 4 {
            self.take_a.next = self.equal.q.val();
            self.other.next = self.infinity.val();
        } else if self.what.q.val() == 5 {
            self.take_a.next = self.lesser.q.val();
            self.other.next = self.infinity.val();
        } else if self.what.q.val() == 6 {
            self.take_a.next = self.equal.q.val();
            self.chosen.d.next = self.one.val();
            self.other.next = self.zero.val();
        } else {
            self.take_a.next = false;
        }
        if !self.take_a.val() {
            self.chosen.d.next = self.other.val();
        }
    }
}
