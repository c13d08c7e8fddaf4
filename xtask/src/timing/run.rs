//! A step on the RTL, and what the model of time says of it.

use crate::plan::Behind;
use anyhow::Result;
use ef_board::Board;
use ef_compiler::drawn::Drawn;
use ef_compiler::{PixelFormat, Plan, compile};
use ef_isa::{Config, Device};
use ef_sim::{ChipDevice, DramSettings, RtlDevice, counted};
use ef_time::{Report, predict_program};

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
    /// Words, bursts and kernel cycles that are not equal, by name: predicted of simulated.
    pub differs: Vec<String>,
}

impl Compared {
    /// Every count is equal.
    pub fn exact(&self) -> bool {
        self.differs.is_empty()
    }

    /// Of the prediction, as a part of the simulated cycles.
    pub fn error(&self) -> f64 {
        self.predicted as f64 / self.simulated as f64 - 1.0
    }
}

impl Rtl {
    pub fn burst(config: &'static Config, memory: &DramSettings) -> Result<Rtl> {
        let device = Box::new(RtlDevice::new(config, WORDS, memory)?);
        Ok(Rtl { config, behind: Behind::simulated(memory)?, device })
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
        plan.load_train(self.device.as_mut())?;
        self.device.run()?;
        let model = predict_program(self.config, &plan.train, self.behind.memory)?;
        let rtl = counted(self.device.as_mut())?;
        Ok(Compared {
            number,
            config: self.config.name,
            memory: self.behind.name.clone(),
            simulated: rtl.cycles,
            predicted: model.cycles,
            differs: differs(&model, &rtl),
        })
    }
}

/// The counts that have to be equal and are not.
fn differs(model: &Report, rtl: &Report) -> Vec<String> {
    let counts = |r: &Report| {
        let traffic = [("read", r.read), ("written", r.written), ("of the program", r.fetched)];
        let moved = traffic
            .map(|(what, t)| [(format!("words {what}"), t.words), (format!("bursts {what}"), t.bursts)]);
        let kernel = ("kernel cycles".to_string(), r.kernel_cycles.iter().sum());
        moved.into_iter().flatten().chain([kernel]).collect::<Vec<(String, u64)>>()
    };
    let pairs = counts(model).into_iter().zip(counts(rtl));
    pairs
        .filter(|((_, model), (_, rtl))| model != rtl)
        .map(|((what, model), (_, rtl))| format!("{what}: {model} of {rtl}"))
        .collect()
}
