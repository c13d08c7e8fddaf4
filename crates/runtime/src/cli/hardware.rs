//! Arguments for the hardware behind a back end, real or simulated.

use crate::backend::{Hardware, USUAL_BOARD};
use ef_sim::DramSettings;

/// The timing of the DRAM of back end rtl changes how long a step takes, never its result.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct HardwareArgs {
    /// The DRAM of back end rtl.
    #[command(flatten)]
    pub dram: DramArgs,
    /// Board of the back ends chip and board: a file of boards/ without .toml [default: ulx3s-85f]
    #[arg(long, value_name = "NAME")]
    pub board: Option<String>,
    /// Serial port of back end board, such as /dev/ttyUSB0 [default: the one that can be a board]
    #[arg(long, value_name = "PORT")]
    pub port: Option<String>,
}

impl HardwareArgs {
    /// What was asked for; the DRAM's timing as `before` if nothing was.
    pub fn hardware(&self, before: DramSettings) -> Hardware {
        Hardware {
            dram: self.dram.settings(before),
            board: self.board.clone().unwrap_or_else(|| USUAL_BOARD.into()),
            port: self.port.clone(),
        }
    }
}

/// Timing of the simulated DRAM.
#[derive(clap::Args, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DramArgs {
    /// Bits that the simulated DRAM of back end rtl moves per cycle: 8, 16 or 32 [default: 16]
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
    /// What was asked for; the rest as `before`.
    pub fn settings(&self, before: DramSettings) -> DramSettings {
        DramSettings {
            width: self.dram_width.unwrap_or(before.width),
            latency: self.dram_latency.unwrap_or(before.latency),
            restart: self.dram_restart.unwrap_or(before.restart),
            ..before
        }
    }
}
