//! The sticky OVERFLOW register.
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// One bit per tag, set by either of two engines.
    ///
    /// ```text
    ///  overflow_set[i], overflow_tag[i] ->[FF]-> 1 << tag -+->(or)->[bits]--> bits
    ///                                                      ^----------+
    /// ```
    /// A bit is up two cycles after its `overflow_set`.
    pub struct OverflowBits {
        in clock: Clock, in clear: Bit, in overflow_set: [Bit; 2], in overflow_tag: [Bits<5>; 2],
        out bits: Bits<32>,
        reg(clear) set_a, set_b: Bit, reg(clear) sticky => bits: Bits<32>, reg tag_a, tag_b: Bits<5>,
        net pulse mask_a, mask_b: Bits<32>,
        const one: Bits<32> = 1,
    }
}

impl Logic for OverflowBits {
    #[hdl_gen]
    fn update(&mut self) {
        self.set_a.d.next = self.overflow_set[0].val();
        self.set_b.d.next = self.overflow_set[1].val();
        self.tag_a.d.next = self.overflow_tag[0].val();
        self.tag_b.d.next = self.overflow_tag[1].val();
        if self.set_a.q.val() {
            self.mask_a.next = self.one.val() << self.tag_a.q.val();
        }
        if self.set_b.q.val() {
            self.mask_b.next = self.one.val() << self.tag_b.q.val();
        }
        self.sticky.d.next = self.sticky.q.val() | self.mask_a.val() | self.mask_b.val();
    }
}
