//! [`VectorFields`]: ages and writes of a control word.

use ef_hdl_kit::block;
use ef_isa::vector::place;
use rust_hdl::prelude::*;

block! {
    /// The fields of a control word that the memories of results need, and the overflow that counts. Combinational but for `saturated`.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `word[5]` | 32 | the control word |
    /// | `compared`, `special` | 32 | the two results that share a memory |
    /// | `age_a[4]`, `age_b[4]`, `write[4]` | 4, 4, 1 | of sums, products, results of compare and special functions, inputs |
    /// | `special_or_compared` | 32 | what the third one takes |
    /// | `overflow[3]`, `acts[3]` | 1 | of sum, product and special function, and of the elements that they belong to |
    /// | `saturated` | 1 | pulse |
    pub struct VectorFields {
        in clock: Clock, in word: [Bits<32>; 5], in compared, special: Bits<32>, in overflow, acts: [Bit; 3],
        out age_a, age_b: [Bits<4>; 4], out write: [Bit; 4], out special_or_compared: Bits<32>,
        out saturated: Bit,
        reg happened => saturated: Bit,
        const low_compare: Bits<5> = place::write_compare.low,
        const low_special: Bits<5> = place::write_special.low,
        const low_sum: Bits<5> = place::write_sum.low,
        const low_product: Bits<5> = place::write_product.low,
        const low_input: Bits<5> = place::write_input.low,
        const low_sum_counts: Bits<5> = place::sum_counts.low,
        const low_product_counts: Bits<5> = place::product_counts.low,
        const low_special_counts: Bits<5> = place::special_counts.low,
        const sum_a: Bits<5> = place::age_sum_a.low, const sum_b: Bits<5> = place::age_sum_b.low,
        const product_a: Bits<5> = place::age_product_a.low,
        const product_b: Bits<5> = place::age_product_b.low,
        const special_a: Bits<5> = place::age_special_a.low,
        const special_b: Bits<5> = place::age_special_b.low,
        const input_a: Bits<5> = place::age_input_a.low,
        const input_b: Bits<5> = place::age_input_b.low,
    }
}

impl Logic for VectorFields {
    #[hdl_gen]
    fn update(&mut self) {
        self.age_a[0].next = self.word[0].val().get_bits::<4>(self.sum_a.val().index());
        self.age_a[1].next = self.word[0].val().get_bits::<4>(self.product_a.val().index());
        self.age_a[2].next = self.word[0].val().get_bits::<4>(self.special_a.val().index());
        self.age_a[3].next = self.word[0].val().get_bits::<4>(self.input_a.val().index());
        self.age_b[0].next = self.word[0].val().get_bits::<4>(self.sum_b.val().index());
        self.age_b[1].next = self.word[0].val().get_bits::<4>(self.product_b.val().index());
        self.age_b[2].next = self.word[0].val().get_bits::<4>(self.special_b.val().index());
        self.age_b[3].next = self.word[0].val().get_bits::<4>(self.input_b.val().index());
        self.write[0].next = self.word[2].val().get_bit(self.low_sum.val().index());
        self.write[1].next = self.word[2].val().get_bit(self.low_product.val().index());
        self.write[2].next = self.word[2].val().get_bit(self.low_compare.val().index())
            || self.word[2].val().get_bit(self.low_special.val().index());
        self.write[3].next = self.word[2].val().get_bit(self.low_input.val().index());
        self.special_or_compared.next = self.compared.val();
        if self.word[2].val().get_bit(self.low_special.val().index()) {
            self.special_or_compared.next = self.special.val();
        }
        self.happened.d.next = (self.overflow[0].val()
            && self.acts[0].val()
            && self.word[4].val().get_bit(self.low_sum_counts.val().index()))
            || (self.overflow[1].val()
                && self.acts[1].val()
                && self.word[4].val().get_bit(self.low_product_counts.val().index()))
            || (self.overflow[2].val()
                && self.acts[2].val()
                && self.word[4].val().get_bit(self.low_special_counts.val().index()));
    }
}
