//! Random store commands that the golden model can execute.

use crate::bench::DRAM_WORDS;
use ef_hdl_kit::rand::Rng;
use ef_isa::store::{StoreKind, StoreOp};
use ef_isa::{Config, StoreDesc, layout, regs};
use ef_model::Machine;
use ef_rtl_tests::{Chance, Pace};
use proptest::prelude::*;

/// What a command is to do; sizes that do not fit are cut down, or the command is left out.
#[derive(Clone, Debug)]
pub enum Shape {
    Map { images: u32, groups: u32, rows: u32, columns: u32, relu: bool, pool: bool, codes: bool, to: To },
    Update { steps: u32, outputs: u32, inputs: u32, velocity: bool },
    Softmax { images: u32, classes: u32, gradient: bool },
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
    let to = prop_oneof![Just(To::Memory), Just(To::Both), Just(To::HandoverRam)];
    prop_oneof![
        (0u32..10, 1u32..6, 0u32..21, 1u32..21, bit(), bit(), bit(), to).prop_map(
            |(images, groups, rows, columns, relu, pool, codes, to)| {
                Shape::Map { images, groups, rows, columns, relu, pool, codes, to }
            }
        ),
        (0u32..10, 1u32..9, 1u32..30, bit()).prop_map(|(steps, outputs, inputs, velocity)| Shape::Update {
            steps,
            outputs,
            inputs,
            velocity
        }),
        (0u32..10, prop_oneof![1u32..12, 2u32..41], bit())
            .prop_map(|(images, classes, gradient)| Shape::Softmax { images, classes, gradient }),
    ]
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

/// The command, if it fits; labels are written into the model's operands.
pub fn command(config: &Config, model: &mut Machine, case: &Case, rng: &mut impl Rng) -> Option<StoreDesc> {
    let mut d = StoreDesc { tag: case.tag, ..StoreDesc::default() };
    let (psum, operand, lanes) = (1 << config.psum_aw, 1 << config.operand_aw, config.lanes);
    match case.shape {
        Shape::Map { images, groups, rows, columns, relu, pool, codes, to } => {
            let rows = rows.min(psum / columns);
            // the hand-over RAM is small
            let (images, groups) =
                if to == To::Memory { (images, groups) } else { (images.min(1), groups.min(2)) };
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
                d.o_w = rng.random_range(0..=(1u32 << config.handover_aw()).checked_sub(words)?);
            }
            if to == To::HandoverRam {
                d.n_run = 0;
            }
        }
        Shape::Update { steps, outputs, inputs, velocity } => {
            let outputs = outputs.min(lanes as u32);
            let steps = steps.min(operand / 2 / (outputs * inputs));
            let elements = steps * outputs * inputs;
            (d.n_g, d.n_r, d.n_c) = (steps, outputs, inputs);
            d.p_n = rng.random_range(0..=psum / (inputs + steps));
            let room = psum.checked_sub(1 + d.p_n * (inputs - 1))?;
            d.p_g = rng.random_range(0..=room / steps.max(1));
            d.p_base = rng.random_range(0..=room - d.p_g * steps.saturating_sub(1));
            d.o_w = rng.random_range(0..=operand / 2 - elements);
            d.o_v = rng.random_range(operand / 2..=operand - elements);
            // without meaning here
            let hand_over = rng.random();
            d.op = StoreOp { velocity, hand_over, ..StoreOp::new(StoreKind::Update) }.encode();
            place(&mut d, elements, 0, rng);
        }
        Shape::Softmax { images, classes, gradient } => {
            (d.n_i, d.n_c) = (images, classes);
            let groups = layout::groups(classes as usize, lanes) as u32;
            let room = psum.checked_sub(images + 1)?;
            d.p_g = rng.random_range(0..=room / groups);
            d.p_base = rng.random_range(0..=room - d.p_g * (groups - 1));
            d.o_w = rng.random_range(0..=operand - images);
            for label in &mut model.operand[d.o_w as usize..][..images as usize] {
                *label = rng.random_range(0..classes + classes / 8);
            }
            let hand_over = rng.random();
            d.op = StoreOp { gradient, hand_over, ..StoreOp::new(StoreKind::Softmax) }.encode();
            place(&mut d, images * groups * lanes as u32, 0, rng);
        }
    }
    Some(d)
}

/// Runs for this many words and code words, somewhere in DRAM, apart from each other.
fn place(d: &mut StoreDesc, words: u32, code_words: u32, rng: &mut impl Rng) {
    let divides = |n: u32| words.is_multiple_of(n) && code_words.is_multiple_of(n);
    let divisors: Vec<u32> = (1..=words.max(1)).filter(|n| divides(*n) && words / n < 1 << 16).collect();
    // few runs, as a compiler makes them, or any number
    let index = rng.random_range(0..divisors.len());
    d.n_run = divisors[if rng.random() { index.min(2) } else { index }];
    d.run = words / d.n_run;
    d.code_run = code_words / d.n_run;
    if words == 0 && rng.random() {
        (d.n_run, d.run) = (0, rng.random_range(0..9));
    }
    let half = DRAM_WORDS as u32 / 2;
    (d.dram, d.d_run) = spread(d.run, d.n_run, half, rng);
    (d.code_dram, d.code_d_run) = spread(d.code_run, d.n_run, half, rng);
    d.code_dram += half;
}

/// First address and stride of `n` runs in `0..space`; every other time they go downwards.
fn spread(run: u32, n: u32, space: u32, rng: &mut impl Rng) -> (u32, u32) {
    let gaps = n.saturating_sub(1).max(1);
    let stride = run + rng.random_range(0..=((space - run) / gaps).saturating_sub(run).min(40));
    let span = stride * n.saturating_sub(1) + run;
    let first = rng.random_range(0..=space - span);
    if rng.random() { (first, stride) } else { (first + span - run, stride.wrapping_neg()) }
}
