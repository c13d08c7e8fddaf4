//! [`Report`]: what the accelerator's counters would show.

use std::ops::{Add, Mul};

/// Words and bursts of one direction of the memory port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Words of 32 bits.
    pub words: u64,
    /// Commands of the memory port.
    pub bursts: u64,
}

impl Traffic {
    /// So many words in so many bursts.
    pub fn new(words: usize, bursts: usize) -> Traffic {
        Traffic { words: words as u64, bursts: bursts as u64 }
    }
}

impl Add for Traffic {
    type Output = Traffic;

    fn add(self, other: Traffic) -> Traffic {
        Traffic { words: self.words + other.words, bursts: self.bursts + other.bursts }
    }
}

/// The traffic of the same command, so many times.
impl Mul<usize> for Traffic {
    type Output = Traffic;

    fn mul(self, times: usize) -> Traffic {
        Traffic { words: self.words * times as u64, bursts: self.bursts * times as u64 }
    }
}

/// The counters of `ef_isa::regs` after a run, predicted. Arrays are by phase: FP, BP, WU.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// CYCLES.
    pub cycles: u64,
    /// CYCLES_FP, CYCLES_BP, CYCLES_WU: while the newest compute command was of the phase. Before the first: FP, where the
    /// accelerator counts for the last phase of the run before.
    pub phase_cycles: [u64; 3],
    /// KERNEL_FP, KERNEL_BP, KERNEL_WU: vectors streamed.
    pub kernel_cycles: [u64; 3],
    /// LOAD_BUSY.
    pub load_busy: u64,
    /// STORE_BUSY.
    pub store_busy: u64,
    /// WORDS_READ, BURSTS_READ.
    pub read: Traffic,
    /// WORDS_WRITTEN, BURSTS_WRITTEN.
    pub written: Traffic,
    /// WORDS_FETCHED, BURSTS_FETCHED: 0 of a list without a program.
    pub fetched: Traffic,
}

impl Report {
    /// Share of all cycles in which the kernel takes a vector, 0 to 1.
    pub fn kernel_share(&self) -> f64 {
        self.kernel_cycles.iter().sum::<u64>() as f64 / self.cycles.max(1) as f64
    }
}

/// When a command was started and when it was done, in cycles of the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The cycle of the engine's `start`.
    pub start: u64,
    /// The cycle of the engine's `done`.
    pub done: u64,
}

/// Takes the span of every command, by its index in the list.
pub(crate) trait Spans {
    fn note(&mut self, index: usize, span: Span);
}

impl Spans for () {
    fn note(&mut self, _: usize, _: Span) {}
}

impl Spans for Vec<Span> {
    fn note(&mut self, index: usize, span: Span) {
        self[index] = span;
    }
}
