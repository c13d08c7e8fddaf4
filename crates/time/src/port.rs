//! [`Port`]: the arbiter and the memory behind it.

use crate::dram::{Burst, Client, Dram};
use crate::memory::Memory;
use crate::queue::NEVER;
use crate::report::Traffic;
use ef_rtl::memory::arbiter;

/// Merges the bursts of the engines, in turns if both offer one, and hands them to the memory.
pub struct Port {
    dram: Dram,
    /// From then on the register between arbiter and memory takes a burst.
    free: u64,
    last_was_write: bool,
    /// When the last word passed.
    pub end: u64,
    pub read: Traffic,
    pub written: Traffic,
}

impl Port {
    pub fn new(memory: Memory) -> Self {
        Port {
            dram: Dram::new(memory),
            free: 0,
            last_was_write: false,
            end: 0,
            read: Traffic::default(),
            written: Traffic::default(),
        }
    }

    /// When a burst is taken, if the load engine offers one from `load` on and the store engine from `store` on, and whether it is
    /// the store engine's.
    pub fn next(&self, load: u64, store: u64) -> (u64, bool) {
        let first = load.min(store);
        if first == NEVER {
            return (NEVER, false);
        }
        let at = first.max(self.free);
        (at, store <= at && (load > at || !self.last_was_write))
    }

    /// Takes a burst at `taken`. Returns when its last word passes the port.
    pub fn take(&mut self, taken: u64, burst: Burst, client: &mut impl Client) -> u64 {
        let traffic = if burst.write { &mut self.written } else { &mut self.read };
        traffic.bursts += 1;
        traffic.words += burst.words;
        self.last_was_write = burst.write;
        let (accepted, end) = self.dram.accept(taken + arbiter::COMMAND, burst, client);
        self.free = accepted + 1;
        self.end = end;
        end
    }
}
