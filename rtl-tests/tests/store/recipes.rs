//! Recipes of the tests: those of programs, and some drawn at random.

use ef_hdl_kit::rand::Rng;
use ef_isa::regs::HYPERPARAMETERS;
use ef_isa::vector::{
    BANKS, Constant, LANES, Operand, Recipe, RecipeWord, Sink, Source, TOTALS, Tables, Value, Walk, library,
    schedule,
};
use ef_rtl_tests::Chance;
use std::sync::OnceLock;

/// Banks with an accumulator per lane.
const LANE_BANKS: u32 = BANKS - TOTALS;

/// The tables of the library, and behind them a recipe that the tests need.
#[derive(Clone)]
pub struct Recipes {
    pub tables: Tables,
    /// All accumulators become 0.
    forget: RecipeWord,
}

/// A recipe in the tables.
pub fn add(tables: &mut Tables, recipe: &Recipe, lanes: u32) -> RecipeWord {
    tables.add(&schedule(recipe, lanes).unwrap())
}

impl Recipes {
    /// Scheduled once.
    pub fn known() -> &'static Recipes {
        static KNOWN: OnceLock<Recipes> = OnceLock::new();
        KNOWN.get_or_init(|| {
            let mut tables = library().tables.clone();
            let mut forget = Recipe::new("forget");
            for bank in 0..BANKS {
                forget.keep(bank, Constant::Literal(0));
            }
            Recipes { forget: add(&mut tables, &forget, 1), tables }
        })
    }

    /// A command after which all accumulators are 0.
    pub fn forget(&self) -> Walk {
        Walk { recipe: self.forget, turns: [LANES, 1, 1, 1], ..Walk::default() }
    }
}

/// The words that leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Streams {
    /// Into registers only.
    None,
    X,
    Both,
}

/// A recipe of operations drawn at random, and how many lanes of its accumulators take turns.
pub fn drawn(streams: Streams, rng: &mut impl Rng) -> (Recipe, u32) {
    let mut r = Recipe::new("drawn");
    let all = Source::ALL;
    let mut values: Vec<Value> =
        (0..rng.random_range(1..4)).map(|_| r.load(all[rng.random_range(0..all.len())])).collect();
    let label = r.load(Source::C);
    // a bank that is read only
    let read = rng.random_range(0..LANE_BANKS);
    if rng.one_in(4) {
        values.push(r.read(read));
    }
    if rng.one_in(4) {
        values.push(r.less(read, values[0]));
    }
    for _ in 0..rng.random_range(1..7) {
        let value = operation(&mut r, &values, label, rng);
        values.push(value);
    }
    let (last, other) = (values[values.len() - 1], values[rng.random_range(0..values.len())]);
    // an accumulator, whose value may leave
    let (mut lanes, mut kept) = (1, last);
    let bank = (read + rng.random_range(1..LANE_BANKS)) % LANE_BANKS;
    match rng.random_range(0..5) {
        0 => (lanes, kept) = (rng.random_range(1..9), r.sum(bank, other)),
        1 => (lanes, kept) = (rng.random_range(1..9), r.greatest(bank, last)),
        2 => kept = r.sum(rng.random_range(LANE_BANKS..BANKS), other),
        // loads and what compares can be kept
        3 => kept = r.keep(bank, values[0]),
        _ => {}
    }
    match streams {
        Streams::None => {
            for (sink, value) in [(Sink::LossSum, kept), (Sink::MeanLoss, last), (Sink::Correct, other)] {
                if sink == Sink::Correct || rng.random() {
                    r.out(sink, value);
                }
            }
        }
        Streams::X => {
            r.out(Sink::X, if rng.random() { kept } else { last });
        }
        Streams::Both => {
            r.out(Sink::X, last);
            r.out(Sink::Y, if rng.random() { kept } else { other });
        }
    }
    (r, lanes)
}

/// One operation on earlier values, constants and the label.
fn operation(r: &mut Recipe, values: &[Value], label: Value, rng: &mut impl Rng) -> Value {
    let a = values[rng.random_range(0..values.len())];
    let b = match rng.random_range(0..4) {
        0 => Operand::Constant(Constant::Given(rng.random_range(0..HYPERPARAMETERS.len()))),
        1 => Operand::Constant(Constant::Literal([0x40c0_0000, 0x3f80_0000][rng.random_range(0..2)])),
        _ => values[rng.random_range(0..values.len())].into(),
    };
    // side B of the compare unit gets no sums and no products
    let near = b == Operand::Value(label) || matches!(b, Operand::Constant(_));
    let c = if near { b } else { Operand::Value(values[0]) };
    match rng.random_range(0..14) {
        0 => r.add(a, b),
        1 => r.sub(a, b),
        2 => r.mul(a, b),
        3 => r.max(a, c),
        4 => r.min(a, c),
        5 => r.greater(a, c),
        6 => r.at(a, label),
        7 => r.only(a, label),
        8 => r.before(a, label),
        9 => r.is(label),
        10 => r.recip(a),
        11 => r.rsqrt(a),
        12 => r.exp(a),
        _ => r.ln(a),
    }
}
