//! Random store commands that the golden model can execute.

use crate::bench::DRAM_WORDS;
use crate::recipes::{Recipes, Streams};
use crate::walks;
use ef_hdl_kit::rand::Rng;
use ef_isa::store::{StoreKind, StoreOp};
use ef_isa::vector::recipes::Gradient;
use ef_isa::vector::{Optimiser, Tables, library};
use ef_isa::{Config, StoreDesc, layout, regs};
use ef_model::Machine;
use ef_rtl_tests::{Chance, Pace};
use proptest::prelude::*;
use proptest::sample::select;

/// What a command is to do; sizes that do not fit are cut down, or the command is left out.
#[derive(Clone, Debug)]
pub enum Shape {
    Map {
        images: u32,
        groups: u32,
        rows: u32,
        columns: u32,
        relu: bool,
        pool: bool,
        codes: bool,
        to: To,
    },
    /// A pass of an update.
    Update {
        pass: (Optimiser, usize),
        steps: u32,
        outputs: u32,
        inputs: u32,
    },
    /// The passes of a softmax, up to 8 images.
    Softmax {
        images: u32,
        classes: u32,
        gradient: bool,
    },
    /// A recipe drawn at random.
    Drawn {
        streams: Streams,
        turns: [u32; 4],
    },
}

/// Where a map goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    Memory,
    Both,
    HandoverRam,
}

/// One command, and what surrounds it.
#[derive(Clone, Debug)]
pub struct Case {
    pub shape: Shape,
    pub tag: u32,
    /// Data, addresses, strides, stalls.
    pub seed: u64,
    pub values: Values,
}

/// What the random words are like.
#[derive(Clone, Copy, Debug)]
pub enum Values {
    /// A few small numbers: ties.
    Few,
    /// Numbers of a network.
    Tame,
    /// Any word, so that results overflow.
    Any,
}

pub fn any_shape() -> impl Strategy<Value = Shape> {
    let bit = any::<bool>;
    let streams = prop_oneof![Just(Streams::None), Just(Streams::X), Just(Streams::Both)];
    let to = prop_oneof![Just(To::Memory), Just(To::Both), Just(To::HandoverRam)];
    prop_oneof![
        (0u32..10, 1u32..6, 0u32..21, 1u32..21, bit(), bit(), bit(), to).prop_map(
            |(images, groups, rows, columns, relu, pool, codes, to)| {
                Shape::Map { images, groups, rows, columns, relu, pool, codes, to }
            }
        ),
        (any_pass(), 0u32..10, 1u32..9, 1u32..30).prop_map(|(pass, steps, outputs, inputs)| Shape::Update {
            pass,
            steps,
            outputs,
            inputs
        }),
        (0u32..9, prop_oneof![1u32..12, 2u32..41], bit())
            .prop_map(|(images, classes, gradient)| Shape::Softmax { images, classes, gradient }),
        (streams, 1u32..17, prop_oneof![1 => Just(0), 15 => 1u32..17], 1u32..9, 1u32..9)
            .prop_map(|(streams, a, b, c, d)| Shape::Drawn { streams, turns: [a, b, c, d] }),
    ]
}

/// An optimiser and one of its passes.
fn any_pass() -> impl Strategy<Value = (Optimiser, usize)> {
    let passes =
        |optimiser| (0..library().updates(optimiser, Gradient::Sum).len()).map(move |pass| (optimiser, pass));
    select(Optimiser::ALL.into_iter().flat_map(passes).collect::<Vec<_>>())
}

pub fn any_case() -> impl Strategy<Value = Case> {
    let values = prop_oneof![Just(Values::Few), Just(Values::Tame), Just(Values::Any)];
    (any_shape(), 0u32..32, any::<u64>(), values).prop_map(|(shape, tag, seed, values)| Case {
        shape,
        tag,
        seed,
        values,
    })
}

pub fn any_pace() -> impl Strategy<Value = Pace> {
    prop_oneof![
        Just(Pace::FULL),
        (1u32..9, 1u32..9, 1usize..4).prop_map(|(command, word, ahead)| Pace {
            command: f64::from(command) / 8.0,
            word: f64::from(word) / 8.0,
            latency: 0,
            ahead
        }),
    ]
}

/// Random partial sums, operands and rates.
pub fn fill(model: &mut Machine, values: Values, rng: &mut impl Rng) {
    let few = [0, 0x8000_0000, 1, 0x3f80_0000, 0xbf80_0000, 0x4000_0000, 0xc348_0000, 0x4060_0000];
    let mut word = || match values {
        Values::Few => few[rng.random_range(0..few.len())],
        Values::Tame => rng.tame(),
        Values::Any => match rng.random_range(0..4) {
            0 => few[rng.random_range(0..few.len())],
            1 => rng.tame(),
            _ => rng.random(),
        },
    };
    model.psum.data.fill_with(&mut word);
    model.operand.fill_with(&mut word);
    for (_, register) in regs::HYPERPARAMETERS {
        *model.scalars.hyper.at(*register).unwrap() = word();
    }
}

/// Commands, and the tables that they are executed with.
pub struct Work {
    pub tables: Tables,
    pub commands: Vec<StoreDesc>,
}

/// The commands of a case, if they fit; labels are written into the model's operands.
pub fn work(model: &mut Machine, case: &Case, rng: &mut impl Rng) -> Option<Work> {
    let mut tables = Recipes::known().tables.clone();
    let commands = match case.shape {
        Shape::Map { .. } => vec![map(model.config, &case.shape, rng)?],
        Shape::Update { pass, steps, outputs, inputs } => {
            vec![walks::update(model.config, pass, [inputs, outputs, steps], rng)?]
        }
        Shape::Softmax { images, classes, gradient } => {
            walks::softmax(model, [images, classes], gradient, rng)?
        }
        Shape::Drawn { streams, turns } => vec![walks::drawn(model, streams, turns, &mut tables, rng)?],
    };
    let commands = commands.into_iter().map(|d| StoreDesc { tag: case.tag, ..d }).collect();
    Some(Work { tables, commands })
}

/// A map.
fn map(config: &Config, shape: &Shape, rng: &mut impl Rng) -> Option<StoreDesc> {
    let &Shape::Map { images, groups, rows, columns, relu, pool, codes, to } = shape else { return None };
    let (psum, lanes) = (1 << config.psum_aw, config.lanes);
    let mut d = StoreDesc::default();
    let rows = rows.min(psum / columns);
    // the hand-over RAM is small
    let (images, groups) = if to == To::Memory { (images, groups) } else { (images.min(1), groups.min(2)) };
    let images = images.min(psum / (rows * columns).max(1));
    let plane = images * rows * columns;
    (d.n_i, d.n_g, d.n_r, d.n_c) = (images, groups, rows, columns);
    // groups may overlap: they are only read
    let room = psum.checked_sub(plane)?;
    d.p_g = rng.random_range(0..=room / groups.max(1));
    d.p_base = rng.random_range(0..=room - d.p_g * (groups - 1));
    let (out_rows, out_columns) = if pool { (rows / 2, columns / 2) } else { (rows, columns) };
    let vectors = images * groups * out_rows * out_columns;
    let code_row = layout::code_row_words(out_columns as usize, lanes, pool) as u32;
    let code_words = images * groups * out_rows * code_row;
    let codes = codes && code_words <= 1 << config.code_aw;
    let hand_over = to != To::Memory;
    d.op = StoreOp { relu, pool, codes, hand_over, ..StoreOp::new(StoreKind::Map) }.encode();
    let words = vectors * lanes as u32;
    place(&mut d, words, if codes { code_words } else { 0 }, rng);
    if hand_over {
        d.o_a = rng.random_range(0..=(1u32 << config.handover_aw()).checked_sub(words)?);
    }
    if to == To::HandoverRam {
        d.n_run = 0;
    }
    Some(d)
}

/// Runs for this many words and code words, somewhere in DRAM, apart from each other.
fn place(d: &mut StoreDesc, words: u32, code_words: u32, rng: &mut impl Rng) {
    let fits = |n| code_words.is_multiple_of(n) && words / n < 1 << 16;
    (d.n_run, d.run) = any_runs(words, fits, rng);
    d.second_run = code_words / d.n_run.max(1);
    let half = DRAM_WORDS as u32 / 2;
    (d.dram, d.d_run) = spread(d.run, d.n_run, half, rng);
    (d.second_dram, d.second_d_run) = spread(d.second_run, d.n_run, half, rng);
    d.second_dram += half;
}

/// How many runs for this many words, and how long: few, as a compiler makes them, or any number that `fits`.
pub fn any_runs(words: u32, fits: impl Fn(u32) -> bool, rng: &mut impl Rng) -> (u32, u32) {
    let divisors: Vec<u32> = (1..=words.max(1)).filter(|n| words.is_multiple_of(*n) && fits(*n)).collect();
    let index = rng.random_range(0..divisors.len());
    let n_run = divisors[if rng.random() { index.min(2) } else { index }];
    if words == 0 && rng.random() { (0, rng.random_range(0..9)) } else { (n_run, words / n_run) }
}

/// First address and stride of `n` runs in `0..space`; every other time they go downwards.
pub fn spread(run: u32, n: u32, space: u32, rng: &mut impl Rng) -> (u32, u32) {
    let gaps = n.saturating_sub(1).max(1);
    let stride = run + rng.random_range(0..=((space - run) / gaps).saturating_sub(run).min(40));
    let span = stride * n.saturating_sub(1) + run;
    let first = rng.random_range(0..=space - span);
    if rng.random() { (first, stride) } else { (first + span - run, stride.wrapping_neg()) }
}
