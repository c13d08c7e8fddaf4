//! [`StoreLatch`]: the descriptor of the command that is executed.

use ef_hdl_kit::{block, vec_of};
use ef_isa::Descriptor;
use ef_isa::StoreDesc;
use rust_hdl::prelude::*;

/// Fields of a store descriptor.
pub const FIELDS: usize = StoreDesc::FIELDS.len();

block! {
    /// Keeps the fields that come with `start`.
    ///
    /// ```text
    ///  field[18] --start--> [FF] --> word[18], half[18] (its low 16 bits)
    /// ```
    pub struct StoreLatch {
        in clock: Clock, in start: Bit, in field: Vec<Bits<32>> = vec_of(FIELDS),
        out word: Vec<Bits<32>> = vec_of(FIELDS), out half: Vec<Bits<16>> = vec_of(FIELDS),
        reg value: Vec<Bits<32>> = vec_of(FIELDS),
    }
}

impl Logic for StoreLatch {
    #[hdl_gen]
    fn update(&mut self) {
        for i in 0..FIELDS {
            if self.start.val() {
                self.value[i].d.next = self.field[i].val();
            }
            self.word[i].next = self.value[i].q.val();
            self.half[i].next = self.value[i].q.val().get_bits::<16>(0);
        }
    }
}
