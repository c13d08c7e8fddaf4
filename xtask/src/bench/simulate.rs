//! What `bench --paper` simulates on the RTL with EF-Train's memory: whole steps of the small networks, single passes of the large ones.

use super::rows::{Row, eftrain, layers};
use crate::plan::{Behind, Planned, pixel_format};
use anyhow::{Context, Result};
use ef_compiler::{Graph, Prepared, encode, synchronise};
use ef_isa::config::FP32_8X8;
use ef_isa::load::{LoadOp, TABLES_AT, WordBuffer};
use ef_isa::store::{StoreKind, StoreOp};
use ef_isa::vector::{RecipeWord, library};
use ef_isa::{Command, Device, regs};
use ef_paper::Machine;
use ef_runtime::networks::NetworkFile;
use ef_sim::{DramSettings, RtlDevice};
use std::collections::HashSet;

/// Networks of which a whole step is simulated, and its images.
const STEPS: [&str; 2] = ["one-x", "lenet-10"];
const BATCH: usize = 16;

/// Passes of the large networks: a layer and a phase of each kind that has a pass of its own, of one image, that take a minute at most.
const PASSES: [(&str, &str, &str); 5] = [
    ("alexnet", "conv3", "FP"),
    ("alexnet", "conv5", "BP"),
    ("alexnet", "conv4", "WU"),
    ("vgg-16", "conv13", "FP"),
    ("vgg-16", "conv11", "BP"),
];

/// A row per simulation.
pub fn rows(memory: &DramSettings) -> Result<Vec<Row>> {
    let steps = STEPS.iter().map(|name| step(name, memory).with_context(|| format!("a step of {name}")));
    let passes = PASSES.iter().map(|(name, layer, phase)| {
        pass(name, (layer, phase), memory).with_context(|| format!("{phase} of {layer} of {name}"))
    });
    steps.chain(passes).collect()
}

/// A program, what it is, and what EF-Train's model and the network need for the same.
struct Simulation<'a> {
    network: String,
    layer: &'a str,
    phase: &'a str,
    program: &'a [u64],
    /// The first word of the tables of the vector unit.
    tables: u32,
    /// The program's first word in a memory of so many.
    at: u64,
    words: u64,
    eftrain_cycles: u64,
    macs: u64,
}

fn step(name: &str, memory: &DramSettings) -> Result<Row> {
    let network = NetworkFile::load(name)?.network;
    let planned = Planned::new(&network, &FP32_8X8, BATCH, &Behind::simulated(memory)?)?;
    let layers = layers(&Graph::new(&network, &FP32_8X8).stages);
    let passes = planned.report.layers.iter();
    let simulation = Simulation {
        network: format!("{name}, batch {BATCH}"),
        layer: "all",
        phase: "all",
        program: &planned.program,
        tables: planned.tables,
        at: planned.program_at,
        words: planned.report.memory_bytes / 4,
        eftrain_cycles: passes.map(|p| eftrain(&Machine::LANES_64, &layers, &p.parts, BATCH)).sum(),
        macs: planned.macs.iter().sum(),
    };
    simulation.row(memory)
}

fn pass(name: &str, (layer, phase): (&str, &str), memory: &DramSettings) -> Result<Row> {
    let network = NetworkFile::load(name)?.network;
    let behind = Behind::simulated(memory)?.memory;
    let prepared = Prepared::for_memory(&network, &FP32_8X8, 1, pixel_format(&network), behind)?;
    let step = prepared.step(true)?;
    let is =
        |pass: &ef_compiler::ScheduledPass| pass.layers(&prepared.graph) == layer && pass.phase() == phase;
    let number = step.passes.iter().position(is).context("no such pass")?;
    // its own commands, among each other, behind the recipes that they name and another pass has loaded
    let own: Vec<usize> = step.shares().swap_remove(number).into_iter().flatten().collect();
    let known: HashSet<usize> = own.iter().copied().collect();
    let named: HashSet<u32> =
        own.iter().flat_map(|index| recipe_at(&step.commands[*index].command)).collect();
    let others = (0..step.commands.len()).filter(|index| !known.contains(index));
    let tables = others.filter(|index| {
        loaded_at(&step.commands[*index].command).is_some_and(|address| named.contains(&address))
    });
    let mut commands: Vec<_> =
        tables.chain(own.iter().copied()).map(|index| step.commands[index].clone()).collect();
    commands.iter_mut().for_each(|command| (command.wait, command.signal) = (0, 0));
    synchronise(FP32_8X8.lanes, &mut commands);
    let (program, parts) = (encode(&commands), &step.passes[number].parts);
    let simulation = Simulation {
        network: format!("{name}, batch 1"),
        layer,
        phase,
        program: &program,
        tables: prepared.map.tables,
        at: prepared.map.data_words,
        words: prepared.map.data_words + 2 * program.len() as u64,
        eftrain_cycles: eftrain(&Machine::LANES_64, &layers(&prepared.graph.stages), parts, 1),
        macs: parts.iter().map(|part| prepared.graph.stages[part.0].macs()).sum(),
    };
    simulation.row(memory)
}

/// Where in the tables the constants and the control words lie that a VECTOR uses.
fn recipe_at(command: &Command) -> Vec<u32> {
    let Command::Store(store) = command else { return Vec::new() };
    let vector = StoreOp::decode(store.op).is_some_and(|op| op.kind == StoreKind::Vector);
    let recipe = RecipeWord::decode(store.recipe).filter(|_| vector);
    recipe.map_or(Vec::new(), |recipe| library().tables.parts(recipe).map(|(address, _)| address).into())
}

/// Where in the tables a load brings something.
fn loaded_at(command: &Command) -> Option<u32> {
    let Command::Load(load) = command else { return None };
    let words = load.op == LoadOp::words(WordBuffer::Operand).encode();
    load.base.checked_sub(TABLES_AT).filter(|_| words)
}

impl Simulation<'_> {
    /// Runs it, whatever is in memory beside the tables: no cycle depends on it.
    fn row(self, memory: &DramSettings) -> Result<Row> {
        let behind = Behind::simulated(memory)?;
        let mut device = RtlDevice::new(&FP32_8X8, self.words, memory)?;
        device.write_memory(self.tables, &library().tables.words())?;
        device.load_program(u32::try_from(self.at)?, self.program)?;
        device.run()?;
        let simulated = u64::from(device.read_register(regs::CYCLES)?);
        let predicted = ef_time::predict_program(&FP32_8X8, self.program, behind.memory)?;
        let lanes = (FP32_8X8.lanes * FP32_8X8.lanes) as f64;
        Ok(Row {
            network: self.network,
            layer: self.layer.into(),
            phase: self.phase.into(),
            memory: behind.name,
            predicted_cycles: predicted.cycles,
            simulated_cycles: Some(simulated),
            error: Some(predicted.cycles as f64 / simulated as f64 - 1.0),
            eftrain_cycles: self.eftrain_cycles,
            ratio: predicted.cycles as f64 / self.eftrain_cycles as f64,
            busy_lanes: predicted.kernel_share(),
            useful: self.macs as f64 / (lanes * predicted.cycles as f64),
            dram_words: predicted.read.words + predicted.written.words,
        })
    }
}
