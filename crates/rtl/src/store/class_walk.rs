//! [`ClassWalk`] and [`ArgMax`]: the logits of an image, and the largest.

use super::lane_constants::LaneConstants;
use super::order_key::OrderKey;
use ef_hdl_kit::K;
use rust_hdl::prelude::*;

/// Reads the logits of one image: class k is word k mod T of the partial sum at `base + (k / T)*p_g`, one per cycle.
///
/// | port | width | |
/// |---|---|---|
/// | `start` | 1 | pulse; `base` is taken, `p_g` and `n_c` (>= 1) stay valid until `busy` falls |
/// | `issue`, `address`, `lane` | 1, 16, 3 | read this word |
/// | `busy` | 1 | from the cycle after `start` until the last `issue` |
#[derive(LogicBlock, Default)]
pub struct ClassWalk<const T: usize> {
    pub clock: Signal<In, Clock>,
    pub clear: Signal<In, Bit>,
    pub start: Signal<In, Bit>,
    pub base: Signal<In, Bits<16>>,
    pub p_g: Signal<In, Bits<16>>,
    pub n_c: Signal<In, Bits<16>>,
    pub issue: Signal<Out, Bit>,
    pub address: Signal<Out, Bits<16>>,
    pub lane: Signal<Out, Bits<3>>,
    pub busy: Signal<Out, Bit>,
    walking: DFF<Bit>,
    left: DFF<Bits<16>>,
    at: DFF<Bits<16>>,
    in_group: DFF<Bits<3>>,
    constants: LaneConstants<T>,
    one: K<16, 1>,
}

impl<const T: usize> Logic for ClassWalk<T> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, walking, left, at, in_group);
        if self.walking.q.val() {
            self.left.d.next = self.left.q.val() - 1;
            self.in_group.d.next = self.in_group.q.val() + 1;
            if self.in_group.q.val() == self.constants.last.val() {
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
            self.in_group.d.next = 0.into();
        }
        if self.clear.val() {
            self.walking.d.next = false;
        }
        self.issue.next = self.walking.q.val();
        self.address.next = self.at.q.val();
        self.lane.next = self.in_group.q.val();
        self.busy.next = self.walking.q.val();
    }
}

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
#[derive(LogicBlock, Default)]
pub struct ArgMax {
    pub clock: Signal<In, Clock>,
    pub restart: Signal<In, Bit>,
    pub valid: Signal<In, Bit>,
    pub word: Signal<In, Bits<32>>,
    pub largest: Signal<Out, Bits<32>>,
    pub index: Signal<Out, Bits<16>>,
    pub seen: Signal<Out, Bits<16>>,
    order: OrderKey,
    next_word: DFF<Bits<32>>,
    next_key: DFF<Bits<32>>,
    best: DFF<Bits<32>>,
    best_key: DFF<Bits<32>>,
    best_index: DFF<Bits<16>>,
    count: DFF<Bits<16>>,
}

impl Logic for ArgMax {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, next_word, next_key, best, best_key, best_index, count);
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
        if self.restart.val() {
            self.count.d.next = 0.into();
        }
        self.largest.next = self.best.q.val();
        self.index.next = self.best_index.q.val();
        self.seen.next = self.count.q.val();
    }
}
