//! 64 registers to one word.
use ef_hdl_kit::{block, glue, vec_of};
use rust_hdl::prelude::*;

block! {
    /// One of four words, registered.
    pub struct Mux4 {
        in clock: Clock, in select: Bits<2>, in word: [Bits<32>; 4],
        out chosen: Bits<32>,
        hold: DFF<Bits<32>>,
    }
}

impl Logic for Mux4 {
    #[hdl_gen]
    fn update(&mut self) {
        self.hold.clock.next = self.clock.val();
        if self.select.val().get_bit(1) {
            if self.select.val().get_bit(0) {
                self.hold.d.next = self.word[3].val();
            } else {
                self.hold.d.next = self.word[2].val();
            }
        } else if self.select.val().get_bit(0) {
            self.hold.d.next = self.word[1].val();
        } else {
            self.hold.d.next = self.word[0].val();
        }
        self.chosen.next = self.hold.q.val();
    }
}

block! {
    /// `chosen = word[select2 * 16 + select1 * 4 + select0]`, three cycles later: one level of [`Mux4`] per cycle.
    ///
    /// ```text
    ///  word[64] ->| 16 x Mux4 |->| 4 x Mux4 |->| Mux4 |-> chosen
    ///               select0        select1       select2     (held for three cycles)
    /// ```
    pub struct ReadMux {
        in clock: Clock, in select0, select1, select2: Bits<2>, in word: Vec<Bits<32>> = vec_of(64),
        out chosen: Bits<32>,
        low: Vec<Mux4> = vec_of(16),
        middle: Vec<Mux4> = vec_of(4),
        high: Mux4,
    }
}

glue! { ReadMux; self => {
    for i in 0..16 {
        wire!(self.low[i].clock, self.clock);
        wire!(self.low[i].select, self.select0);
        for k in 0..4 {
            wire!(self.low[i].word[k], self.word[4 * i + k]);
        }
    }
    for i in 0..4 {
        wire!(self.middle[i].clock, self.clock);
        wire!(self.middle[i].select, self.select1);
        for k in 0..4 {
            wire!(self.middle[i].word[k], self.low[4 * i + k].chosen);
        }
        wire!(self.high.word[i], self.middle[i].chosen);
    }
    wire!(self.high.clock, self.clock);
    wire!(self.high.select, self.select2);
    wire!(self.chosen, self.high.chosen);
}}
