//! [`Serialise`]: a vector leaves as T words.

use ef_hdl_kit::{block, vec_of};
use rust_hdl::prelude::*;

block! {
    /// Turns vectors, at most one every T cycles, into words, one per cycle, lane 0 first.
    ///
    /// ```text
    ///  vector[T] --load--> [T-1] -> ... -> [1] -> [0] --> word
    ///  closing   --------> [closing]    [count]> 0 -----> push
    ///                           and last word ----------> finished
    /// ```
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `load`, `vector[T]`, `closing` | 1, 32, 1 | a vector, at least T cycles after the one before; the last of all |
    /// | `push`, `word` | 1, 32 | from the next cycle on; there is no way to stop it |
    /// | `finished` | 1 | pulse with the last word of the closing vector |
    pub struct Serialise<const T: usize> {
        in clock: Clock, in clear, load, closing: Bit, in vector: Vec<Bits<32>> = vec_of(T),
        out push, finished: Bit, out word: Bits<32>,
        reg lane: Vec<Bits<32>> = vec_of(T), reg closes: Bit, reg(clear) count: Bits<4>,
        const t_lanes: Bits<4> = T as u64,
        const one: Bits<4> = 1,
    }
}

impl<const T: usize> Logic for Serialise<T> {
    #[hdl_gen]
    fn update(&mut self) {
        for i in 0..T {
            self.lane[i].d.next = self.vector[i].val();
        }
        self.push.next = self.count.q.val().any();
        self.word.next = self.lane[0].q.val();
        self.finished.next = self.closes.q.val() && (self.count.q.val() == self.one.val());
        if self.load.val() {
            self.count.d.next = self.t_lanes.val();
            self.closes.d.next = self.closing.val();
        } else {
            for i in 1..T {
                self.lane[i - 1].d.next = self.lane[i].q.val();
            }
            if self.count.q.val().any() {
                self.count.d.next = self.count.q.val() - 1;
            }
        }
    }
}
