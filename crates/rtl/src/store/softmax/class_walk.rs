//! [`ClassWalk`] and [`ArgMax`]: the logits of an image, and the largest.

use crate::store::order_key::OrderKey;
use ef_hdl_kit::block;
use rust_hdl::prelude::*;

block! {
    /// Reads the logits of one image: class k is word k mod T of the partial sum at `base + (k / T)*p_g`, one per cycle.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `start` | 1 | pulse; `base` is taken, `p_g` and `n_c` (>= 1) stay valid until `busy` falls |
    /// | `issue`, `address`, `lane` | 1, 16, 3 | read this word |
    /// | `busy` | 1 | from the cycle after `start` until the last `issue` |
    pub struct ClassWalk<const T: usize> {
        in clock: Clock, in clear, start: Bit, in base, p_g, n_c: Bits<16>,
        out issue, busy: Bit, out address: Bits<16>, out lane: Bits<3>,
        reg(clear) walking => issue: Bit, reg left, at => address: Bits<16>,
        reg(start) in_group => lane: Bits<3>,
        const t_last: Bits<3> = T as u64 - 1,
        const one: Bits<16> = 1,
    }
}

impl<const T: usize> Logic for ClassWalk<T> {
    #[hdl_gen]
    fn update(&mut self) {
        if self.walking.q.val() {
            self.left.d.next = self.left.q.val() - 1;
            self.in_group.d.next = self.in_group.q.val() + 1;
            if self.in_group.q.val() == self.t_last.val() {
                self.in_group.d.next = 0.into();
                self.at.d.next = self.at.q.val() + self.p_g.val();
            }
            if self.left.q.val() == self.one.val() {
                self.walking.d.next = false;
            }
        }
        if self.start.val() {
            self.walking.d.next = true;
            self.left.d.next = self.n_c.val();
            self.at.d.next = self.base.val();
        }
        self.busy.next = self.walking.q.val();
    }
}

block! {
    /// The first largest of a row of FP32 words, and its number.
    ///
    /// ```text
    ///  word --[ word, key ]-- > ? --[ largest, its key, its index ]
    ///                               [ seen + 1                    ]
    /// ```
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `restart` | 1 | pulse: forget |
    /// | `valid`, `word` | 1, 32 | `valid` comes one cycle after its word |
    /// | `largest`, `index` | 32, 16 | of the `seen` words so far |
    /// | `seen` | 16 | |
    pub struct ArgMax {
        in clock: Clock, in restart, valid: Bit, in word: Bits<32>,
        out largest: Bits<32>, out index, seen: Bits<16>,
        order: OrderKey,
        reg next_word, next_key, best => largest, best_key: Bits<32>, reg best_index => index: Bits<16>,
        reg(restart) count => seen: Bits<16>,
    }
}

impl Logic for ArgMax {
    #[hdl_gen]
    fn update(&mut self) {
        self.order.word.next = self.word.val();
        self.next_word.d.next = self.word.val();
        self.next_key.d.next = self.order.key.val();
        if self.valid.val() {
            self.count.d.next = self.count.q.val() + 1;
            if !self.count.q.val().any() || (self.best_key.q.val() < self.next_key.q.val()) {
                self.best.d.next = self.next_word.q.val();
                self.best_key.d.next = self.next_key.q.val();
                self.best_index.d.next = self.count.q.val();
            }
        }
    }
}
