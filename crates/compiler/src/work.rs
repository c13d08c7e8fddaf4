//! An estimate of the cycles of a pass, made without its commands. It decides which cuts the model of time
//! compares.

use ef_time::{Memory, Traffic};

/// If fewer vectors than this lie between two visits of one partial sum, the kernel waits.
const REVISIT: u64 = 20;
/// Cycles between two commands of an engine.
const COMMAND: u64 = 8;
/// Cycles that each command or burst adds where the engines wait for one another.
const TURN: u64 = 20;
/// Cycles from a loaded tile to its stored result beyond the work itself.
const LATENCY: u64 = 100;

/// What a pass does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Words and bursts from and to DRAM.
    pub loads: Traffic,
    pub stores: Traffic,
    /// What of both is the update, of WU.
    pub update: Traffic,
    /// The kernel waits for the update of one block before it begins the next.
    pub update_waits: bool,
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

/// Cycles per word and per burst of a memory that is kept busy.
fn rates(memory: Memory) -> (u64, u64) {
    match memory {
        Memory::Burst(memory) => (memory.cycles_per_word.into(), u64::from(memory.restart) + 2),
        // half a word a cycle, and most bursts begin in a row that is open
        Memory::Sdram(_) => (2, 8),
    }
}

/// Cycles of a memory that does nothing else.
fn cycles(traffic: Traffic, memory: Memory) -> u64 {
    let (word, burst) = rates(memory);
    traffic.words * word + traffic.bursts * burst
}

impl Work {
    /// Cycles of arithmetic, waits for partial sums included.
    pub fn kernel(&self) -> u64 {
        self.steps * self.step.max(REVISIT) + self.computations * COMMAND
    }

    /// The cycles of the whole pass if it takes `rest` without its update.
    pub fn with_update(&self, rest: u64, memory: Memory) -> u64 {
        match self.update_waits {
            true => rest + cycles(self.update, memory),
            false => rest.max(cycles(self.loads + self.stores, memory)),
        }
    }

    /// About the cycles that the pass takes.
    pub fn cycles(&self, memory: Memory) -> u64 {
        let rates = rates(memory);
        let (loads, stores) = (cycles(self.loads, memory), cycles(self.stores, memory));
        let update = if self.update_waits { cycles(self.update, memory) } else { 0 };
        let (engine, memory, kernel) = (loads + self.gather, loads + stores, self.kernel() + update);
        let body = if self.serial { kernel + engine + stores } else { kernel.max(memory).max(engine) };
        body + self.commands() * TURN + self.ends * rates.0 + LATENCY
    }

    /// About the commands that it is made of.
    pub fn commands(&self) -> u64 {
        self.computations + self.loads.bursts + self.stores.bursts
    }
}
