//! Single bits as a register.
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// `word[3:0] = bits`, the other bits 0.
    pub struct Pack4 {
        in bits: [Bit; 4],
        out word: Bits<32>,
        net part: [Bits<32>; 4],
        const zero: Bits<32> = 0, const one: Bits<32> = 1, const two: Bits<32> = 2, const four: Bits<32> = 4,
        const eight: Bits<32> = 8,
    }
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
