use ef_time::{BurstMemory, Memory};
use serde::{Deserialize, Serialize};

/// Timing of the simulated memory, in cycles of the accelerator's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DramSettings {
    /// Bits per cycle: 16 is the ULX3S' SDRAM at the core's clock, a word every other cycle. 8, 16 or 32.
    pub width: u32,
    /// From a burst's command to its first word.
    pub latency: u32,
    /// Lost between two bursts.
    pub restart: u32,
    /// Percent of words that are late by up to 7 cycles (tests).
    pub stall: u32,
    /// Draws which words are late.
    pub seed: u64,
}

impl Default for DramSettings {
    /// A 16-bit SDR SDRAM: CAS latency, activate and controller together 8 cycles, 4 lost per burst.
    fn default() -> Self {
        DramSettings { width: 16, latency: 8, restart: 4, stall: 0, seed: 1 }
    }
}

impl DramSettings {
    /// What the model of time is compared with: as fast as possible, the ULX3S' width, a slow one with long pauses.
    pub const COMPARED: [DramSettings; 3] = [
        DramSettings { width: 32, latency: 0, restart: 0, stall: 0, seed: 1 },
        DramSettings { width: 16, latency: 8, restart: 4, stall: 0, seed: 1 },
        DramSettings { width: 8, latency: 20, restart: 60, stall: 0, seed: 1 },
    ];

    /// Cycles per 32-bit word; `None` if the width is none of 8, 16, 32.
    pub fn cycles_per_word(&self) -> Option<u32> {
        [8, 16, 32].contains(&self.width).then(|| 32 / self.width)
    }

    /// The same memory for the model of time, which knows no late words; `None` as above.
    pub fn memory(&self) -> Option<Memory> {
        let DramSettings { latency, restart, .. } = *self;
        self.cycles_per_word()
            .map(|cycles_per_word| Memory::Burst(BurstMemory { cycles_per_word, latency, restart }))
    }
}
