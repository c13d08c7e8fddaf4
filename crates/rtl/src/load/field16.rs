//! [`Field16`]: a 16-bit field as a 16-bit signal.

use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// The low half of `field`: descriptor inputs are 32 bits wide, most fields 16. Combinational.
    pub struct Field16 {
        in field: Bits<32>,
        out value: Bits<16>,
    }
}

impl Logic for Field16 {
    #[hdl_gen]
    fn update(&mut self) {
        self.value.next = self.field.val().get_bits::<16>(0);
    }
}
