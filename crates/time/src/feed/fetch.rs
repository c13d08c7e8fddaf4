//! [`Fetch`]: which instructions are on the chip, and the bursts that bring them.

use super::keep::Keep;
use crate::dram::{Burst, Client};
use crate::queue::NEVER;
use ef_rtl::control::{arrivals, fetch, prefetch, refill};
use ef_rtl::memory::arbiter;
use std::collections::VecDeque;

/// Cycles for which entries of [`Fetch::counter`] are kept: longer than any question looks back.
const PAST: u64 = 8;

/// A burst that has been decided on.
struct Offer {
    from: u64,
    first: usize,
    count: usize,
    /// A far jump came after it, so its words are dropped.
    void: bool,
}

/// Words that pass the port at a constant pace.
struct Run {
    words: u64,
    begin: u64,
    end: u64,
}

impl Run {
    /// When word `n` of it reaches the controller.
    fn word(&self, n: u64) -> u64 {
        self.begin + n * (self.end - self.begin) / (self.words - 1).max(1) + arbiter::DATA
    }
}

/// The program counter after an instruction was executed, and the first instruction that has to stay on the
/// chip.
struct Counter {
    executed: u64,
    pc: usize,
    keep: usize,
    /// The cycle from which on `refill.rs` sees both.
    kept: u64,
}

/// The ring of instructions, as `refill.rs`, `keep.rs` and `arrivals.rs` fill it.
pub struct Fetch {
    ring: usize,
    length: usize,
    /// Numbers of instructions: the ring has been filled from `base` on, bursts are asked for up to `asked`,
    /// and those up to `known` are taken.
    base: usize,
    asked: usize,
    known: usize,
    /// When the second word of each instruction comes, of those before `known`.
    arrived: Vec<u64>,
    offer: Option<Offer>,
    /// The cycle from which on the next burst may be prepared.
    ready: u64,
    /// The latest bursts that were taken, and the pieces of the newest.
    taken: VecDeque<Run>,
    pieces: Vec<Run>,
    counter: VecDeque<Counter>,
    /// `kept` of the latest entry.
    moved: u64,
    /// A jump that may be far: its target, and the cycle of `jump`.
    jump: Option<(u64, usize)>,
    halted: u64,
    pub keep: Keep,
}

impl Fetch {
    pub fn new(length: usize, fetch_aw: usize) -> Self {
        let ring = 1 << fetch_aw;
        let mut fetch = Fetch {
            ring,
            length,
            base: 0,
            asked: 0,
            known: 0,
            arrived: vec![NEVER; length],
            offer: None,
            ready: 0,
            taken: VecDeque::new(),
            pieces: Vec::new(),
            counter: [Counter { executed: 0, pc: 0, keep: 0, kept: 0 }].into(),
            moved: 0,
            jump: None,
            halted: NEVER,
            keep: Keep::new(ring),
        };
        fetch.ask(fetch::FIRST_BURST);
        fetch
    }

    /// From when on an instruction can be executed: `None` if that is not known yet.
    pub fn executable(&self, pc: usize) -> Option<u64> {
        (self.jump.is_none() && pc < self.known).then(|| self.arrived[pc] + prefetch::ARRIVED)
    }

    /// An instruction was executed, the next is `pc`.
    pub fn executed(&mut self, executed: u64, pc: usize) {
        self.moved = self.moved.max(executed + self.keep.counter(pc));
        let keep = self.keep.first(pc);
        self.counter.push_back(Counter { executed, pc, keep, kept: self.moved });
    }

    /// A NEXT was executed that jumps to `pc`.
    pub fn jumped(&mut self, executed: u64, pc: usize) {
        if self.keep.holds(pc) {
            self.executed(executed, pc);
        } else {
            self.jump = Some((executed + 1, pc));
        }
    }

    /// END was executed.
    pub fn halt(&mut self, executed: u64) {
        self.halted = executed + 1;
    }

    /// When END was executed.
    pub fn halted(&self) -> u64 {
        if self.halted == NEVER { 0 } else { self.halted }
    }

    /// When it has to be found out whether a jump is far: everything before must have happened.
    pub fn judged(&self) -> u64 {
        self.jump.map_or(NEVER, |(at, _)| at)
    }

    /// Finds out whether a jump is far.
    pub fn judge(&mut self) {
        let (at, pc) = self.jump.take().expect("a jump waits");
        if let Some(offer) = self.offer.take_if(|offer| offer.from > at) {
            self.asked = offer.first;
        }
        let far = pc < self.base.max(self.asked.saturating_sub(self.ring));
        if far {
            if let Some(offer) = &mut self.offer {
                offer.void = true;
            }
            (self.base, self.asked, self.known) = (pc, pc, pc);
            self.counter.clear();
        }
        self.ready = self.ready.max(at + if far { refill::AFTER_FAR } else { refill::AFTER_JUMP });
        self.executed(at - 1, pc);
    }

    /// Decides on the next burst, as far as can be said already.
    pub fn plan(&mut self) {
        if self.offer.is_some() || self.asked >= self.length {
            return;
        }
        let soonest = self.ready.max(self.few()) + refill::MEASURE;
        let needed = (self.asked + refill::BURST as usize).saturating_sub(self.ring);
        let place = self.counter.partition_point(|c| c.keep < needed);
        let Some(counter) = self.counter.get(place) else { return };
        let late = (counter.kept + refill::MEASURED).saturating_sub(soonest);
        let from = soonest + late.next_multiple_of(refill::AGAIN) + refill::OFFER;
        if from <= self.halted.min(self.judged()) {
            self.ask(from);
        }
    }

    /// A burst is offered from `from` on.
    fn ask(&mut self, from: u64) {
        let count = (self.length - self.asked).min(refill::BURST as usize);
        self.offer = Some(Offer { from, first: self.asked, count, void: false });
        self.asked += count;
    }

    /// When at most one burst is under way.
    fn few(&self) -> u64 {
        let mut pending = 0;
        for run in self.taken.iter().rev() {
            pending += run.words;
            if let Some(more) = pending.checked_sub(2 * refill::BURST + 1) {
                return run.word(more) + arrivals::FEW;
            }
        }
        0
    }

    /// When the next burst is offered: [`NEVER`] if there is none.
    pub fn offer(&self) -> u64 {
        self.offer.as_ref().map_or(NEVER, |offer| offer.from)
    }

    /// Whether the arbiter prefers fetch at `at`.
    pub fn urgent(&self, at: u64) -> bool {
        let seen = at.saturating_sub(refill::URGENT + arbiter::URGENT + 1);
        let place = self.counter.partition_point(|c| c.executed <= seen).max(1);
        let got = self.base + self.arrived[self.base..self.known].partition_point(|a| *a <= seen);
        got.saturating_sub(self.counter[place - 1].pc) < self.ring / 4
    }

    /// The burst that is offered.
    pub fn burst(&self) -> Burst {
        let offer = self.offer.as_ref().expect("a burst is offered");
        Burst { write: false, address: 2 * offer.first as u32, words: 2 * offer.count as u64 }
    }

    /// The offered burst was taken at `at`, its words have passed the port.
    pub fn taken(&mut self, at: u64) {
        let offer = self.offer.take().expect("a burst was offered");
        let pieces = std::mem::take(&mut self.pieces);
        if !offer.void {
            let words = pieces.iter().flat_map(|run| (0..run.words).map(|n| run.word(n)));
            for (arrived, word) in self.arrived[offer.first..].iter_mut().zip(words.skip(1).step_by(2)) {
                *arrived = word;
            }
            self.known = offer.first + offer.count;
        }
        let (first, last) = (&pieces[0], &pieces[pieces.len() - 1]);
        self.taken.push_back(Run { words: 2 * offer.count as u64, begin: first.begin, end: last.end });
        if self.taken.len() > 4 {
            self.taken.pop_front();
        }
        self.ready = self.ready.max(at + 1);
        let past = self.counter.partition_point(|c| c.executed + PAST <= at);
        self.counter.drain(..past.saturating_sub(1));
    }
}

impl Client for Fetch {
    fn words(&mut self, begin: u64, words: u64, pace: u64) -> u64 {
        let end = begin + (words - 1) * pace;
        self.pieces.push(Run { words, begin, end });
        end
    }
}
