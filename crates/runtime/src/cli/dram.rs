//! Arguments for the simulated memory.

use ef_sim::DramSettings;

/// Timing of the DRAM of back end rtl; it changes how long a step takes, never its result.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct DramArgs {
    /// Bits that the simulated DRAM moves per cycle: 8, 16 or 32 [default: 16]
    #[arg(long, value_name = "BITS")]
    pub dram_width: Option<u32>,
    /// Cycles from the command of a burst to its first word [default: 8]
    #[arg(long, value_name = "CYCLES")]
    pub dram_latency: Option<u32>,
    /// Cycles lost between two bursts [default: 4]
    #[arg(long, value_name = "CYCLES")]
    pub dram_restart: Option<u32>,
}

impl DramArgs {
    /// `before` with what was asked for changed.
    pub fn change(&self, before: DramSettings) -> DramSettings {
        DramSettings {
            width: self.dram_width.unwrap_or(before.width),
            latency: self.dram_latency.unwrap_or(before.latency),
            restart: self.dram_restart.unwrap_or(before.restart),
            ..before
        }
    }
}
