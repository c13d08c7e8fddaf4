//! The devices a run can use.

use crate::plans::Room;
use anyhow::{Context, Result};
use ef_board::Board;
use ef_isa::{Config, Device, config, regs};
use ef_link::{LinkDevice, Serial, Settings};
use ef_model::ModelDevice;
use ef_sim::{ChipDevice, DramSettings, RtlDevice};
use std::collections::BTreeMap;
use std::fmt;

/// What computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Backend {
    /// The golden model: the same bits, no clock
    Model,
    /// The accelerator's Verilog, simulated cycle by cycle with a DRAM model
    Rtl,
    /// A whole board, simulated from its serial port to the pins of its SDRAM
    Chip,
    /// A board on a serial port of this machine
    Board,
}

/// What a back end needs to know of the hardware, real or simulated.
#[derive(Clone, Debug)]
pub struct Hardware {
    /// Timing of the memory of `rtl`.
    pub dram: DramSettings,
    /// The board of `chip` and `board`: a file of boards/.
    pub board: String,
    /// The serial port of `board`; if there is exactly one that can be a board, it is found.
    pub port: Option<String>,
}

/// The board that is meant if none is named.
pub const USUAL_BOARD: &str = "ulx3s-85f";

impl Default for Hardware {
    fn default() -> Self {
        Hardware { dram: DramSettings::default(), board: USUAL_BOARD.into(), port: None }
    }
}

impl Backend {
    /// A device of configuration `config` with at least `memory_words` of DRAM.
    ///
    /// # Errors
    /// If a tool of the simulation is missing, the board's files are wrong, or no board answers.
    pub fn open(
        self,
        config: &'static Config,
        memory_words: u64,
        hardware: &Hardware,
    ) -> Result<Box<dyn Device>> {
        match self {
            Backend::Model => Ok(Box::new(ModelDevice::new(config, memory_words))),
            Backend::Rtl => {
                let device = RtlDevice::new(config, memory_words, &hardware.dram)
                    .with_context(|| format!("cannot simulate configuration {}", config.name))?;
                Ok(Box::new(device))
            }
            Backend::Chip => {
                let mut board = Board::named(&hardware.board)?;
                board.accelerator = config;
                Ok(Box::new(ChipDevice::new(&board)?))
            }
            Backend::Board => {
                let baud = Board::named(&hardware.board)?.link.baud;
                let port = hardware.port.clone().map_or_else(ef_link::find, Ok)?;
                let device = LinkDevice::open(Serial::open(&port, baud)?, Settings::default())?;
                Ok(Box::new(device))
            }
        }
    }

    /// What programs for this back end have to fit.
    ///
    /// # Errors
    /// If the board's files are wrong.
    pub fn room(self, config: &'static Config, hardware: &Hardware) -> Result<Room> {
        match self {
            Backend::Model | Backend::Rtl => Ok(Room::simulated(config)),
            Backend::Chip | Backend::Board => {
                let bytes = Board::named(&hardware.board)?.sdram.bytes();
                Ok(Room { config, memory_words: bytes / 4 })
            }
        }
    }

    /// Whether the hardware behind it is that of a board.
    pub fn has_board(self) -> bool {
        matches!(self, Backend::Chip | Backend::Board)
    }

    /// The configuration that this back end has if none is asked for.
    ///
    /// # Errors
    /// If the board's files are wrong.
    pub fn usual_config(self, hardware: &Hardware) -> Result<&'static Config> {
        match self {
            Backend::Model | Backend::Rtl => Ok(&config::FP32_8X8),
            Backend::Chip | Backend::Board => Ok(Board::named(&hardware.board)?.accelerator),
        }
    }

    /// The versions of everything the results may depend on.
    pub fn versions(self) -> BTreeMap<&'static str, String> {
        let mut versions = BTreeMap::from([
            ("ef-train", env!("CARGO_PKG_VERSION").to_string()),
            ("accelerator interface", regs::VERSION_VALUE.to_string()),
        ]);
        if matches!(self, Backend::Rtl | Backend::Chip) {
            versions.extend(ef_tools::verilator().ok().map(|tool| ("verilator", tool.version)));
        }
        versions
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Backend::Model => "model",
            Backend::Rtl => "rtl",
            Backend::Chip => "chip",
            Backend::Board => "board",
        })
    }
}
