//! The join of compiler and model of time: what a step's passes take. The only file that knows both.

use super::Behind;
use super::occupancy::{Buffer, Occupancy};
use super::report::{PassReport, PlanReport, TileReport};
use anyhow::Result;
use ef_compiler::{Network, Part, PixelFormat, Prepared, ScheduledPass, SpanKind, Step, encode};
use ef_isa::compute::Phase;
use ef_isa::{Config, Engine, Synced};
use ef_time::{Span, predict, predict_spans};
use std::ops::Range;
use std::time::{Duration, Instant};

/// A plan in figures, and what its pictures show besides.
pub struct Planned {
    pub report: PlanReport,
    /// How long the schedule and the program took to make.
    pub compiled: Duration,
    /// Names of the layers with weights.
    pub stages: Vec<String>,
    /// T x T.
    pub lanes: usize,
    /// Cycles of the step, as fast as its commands come.
    pub cycles: u64,
    /// The program of the step, and its first word in DRAM.
    pub program: Vec<u64>,
    pub program_at: u64,
    /// The first word of the tables of the vector unit.
    pub tables: u32,
    /// Multiplications that the network needs, per pass.
    pub macs: Vec<u64>,
    pub chip: Vec<Buffer>,
    pub dram: Vec<Block>,
}

/// Words of DRAM that hold something for a while.
pub struct Block {
    pub name: String,
    pub kind: Kind,
    /// First word.
    pub at: u64,
    pub words: u64,
    /// Cycles of the step.
    pub from: u64,
    pub to: u64,
}

/// What a block of DRAM holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Weights,
    Optimiser,
    Images,
    Map,
    Loss,
    Codes,
    Program,
}

/// The form in which the images of a network lie in memory.
pub fn pixel_format(network: &Network) -> PixelFormat {
    network.input.scale_shift.map_or(PixelFormat::F32, |shift| PixelFormat::U8 { shift })
}

/// The most images, up to `batch`, with which a step and a program of `program_words` fit `memory_words`; `None` if one does not.
pub fn most_images(
    network: &Network,
    config: &'static Config,
    batch: usize,
    program_words: u64,
    memory_words: u64,
) -> Option<usize> {
    let fits = |images: usize| {
        Prepared::new(network, config, images, pixel_format(network))
            .is_ok_and(|prepared| prepared.map.data_words + program_words <= memory_words)
    };
    let counts: Vec<usize> = (1..=batch).collect();
    match counts.partition_point(|images| fits(*images)) {
        0 => None,
        most => Some(most),
    }
}

impl Planned {
    /// Compiles a training step and predicts it.
    pub fn new(network: &Network, config: &'static Config, batch: usize, behind: &Behind) -> Result<Planned> {
        let clock = Instant::now();
        let pixels = pixel_format(network);
        let prepared = Prepared::for_memory(network, config, batch, pixels, behind.memory)?;
        let step = prepared.step(true)?;
        let program = encode(&step.commands);
        let compiled = clock.elapsed();
        let (whole, spans) = predict_spans(config, &step.commands, behind.memory);
        let ends = ends(&step, &spans, whole.cycles);
        let lanes = config.lanes * config.lanes;
        let macs: Vec<u64> = step.passes.iter().map(|pass| macs(&prepared, pass, batch)).collect();
        let begins = std::iter::once(0).chain(ends.iter().copied());
        let shares = step.shares();
        let passes = step.passes.iter().zip(begins.zip(&ends)).zip(macs.iter().zip(&shares));
        let layers = passes
            .map(|((pass, (begin, end)), (macs, share))| {
                let cycles = end - begin;
                let alone = predict(config, &alone(&step, share), behind.memory);
                let words = needed_words(&prepared, pass, batch) * u64::from(behind.cycles_per_word);
                let kernel: u64 = alone.kernel_cycles.iter().sum();
                PassReport {
                    layer: pass.layers(&prepared.graph),
                    phase: pass.phase(),
                    parts: pass.parts.clone(),
                    cycles,
                    bound: words.max(macs.div_ceil(lanes as u64)),
                    busy_lanes: kernel as f64 / cycles.max(1) as f64,
                    useful_macs: *macs as f64 / (lanes as u64 * cycles.max(1)) as f64,
                    dram_words: alone.read.words + alone.written.words,
                    tile: tile(pass),
                }
            })
            .collect();
        // two words per instruction
        let (program_at, program_words) = (prepared.map.data_words, 2 * program.len() as u64);
        let mut report = PlanReport {
            network: network.name.clone(),
            config: config.name.into(),
            batch,
            memory_bytes: 4 * (program_at + program_words),
            program_words,
            cycles_per_image: whole.cycles as f64 / batch as f64,
            bound_cycles_per_image: 0.0,
            dram_words_per_image: (whole.read.words + whole.written.words) as f64 / batch as f64,
            layers,
        };
        report.bound_cycles_per_image = report.per_image(|pass| pass.bound);
        let chip = occupancy(&step, &spans, config, whole.cycles);
        let mut dram = blocks(&prepared, &step, &ends, batch);
        dram.push(Block {
            name: "program".into(),
            kind: Kind::Program,
            at: program_at,
            words: program_words,
            from: 0,
            to: whole.cycles,
        });
        let stages = prepared.graph.stages.iter().map(|stage| stage.name.clone()).collect();
        Ok(Planned {
            report,
            compiled,
            stages,
            lanes,
            cycles: whole.cycles,
            tables: prepared.map.tables,
            program,
            program_at,
            macs,
            chip,
            dram,
        })
    }
}

/// The cycle in which the last computation of each pass is over; of the last pass, everything.
fn ends(step: &Step, spans: &[Span], cycles: u64) -> Vec<u64> {
    let mut latest = 0;
    let last = step.passes.len().saturating_sub(1);
    let passes = step.passes.iter().enumerate();
    passes
        .map(|(number, pass)| {
            let computations =
                pass.commands.clone().filter(|i| step.commands[*i].command.engine() == Engine::Compute);
            let end = computations.map(|i| spans[i].done).max().unwrap_or(0);
            latest = if number == last { cycles } else { latest.max(end) };
            latest
        })
        .collect()
}

/// The commands without their tokens: commands of other passes, which would give them, are missing. The words
/// they move and the vectors they stream are the same.
fn alone(step: &Step, share: &[Range<usize>]) -> Vec<Synced> {
    let commands = share.iter().flat_map(|range| &step.commands[range.clone()]);
    commands.map(|c| Synced { command: c.command.clone(), wait: 0, signal: 0 }).collect()
}

fn macs(prepared: &Prepared, pass: &ScheduledPass, batch: usize) -> u64 {
    pass.parts.iter().map(|(stage, _)| batch as u64 * prepared.graph.stages[*stage].macs()).sum()
}

/// Words that a pass moves if it moves every map, loss, code and parameter that it needs once, and none that it hands on inside the chip.
fn needed_words(prepared: &Prepared, pass: &ScheduledPass, batch: usize) -> u64 {
    let stages = &prepared.graph.stages;
    let input = |stage: usize| match stages[stage].first() {
        true => prepared.map.image_words,
        false => prepared.graph.tensors[stages[stage].input].words,
    };
    let (mut maps, mut weights) = (0, 0);
    for (number, &(index, phase)) in pass.parts.iter().enumerate() {
        let stage = &stages[index];
        let again = pass.parts[..number].iter().any(|part| part.0 == index);
        // BP and WU of a stage share its loss and its codes
        let codes = if prepared.graph.has_loss(index) { stage.code_words() } else { 0 };
        let output = if again { 0 } else { stage.out_words() + codes };
        // what is added comes once more: the map in FP, the loss of who adds it in BP
        let added = match phase {
            Phase::Fp => stage.shortcut.map_or(0, |tensor| prepared.graph.tensors[tensor].words),
            Phase::Bp => {
                prepared.graph.joins(stage.input).map(|(_, join)| join.out_words() + join.code_words()).sum()
            }
            Phase::Wu => 0,
        };
        maps += input(index) + output + added;
        // the update reads and writes the weights and what the optimiser keeps
        let moved = 2 * (1 + prepared.graph.optimiser.state().len());
        weights += if phase == Phase::Wu { moved } else { 1 } * stage.out_groups() * stage.block_words();
    }
    let first = pass.parts.iter().map(|part| part.0).min().unwrap_or(0);
    if pass.parts.iter().any(|part| part.0 != first) {
        // FP does not read what it hands on but stores it if it is read again, BP neither writes nor reads it
        let forward = pass.parts.iter().any(|part| part.1 == Phase::Fp);
        let stored = forward && prepared.graph.read_again(first);
        maps -= if stored { 1 } else { 2 } * stages[first].out_words();
    }
    (batch * maps + weights) as u64
}

fn tile(pass: &ScheduledPass) -> TileReport {
    let cut = pass.cut;
    TileReport {
        images: cut.size.images,
        rows: cut.size.rows,
        columns: cut.size.cols,
        out_groups: cut.outs,
        in_groups: cut.ins,
    }
}

/// What lies in the on-chip buffers, by the stage that put it there.
fn occupancy(step: &Step, spans: &[Span], config: &Config, cycles: u64) -> Vec<Buffer> {
    let mut occupancy = Occupancy::new(config, cycles);
    for (pass, share) in step.passes.iter().zip(step.shares()) {
        for i in share.into_iter().flatten() {
            for access in ef_isa::accesses(&step.commands[i].command, config.lanes) {
                occupancy.note(&access, spans[i], pass.parts[0].0);
            }
        }
    }
    occupancy.buffers()
}

/// What lies in DRAM: parameters and images all the time, maps, losses and codes while they are needed.
fn blocks(prepared: &Prepared, step: &Step, ends: &[u64], batch: usize) -> Vec<Block> {
    let cycles = ends.last().copied().unwrap_or(0);
    let map = &prepared.map;
    let mut blocks = Vec::new();
    let mut always = |name: &str, kind, at: u32, words: usize| {
        let (at, words) = (at.into(), words as u64);
        blocks.push(Block { name: name.into(), kind, at, words, from: 0, to: cycles });
    };
    for layer in &map.layers {
        always(layer.name(), Kind::Weights, layer.weights, layer.words);
        for kept in layer.state.iter().chain(&layer.running) {
            always(layer.name(), Kind::Optimiser, *kept, layer.words);
        }
    }
    for (name, at, words) in &map.matrices {
        always(name, Kind::Weights, *at, *words);
    }
    always("images", Kind::Images, map.images, batch * map.image_words);
    // step i of the memory map is FP of stage i, step 2n - 1 - i its BP and WU
    let last = 2 * prepared.graph.stages.len() - 1;
    let number = |(stage, phase): Part| if phase == Phase::Fp { stage } else { last - stage };
    let over = |at: usize| {
        let begun = |pass: &ScheduledPass| pass.parts.iter().any(|part| number(*part) <= at);
        let passes = step.passes.iter().zip(ends).filter(|(pass, _)| begun(pass));
        passes.map(|(_, end)| *end).max().unwrap_or(0)
    };
    blocks.extend(map.spans.iter().map(|span| Block {
        name: span.name.clone(),
        kind: match span.kind {
            SpanKind::Map => Kind::Map,
            SpanKind::Loss => Kind::Loss,
            SpanKind::Codes => Kind::Codes,
        },
        at: span.address.into(),
        words: span.words,
        from: span.steps.0.checked_sub(1).map_or(0, over),
        to: over(span.steps.1),
    }));
    blocks
}
