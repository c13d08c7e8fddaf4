//! The descriptor of one engine: a register per field.
use ef_hdl_kit::{glue, vec_of};
use ef_program::Descriptor;
use rust_hdl::prelude::*;
use std::marker::PhantomData;

/// One field: takes the low W bits of `word` when it is addressed.
///
/// ```text
///  write, index ->|== position|->[hit]--en--+
///  word (one cycle later) ------------->[value]--> value, zero-extended
/// ```
/// `word` belongs to the `write` and `index` of the cycle before. `value` changes two cycles after `write`.
#[derive(LogicBlock)]
pub struct DescriptorField<const W: usize> {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub write: Signal<In, Bit>,
    pub index: Signal<In, Bits<6>>,
    pub word: Signal<In, Bits<32>>,
    pub value: Signal<Out, Bits<32>>,
    position: Constant<Bits<6>>,
    hit: DFF<Bit>,
    held: DFF<Bits<W>>,
}

impl<const W: usize> DescriptorField<W> {
    /// The field number `position` of its descriptor.
    pub fn new(position: usize) -> Self {
        Self {
            clock: Default::default(),
            reset: Default::default(),
            write: Default::default(),
            index: Default::default(),
            word: Default::default(),
            value: Default::default(),
            position: Constant::new((position as u64).into()),
            hit: Default::default(),
            held: Default::default(),
        }
    }
}

impl<const W: usize> Logic for DescriptorField<W> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, hit, held);
        self.hit.d.next = self.write.val() & (self.index.val() == self.position.val());
        if self.hit.q.val() {
            self.held.d.next = bit_cast::<W, 32>(self.word.val());
        }
        if self.reset.val() {
            self.hit.d.next = false;
            self.held.d.next = 0.into();
        }
        self.value.next = bit_cast::<32, W>(self.held.q.val());
    }
}

/// The fields of descriptor `D`, as wide as its table says.
///
/// ```text
///  write, index, word ->| field 0 (16 bit) |-> field[0]
///                     ->| field 1 (32 bit) |-> field[1]
///                     ->| ...              |
/// ```
/// One word per cycle; it shows in `field` two cycles later. `reset` makes every field 0.
#[derive(LogicBlock)]
pub struct DescriptorFile<D: Descriptor> {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub write: Signal<In, Bit>,
    pub index: Signal<In, Bits<6>>,
    pub word: Signal<In, Bits<32>>,
    pub field: Vec<Signal<Out, Bits<32>>>,
    step: DFF<Bits<32>>,
    narrow: Vec<DescriptorField<16>>,
    wide: Vec<DescriptorField<32>>,
    _descriptor: PhantomData<D>,
}

/// Positions of the fields that are `bits` wide.
fn positions<D: Descriptor>(bits: u32) -> impl Iterator<Item = usize> {
    D::FIELDS.iter().enumerate().filter(move |(_, field)| field.bits == bits).map(|(position, _)| position)
}

impl<D: Descriptor> Default for DescriptorFile<D> {
    fn default() -> Self {
        assert!(D::FIELDS.iter().all(|field| matches!(field.bits, 16 | 32)), "fields have 16 or 32 bits");
        Self {
            clock: Default::default(),
            reset: Default::default(),
            write: Default::default(),
            index: Default::default(),
            word: Default::default(),
            field: vec_of(D::FIELDS.len()),
            step: Default::default(),
            narrow: positions::<D>(16).map(DescriptorField::new).collect(),
            wide: positions::<D>(32).map(DescriptorField::new).collect(),
            _descriptor: PhantomData,
        }
    }
}

glue! { [D: Descriptor] DescriptorFile<D>; self => {
    wire!(self.step.clock, self.clock);
    wire!(self.step.d, self.word);
    for (i, position) in positions::<D>(16).enumerate() {
        wire!(self.narrow[i].clock, self.clock);
        wire!(self.narrow[i].reset, self.reset);
        wire!(self.narrow[i].write, self.write);
        wire!(self.narrow[i].index, self.index);
        wire!(self.narrow[i].word, self.step.q);
        wire!(self.field[position], self.narrow[i].value);
    }
    for (i, position) in positions::<D>(32).enumerate() {
        wire!(self.wide[i].clock, self.clock);
        wire!(self.wide[i].reset, self.reset);
        wire!(self.wide[i].write, self.write);
        wire!(self.wide[i].index, self.index);
        wire!(self.wide[i].word, self.step.q);
        wire!(self.field[position], self.wide[i].value);
    }
}}
