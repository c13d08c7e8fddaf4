//! From which instruction on the program buffer keeps what it holds.
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

/// Instructions that the buffer reads ahead, at the least: a loop that leaves less room than this is not kept.
pub const AHEAD: u64 = 64;
/// Cycles by which `keep` is later than usual for each level that the anchor moves inwards.
pub const INWARDS: u64 = 2;

block! {
    /// The first instruction that may not be overwritten: the start of the outermost active loop that lies at most 2^RAW - [`AHEAD`]
    /// instructions back, or the program counter.
    ///
    /// ```text
    ///  push, start, pop --> [anchored, anchor, level] --[kept]--> keep
    ///  pc ---------------->  anchor too far back? --> the next loop inwards: select --> LoopStack --> selected
    /// ```
    /// A loop becomes the anchor when it begins and none is; the anchor moves inwards, a level in two cycles, when the program counter
    /// has run too far from it, and is none after its loop has ended. `level` is the anchor's place in the loop stack, 0 the innermost.
    /// Instruction numbers are modulo 2^16 here, which is more than the buffer holds. `keep` is never beyond the next
    /// instruction: after a jump it is right a cycle later. A smaller `keep` than
    /// necessary leaves less room to read ahead: the program gets slower, its result stays the same.
    pub struct Keep<const RAW: usize> {
        assert!((7..=15).contains(&RAW), "a program buffer has 128 to 32768 instructions");
        in clock: Clock, in reset, push, pop: Bit, in pc, start: Bits<24>,
        /// The entry of the loop stack one level inside the anchor.
        out select: Bits<3>,
        /// Where that loop starts.
        in selected: Bits<16>,
        out keep: Bits<16>,
        reg(reset) anchored, distant: Bit, reg(reset) kept => keep: Bits<16>, reg anchor: Bits<16>,
        reg level: Bits<3>,
        net at, back: Bits<16>, net inwards, innermost: Bit, net inner: Bits<3>,
        const one: Bits<3> = 1, const zero: Bits<3> = 0, const reach: Bits<16> = (1 << RAW) - AHEAD,
    }
}

impl<const RAW: usize> Logic for Keep<RAW> {
    #[hdl_gen]
    fn update(&mut self) {
        self.at.next = bit_cast::<16, 24>(self.pc.val());
        self.back.next = self.at.val() - self.anchor.q.val();
        self.inner.next = self.level.q.val() - self.one.val();
        self.innermost.next = self.level.q.val() == self.zero.val();
        self.inwards.next = self.distant.q.val() & self.anchored.q.val() & !self.push.val() & !self.pop.val();
        self.distant.d.next =
            self.anchored.q.val() & !self.inwards.val() & (self.back.val() > self.reach.val());
        if self.push.val() {
            if self.anchored.q.val() {
                self.level.d.next = self.level.q.val() + self.one.val();
            } else {
                self.anchored.d.next = true;
                self.anchor.d.next = bit_cast::<16, 24>(self.start.val());
                self.level.d.next = self.zero.val();
            }
        }
        if self.pop.val() | self.inwards.val() {
            self.level.d.next = self.inner.val();
            if self.innermost.val() {
                self.anchored.d.next = false;
            }
        }
        if self.inwards.val() {
            self.anchor.d.next = self.selected.val();
        }
        self.kept.d.next = self.at.val();
        if self.anchored.q.val() {
            self.kept.d.next = self.anchor.q.val();
        }
        self.select.next = self.inner.val();
    }
}
