//! [`Behind`]: the memory that a plan is made for.

use anyhow::{Context, Result};
use ef_board::Board;
use ef_sim::DramSettings;
use ef_time::Memory;

/// What is behind the memory port.
pub struct Behind {
    /// For a person.
    pub name: String,
    pub memory: Memory,
    /// Of a 32-bit word, at the best.
    pub cycles_per_word: u32,
}

impl Behind {
    /// The memory of back end `rtl`.
    ///
    /// # Errors
    /// If the width is none of 8, 16 and 32 bits.
    pub fn simulated(dram: &DramSettings) -> Result<Behind> {
        let DramSettings { width, latency, restart, .. } = *dram;
        let known = dram.memory().zip(dram.cycles_per_word());
        let (memory, cycles_per_word) =
            known.with_context(|| format!("a memory of {width} bits; 8, 16 and 32 are possible"))?;
        let name = format!("{width}-bit memory, latency {latency}, restart {restart}");
        Ok(Behind { name, memory, cycles_per_word })
    }

    /// The SDRAM of a board at its core's clock.
    pub fn board(board: &Board) -> Result<Behind> {
        let memory = Memory::Sdram(ef_soc::verilog::sdram_timing(board)?.into());
        // two halfwords
        Ok(Behind { name: format!("SDRAM of {}", board.name), memory, cycles_per_word: 2 })
    }
}
