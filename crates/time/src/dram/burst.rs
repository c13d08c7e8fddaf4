//! [`BurstDram`]: the memory of back end `rtl`, see `crates/sim/cpp/harness.cpp`.

use super::{Burst, Client};
use crate::memory::BurstMemory;

/// Bursts that the memory holds: `QUEUE` of `harness.cpp`.
const QUEUE: usize = 4;

pub struct BurstDram {
    settings: BurstMemory,
    /// When the last word of each of the latest bursts moved.
    ends: [u64; QUEUE],
    bursts: usize,
    /// The next burst's first word moves no earlier.
    free: u64,
}

impl BurstDram {
    pub fn new(settings: BurstMemory) -> Self {
        BurstDram { settings, ends: [0; QUEUE], bursts: 0, free: 0 }
    }

    pub fn accept(&mut self, offered: u64, burst: Burst, client: &mut impl Client) -> (u64, u64) {
        let BurstMemory { cycles_per_word, latency, restart } = self.settings;
        let slot = &mut self.ends[self.bursts % QUEUE];
        let accepted = offered.max(*slot + 1);
        // the first word moves in the cycle after the command at the earliest
        let begin = self.free.max(accepted + u64::from(latency.max(1)));
        let end = client.words(begin, burst.words, cycles_per_word.into());
        *slot = end;
        self.bursts += 1;
        self.free = end + u64::from(cycles_per_word) + u64::from(restart);
        (accepted, end)
    }
}
