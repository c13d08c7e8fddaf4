//! [`Producer`]: when the words of a store command enter the word buffer.

use ef_isa::StoreDesc;
use ef_isa::store::{StoreKind, StoreOp};
use ef_rtl::compute::PSUM_READ_LATENCY;
use ef_rtl::store::{drain, run_writer, softmax, update, update_schedule, word_buffer, word_mux};

/// The pace at which words are made while nothing holds the producer back.
#[derive(Clone, Copy, Debug)]
enum Rate {
    /// A word every so many cycles.
    Even(u64),
    /// So many words one after the other, every so many cycles.
    Vectors { lanes: u64, period: u64 },
    /// The classes of an image, its padding, then the next image.
    Images { classes: u64, words: u64, padding: u64, period: u64 },
}

/// Makes the words of a command, and stops while the word buffer is full.
#[derive(Debug)]
pub struct Producer {
    first: u64,
    rate: Rate,
    words: u64,
    /// Delays because of a full buffer: from which word on, and by how many cycles in all. The latest is the
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
            late: Vec::new(),
            drained: 0,
            latest: (0, 0, 0, 0),
            finished,
        }
    }

    /// The words of a command whose producer starts at `begin`.
    pub fn new(op: StoreOp, desc: &StoreDesc, lanes: usize, begin: u64) -> Self {
        let count = |fields: &[u32]| fields.iter().map(|n| u64::from(*n)).product::<u64>();
        let words = count(&[desc.run, desc.n_run]);
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
            StoreKind::Update => {
                let first = after(update::first_word(PSUM_READ_LATENCY, op.velocity));
                let mut producer = Producer::even(first, update_schedule::PERIOD as u64, words);
                let elements = count(&[desc.n_g, desc.n_r, desc.n_c]).max(1) as usize;
                producer.finished = after(update::finished(PSUM_READ_LATENCY, elements));
                producer
            }
            StoreKind::Softmax => {
                let classes = desc.n_c.max(1) as usize;
                let times = softmax::times(PSUM_READ_LATENCY, lanes, classes, op.gradient);
                let rate = Rate::Images {
                    classes: classes as u64,
                    words: classes.next_multiple_of(lanes) as u64,
                    padding: times.padding as u64,
                    period: times.image as u64,
                };
                let first = after(times.first_word);
                let finished = after(times.rest + times.image * desc.n_i as usize);
                Producer { first, rate, finished, ..Producer::even(0, 1, words) }
            }
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
            Rate::Images { classes, words, padding, period } => {
                let (image, word) = (k / words, k % words);
                let at = match word.checked_sub(classes) {
                    None => word * softmax::CYCLES_PER_WORD as u64,
                    Some(pad) => padding + pad,
                };
                self.first + image * period + at
            }
        }
    }

    /// When word `k` enters the buffer; at least the words before the last `word_buffer::WORDS` are known to have left.
    pub fn pushed(&self, k: u64) -> u64 {
        let (first, begin, words, end) = self.latest;
        let mut at = self.nominal(k) + self.late(k);
        if let Some(leaving) =
            k.checked_sub(word_buffer::WORDS).filter(|l| words > 1 && (first..first + words).contains(l))
        {
            at = at.max(begin + (leaving - first) * (end - begin) / (words - 1) + word_buffer::RESUME);
        }
        at
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
        let past = self.late.partition_point(|(from, _)| *from <= self.drained);
        self.late.drain(..past.saturating_sub(1));
        (made, end)
    }

    /// By how many cycles word `k` is delayed.
    fn late(&self, k: u64) -> u64 {
        self.late.iter().rev().find(|(from, _)| *from <= k).map_or(0, |(_, late)| *late)
    }

    /// Word `left` left at `at`: the word that takes its place enters after it.
    fn hold_back(&mut self, left: u64, at: u64) {
        let next = left + word_buffer::WORDS;
        let late = (at + word_buffer::RESUME).saturating_sub(self.nominal(next));
        if next < self.words && late > self.late(next) {
            self.late.push((next, late));
        }
    }
}
