//! Single bits as a register.
use ef_hdl_kit::K;
use rust_hdl::prelude::*;

/// `word[3:0] = bits`, the other bits 0.
#[derive(LogicBlock, Default)]
pub struct Pack4 {
    pub bits: [Signal<In, Bit>; 4],
    pub word: Signal<Out, Bits<32>>,
    part: [Signal<Local, Bits<32>>; 4],
    zero: K<32, 0>,
    one: K<32, 1>,
    two: K<32, 2>,
    four: K<32, 4>,
    eight: K<32, 8>,
}

impl Logic for Pack4 {
    #[hdl_gen]
    fn update(&mut self) {
        for i in 0..4 {
            self.part[i].next = self.zero.val();
        }
        if self.bits[0].val() {
            self.part[0].next = self.one.val();
        }
        if self.bits[1].val() {
            self.part[1].next = self.two.val();
        }
        if self.bits[2].val() {
            self.part[2].next = self.four.val();
        }
        if self.bits[3].val() {
            self.part[3].next = self.eight.val();
        }
        self.word.next = self.part[0].val() | self.part[1].val() | self.part[2].val() | self.part[3].val();
    }
}
