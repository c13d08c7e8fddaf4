//! The descriptor of one engine: a register per field.
use ef_hdl_kit::{block, glue, vec_of};
use ef_isa::Descriptor;
use rust_hdl::prelude::*;
use std::marker::PhantomData;

block! {
    /// One field: takes the low W bits of `word` when it is addressed.
    ///
    /// ```text
    ///  write, index ->|== position|->[hit]--en--+
    ///  word (one cycle later) ------------->[value]--> value, zero-extended
    /// ```
    /// `word` belongs to the `write` and `index` of the cycle before. `value` changes two cycles after `write`.
    ///
    /// `position` is its number in its descriptor.
    pub struct DescriptorField<const W: usize>(position: usize) {
        in clock: Clock, in reset, write: Bit, in index: Bits<6>, in word: Bits<32>,
        out value: Bits<32>,
        const position: Bits<6> = position as u64,
        reg(reset) hit: Bit, reg(reset) held: Bits<W>,
    }
}

impl<const W: usize> Logic for DescriptorField<W> {
    #[hdl_gen]
    fn update(&mut self) {
        self.hit.d.next = self.write.val() & (self.index.val() == self.position.val());
        if self.hit.q.val() {
            self.held.d.next = bit_cast::<W, 32>(self.word.val());
        }
        self.value.next = bit_cast::<32, W>(self.held.q.val());
    }
}

block! {
    /// The fields of descriptor `D`, as wide as its table says.
    ///
    /// ```text
    ///  write, index, word ->| field 0 (16 bit) |-> field[0]
    ///                     ->| field 1 (32 bit) |-> field[1]
    ///                     ->| ...              |
    /// ```
    /// One word per cycle; it shows in `field` two cycles later. `reset` makes every field 0.
    pub struct DescriptorFile<D: Descriptor> {
        assert!(D::FIELDS.iter().all(|field| matches!(field.bits, 16 | 32)), "fields have 16 or 32 bits");
        in clock: Clock, in reset, write: Bit, in index: Bits<6>, in word: Bits<32>,
        out field: Vec<Bits<32>> = vec_of(D::FIELDS.len()),
        step: DFF<Bits<32>>,
        narrow: Vec<DescriptorField<16>> = positions::<D>(16).map(DescriptorField::new).collect(),
        wide: Vec<DescriptorField<32>> = positions::<D>(32).map(DescriptorField::new).collect(),
        _descriptor: PhantomData<D> = PhantomData,
    }
}

/// Positions of the fields that are `bits` wide.
fn positions<D: Descriptor>(bits: u32) -> impl Iterator<Item = usize> {
    D::FIELDS.iter().enumerate().filter(move |(_, field)| field.bits == bits).map(|(position, _)| position)
}

glue! { [D: Descriptor] DescriptorFile<D>; self => {
    wire!(self.step.clock, self.clock);
    wire!(self.step.d, self.word);
    for (i, position) in positions::<D>(16).enumerate() {
        wire!(self.narrow[i] <- self: clock, reset, write, index);
        wire!(self.narrow[i].word, self.step.q);
        wire!(self.field[position], self.narrow[i].value);
    }
    for (i, position) in positions::<D>(32).enumerate() {
        wire!(self.wide[i] <- self: clock, reset, write, index);
        wire!(self.wide[i].word, self.step.q);
        wire!(self.field[position], self.wide[i].value);
    }
}}
