//! [`VectorFields`]: ages and writes of a control word.

use ef_hdl_kit::block;
use ef_isa::vector::{Place, WORDS, place};
use rust_hdl::prelude::*;

/// Lowest bits of fields.
fn lows<const N: usize>(places: [Place; N]) -> Vec<Constant<Bits<5>>> {
    places.map(|place| Constant::new(place.low.into())).into()
}

block! {
    /// The fields of a control word that the memories of results need, and the overflow that counts. Combinational but for `saturated`.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `word[4]` | 32 | the control word |
    /// | `clear` | 1 | no element is under way, whatever the table says |
    /// | `compared`, `special` | 32 | the two results that share a memory |
    /// | `age_a[4]`, `age_b[4]`, `write[4]` | 4, 4, 1 | of sums, products, results of compare and special functions, inputs |
    /// | `special_or_compared` | 32 | what the third one takes |
    /// | `overflow[3]`, `acts[3]` | 1 | of sum, product and special function, and of the elements that they belong to |
    /// | `saturated` | 1 | pulse |
    pub struct VectorFields {
        in clock: Clock, in clear: Bit, in word: [Bits<32>; WORDS], in compared, special: Bits<32>, in overflow, acts: [Bit; 3],
        out age_a, age_b: [Bits<4>; 4], out write: [Bit; 4], out special_or_compared: Bits<32>,
        out saturated: Bit,
        reg(clear) happened => saturated: Bit,
        age_a_low: Vec<Constant<Bits<5>>> = lows([place::age_sum_a, place::age_product_a, place::age_special_a, place::age_input_a]),
        age_b_low: Vec<Constant<Bits<5>>> = lows([place::age_sum_b, place::age_product_b, place::age_special_b, place::age_input_b]),
        counts_low: Vec<Constant<Bits<5>>> = lows([place::sum_counts, place::product_counts, place::special_counts]),
        net counts: [Bit; 3],
        const low_sum: Bits<5> = place::write_sum.low, const low_product: Bits<5> = place::write_product.low,
        const low_compare: Bits<5> = place::write_compare.low, const low_special: Bits<5> = place::write_special.low,
        const low_input: Bits<5> = place::write_input.low,
    }
}

impl Logic for VectorFields {
    #[hdl_gen]
    fn update(&mut self) {
        for i in 0..4 {
            self.age_a[i].next = self.word[0].val().get_bits::<4>(self.age_a_low[i].val().index());
            self.age_b[i].next = self.word[0].val().get_bits::<4>(self.age_b_low[i].val().index());
        }
        for i in 0..3 {
            self.counts[i].next = self.overflow[i].val()
                && self.acts[i].val()
                && self.word[3].val().get_bit(self.counts_low[i].val().index());
        }
        self.happened.d.next = self.counts[0].val() || self.counts[1].val() || self.counts[2].val();
        self.write[0].next = self.word[2].val().get_bit(self.low_sum.val().index());
        self.write[1].next = self.word[2].val().get_bit(self.low_product.val().index());
        self.write[2].next = self.word[2].val().get_bit(self.low_compare.val().index())
            || self.word[2].val().get_bit(self.low_special.val().index());
        self.write[3].next = self.word[2].val().get_bit(self.low_input.val().index());
        self.special_or_compared.next = self.compared.val();
        if self.word[2].val().get_bit(self.low_special.val().index()) {
            self.special_or_compared.next = self.special.val();
        }
    }
}
