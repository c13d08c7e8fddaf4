//! [`PoolLane`]: maximum, index and ReLU of one lane.

use crate::store::order_key::OrderKey;
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// The first largest word of a window and its number in it, then ReLU.
    ///
    /// ```text
    ///  edge         1                    2                          3
    ///  word --[ word ]------------[ best  ] if first, or    --[ +0 unless positive, if relu ]-- y
    ///       --[ key  ]--> > ? ----[ key   ] greater             [ kept                       ]-- kept
    ///                             [ index ]                   --[ index                      ]-- chosen
    /// ```
    ///
    /// Free-running. Without pooling every word is the first of its window.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `word` | 32 | |
    /// | `valid`, `first`, `number` | 1, 1, 2 | of this word; one cycle after it, with edge 2 |
    /// | `relu` | 1 | stable |
    /// | `y` | 32 | the result, two cycles after the `valid` of the last word of a window |
    /// | `kept` | 1 | its mask bit: positive, or no ReLU |
    /// | `chosen` | 2 | `number` of the word chosen |
    ///
    /// ```
    /// use ef_rtl::store::pool_lane::PoolLane;
    /// # ef_hdl_kit::export::verilog(&mut PoolLane::default(), "pool_lane").unwrap();
    /// ```
    pub struct PoolLane {
        in clock: Clock, in word: Bits<32>, in valid, first, relu: Bit, in number: Bits<2>,
        out y: Bits<32>, out kept: Bit, out chosen: Bits<2>,
        order: OrderKey,
        reg next_word, next_key, best, best_key: Bits<32>, reg index, result_index => chosen: Bits<2>,
        reg result_kept => kept: Bit,
        net keep: Bit,
        reg pulse result => y: Bits<32>,
    }
}

impl Logic for PoolLane {
    #[hdl_gen]
    fn update(&mut self) {
        self.order.word.next = self.word.val();
        self.next_word.d.next = self.word.val();
        self.next_key.d.next = self.order.key.val();
        if self.valid.val() && (self.first.val() || (self.best_key.q.val() < self.next_key.q.val())) {
            self.best.d.next = self.next_word.q.val();
            self.best_key.d.next = self.next_key.q.val();
            self.index.d.next = self.number.val();
        }
        // the key of a positive word has its top bit set, and so has that of zero
        self.keep.next = !self.relu.val()
            || (self.best_key.q.val().get_bit(31) && self.best_key.q.val().get_bits::<8>(23).any());
        self.result_kept.d.next = self.keep.val();
        self.result_index.d.next = self.index.q.val();
        if self.keep.val() {
            self.result.d.next = self.best.q.val();
        }
    }
}
