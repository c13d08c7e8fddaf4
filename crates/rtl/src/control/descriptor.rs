//! The descriptor of one engine: a register with an adder per field.
use ef_hdl_kit::{glue, vec_of};
use ef_program::Descriptor;
use rust_hdl::prelude::*;
use std::marker::PhantomData;

/// One field: `value += increment`, modulo 2^W, when it is addressed.
///
/// ```text
///  add, index ->|== position|->[hit]--en--+
///  increment (one cycle later) ------>(+)->[value]--> value, zero-extended
///                                      ^------+
/// ```
/// `increment` belongs to the `add` and `index` of the cycle before. `value` changes two cycles after `add`.
#[derive(LogicBlock)]
pub struct DescriptorField<const W: usize> {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub add: Signal<In, Bit>,
    pub index: Signal<In, Bits<6>>,
    pub increment: Signal<In, Bits<32>>,
    pub value: Signal<Out, Bits<32>>,
    position: Constant<Bits<6>>,
    hit: DFF<Bit>,
    sum: DFF<Bits<W>>,
}

impl<const W: usize> DescriptorField<W> {
    /// The field number `position` of its descriptor.
    pub fn new(position: usize) -> Self {
        Self {
            clock: Default::default(),
            reset: Default::default(),
            add: Default::default(),
            index: Default::default(),
            increment: Default::default(),
            value: Default::default(),
            position: Constant::new((position as u64).into()),
            hit: Default::default(),
            sum: Default::default(),
        }
    }
}

impl<const W: usize> Logic for DescriptorField<W> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, hit, sum);
        self.hit.d.next = self.add.val() & (self.index.val() == self.position.val());
        if self.hit.q.val() {
            self.sum.d.next = self.sum.q.val() + bit_cast::<W, 32>(self.increment.val());
        }
        if self.reset.val() {
            self.hit.d.next = false;
            self.sum.d.next = 0.into();
        }
        self.value.next = bit_cast::<32, W>(self.sum.q.val());
    }
}

/// The fields of descriptor `D`, as wide as its table says.
///
/// ```text
///  add, index, increment ->| field 0 (16 bit) |-> field[0]
///                        ->| field 1 (32 bit) |-> field[1]
///                        ->| ...              |
/// ```
/// One ADD per cycle; it shows in `field` two cycles later. `reset` makes every field 0.
#[derive(LogicBlock)]
pub struct DescriptorFile<D: Descriptor> {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub add: Signal<In, Bit>,
    pub index: Signal<In, Bits<6>>,
    pub increment: Signal<In, Bits<32>>,
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
            add: Default::default(),
            index: Default::default(),
            increment: Default::default(),
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
    wire!(self.step.d, self.increment);
    for (i, position) in positions::<D>(16).enumerate() {
        wire!(self.narrow[i].clock, self.clock);
        wire!(self.narrow[i].reset, self.reset);
        wire!(self.narrow[i].add, self.add);
        wire!(self.narrow[i].index, self.index);
        wire!(self.narrow[i].increment, self.step.q);
        wire!(self.field[position], self.narrow[i].value);
    }
    for (i, position) in positions::<D>(32).enumerate() {
        wire!(self.wide[i].clock, self.clock);
        wire!(self.wide[i].reset, self.reset);
        wire!(self.wide[i].add, self.add);
        wire!(self.wide[i].index, self.index);
        wire!(self.wide[i].increment, self.step.q);
        wire!(self.field[position], self.wide[i].value);
    }
}}
