//! [`Collector`]: words of a stream, or taps of several lanes at once, become vectors.

use ef_hdl_kit::{block, vec_of};
use rust_hdl::prelude::*;

block! {
    /// Collects T words, lane 0 first, and offers them as a vector; or, with `gather`, takes taps to the lanes that `put` names; or, with
    /// `zero`, offers empty vectors for ever.
    ///
    /// ```text
    ///  in_word --+--> [lane 0] --> vector[0]
    ///            +--> [lane 1] --> vector[1]     [full] --> out_valid
    ///            +--> ...               ^ next in [filled]: lanes 0..k hold words
    ///  tap[n] ------> [lane n]
    ///  in_image ----> [here] -----> [words] --> present
    ///  spill -----------------------> [kept] --> keep
    /// ```
    ///
    /// Words: a full vector leaves in the cycle in which the next word arrives, so words flow at one per clock if `out_ready` is high whenever
    /// a vector is offered. Latency 1 after the last word.
    ///
    /// Taps: they come without back-pressure, and `out_ready` must be high whenever a vector is offered. A vector that `fills` is offered in
    /// the next cycle. When its last taps `spill` into the next vector, they overwrite lanes of it: whoever takes it must have looked at
    /// these a cycle earlier and `keep` what it saw. A pixel that `ends` with a spill makes one more vector a cycle later, in which no taps
    /// may come.
    ///
    /// | port | width | |
    /// |---|---|---|
    /// | `start` | 1 | takes `zero`, `gather`; empties it |
    /// | `in_valid`, `in_ready`, `in_word` | 1, 1, 32 | words |
    /// | `tap[T]` | 32 | what each lane would take |
    /// | `put`, `in_image`, `spill`, `fills`, `ends` | 8, 8, 8, 1, 1 | as in [`TapLanes`](crate::load::TapLanes) |
    /// | `out_valid`, `out_ready`, `vector[T]` | 1, 1, 32 | vectors |
    /// | `out_cut` | 1 | with the vector: it is the last of its pixel |
    /// | `present` | 8 | bit n: lane n of the vector holds a word, the others count as 0 |
    /// | `keep` | 8 | bit n: the next vector has overwritten lane n in this cycle; take the word of a cycle ago |
    ///
    /// `in_ready` depends combinationally on `out_ready`.
    pub struct Collector<const T: usize> {
        assert!(matches!(T, 2 | 4 | 8), "a vector has 2, 4 or 8 lanes");
        in clock: Clock, in reset, start, zero, gather, in_valid, fills, ends, out_ready: Bit,
        in in_word: Bits<32>, in tap: Vec<Bits<32>> = vec_of(T), in put, in_image, spill: Bits<8>,
        out in_ready, out_valid, out_cut: Bit, out vector: Vec<Bits<32>> = vec_of(T),
        out present, keep: Bits<8>,
        reg zeroing, gathering, full, cut => out_cut: Bit, reg lane: Vec<Bits<32>> = vec_of(T),
        reg words => present: Bits<8>,
        // lanes before the next word's
        reg filled: Bits<8>,
        net filled_next, place: Bits<8>, net room: Bit,
        // taps of the vector being collected that lie in the image
        reg here, kept => keep: Bits<8>,
        net here_next: Bits<8>,
        // a spill ended its pixel
        reg flush: Bit,
        net takes: Bits<8>,
        const all: Bits<8> = 0xff, const but_first: Bits<8> = 0xfe, const top: Bits<3> = T as u64 - 1,
    }
}

impl<const T: usize> Logic for Collector<T> {
    #[hdl_gen]
    fn update(&mut self) {
        self.room.next = !self.full.q.val() || self.out_ready.val();
        self.in_ready.next = self.room.val();
        self.out_valid.next = self.full.q.val() || self.zeroing.q.val();

        // one bit of `place` is set: the lane of the next word. It may take anything until the word comes, which is late in the cycle;
        // a full vector holds only lane 0's place open
        self.filled_next.next = (self.filled.q.val() << 1) | 1;
        self.place.next = self.filled_next.val() & !self.filled.q.val();
        self.takes.next = self.place.val() & self.but_first.val();
        if self.room.val() {
            self.takes.next = self.place.val();
        }
        if self.gathering.q.val() {
            self.takes.next = self.put.val();
        }
        for i in 0..T {
            if self.takes.val().get_bit(i) {
                self.lane[i].d.next = self.in_word.val();
                if self.gathering.q.val() {
                    self.lane[i].d.next = self.tap[i].val();
                }
            }
            self.vector[i].next = self.lane[i].q.val();
        }

        if self.out_ready.val() {
            self.full.d.next = false;
        }
        if self.in_valid.val() && self.room.val() {
            self.filled.d.next = self.filled_next.val();
            if self.place.val().get_bit(self.top.val().index()) {
                self.filled.d.next = 0.into();
                self.full.d.next = true;
            }
        }

        // taps
        self.here_next.next = self.here.q.val() | (self.in_image.val() & !self.spill.val());
        self.flush.d.next = self.ends.val() && self.spill.val().get_bit(0);
        if self.gathering.q.val() {
            self.full.d.next = self.fills.val() || self.flush.q.val();
            self.kept.d.next = self.spill.val();
            self.here.d.next = self.here_next.val();
            if self.fills.val() || self.flush.q.val() {
                self.words.d.next = self.here_next.val();
                self.cut.d.next = self.flush.q.val() || (self.ends.val() && !self.spill.val().get_bit(0));
                self.here.d.next = self.in_image.val() & self.spill.val();
            }
        }

        if self.reset.val() || self.start.val() {
            self.zeroing.d.next = self.start.val() && self.zero.val();
            self.gathering.d.next = self.start.val() && self.gather.val();
            self.words.d.next = 0.into();
            if !self.zero.val() {
                self.words.d.next = self.all.val();
            }
            self.cut.d.next = false;
            self.filled.d.next = 0.into();
            self.here.d.next = 0.into();
            self.kept.d.next = 0.into();
            self.flush.d.next = false;
            self.full.d.next = false;
        }
    }
}
