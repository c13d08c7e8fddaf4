//! [`UnderWay`]: the elements that have begun and are not done.

use ef_hdl_kit::{block, glue};
use ef_isa::vector::{Place, WORDS, place};
use rust_hdl::prelude::*;

/// What a control word asks for: word and stage field of each.
const ASKS: [Place; 6] = [
    place::read_stage,
    place::take_stage,
    place::out_stage,
    place::sum_stage,
    place::product_stage,
    place::special_stage,
];

block! {
    /// Flags of the last 32 elements, and which of them the control word asks for.
    ///
    /// ```text
    ///  begins: shift --> acts, leaves, below, first (32 each)
    ///                      stage fields of `word` --> the flag of each use
    /// ```
    /// Flags answer in the cycle of the control word.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `clear` | 1 | no element is under way |
    /// | `begins` | 1 | the next cycle is the first one of a period |
    /// | `go` | 1 | in which an element begins |
    /// | `below`, `first`, `padded` | 1 | of this element; words of elements outside leave too |
    /// | `word[4]` | 32 | the control word |
    /// | `read_first`, `take_acts`, `out_leaves`, `out_inside`, `sum_acts`, `product_acts`, `special_acts` | 1 | |
    pub struct UnderWay {
        in clock: Clock, in clear, begins, go, below, first, padded: Bit, in word: [Bits<32>; WORDS],
        out read_first, take_acts, out_leaves, out_inside, sum_acts, product_acts, special_acts: Bit,
        flags: ElementFlags,
        read: PickFlag = PickFlag::new(ASKS[0].low),
        take: PickFlag = PickFlag::new(ASKS[1].low),
        leave: PickFlag = PickFlag::new(ASKS[2].low),
        inside_of: PickFlag = PickFlag::new(ASKS[2].low),
        sum: PickFlag = PickFlag::new(ASKS[3].low),
        product: PickFlag = PickFlag::new(ASKS[4].low),
        special: PickFlag = PickFlag::new(ASKS[5].low),
    }
}

glue! { UnderWay; self => {
    wire!(self.flags <- self: clock, clear, begins, go, below, first, padded);
    wire!(self.{read, take} <- self: word = word[2]);
    wire!(self.{leave, inside_of, sum, product, special} <- self: word = word[3]);
    wire!(self.read.flags, self.flags.opened);
    wire!(self.inside_of.flags, self.flags.inside_of);
    wire!(self.leave.flags, self.flags.leaving);
    wire!(self.{take, sum, product, special} <- self.flags: flags = acting);
    wire!(self <- self: read_first = read.flag, take_acts = take.flag, out_leaves = leave.flag);
    wire!(self <- self: out_inside = inside_of.flag, sum_acts = sum.flag, product_acts = product.flag);
    wire!(self.special_acts, self.special.flag);
}}

block! {
    /// A bit per period and flag: bit k is the element begun k periods ago.
    pub struct ElementFlags {
        in clock: Clock, in clear, begins, go, below, first, padded: Bit,
        out acting, leaving, inside_of, opened: Bits<32>,
        reg(clear) acts => acting, leaves => leaving, insides => inside_of, firsts => opened: Bits<32>,
        net acts_now: Bit,
        const one: Bits<32> = 1,
    }
}

impl Logic for ElementFlags {
    #[hdl_gen]
    fn update(&mut self) {
        self.acts_now.next = self.go.val() && self.below.val();
        if self.begins.val() {
            self.acts.d.next = self.acts.q.val() << 1;
            self.leaves.d.next = self.leaves.q.val() << 1;
            self.insides.d.next = self.insides.q.val() << 1;
            self.firsts.d.next = self.firsts.q.val() << 1;
            if self.acts_now.val() {
                self.acts.d.next = (self.acts.q.val() << 1) | self.one.val();
            }
            if self.acts_now.val() || (self.go.val() && self.padded.val()) {
                self.leaves.d.next = (self.leaves.q.val() << 1) | self.one.val();
            }
            if self.below.val() {
                self.insides.d.next = (self.insides.q.val() << 1) | self.one.val();
            }
            if self.first.val() {
                self.firsts.d.next = (self.firsts.q.val() << 1) | self.one.val();
            }
        }
    }
}

block! {
    /// The flag of the element that a stage field names. Combinational.
    pub struct PickFlag(low: u64) {
        in word, flags: Bits<32>,
        out flag: Bit,
        net stage: Bits<5>, net shifted: Bits<32>,
        const field: Bits<5> = low,
    }
}

impl Logic for PickFlag {
    #[hdl_gen]
    fn update(&mut self) {
        self.stage.next = self.word.val().get_bits::<5>(self.field.val().index());
        self.shifted.next = self.flags.val() >> self.stage.val();
        self.flag.next = self.shifted.val().get_bit(0);
    }
}
