//! [`Field16`]: a 16-bit field as a 16-bit signal.

use rust_hdl::prelude::*;

/// The low half of `field`: descriptor inputs are 32 bits wide, most fields 16. Combinational.
#[derive(LogicBlock, Default)]
pub struct Field16 {
    pub field: Signal<In, Bits<32>>,
    pub value: Signal<Out, Bits<16>>,
}

impl Logic for Field16 {
    #[hdl_gen]
    fn update(&mut self) {
        self.value.next = self.field.val().get_bits::<16>(0);
    }
}
