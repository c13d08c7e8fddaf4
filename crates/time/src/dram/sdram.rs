//! [`Sdram`]: a 16-bit SDRAM behind the project's controller, see `docs/sdram.md`.

use super::{Burst, Client};
use crate::memory::SdramTiming;

/// Cycles per word: two halfwords.
const PACE: u64 = 2;

pub struct Sdram {
    timing: SdramTiming,
    free: u64,
}

impl Sdram {
    pub fn new(timing: SdramTiming) -> Self {
        Sdram { timing, free: 0 }
    }

    pub fn accept(&mut self, offered: u64, burst: Burst, client: &mut impl Client) -> (u64, u64) {
        let latency = u64::from(10 + self.timing.cas_latency + self.timing.capture);
        let begin = self.free.max(offered + latency);
        let end = client.words(begin, burst.words, PACE);
        self.free = end + PACE;
        (offered, end)
    }
}
