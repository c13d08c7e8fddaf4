//! [`OrderKey`]: an unsigned number that sorts as the FP32 word does.

use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// `key(a) > key(b)` as unsigned numbers exactly if `ef_numerics::gt(a, b)`. Combinational.
    ///
    /// ```text
    ///  negative: all bits inverted | positive: sign bit set | field 0: 2^31
    /// ```
    ///
    /// One unsigned compare of two keys is half the logic of comparing the words, and leaves the key to a flip-flop before
    /// the compare. Write it as `<`: Yosys makes that one carry chain, and adds an equality tree for `>`.
    pub struct OrderKey {
        /// FP32.
        in word: Bits<32>,
        /// Its place in the order.
        out key: Bits<32>,
        const zero: Bits<32> = 0x8000_0000,
    }
}

impl Logic for OrderKey {
    #[hdl_gen]
    fn update(&mut self) {
        if !self.word.val().get_bits::<8>(23).any() {
            self.key.next = self.zero.val();
        } else if self.word.val().get_bit(31) {
            self.key.next = !self.word.val();
        } else {
            self.key.next = self.word.val() | self.zero.val();
        }
    }
}
