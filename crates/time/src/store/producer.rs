//! [`Producer`]: when the words of a store command enter the word buffer.

use ef_isa::StoreDesc;
use ef_isa::store::{StoreKind, StoreOp};
use ef_isa::vector::library;
use ef_rtl::compute::PSUM_READ_LATENCY;
use ef_rtl::store::vector::{results, vector_control};
use ef_rtl::store::{drain, run_writer, word_buffer, word_mux};

/// The pace at which words are made while nothing holds the producer back.
#[derive(Clone, Copy, Debug)]
enum Rate {
    /// A word every so many cycles.
    Even(u64),
    /// So many words one after the other, every so many cycles.
    Vectors { lanes: u64, period: u64 },
    /// Two streams: runs of so many words take turns. An element every so many cycles, and its second word so much later than its first.
    Two { run: u64, period: u64, apart: i64 },
}

/// Makes the words of a command, and stops while the word buffer is full.
#[derive(Debug)]
pub struct Producer {
    first: u64,
    rate: Rate,
    words: u64,
    /// With a full buffer the producer stops so many words (of two streams: elements) ahead of the one that left last.
    ahead: u64,
    /// Cycles from a word that leaves to the one that takes its place.
    resume: u64,
    /// Delays because of a full buffer: from which word (of two streams: element) on, and by how many cycles in all. The latest is the
    /// last.
    late: Vec<(u64, u64)>,
    drained: u64,
    /// The words that left the buffer last, together: number of the first one, when it left, how many, when the
    /// last one left.
    latest: (u64, u64, u64, u64),
    /// When the last word, or what comes after it, is made.
    finished: u64,
}

impl Default for Producer {
    fn default() -> Self {
        Producer::even(0, 1, 0)
    }
}

impl Producer {
    fn even(first: u64, pace: u64, words: u64) -> Self {
        let finished = first + words.saturating_sub(1) * pace;
        Producer {
            first,
            rate: Rate::Even(pace),
            words,
            ahead: word_buffer::WORDS,
            resume: word_buffer::RESUME,
            late: Vec::new(),
            drained: 0,
            latest: (0, 0, 0, 0),
            finished,
        }
    }

    /// The words of a command whose producer starts at `begin`.
    pub fn new(op: StoreOp, desc: &StoreDesc, lanes: usize, begin: u64) -> Self {
        let count = |fields: &[u32]| fields.iter().map(|n| u64::from(*n)).product::<u64>();
        let halved = |n: u32| if op.pool { n / 2 } else { n };
        let after = |cycles: usize| begin + cycles as u64;
        match op.kind {
            StoreKind::Map => {
                let first = after(drain::first_word(PSUM_READ_LATENCY, op.pool));
                let period = drain::cycles_per_vector(lanes, op.pool) as u64;
                let vectors = count(&[desc.n_i, desc.n_g, halved(desc.n_r), halved(desc.n_c)]);
                let lanes = lanes as u64;
                let rate = Rate::Vectors { lanes, period };
                let mut producer = Producer { rate, ..Producer::even(first, 1, vectors * lanes) };
                let last = (vectors * lanes).checked_sub(1).map_or(first, |last| producer.nominal(last));
                producer.finished = last - word_mux::LATENCY as u64;
                producer
            }
            StoreKind::Vector => Producer::vector(desc, begin),
        }
    }

    /// The words of a recipe.
    fn vector(desc: &StoreDesc, begin: u64) -> Self {
        let walk = desc.walk();
        let (recipe, elements) = (walk.recipe, walk.turns.iter().map(|n| u64::from(*n)).product::<u64>());
        if elements == 0 {
            return Producer { finished: begin + vector_control::EMPTY, ..Producer::default() };
        }
        let period = u64::from(recipe.period) + 1;
        let go = begin + vector_control::FIRST_GO;
        let pushed = |out: u32| go + u64::from(out) + results::PUSH + word_mux::LATENCY as u64;
        let [x, y] = library().tables.words_out(recipe).map(|out| out.map(pushed));
        let first = x.unwrap_or(go);
        let rate = match y {
            None => Rate::Even(period),
            Some(y) => Rate::Two { run: desc.run.max(1).into(), period, apart: y as i64 - first as i64 },
        };
        let under_way = y.unwrap_or(first).max(first) - go;
        Producer {
            rate,
            words: if y.is_some() { 2 * elements } else { elements },
            ahead: word_buffer::WAITING + under_way / period,
            resume: word_buffer::RESUME + under_way,
            finished: go + (elements + u64::from(recipe.depth)) * period + vector_control::LAST,
            ..Producer::even(first, period, elements)
        }
    }

    /// The codes of a map, sent from `begin` on.
    pub fn codes(begin: u64, words: u64) -> Self {
        Producer::even(begin, 1, words)
    }

    /// When the last word is made, and what the command does beside.
    pub fn finished(&self) -> u64 {
        self.finished
    }

    /// When word `k` would be made if the buffer had never been full.
    fn nominal(&self, k: u64) -> u64 {
        match self.rate {
            Rate::Even(pace) => self.first + k * pace,
            Rate::Vectors { lanes, period } => self.first + k / lanes * period + k % lanes,
            Rate::Two { run, period, apart } => {
                let at = self.first + self.place(k) * period;
                if (k / run).is_multiple_of(2) { at } else { at.saturating_add_signed(apart) }
            }
        }
    }

    /// When word `k` enters the buffer; at least the words before the last `word_buffer::WORDS` are known to have left.
    pub fn pushed(&self, k: u64) -> u64 {
        let (first, begin, words, end) = self.latest;
        let mut at = self.nominal(k) + self.late(self.place(k));
        let leaving = self.place(k).checked_sub(self.ahead).map(|place| self.last_of(place));
        if let Some(leaving) = leaving.filter(|l| words > 1 && (first..first + words).contains(l)) {
            at = at.max(begin + (leaving - first) * (end - begin) / (words - 1) + self.resume);
        }
        at
    }

    /// The number by which word `k` is delayed: its own, or that of its element.
    fn place(&self, k: u64) -> u64 {
        match self.rate {
            Rate::Two { run, .. } => k / (2 * run) * run + k % run,
            _ => k,
        }
    }

    /// The last word of a place.
    fn last_of(&self, place: u64) -> u64 {
        match self.rate {
            Rate::Two { run, .. } => place / run * 2 * run + run + place % run,
            _ => place,
        }
    }

    /// Words leave: the next `words`, the first not before `begin`, the others no faster than `pace`. Returns when the
    /// last was made, and when it leaves.
    pub fn drain(&mut self, begin: u64, words: u64, pace: u64) -> (u64, u64) {
        // the delay that the words before have caused
        let (first, _, before, end) = self.latest;
        if before > 0 {
            self.hold_back(first + before - 1, end);
        }
        let first = self.drained;
        let begin = begin.max(self.pushed(first) + run_writer::FEED);
        self.hold_back(first, begin);
        let made = self.pushed(first + words - 1);
        let end = (begin + (words - 1) * pace).max(made + run_writer::FEED);
        self.latest = (first, begin, words, end);
        self.drained += words;
        let place = self.place(self.drained);
        let past = self.late.partition_point(|(from, _)| *from <= place);
        self.late.drain(..past.saturating_sub(1));
        (made, end)
    }

    /// By how many cycles a place is delayed.
    fn late(&self, place: u64) -> u64 {
        self.late.iter().rev().find(|(from, _)| *from <= place).map_or(0, |(_, late)| *late)
    }

    /// Word `left` left at `at`: the word that takes its place enters after it.
    fn hold_back(&mut self, left: u64, at: u64) {
        let next = self.place(left) + self.ahead;
        // of two streams the second one's words leave last
        if self.last_of(self.place(left)) != left || self.last_of(next) >= self.words {
            return;
        }
        let mut late = (at + self.resume).saturating_sub(self.nominal(self.last_of(next)));
        if let Rate::Even(period) | Rate::Two { period, .. } = self.rate {
            late = late.next_multiple_of(period);
        }
        if late > self.late(next) {
            self.late.push((next, late));
        }
    }
}
