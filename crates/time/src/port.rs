//! [`Port`]: the arbiter and the memory behind it.

use crate::dram::{Burst, Client, Dram};
use crate::memory::Memory;
use crate::queue::NEVER;
use crate::report::Traffic;
use ef_rtl::memory::arbiter;

/// Whose burst it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    Load,
    Store,
    Fetch,
}

/// Merges the bursts of the engines, in turns if both offer one, and those of fetch last or, if urgent, between two, and hands them to the memory.
pub struct Port {
    dram: Dram,
    /// The cycle from which on the register between arbiter and memory takes a burst.
    free: u64,
    /// The engine served last is the store engine; fetch was served after it.
    last_was_write: bool,
    last_was_fetch: bool,
    /// When the last word passed.
    pub end: u64,
    pub read: Traffic,
    pub written: Traffic,
    pub fetched: Traffic,
}

impl Port {
    pub fn new(memory: Memory) -> Self {
        Port {
            dram: Dram::new(memory),
            free: 0,
            last_was_write: false,
            last_was_fetch: false,
            end: 0,
            read: Traffic::default(),
            written: Traffic::default(),
            fetched: Traffic::default(),
        }
    }

    /// When the next burst is taken, and whose it is. `offers` holds the cycle from which on each of them
    /// offers one; `urgent` says whether fetch is urgent in a cycle.
    pub fn next(&self, offers: [u64; 3], urgent: impl Fn(u64) -> bool) -> (u64, Owner) {
        let [load, store, fetch] = offers;
        let first = load.min(store).min(fetch);
        if first == NEVER {
            return (NEVER, Owner::Load);
        }
        let at = first.max(self.free);
        let preferred = fetch < at && !self.last_was_fetch && urgent(at);
        let owner = if fetch <= at && (preferred || load.min(store) > at) {
            Owner::Fetch
        } else if store <= at && (load > at || !self.last_was_write) {
            Owner::Store
        } else {
            Owner::Load
        };
        (at, owner)
    }

    /// Takes a burst at `taken`. Returns when its last word passes the port.
    pub fn take(&mut self, taken: u64, owner: Owner, burst: Burst, client: &mut impl Client) -> u64 {
        let traffic = match owner {
            Owner::Load => &mut self.read,
            Owner::Store => &mut self.written,
            Owner::Fetch => &mut self.fetched,
        };
        traffic.bursts += 1;
        traffic.words += burst.words;
        self.last_was_fetch = owner == Owner::Fetch;
        if owner != Owner::Fetch {
            self.last_was_write = burst.write;
        }
        let (accepted, end) = self.dram.accept(taken + arbiter::COMMAND, burst, client);
        self.free = accepted + 1;
        self.end = end;
        end
    }
}
