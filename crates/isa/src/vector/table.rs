//! Schedules as control words, and the memory that holds them.

use super::schedule::{Memory, memory, writes_memory};
use super::{
    ACCUMULATOR_LEAD, CONSTANTS, Constant, ControlWord, GIVEN, LOAD_LEAD, Operand, Operation, Schedule, Sink,
    TABLE_ROWS, Unit, Value, trace,
};
use crate::op::op;

op! {
    /// A recipe as a command names it: where its control words are, and how its elements are walked.
    RecipeWord {
        base BASE [8, 0] u32: "first control word",
        period PERIOD [12, 9] u32: "cycles between the begins of two elements, less one",
        depth DEPTH [17, 13] u32: "periods after the begin of an element in which it is still under way",
        lane_level LANE_LEVEL [19, 18] u32: "the level of the walk that counts lanes of the partial sums; with the level above it, the index",
        channel_level CHANNEL_LEVEL [21, 20] u32: "the level of the walk that counts the channel",
        totals TOTALS [22, 22] bool: "the first element is the first one since the totals were cleared, not each of index 0",
        bounded BOUNDED [23, 23] bool: "elements of an index from `limit` on do nothing",
        padded PADDED [24, 24] bool: "but their words leave, as +0",
        psum PSUM [25, 25] bool: "loads partial sums",
        a A [26, 26] bool: "loads stream A",
        b B [27, 27] bool: "loads stream B",
        c C [28, 28] bool: "loads words of the channel",
        x X [29, 29] bool: "words leave as X",
        y Y [30, 30] bool: "words leave as Y",
        d D [31, 31] bool: "loads stream D",
    }
}

/// The first control word of the tables: the constants lie before it.
pub const FIRST_ROW: usize = CONSTANTS.div_ceil(super::WORDS);

/// The control words of all recipes of a program, and their constants, as the load engine brings them into the vector unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tables {
    rows: Vec<[u32; super::WORDS]>,
    literals: Vec<u32>,
}

impl Tables {
    /// The image in memory: the constants, then the control words.
    pub fn words(&self) -> Vec<u32> {
        self.constants().into_iter().chain(self.rows.iter().copied().flatten()).collect()
    }

    /// Adds the control words of a schedule. The walk's parts of the result are for the caller to set.
    ///
    /// # Panics
    /// If the control words do not compute the recipe: an error of the scheduler. If there is no room.
    pub fn add(&mut self, schedule: &Schedule) -> RecipeWord {
        let base = (FIRST_ROW + self.rows.len()) as u32;
        let words = Encoder { schedule, tables: self }.words();
        self.prove(schedule, &words);
        assert!(
            base + schedule.period <= TABLE_ROWS,
            "the recipes have more than {TABLE_ROWS} control words"
        );
        self.rows.extend(words.iter().map(ControlWord::encode));
        let steps = &schedule.recipe.steps;
        let loads = |source| steps.contains(&Operation::Load(source));
        let leaves = |sink| steps.iter().any(|step| matches!(step, Operation::Out(to, _) if *to == sink));
        let (x, y) = (leaves(Sink::X), leaves(Sink::Y));
        assert!(x || !y, "`{}` has a second stream and no first", schedule.recipe.name);
        // a word out is pushed two cycles later, an accumulator is written one cycle later
        let last = steps.iter().zip(&schedule.times).map(|(step, time)| time + step.unit().written() + 3);
        RecipeWord {
            base,
            period: schedule.period - 1,
            depth: last.max().unwrap_or(0) / schedule.period,
            psum: loads(super::Source::Psum),
            a: loads(super::Source::A),
            b: loads(super::Source::B),
            c: loads(super::Source::C),
            d: loads(super::Source::D),
            x,
            y,
            ..RecipeWord::default()
        }
    }

    /// In which cycle after its begin the control word of an element sends its X, and its Y; `None` if the recipe has none, or is
    /// not of these tables.
    pub fn words_out(&self, recipe: RecipeWord) -> [Option<u32>; 2] {
        let rows = self.rows.iter().skip((recipe.base as usize).saturating_sub(FIRST_ROW));
        let words: Vec<ControlWord> =
            rows.take(recipe.period as usize + 1).map(ControlWord::decode).collect();
        [Sink::X, Sink::Y].map(|sink| {
            let slot = words.iter().position(|word| word.out == sink_code(sink).0)?;
            Some(words[slot].out_stage * (recipe.period + 1) + slot as u32)
        })
    }

    /// Address and words of the constants, and of a recipe's control words: what a program that uses it loads.
    pub fn parts(&self, recipe: RecipeWord) -> [(u32, u32); 2] {
        let word = super::WORDS as u32;
        [(0, FIRST_ROW as u32 * word), (recipe.base * word, (recipe.period + 1) * word)]
    }

    /// The values of the constants RC, as far as the tables give them.
    fn constants(&self) -> [u32; CONSTANTS] {
        let mut values = [0; CONSTANTS];
        values[GIVEN..][..self.literals.len()].copy_from_slice(&self.literals);
        values
    }

    /// What the control words say, read back bit by bit, is what the recipe says: no unit serves two steps in a cycle, and no value is read
    /// before it is there or after it is gone.
    fn prove(&self, schedule: &Schedule, words: &[ControlWord]) {
        let read =
            trace(words, &self.constants()).unwrap_or_else(|e| panic!("{}: {e}", schedule.recipe.name));
        let mut order: Vec<usize> = (0..schedule.times.len()).collect();
        order.sort_by_key(|i| (schedule.times[*i], schedule.recipe.steps[*i].unit()));
        let place = |v: Value| Value(order.iter().position(|i| *i == v.0).expect("every step has a place"));
        let meant = order.iter().map(|i| {
            let step = schedule.recipe.steps[*i].map(place);
            if schedule.swapped[*i] { swap(step) } else { step }
        });
        let meant: Vec<Operation> = meant.collect();
        let read: Vec<Operation> = read.iter().map(|step| step.operation).collect();
        assert_eq!(read, meant, "the control words of `{}` compute something else", schedule.recipe.name);
    }

    /// The number of a constant.
    fn constant(&mut self, constant: Constant) -> u32 {
        let place = match constant {
            Constant::Given(place) => place,
            Constant::Literal(word) => {
                let known = self.literals.iter().position(|literal| *literal == word);
                let place = known.unwrap_or_else(|| {
                    self.literals.push(word);
                    self.literals.len() - 1
                });
                GIVEN + place
            }
        };
        assert!(place < CONSTANTS, "the recipes have more than {CONSTANTS} constants");
        place as u32
    }
}

fn swap(step: Operation) -> Operation {
    match step {
        Operation::Add(a, b) => Operation::Add(b, a),
        Operation::Mul(a, b) => Operation::Mul(b, a),
        step => step,
    }
}

/// Makes control words of a schedule.
struct Encoder<'a> {
    schedule: &'a Schedule,
    tables: &'a mut Tables,
}

/// Place of the constants among the operands `b` of adder and multiplier.
pub(super) const CONSTANT: u32 = 4;
/// Place of the accumulators among the operands `b` of the adder.
pub(super) const ACCUMULATOR: u32 = 5;
/// Places among the operands `b` of the compare unit: accumulator, special, constant, input.
pub(super) const COMPARE_B: [Option<Memory>; 4] = [None, Some(Memory::Specials), None, Some(Memory::Inputs)];
/// Place of the accumulator there.
pub(super) const COMPARE_ACCUMULATOR: u32 = 0;
/// Place of the constants there.
pub(super) const COMPARE_CONSTANT: u32 = 2;

impl Encoder<'_> {
    fn words(mut self) -> Vec<ControlWord> {
        let mut words = vec![ControlWord::default(); self.schedule.period as usize];
        for i in 0..self.schedule.times.len() {
            self.operands(i, &mut words);
            self.step(i, &mut words);
            self.result(i, &mut words);
        }
        words
    }

    /// Slot and stage of a time.
    fn at(&self, time: u32) -> (usize, u32) {
        ((time % self.schedule.period) as usize, time / self.schedule.period)
    }

    fn operands(&mut self, i: usize, words: &mut [ControlWord]) {
        let step = self.schedule.recipe.steps[i];
        let time = self.schedule.times[i];
        let word = &mut words[self.at(time).0];
        let mut sides = step.sides();
        if self.schedule.swapped[i] {
            sides.reverse();
        }
        let mut selects = [0; 2];
        for (side, operand) in sides.into_iter().enumerate() {
            selects[side] = match operand {
                None => 0,
                Some(Operand::Constant(constant)) => {
                    word.constant = self.tables.constant(constant);
                    if step.unit() == Unit::Compare { COMPARE_CONSTANT } else { CONSTANT }
                }
                Some(Operand::Value(v)) => {
                    let memory = memory(self.schedule.recipe.steps[v.0].unit());
                    *age_field(word, memory, side) = self.schedule.age(v, i);
                    match (step.unit(), side) {
                        (Unit::Compare, 1) => place_of(memory),
                        _ => memory as u32,
                    }
                }
            };
        }
        if step.reads_bank().is_some() {
            selects[1] = if step.unit() == Unit::Compare { COMPARE_ACCUMULATOR } else { ACCUMULATOR };
        }
        let [a, b] = selects;
        match step.unit() {
            Unit::Load => {}
            Unit::Add => (word.add_a, word.add_b) = (a, b),
            Unit::Multiply => (word.multiply_a, word.multiply_b) = (a, b),
            Unit::Compare => (word.compare_a, word.compare_b) = (a, b),
            Unit::Special => word.special_a = a,
            Unit::Out => word.out_a = a,
        }
    }

    /// What the unit does.
    fn step(&self, i: usize, words: &mut [ControlWord]) {
        let step = self.schedule.recipe.steps[i];
        let time = self.schedule.times[i];
        let (slot, stage) = self.at(time);
        match step {
            Operation::Load(source) => {
                let (slot, stage) = self.at(time - LOAD_LEAD);
                (words[slot].load, words[slot].load_stage) = (source as u32, stage);
            }
            Operation::Out(sink, _) => {
                (words[slot].out, words[slot].out_register) = sink_code(sink);
                words[slot].out_stage = stage;
            }
            Operation::Sub(..) | Operation::Less(..) => words[slot].subtract = 1,
            step => match step.unit() {
                Unit::Compare => {
                    words[slot].comparison = comparison(&step);
                    words[slot].index_stage = if step.takes_index() { stage } else { 0 };
                }
                Unit::Special => words[slot].function = function(&step),
                _ => {}
            },
        }
        if let Some(bank) = step.reads_bank() {
            let (slot, stage) = self.at(time - ACCUMULATOR_LEAD);
            (words[slot].read_bank, words[slot].read_stage) = (bank, stage);
        }
    }

    /// Where the result goes, and whether its overflow counts.
    fn result(&self, i: usize, words: &mut [ControlWord]) {
        let step = self.schedule.recipe.steps[i];
        let end = self.schedule.times[i] + step.unit().written();
        let (slot, stage) = self.at(end);
        let word = &mut words[slot];
        match writes_memory(&self.schedule.recipe, i) {
            Some(Memory::Sums) => word.write_sum = 1,
            Some(Memory::Products) => word.write_product = 1,
            Some(Memory::Inputs) => word.write_input = 1,
            Some(Memory::Specials) if step.unit() == Unit::Special => word.write_special = 1,
            Some(Memory::Specials) => word.write_compare = 1,
            None => {}
        }
        match step {
            Operation::Add(..) | Operation::Sub(..) | Operation::Less(..) | Operation::Sum(..) => {
                (word.sum_stage, word.sum_counts) = (stage, 1);
            }
            Operation::Mul(..) => (word.product_stage, word.product_counts) = (stage, 1),
            Operation::Recip(_) => (word.special_stage, word.special_counts) = (stage, 1),
            _ => {}
        }
        if let Some(bank) = step.writes_bank() {
            let (slot, stage) = self.at(end - ACCUMULATOR_LEAD);
            let word = &mut words[slot];
            (word.take, word.take_bank, word.take_stage) = (1, bank, stage);
            word.take_compare = u32::from(step.unit() == Unit::Compare);
        }
    }
}

fn age_field(word: &mut ControlWord, memory: Memory, side: usize) -> &mut u32 {
    match (memory, side) {
        (Memory::Sums, 0) => &mut word.age_sum_a,
        (Memory::Products, 0) => &mut word.age_product_a,
        (Memory::Specials, 0) => &mut word.age_special_a,
        (Memory::Inputs, 0) => &mut word.age_input_a,
        (Memory::Sums, _) => &mut word.age_sum_b,
        (Memory::Products, _) => &mut word.age_product_b,
        (Memory::Specials, _) => &mut word.age_special_b,
        (Memory::Inputs, _) => &mut word.age_input_b,
    }
}

fn place_of(memory: Memory) -> u32 {
    let place = COMPARE_B.iter().position(|m| *m == Some(memory));
    place.expect("the scheduler knows what side B of the compare unit reads") as u32
}

/// `out` and `out_register`.
fn sink_code(sink: Sink) -> (u32, u32) {
    match sink {
        Sink::X => (1, 0),
        Sink::Y => (2, 0),
        Sink::LossSum => (3, 0),
        Sink::MeanLoss => (3, 1),
        Sink::Correct => (3, 2),
    }
}

/// Code of [`Operation::Is`].
pub(super) const IS: u32 = 6;
/// Code of [`Operation::Move`].
pub(super) const MOVE: u32 = 7;

/// The comparisons, by their code.
fn comparison(step: &Operation) -> u32 {
    match step {
        Operation::Max(..) | Operation::Greatest(..) => 0,
        Operation::Min(..) => 1,
        Operation::Greater(..) => 2,
        Operation::At(..) => 3,
        Operation::Only(..) => 4,
        Operation::Before(..) => 5,
        Operation::Is(_) => IS,
        _ => MOVE,
    }
}

/// The special functions, by their code in the RTL.
fn function(step: &Operation) -> u32 {
    match step {
        Operation::Recip(_) => 0,
        Operation::Rsqrt(_) => 1,
        Operation::Exp(_) => 2,
        _ => 3,
    }
}
