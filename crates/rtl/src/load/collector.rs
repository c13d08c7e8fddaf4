//! [`Collector`]: T words of a stream become one vector.

use ef_hdl_kit::vec_of;
use rust_hdl::prelude::*;

/// Collects T words, lane 0 first, and offers them as a vector; `close` ends a vector early, its other lanes are not `present`.
///
/// ```text
///  in_word --+--> [lane 0] --> vector[0]
///            +--> [lane 1] --> vector[1]     [full] --> out_valid
///            +--> ...               ^ next in [filled]: lanes 0..k hold words
///                                              [words] --> present
/// ```
///
/// Lanes without a word keep an old one; `present` tells them from the others. A full vector leaves in the cycle in which the next word
/// arrives, so words flow at one per clock if `out_ready` is high whenever a vector is offered. Latency 1 after the last word.
///
/// | port | width | |
/// |---|---|---|
/// | `start` | 1 | empties it, for a new command |
/// | `in_valid`, `in_ready`, `in_word` | 1, 1, 32 | words |
/// | `in_close`, `in_cut` | 1 | with the word: it is the last of its vector; the vector ends a row |
/// | `out_valid`, `out_ready`, `out_cut`, `vector[T]` | 1, 1, 1, 32 | vectors |
/// | `present` | 8 | bit n: lane n of the vector holds a word |
///
/// `in_ready` depends combinationally on `out_ready`.
#[derive(LogicBlock)]
pub struct Collector<const T: usize> {
    pub clock: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub start: Signal<In, Bit>,
    pub in_valid: Signal<In, Bit>,
    pub in_ready: Signal<Out, Bit>,
    pub in_word: Signal<In, Bits<32>>,
    pub in_close: Signal<In, Bit>,
    pub in_cut: Signal<In, Bit>,
    pub out_valid: Signal<Out, Bit>,
    pub out_ready: Signal<In, Bit>,
    pub out_cut: Signal<Out, Bit>,
    pub vector: Vec<Signal<Out, Bits<32>>>,
    pub present: Signal<Out, Bits<8>>,
    lane: Vec<DFF<Bits<32>>>,
    full: DFF<Bit>,
    cut: DFF<Bit>,
    filled: DFF<Bits<8>>,
    words: DFF<Bits<8>>,
    filled_next: Signal<Local, Bits<8>>,
    place: Signal<Local, Bits<8>>,
    room: Signal<Local, Bit>,
    put: Signal<Local, Bit>,
    top: Constant<Bits<3>>,
}

impl<const T: usize> Default for Collector<T> {
    fn default() -> Self {
        assert!(matches!(T, 2 | 4 | 8), "a vector has 2, 4 or 8 lanes");
        Self {
            clock: Default::default(),
            reset: Default::default(),
            start: Default::default(),
            in_valid: Default::default(),
            in_ready: Default::default(),
            in_word: Default::default(),
            in_close: Default::default(),
            in_cut: Default::default(),
            out_valid: Default::default(),
            out_ready: Default::default(),
            out_cut: Default::default(),
            vector: vec_of(T),
            present: Default::default(),
            lane: vec_of(T),
            full: Default::default(),
            cut: Default::default(),
            filled: Default::default(),
            words: Default::default(),
            filled_next: Default::default(),
            place: Default::default(),
            room: Default::default(),
            put: Default::default(),
            top: Constant::new((T as u64 - 1).into()),
        }
    }
}

impl<const T: usize> Logic for Collector<T> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, full, cut, filled, words);
        self.room.next = !self.full.q.val() || self.out_ready.val();
        self.put.next = self.in_valid.val() && self.room.val();
        self.in_ready.next = self.room.val();
        self.out_valid.next = self.full.q.val();
        self.out_cut.next = self.cut.q.val();

        // one bit of `place` is set: the lane of the next word
        self.filled_next.next = (self.filled.q.val() << 1) | 1;
        self.place.next = self.filled_next.val() & !self.filled.q.val();
        for i in 0..T {
            self.lane[i].clock.next = self.clock.val();
            self.lane[i].d.next = self.lane[i].q.val();
            self.vector[i].next = self.lane[i].q.val();
        }
        // the lane that waits for a word may take anything until the word comes, which is late in the cycle; a full vector holds only lane 0's
        // place open
        if self.place.val().get_bit(0) && self.room.val() {
            self.lane[0].d.next = self.in_word.val();
        }
        for i in 1..T {
            if self.place.val().get_bit(i) {
                self.lane[i].d.next = self.in_word.val();
            }
        }
        self.present.next = self.words.q.val();

        if self.out_ready.val() {
            self.full.d.next = false;
        }
        if self.put.val() {
            self.filled.d.next = self.filled_next.val();
            self.words.d.next = self.filled_next.val();
            self.cut.d.next = self.in_cut.val();
            if self.in_close.val() || self.place.val().get_bit(self.top.val().index()) {
                self.filled.d.next = 0.into();
                self.full.d.next = true;
            }
        }
        if self.reset.val() || self.start.val() {
            self.filled.d.next = 0.into();
            self.full.d.next = false;
        }
    }
}
