//! The sticky OVERFLOW register.
use ef_hdl_kit::K;
use rust_hdl::prelude::*;

/// One bit per tag, set by either of two engines.
///
/// ```text
///  overflow_set[i], overflow_tag[i] ->[FF]-> 1 << tag -+->(or)->[bits]--> bits
///                                                      ^----------+
/// ```
/// A bit is up two cycles after its `overflow_set`.
#[derive(LogicBlock, Default)]
pub struct OverflowBits {
    pub clock: Signal<In, Clock>,
    pub clear: Signal<In, Bit>,
    pub overflow_set: [Signal<In, Bit>; 2],
    pub overflow_tag: [Signal<In, Bits<5>>; 2],
    pub bits: Signal<Out, Bits<32>>,
    set_a: DFF<Bit>,
    set_b: DFF<Bit>,
    tag_a: DFF<Bits<5>>,
    tag_b: DFF<Bits<5>>,
    sticky: DFF<Bits<32>>,
    mask_a: Signal<Local, Bits<32>>,
    mask_b: Signal<Local, Bits<32>>,
    one: K<32, 1>,
    none: K<32, 0>,
}

impl Logic for OverflowBits {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, set_a, set_b, tag_a, tag_b, sticky);
        self.set_a.d.next = self.overflow_set[0].val();
        self.set_b.d.next = self.overflow_set[1].val();
        self.tag_a.d.next = self.overflow_tag[0].val();
        self.tag_b.d.next = self.overflow_tag[1].val();
        self.mask_a.next = self.none.val();
        self.mask_b.next = self.none.val();
        if self.set_a.q.val() {
            self.mask_a.next = self.one.val() << self.tag_a.q.val();
        }
        if self.set_b.q.val() {
            self.mask_b.next = self.one.val() << self.tag_b.q.val();
        }
        self.sticky.d.next = self.sticky.q.val() | self.mask_a.val() | self.mask_b.val();
        if self.clear.val() {
            self.set_a.d.next = false;
            self.set_b.d.next = false;
            self.sticky.d.next = self.none.val();
        }
        self.bits.next = self.sticky.q.val();
    }
}
