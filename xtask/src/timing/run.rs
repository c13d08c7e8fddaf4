//! A step on the RTL, and what the model of time says of it.

use super::drawn::Drawn;
use crate::plan::Behind;
use anyhow::Result;
use ef_board::Board;
use ef_compiler::{PixelFormat, Plan, compile};
use ef_program::{Config, Device, regs};
use ef_sim::{ChipDevice, DramSettings, RtlDevice};
use ef_time::{BurstMemory, Report, Traffic, predict_program};

/// Words of memory of the simulated accelerator.
const WORDS: u64 = 1 << 22;

/// An accelerator with its memory.
pub struct Rtl {
    config: &'static Config,
    behind: Behind,
    device: Box<dyn Device>,
}

/// One step.
pub struct Compared {
    pub number: u64,
    pub config: &'static str,
    pub memory: String,
    pub simulated: u64,
    pub predicted: u64,
    /// Words, bursts and kernel cycles are equal.
    pub exact: bool,
}

impl Compared {
    /// Of the prediction, as a part of the simulated cycles.
    pub fn error(&self) -> f64 {
        self.predicted as f64 / self.simulated as f64 - 1.0
    }
}

impl Rtl {
    pub fn burst(config: &'static Config, memory: BurstMemory) -> Result<Rtl> {
        let BurstMemory { cycles_per_word, latency, restart } = memory;
        let settings = DramSettings { width: 32 / cycles_per_word, latency, restart, stall: 0, seed: 1 };
        let device = Box::new(RtlDevice::new(config, WORDS, &settings)?);
        Ok(Rtl { config, behind: Behind::simulated(&settings)?, device })
    }

    pub fn board(board: &Board) -> Result<Rtl> {
        let mut faster = board.clone();
        // the program is there sooner
        faster.link.baud = 10_000_000;
        let device = Box::new(ChipDevice::new(&faster)?);
        Ok(Rtl { config: board.accelerator, behind: Behind::board(board)?, device })
    }

    /// A training step on whatever the memory holds: no cycle depends on it.
    pub fn step(&mut self, number: u64, drawn: &Drawn) -> Result<Compared> {
        let pixels = PixelFormat::U8 { shift: 4 };
        let plan: Plan = compile(&drawn.network, self.config, drawn.batch, pixels)?;
        self.device.write_memory(plan.map.labels, &vec![0; drawn.batch])?;
        self.device.load_program(plan.map.programs.train, &plan.train)?;
        self.device.run()?;
        let model = predict_program(self.config, &plan.train, self.behind.memory)?;
        let mut read = |register| Ok::<_, anyhow::Error>(u64::from(self.device.read_register(register)?));
        let rtl = Report {
            cycles: read(regs::CYCLES)?,
            kernel_cycles: [read(regs::KERNEL_FP)?, read(regs::KERNEL_BP)?, read(regs::KERNEL_WU)?],
            read: Traffic { words: read(regs::WORDS_READ)?, bursts: read(regs::BURSTS_READ)? },
            written: Traffic { words: read(regs::WORDS_WRITTEN)?, bursts: read(regs::BURSTS_WRITTEN)? },
            fetched: Traffic { words: read(regs::WORDS_FETCHED)?, bursts: read(regs::BURSTS_FETCHED)? },
            ..model
        };
        Ok(Compared {
            number,
            config: self.config.name,
            memory: self.behind.name.clone(),
            simulated: rtl.cycles,
            predicted: model.cycles,
            exact: rtl == Report { cycles: rtl.cycles, ..model },
        })
    }
}
