//! A whole board in simulation: the chip from reset button to SDRAM pins, driven through its serial port.

mod bench;
mod port;

pub use bench::ChipBench;
pub use port::ChipPort;

use anyhow::{Context, Result};
use ef_board::{Board, SdramPart};
use ef_isa::{Config, Device, DeviceError, MemoryUse};
use ef_link::{LinkDevice, Settings};
use ef_soc::chip::RESET_LOG2;
use ef_soc::verilog;
use std::time::Duration;

/// The accelerator of a simulated board. Every access goes over the simulated serial line; a rule of the SDRAM that is broken ends the run.
pub struct ChipDevice {
    link: LinkDevice<ChipPort>,
    /// The board carries the SDRAM that its bitstream was made for: its rules are to be kept.
    right_sdram: bool,
    /// Of the last run.
    memory_use: MemoryUse,
}

impl ChipDevice {
    /// Builds the simulation of a board, presses its reset button, and starts a session.
    ///
    /// # Errors
    /// If the simulation cannot be built, or the board does not answer.
    pub fn new(board: &Board) -> Result<Self> {
        Self::carrying(board, &board.sdram)
    }

    /// The same for a board that carries the SDRAM `mounted`, while its bitstream was made for `board.sdram`. If they
    /// differ, broken rules end nothing.
    ///
    /// # Errors
    /// As [`ChipDevice::new`].
    pub fn carrying(board: &Board, mounted: &SdramPart) -> Result<Self> {
        let mut bench =
            ChipBench::new(board, mounted).with_context(|| format!("cannot simulate {}", board.name))?;
        reset(&mut bench);
        let port = ChipPort::new(bench, board.name.clone(), verilog::clock_hz(board));
        Ok(ChipDevice { right_sdram: *mounted == board.sdram, ..Self::over(port)? })
    }

    /// Starts a session with a board that is running.
    ///
    /// # Errors
    /// If the board does not answer, or is of another version.
    pub fn over(port: ChipPort) -> Result<Self> {
        let link = LinkDevice::open(port, Settings::default())?;
        Ok(ChipDevice { link, right_sdram: true, memory_use: MemoryUse::default() })
    }

    /// The simulated board.
    pub fn bench(&mut self) -> &mut ChipBench {
        self.link.link().port().bench()
    }

    /// Ends the session on this side only, as if the program had been killed.
    pub fn into_port(self) -> ChipPort {
        self.link.into_link().into_port()
    }

    fn rules(&mut self) -> Result<(), DeviceError> {
        match self.bench().violations() {
            (0, _) => Ok(()),
            _ if !self.right_sdram => Ok(()),
            (count, first) => {
                let first = first.unwrap_or_default();
                let broken = format!("{count} rules of the SDRAM's data sheet were broken, first: {first}");
                Err(DeviceError::Other(broken.into()))
            }
        }
    }
}

/// Presses the reset button and releases it, long enough for both to be seen; afterwards the board runs, its memory's contents lost.
pub fn reset(bench: &mut ChipBench) {
    const SEEN: u64 = (1 << RESET_LOG2) + 16;
    bench.press_button(true);
    bench.run(2 * SEEN);
    bench.press_button(false);
    // released, held, and the SDRAM's power-up
    bench.run(3 * SEEN);
}

impl Device for ChipDevice {
    fn config(&self) -> &'static Config {
        self.link.config()
    }

    fn memory_words(&self) -> u64 {
        self.link.memory_words()
    }

    fn write_memory(&mut self, address: u32, words: &[u32]) -> Result<(), DeviceError> {
        self.link.write_memory(address, words)
    }

    fn read_memory(&mut self, address: u32, words: &mut [u32]) -> Result<(), DeviceError> {
        self.link.read_memory(address, words)?;
        self.rules()
    }

    fn write_register(&mut self, address: u32, value: u32) -> Result<(), DeviceError> {
        self.link.write_register(address, value)
    }

    fn read_register(&mut self, address: u32) -> Result<u32, DeviceError> {
        self.link.read_register(address)
    }

    fn run(&mut self) -> Result<(), DeviceError> {
        let before = self.bench().memory_use();
        self.link.run()?;
        self.memory_use = self.bench().memory_use() - before;
        self.rules()
    }

    fn memory_use(&self) -> Option<MemoryUse> {
        Some(self.memory_use)
    }

    fn wait(&mut self, time: Duration) {
        self.link.wait(time);
    }
}
