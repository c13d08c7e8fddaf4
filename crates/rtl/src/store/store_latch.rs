//! [`StoreLatch`]: the descriptor of the command that is executed.

use ef_hdl_kit::vec_of;
use ef_program::Descriptor;
use ef_program::StoreDesc;
use rust_hdl::prelude::*;

/// Fields of a store descriptor.
pub const FIELDS: usize = StoreDesc::FIELDS.len();

/// Keeps the fields that come with `start`.
///
/// ```text
///  field[18] --start--> [FF] --> word[18], half[18] (its low 16 bits)
/// ```
#[derive(LogicBlock)]
pub struct StoreLatch {
    pub clock: Signal<In, Clock>,
    pub start: Signal<In, Bit>,
    pub field: Vec<Signal<In, Bits<32>>>,
    pub word: Vec<Signal<Out, Bits<32>>>,
    pub half: Vec<Signal<Out, Bits<16>>>,
    value: Vec<DFF<Bits<32>>>,
}

impl Default for StoreLatch {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            start: Default::default(),
            field: vec_of(FIELDS),
            word: vec_of(FIELDS),
            half: vec_of(FIELDS),
            value: vec_of(FIELDS),
        }
    }
}

impl Logic for StoreLatch {
    #[hdl_gen]
    fn update(&mut self) {
        for i in 0..FIELDS {
            self.value[i].clock.next = self.clock.val();
            self.value[i].d.next = self.value[i].q.val();
            if self.start.val() {
                self.value[i].d.next = self.field[i].val();
            }
            self.word[i].next = self.value[i].q.val();
            self.half[i].next = self.value[i].q.val().get_bits::<16>(0);
        }
    }
}
