//! From a network description to a memory map and a program.
//!
//! ```text
//! TOML --network--> Network --graph--> Graph --memory--> MemoryMap
//!                                        |
//!                           passes, search, schedule      flat list of commands, in program order
//!                                        |
//!                                      sync     tokens, from what each command reads and writes
//!                                        |
//!                                     encode    increments and hardware loops
//! ```

mod axis;
mod builder;
pub mod drawn;
mod encode;
mod error;
mod graph;
mod images;
mod lifetime;
mod memory;
mod network;
mod passes;
mod room;
mod schedule;
mod search;
mod stage;
mod strips;
mod sync;
mod tensors;
mod tile;
pub mod tiny;
mod work;

pub use axis::Axis;
pub use ef_isa::Synced;
pub use encode::encode;
pub use error::{CompileError, NetworkError, TooLarge};
pub use graph::{Graph, Tensor, overflow_bit};
pub use memory::{LayerPlan, MemoryMap, Programs, Span, SpanKind};
pub use network::{Input, LEAST_DEVIATION, Layer, Network, Pair, ParameterKind, ParameterShape, Sides, Two};
pub use passes::{Cut, Order, Part};
pub use schedule::ScheduledPass;
pub use stage::{Activation, ByChannel, Norm, Stage};
pub use sync::synchronise;
pub use tile::TileSize;

use builder::Context;
use ef_isa::compute::Phase;
use ef_isa::vector::{Settings, Smoothing, library};
use ef_isa::{Config, Device, DeviceError};
use ef_time::{BurstMemory, Memory};
use std::ops::Range;

/// How the host hands images over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PixelFormat {
    /// A byte per pixel, value `byte * 2^-shift` (shift 0..15).
    U8 {
        /// 0 to 15.
        shift: u32,
    },
    /// FP32.
    F32,
}

/// A network, compiled for a configuration and a batch size.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What it was compiled for: no other runs it.
    pub config: &'static Config,
    /// Images of a step.
    pub batch: usize,
    /// One training step on a batch: FP, loss, BP, WU, update.
    pub train: Vec<u64>,
    /// FP and loss only: mean loss and number of correct predictions of a batch.
    pub eval: Vec<u64>,
    /// Where everything lies in DRAM.
    pub map: MemoryMap,
    /// The layers, each with its ReLU and pooling.
    pub stages: Vec<Stage>,
    /// What the recipes of the loss are told.
    pub smoothing: Smoothing<f32>,
    /// Multiplications of one training step that the network needs: FP, BP, WU, for the whole batch.
    pub useful_macs: [u64; 3],
}

impl Plan {
    /// Lays the programs into the words from `at` on, which is not before the end of the data, instead of where they are.
    ///
    /// # Errors
    /// If addresses of 32 bits do not reach so far.
    pub fn place_programs(&mut self, at: u64) -> Result<(), CompileError> {
        let eval = at + 2 * self.train.len() as u64;
        let end = eval + 2 * self.eval.len() as u64;
        let memory = |_| CompileError::Memory { words: end.into(), batch: self.batch };
        u32::try_from(end).map_err(memory)?;
        self.map.programs = Programs { train: at as u32, eval: eval as u32 };
        self.map.memory_words = end;
        Ok(())
    }
}

impl Plan {
    /// Writes what the programs load that is no parameter: the tables of the vector unit, and the matrices and constants that the network needs.
    ///
    /// # Errors
    /// If the device does not take them.
    pub fn write_tables(&self, device: &mut (impl Device + ?Sized)) -> Result<(), DeviceError> {
        for (at, words) in &self.map.given {
            device.write_memory(*at, words)?;
        }
        device.write_memory(self.map.tables, &library().tables.words())?;
        device.write_memory(self.map.tables + Smoothing::AT, &self.smoothing.words())
    }

    /// Writes what the recipes of the next steps are told beside the registers, after the tables.
    ///
    /// # Errors
    /// If the device does not take it.
    pub fn write_settings(
        &self,
        device: &mut (impl Device + ?Sized),
        settings: &Settings<f32>,
    ) -> Result<(), DeviceError> {
        device.write_memory(self.map.tables + Settings::AT, &settings.words())
    }

    /// Makes a device ready for training steps: tables and program.
    ///
    /// # Errors
    /// If the device does not take them.
    pub fn load_train(&self, device: &mut (impl Device + ?Sized)) -> Result<(), DeviceError> {
        self.write_tables(device)?;
        device.load_program(self.map.programs.train, &self.train)
    }

    /// The same for evaluations.
    ///
    /// # Errors
    /// If the device does not take them.
    pub fn load_eval(&self, device: &mut (impl Device + ?Sized)) -> Result<(), DeviceError> {
        self.write_tables(device)?;
        device.load_program(self.map.programs.eval, &self.eval)
    }
}

/// The commands of a step with their tokens, and which of them were made in which pass.
#[derive(Clone, Debug)]
pub struct Step {
    /// In program order.
    pub commands: Vec<Synced>,
    /// In program order.
    pub passes: Vec<ScheduledPass>,
    /// Updates in program order: the stage and its commands, in whatever pass they are made.
    pub updates: Vec<(usize, Range<usize>)>,
}

impl Step {
    /// Per pass the commands that belong to it: its own, and the updates of its weights.
    pub fn shares(&self) -> Vec<Vec<Range<usize>>> {
        let mut shares = vec![Vec::new(); self.passes.len()];
        let owner = |stage: usize| {
            let owns = |pass: &ScheduledPass| pass.parts.contains(&(stage, Phase::Wu));
            self.passes.iter().position(owns).expect("an update follows a WU")
        };
        let mut updates = self.updates.iter().peekable();
        for (number, ScheduledPass { commands, .. }) in self.passes.iter().enumerate() {
            let mut next = commands.start;
            while let Some((stage, update)) = updates.next_if(|(_, update)| update.start < commands.end) {
                shares[number].push(next..update.start);
                shares[owner(*stage)].push(update.clone());
                next = update.end;
            }
            shares[number].push(next..commands.end);
        }
        shares
    }
}

/// A network's graph and memory map for a configuration and a batch size: what [`Step`]s are made from.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// Operations over tensors.
    pub graph: Graph,
    /// Where everything lies in DRAM.
    pub map: MemoryMap,
    network: Network,
    pixels: PixelFormat,
    config: &'static Config,
    batch: usize,
    memory: Memory,
    drawn: Option<u64>,
}

/// The memory that schedules are made for if nobody says another: 16 bits wide, at the core's clock.
const USUAL_MEMORY: Memory = Memory::Burst(BurstMemory { cycles_per_word: 2, latency: 8, restart: 4 });

impl Prepared {
    /// Scheduled for the memory of most boards.
    ///
    /// # Errors
    /// If the network does not fit.
    pub fn new(
        network: &Network,
        config: &'static Config,
        batch: usize,
        pixels: PixelFormat,
    ) -> Result<Prepared, CompileError> {
        Prepared::for_memory(network, config, batch, pixels, USUAL_MEMORY)
    }

    /// Scheduled for a memory.
    ///
    /// # Errors
    /// If the network does not fit.
    pub fn for_memory(
        network: &Network,
        config: &'static Config,
        batch: usize,
        pixels: PixelFormat,
        memory: Memory,
    ) -> Result<Prepared, CompileError> {
        if batch == 0 {
            return Err(CompileError::EmptyBatch);
        }
        let graph = Graph::new(network, config);
        let map = MemoryMap::new(network, &graph, batch, pixels)?;
        let network = network.clone();
        Prepared { graph, map, network, pixels, config, batch, memory, drawn: None }.laid_out()
    }

    /// The same, cut in any way that fits, drawn by a seed, instead of the fastest: for tests.
    ///
    /// # Errors
    /// As [`Prepared::new`].
    pub fn with_drawn_cuts(self, seed: u64) -> Result<Prepared, CompileError> {
        Prepared { drawn: Some(seed), ..self }.laid_out()
    }

    /// The same, with the images in the strips that suit the memory.
    fn laid_out(mut self) -> Result<Prepared, CompileError> {
        let lay_out = |strip: usize| {
            let mut graph = Graph::new(&self.network, self.config);
            graph.stages[0].strip = strip;
            let map = MemoryMap::new(&self.network, &graph, self.batch, self.pixels)?;
            Ok::<_, CompileError>((graph, map))
        };
        (self.graph, self.map) = lay_out(self.graph.stages[0].cols)?;
        let strip = strips::choose(self.context(&self.graph, &self.map, true), lay_out)?;
        (self.graph, self.map) = lay_out(strip)?;
        Ok(self)
    }

    fn context<'a>(&self, graph: &'a Graph, map: &'a MemoryMap, train: bool) -> Context<'a> {
        let &Prepared { config, batch, memory, drawn, .. } = self;
        Context { graph, config, map, memory, batch, updates: true, train, drawn }
    }

    /// FP and loss; with `train` BP, WU and update too.
    ///
    /// # Errors
    /// If a pass has no cut that fits, or the step is too long.
    pub fn step(&self, train: bool) -> Result<Step, CompileError> {
        let mut schedule = schedule::schedule(self.context(&self.graph, &self.map, train))?;
        synchronise(self.config.lanes, &mut schedule.commands);
        let schedule::Schedule { commands, passes, updates } = schedule;
        Ok(Step { commands, passes, updates })
    }

    /// The programs, with the memory map.
    ///
    /// # Errors
    /// If the schedule of a step cannot be made, or does not fit addresses of 32 bits.
    pub fn plan(self) -> Result<Plan, CompileError> {
        let program = |train| Ok::<_, CompileError>(encode(&self.step(train)?.commands));
        let (train, eval) = (program(true)?, program(false)?);
        let Prepared { graph, map, config, batch, .. } = self;
        let of = |has: &dyn Fn(usize) -> bool| {
            let stages = graph.stages.iter().enumerate().filter(|(index, _)| has(*index));
            stages.map(|(_, stage)| batch as u64 * stage.macs()).sum()
        };
        let useful_macs = [of(&|_| true), of(&|index| graph.has_bp(index)), of(&|index| graph.has_wu(index))];
        let classes = graph.stages.last().map_or(1, |stage| stage.outputs);
        let smoothing = Smoothing::new(graph.label_smoothing, classes);
        let stages = graph.stages;
        let end = map.data_words;
        let mut plan = Plan { config, batch, train, eval, map, stages, smoothing, useful_macs };
        plan.place_programs(end)?;
        Ok(plan)
    }
}

/// Compiles a network for a batch of `batch` images.
///
/// # Errors
/// If the network does not fit the configuration or 32-bit addresses, or the batch is empty.
pub fn compile(
    network: &Network,
    config: &'static Config,
    batch: usize,
    pixels: PixelFormat,
) -> Result<Plan, CompileError> {
    Prepared::new(network, config, batch, pixels)?.plan()
}
