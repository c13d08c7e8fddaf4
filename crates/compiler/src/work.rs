//! The work of a pass, counted without making its commands: a first order among cuts, and a bound that no schedule beats.

/// Streamed vectors between two visits of one partial sum below which the kernel waits.
const REVISIT: u64 = 20;
/// Cycles per DRAM word that schedules are made for: a 16-bit memory at the core's clock.
const CYCLES_PER_WORD: u64 = 2;
/// Cycles a burst costs beyond its words.
const BURST: u64 = 6;
/// Cycles between two commands of an engine.
const COMMAND: u64 = 8;
/// Cycles from a loaded tile to its stored result beyond the work itself.
const LATENCY: u64 = 100;

/// What a pass does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Words and bursts from and to DRAM.
    pub loads: Traffic,
    pub stores: Traffic,
    /// Steps of the kernel (one matrix each), and the vectors streamed in each.
    pub steps: u64,
    pub step: u64,
    /// Commands of the kernel.
    pub computations: u64,
    /// Cycles in which the load engine makes vectors from what it has: taps.
    pub gather: u64,
    /// Words of the first tile and of the last result: nothing else happens meanwhile.
    pub ends: u64,
    /// Load, compute and store do not overlap.
    pub serial: bool,
}

/// Words and bursts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    pub words: u64,
    pub bursts: u64,
}

impl Traffic {
    pub fn new(words: usize, bursts: usize) -> Traffic {
        Traffic { words: words as u64, bursts: bursts as u64 }
    }

    fn cycles(&self) -> u64 {
        self.words * CYCLES_PER_WORD + self.bursts * BURST
    }
}

impl Work {
    /// Cycles of arithmetic, waits for partial sums included.
    pub fn kernel(&self) -> u64 {
        self.steps * self.step.max(REVISIT) + self.computations * COMMAND
    }

    /// About the cycles that the pass takes.
    pub fn cycles(&self) -> u64 {
        let (loads, stores) = (self.loads.cycles() + self.gather, self.stores.cycles());
        let memory = self.loads.cycles() + stores;
        let body =
            if self.serial { self.kernel() + loads + stores } else { self.kernel().max(memory).max(loads) };
        body + self.ends * CYCLES_PER_WORD + LATENCY
    }
}
