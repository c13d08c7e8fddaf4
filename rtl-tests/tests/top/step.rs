//! A small training step: twice a convolution, its weight gradient, an update and the passes of a softmax.
use ef_hdl_kit::rand::Rng;
use ef_isa::compute::{ComputeOp, Init, Phase};
use ef_isa::instr::{Engine, Instr};
use ef_isa::load::{LoadOp, TABLES_AT, VectorBuffer, WordBuffer};
use ef_isa::store::{StoreKind, StoreOp};
use ef_isa::vector::recipes::Gradient;
use ef_isa::vector::{Logits, Optimiser, Walk, library};
use ef_isa::{ComputeDesc, Descriptor, LoadDesc, StoreDesc};

/// Lanes of the configuration that the program is for.
pub const LANES: u32 = 2;
/// Words of memory that the program uses.
pub const MEMORY: usize = 8192;
const ROUNDS: u16 = 2;

const IN: u32 = 6;
const OUT: u32 = 4;
const KERNEL: u32 = 9;
const CLASSES: u32 = 3;
const IMAGES: u32 = 4;
const WEIGHTS: u32 = KERNEL * LANES * LANES;
const GRADIENT: u32 = 64;
const LABELS: u32 = 250;
/// In the loss buffer and in the hand-over RAM.
const HANDED: u32 = 64;
const HANDED_AT: u32 = 100;

// the memory map
const FEATURES_AT: u32 = 0;
const LOSSES_AT: u32 = 512;
const WEIGHTS_AT: u32 = 1024;
const OPERANDS_AT: u32 = 1280;
const LABELS_AT: u32 = 1600;
const MAPS_AT: u32 = 2048;
const CODES_AT: u32 = 2304;
const UPDATED_AT: u32 = 2560;
const VELOCITIES_AT: u32 = 2816;
const GRADIENTS_AT: u32 = 3072;
const TABLES: u32 = 3328;
pub const PROGRAM_AT: u32 = 5376;
/// Where its results begin.
pub const RESULTS_AT: [u32; 5] = [MAPS_AT, CODES_AT, UPDATED_AT, VELOCITIES_AT, GRADIENTS_AT];

/// Initial memory: small FP32 numbers, and labels.
pub fn memory(rng: &mut impl Rng) -> Vec<u32> {
    let mut words = vec![0u32; MEMORY];
    for word in &mut words[..MAPS_AT as usize] {
        *word = rng.random_range(-1.0f32..1.0).to_bits();
    }
    for label in &mut words[LABELS_AT as usize..(LABELS_AT + IMAGES) as usize] {
        *label = rng.random_range(0..CLASSES);
    }
    let tables = library().tables.words();
    words[TABLES as usize..][..tables.len()].copy_from_slice(&tables);
    words
}

/// Instructions being put together.
#[derive(Default)]
struct Assembler {
    before: Vec<Instr>,
    body: Vec<Instr>,
    /// Commands of each engine.
    streams: [u8; 3],
}

impl Assembler {
    /// A command in the loop; `moving` fields grow by their stride in every round.
    fn command<D: Descriptor>(
        &mut self,
        engine: Engine,
        desc: &D,
        moving: &[(usize, u32)],
        wait: &[Engine],
        signal: &[Engine],
    ) {
        let count = &mut self.streams[engine as usize];
        let stream = *count % 8;
        *count += 1;
        for index in 0..D::FIELDS.len() {
            let (field, value) = (index as u8, desc.get(index));
            if let Some((_, stride)) = moving.iter().find(|(moves, _)| *moves == index) {
                let value = value.wrapping_sub(*stride);
                self.before.push(Instr::Set { engine, stream, field, value });
                self.body.push(Instr::Add { engine, stream, field, increment: *stride });
            } else {
                self.body.push(Instr::Set { engine, stream, field, value });
            }
        }
        let mask = |engines: &[Engine]| engines.iter().fold(0, |mask, e| mask | 1 << *e as u8);
        self.body.push(Instr::Issue { engine, wait: mask(wait), signal: mask(signal) });
    }

    fn finish(self) -> Vec<u64> {
        let Assembler { before, body, .. } = self;
        let program = before.into_iter().chain([Instr::Loop { count: ROUNDS }]).chain(body);
        program.chain([Instr::Next, Instr::End]).map(Instr::encode).collect()
    }
}

/// `columns x rows` vectors from `dram` to `base`, skewed by column.
fn tile(to: VectorBuffer, dram: u32, base: u32, columns: u32, rows: u32) -> LoadDesc {
    LoadDesc {
        op: LoadOp::vectors(to).encode(),
        base,
        n0: columns,
        n1: rows,
        n2: 1,
        n3: 1,
        a0: 1,
        a1: columns,
        p0: 1,
        dram,
        run: columns * rows * LANES,
        n_run0: 1,
        n_run1: 1,
        ..Default::default()
    }
}

/// `count` words from `dram` to a memory of words.
fn words(to: WordBuffer, dram: u32, base: u32, count: u32) -> LoadDesc {
    let op = LoadOp::words(to).encode();
    LoadDesc { op, base, dram, run: count, n_run0: 1, n_run1: 1, ..Default::default() }
}

fn convolution(op: ComputeOp, tag: u32) -> ComputeDesc {
    ComputeDesc {
        op: op.encode(),
        tag,
        n_g: if op.pixel_mode { LANES } else { 1 },
        n_kr: 3,
        n_kc: 3,
        n_i: 1,
        n_r: OUT,
        n_c: OUT,
        x_kr: IN,
        x_kc: 1,
        x_r: IN,
        x_c: 1,
        ph_kc: 1,
        ph_c: 1,
        ..Default::default()
    }
}

/// The program: tokens keep load, compute and store of a round in order, and a round behind the one before.
pub fn program() -> Vec<u64> {
    let mut a = Assembler::default();
    inputs(&mut a);
    forward(&mut a);
    gradient(&mut a);
    update(&mut a);
    loss(&mut a);
    let op = LoadOp::zero(VectorBuffer::Feature).encode();
    let barrier = LoadDesc { op, base: 500, n0: 1, ..Default::default() };
    a.command(Engine::Load, &barrier, &[], &[Engine::Compute, Engine::Store], &[]);
    a.finish()
}

/// The word in a weight tile from which on the bias lies.
const BIAS: u32 = KERNEL * LANES;

fn losses() -> LoadDesc {
    tile(VectorBuffer::Loss, LOSSES_AT, 0, OUT, OUT)
}

fn inputs(a: &mut Assembler) {
    use Engine::{Compute, Load, Store};
    let tables = library().tables.words().len() as u32;
    a.command(Load, &words(WordBuffer::Operand, TABLES, TABLES_AT, tables), &[], &[], &[]);
    let dram = LoadDesc::dram;
    let features = tile(VectorBuffer::Feature, FEATURES_AT, 0, IN, IN);
    a.command(Load, &features, &[(dram, IN * IN * LANES)], &[], &[]);
    a.command(Load, &losses(), &[(dram, OUT * OUT * LANES)], &[], &[]);
    // rows of the stationary matrices have their own phase, the bias has phase 0 as the first of a block of one
    a.command(Load, &tile(VectorBuffer::Weight, WEIGHTS_AT, 0, LANES, KERNEL), &[], &[], &[]);
    a.command(Load, &tile(VectorBuffer::Weight, WEIGHTS_AT + WEIGHTS, BIAS, 1, 1), &[], &[], &[]);
    a.command(Load, &words(WordBuffer::Operand, OPERANDS_AT, 0, 2 * WEIGHTS), &[], &[], &[]);
    a.command(Load, &words(WordBuffer::Operand, LABELS_AT, LABELS, IMAGES), &[], &[], &[Compute, Store]);
}

const FP: ComputeOp = ComputeOp {
    pixel_mode: false,
    stream_loss: false,
    column: false,
    init: Init::Bias,
    ones: false,
    phase: Phase::Fp,
};

/// A map, stored and handed on.
fn forward(a: &mut Assembler) {
    use Engine::{Compute, Load, Store};
    let forward = ComputeDesc { s_0: LANES, bias: BIAS, ..convolution(FP, 3) };
    a.command(Compute, &forward, &[], &[Load], &[Store]);
    let map = StoreDesc {
        op: StoreOp { relu: true, codes: true, hand_over: true, ..StoreOp::new(StoreKind::Map) }.encode(),
        o_a: HANDED_AT,
        tag: 5,
        p_g: OUT * OUT,
        n_i: 1,
        n_g: 1,
        n_r: OUT,
        n_c: OUT,
        dram: MAPS_AT,
        run: OUT * OUT * LANES,
        n_run: 1,
        second_dram: CODES_AT,
        second_run: OUT,
        ..Default::default()
    };
    let moving = [(StoreDesc::dram, OUT * OUT * LANES), (StoreDesc::second_dram, OUT)];
    a.command(Store, &map, &moving, &[Load, Compute], &[Load]);
}

/// The weights' gradient, of the losses and of the map from the hand-over RAM as more of them.
fn gradient(a: &mut Assembler) {
    use Engine::{Compute, Load, Store};
    let op = LoadOp { handed: true, ..LoadOp::vectors(VectorBuffer::Loss) }.encode();
    let handed = LoadDesc { op, dram: HANDED_AT, base: HANDED, ..losses() };
    a.command(Load, &handed, &[], &[Store], &[Compute]);
    let wu = ComputeOp { pixel_mode: true, init: Init::Zero, ones: true, phase: Phase::Wu, ..FP };
    let gradient = ComputeDesc { s_0: 1, s_1: OUT, p_base: GRADIENT, ..convolution(wu, 4) };
    a.command(Compute, &gradient, &[], &[], &[]);
    let op = ComputeOp { init: Init::Keep, ..wu }.encode();
    a.command(Compute, &ComputeDesc { op, s_base: HANDED, ..gradient }, &[], &[Load], &[Store, Load]);
}

/// Weights and velocities in one pass.
fn update(a: &mut Assembler) {
    use Engine::{Compute, Store};
    let walk = Walk {
        recipe: library().updates(Optimiser::Sgd, Gradient::Sum)[0].recipe,
        turns: [LANES, LANES, KERNEL, 1],
        p_base: GRADIENT,
        o_b: WEIGHTS,
        ..Walk::default()
    }
    .with_strides([KERNEL.into(), 0, 1, 0]);
    let update = StoreDesc {
        tag: 6,
        dram: UPDATED_AT,
        second_dram: VELOCITIES_AT,
        run: WEIGHTS / 2,
        n_run: 2,
        d_run: WEIGHTS / 2,
        second_d_run: WEIGHTS / 2,
        prefill: WEIGHTS / 4,
        ..StoreDesc::vector(&walk)
    };
    let moving = [(StoreDesc::dram, WEIGHTS), (StoreDesc::second_dram, WEIGHTS)];
    a.command(Store, &update, &moving, &[Compute], &[]);
}

/// A softmax: four passes, of which the last one writes gradients.
fn loss(a: &mut Assembler) {
    use Engine::{Load, Store};
    let logits =
        Logits { images: IMAGES, classes: CLASSES, p_base: 0, p_g: IMAGES, labels: LABELS, smoothed: false };
    let passes = library().softmax(&logits, LANES);
    let [passes @ .., last] = passes.map(|walk| StoreDesc { tag: 7, ..StoreDesc::vector(&walk) });
    for pass in passes {
        a.command(Store, &pass, &[], &[], &[]);
    }
    let row = CLASSES.next_multiple_of(LANES);
    let gradients =
        StoreDesc { dram: GRADIENTS_AT, run: row, n_run: IMAGES, d_run: row, prefill: row, ..last };
    a.command(Store, &gradients, &[(StoreDesc::dram, row * IMAGES)], &[], &[Load]);
}
