//! What a table of control words computes, worked out of the bits alone.

use super::recipe::Source;
use super::schedule::Memory;
use super::table::{ACCUMULATOR, COMPARE_ACCUMULATOR, COMPARE_B, COMPARE_CONSTANT, CONSTANT, IS, MOVE};
use super::{
    ACCUMULATOR_LEAD, AGES, CONSTANTS, Constant, ControlWord, GIVEN, LOAD_LEAD, Operand, Operation, Sink,
    Unit, Value,
};

/// A step of an element, in the order of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is done; its operands are earlier steps.
    pub operation: Operation,
    /// An overflow of its result is noted.
    pub counts: bool,
    /// The cycle in which it reads, after the begin of its element.
    pub time: i64,
}

/// A table that computes nothing sensible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// A memory is read that nothing writes.
    #[error("control word {0} reads a memory that nothing writes")]
    NothingWritten(usize),
    /// Two results enter one memory in one cycle.
    #[error("control word {0} writes two results into one memory")]
    TwoWrites(usize),
    /// A field names another element than the one that its operation belongs to.
    #[error("control word {0} names another element")]
    OtherElement(usize),
    /// A code without meaning.
    #[error("control word {0} has an undefined code")]
    Undefined(usize),
    /// A value depends on itself, through elements without end.
    #[error("control word {0} depends on values without end")]
    Endless(usize),
}

/// Elements lie at most so many cycles behind: what reads further back never ends.
const FURTHEST: i64 = (super::STAGES * 16) as i64;

/// The steps of an element that lead to words out and accumulators, in the order of time.
///
/// # Errors
/// If a value can not be followed back to loads of the same element.
pub fn trace(words: &[ControlWord], constants: &[u32; CONSTANTS]) -> Result<Vec<Step>, Damage> {
    let mut trace = Trace { words, constants, found: Vec::new() };
    for (slot, word) in words.iter().enumerate() {
        let at = |stage: u32| i64::from(stage) * words.len() as i64 + slot as i64;
        if word.out != 0 {
            let time = at(word.out_stage);
            trace.node(Unit::Out, time)?;
        }
        if word.take != 0 {
            let unit = if word.take_compare != 0 { Unit::Compare } else { Unit::Add };
            let end = at(word.take_stage) + i64::from(ACCUMULATOR_LEAD);
            trace.node(unit, end - i64::from(unit.written()))?;
        }
    }
    Ok(trace.in_order())
}

struct Trace<'a> {
    words: &'a [ControlWord],
    constants: &'a [u32; CONSTANTS],
    /// Unit and step, in the order in which they were found.
    found: Vec<(Unit, Step)>,
}

impl Trace<'_> {
    fn period(&self) -> i64 {
        self.words.len() as i64
    }

    fn slot(&self, time: i64) -> usize {
        time.rem_euclid(self.period()) as usize
    }

    fn word(&self, time: i64) -> &ControlWord {
        &self.words[self.slot(time)]
    }

    /// The field of a time belongs to the element at hand.
    fn same_element(&self, stage: u32, time: i64) -> Result<(), Damage> {
        let same = i64::from(stage) == time.div_euclid(self.period());
        same.then_some(()).ok_or(Damage::OtherElement(self.slot(time)))
    }

    /// The step that `unit` does for the element in a cycle, and all that it needs.
    fn node(&mut self, unit: Unit, time: i64) -> Result<Value, Damage> {
        if let Some(known) = self.found.iter().position(|(u, step)| (*u, step.time) == (unit, time)) {
            return Ok(Value(known));
        }
        if time < -FURTHEST || self.found.len() > FURTHEST as usize {
            return Err(Damage::Endless(self.slot(time)));
        }
        let operation = match unit {
            Unit::Load => self.load(time)?,
            Unit::Out => self.out(time)?,
            Unit::Compare => self.compare(time)?,
            Unit::Add => {
                let word = *self.word(time);
                let a = self.side_a(word.add_a, time)?;
                match word.add_b {
                    ACCUMULATOR if word.subtract != 0 => Operation::Less(self.bank(time)?, a),
                    ACCUMULATOR => Operation::Sum(self.bank(time)?, a),
                    select => {
                        let b = self.side_b(select, time)?;
                        if word.subtract != 0 { Operation::Sub(a, b) } else { Operation::Add(a, b) }
                    }
                }
            }
            Unit::Multiply => {
                let word = *self.word(time);
                Operation::Mul(self.side_a(word.multiply_a, time)?, self.side_b(word.multiply_b, time)?)
            }
            Unit::Special => {
                let word = *self.word(time);
                let a = self.side_a(word.special_a, time)?;
                [Operation::Recip(a), Operation::Rsqrt(a), Operation::Exp(a), Operation::Ln(a)]
                    [word.function as usize]
            }
        };
        let end = time + i64::from(unit.written());
        let word = self.word(end);
        let (counts, stage) = match unit {
            Unit::Add => (word.sum_counts != 0, word.sum_stage),
            Unit::Multiply => (word.product_counts != 0, word.product_stage),
            Unit::Special => (word.special_counts != 0, word.special_stage),
            _ => (false, 0),
        };
        if counts {
            self.same_element(stage, end)?;
        }
        self.found.push((unit, Step { operation, counts, time }));
        Ok(Value(self.found.len() - 1))
    }

    fn load(&mut self, time: i64) -> Result<Operation, Damage> {
        let field = time - i64::from(LOAD_LEAD);
        let word = self.word(field);
        let source = Source::ALL.into_iter().find(|source| *source as u32 == word.load);
        self.same_element(word.load_stage, field)?;
        source.map(Operation::Load).ok_or(Damage::Undefined(self.slot(field)))
    }

    fn out(&mut self, time: i64) -> Result<Operation, Damage> {
        let word = *self.word(time);
        let sink = match (word.out, word.out_register) {
            (1, _) => Sink::X,
            (2, _) => Sink::Y,
            (_, 0) => Sink::LossSum,
            (_, 1) => Sink::MeanLoss,
            (_, 2) => Sink::Correct,
            _ => return Err(Damage::Undefined(self.slot(time))),
        };
        Ok(Operation::Out(sink, self.side_a(word.out_a, time)?))
    }

    fn compare(&mut self, time: i64) -> Result<Operation, Damage> {
        let word = *self.word(time);
        if (3..MOVE).contains(&word.comparison) {
            self.same_element(word.index_stage, time)?;
        }
        let kept = self.kept(time)?;
        if word.compare_b == COMPARE_ACCUMULATOR {
            let bank = self.bank(time)?;
            return match (word.comparison, kept) {
                (MOVE, None) => Ok(Operation::Read(bank)),
                (0, Some(to)) if to == bank => {
                    Ok(Operation::Greatest(bank, self.side_a(word.compare_a, time)?))
                }
                _ => Err(Damage::Undefined(self.slot(time))),
            };
        }
        let b = match (word.compare_b, COMPARE_B[word.compare_b as usize]) {
            (_, Some(memory)) => self.value(memory, 1, time)?,
            (COMPARE_CONSTANT, _) => self.constant(time),
            _ => return Err(Damage::Undefined(self.slot(time))),
        };
        match (word.comparison, kept) {
            (MOVE, Some(bank)) => return Ok(Operation::Keep(bank, b)),
            (MOVE, None) => return Ok(Operation::Move(b)),
            (IS, _) => return Ok(Operation::Is(b)),
            _ => {}
        }
        let a = self.side_a(word.compare_a, time)?;
        let operations: [fn(Operand, Operand) -> Operation; 6] = [
            Operation::Max,
            Operation::Min,
            Operation::Greater,
            Operation::At,
            Operation::Only,
            Operation::Before,
        ];
        let operation = operations.get(word.comparison as usize).ok_or(Damage::Undefined(self.slot(time)))?;
        Ok(operation(a, b))
    }

    /// The bank that takes the result of the compare unit that began in that cycle.
    fn kept(&self, time: i64) -> Result<Option<u32>, Damage> {
        let field = time + i64::from(Unit::Compare.written()) - i64::from(ACCUMULATOR_LEAD);
        let word = self.word(field);
        if word.take == 0 || word.take_compare == 0 {
            return Ok(None);
        }
        self.same_element(word.take_stage, field)?;
        Ok(Some(word.take_bank))
    }

    /// The bank that is read for a step.
    fn bank(&self, time: i64) -> Result<u32, Damage> {
        let field = time - i64::from(ACCUMULATOR_LEAD);
        let word = self.word(field);
        self.same_element(word.read_stage, field)?;
        Ok(word.read_bank)
    }

    fn side_a(&mut self, select: u32, time: i64) -> Result<Operand, Damage> {
        self.value(Memory::ALL[select as usize], 0, time)
    }

    fn side_b(&mut self, select: u32, time: i64) -> Result<Operand, Damage> {
        match (select, Memory::ALL.get(select as usize)) {
            (_, Some(memory)) => self.value(*memory, 1, time),
            (CONSTANT, _) => Ok(self.constant(time)),
            _ => Err(Damage::Undefined(self.slot(time))),
        }
    }

    fn constant(&self, time: i64) -> Operand {
        let place = self.word(time).constant as usize;
        let literal = Constant::Literal(self.constants[place]);
        Operand::Constant(if place < GIVEN { Constant::Given(place) } else { literal })
    }

    /// The value in a memory that a side reads.
    fn value(&mut self, memory: Memory, side: usize, time: i64) -> Result<Operand, Damage> {
        let age = memory.age(self.word(time), side);
        if !(1..=AGES).contains(&age)
            || !self.words.iter().any(|word| memory.written(word).iter().any(|bit| *bit))
        {
            return Err(Damage::NothingWritten(self.slot(time)));
        }
        let (mut cycle, mut seen) = (time, 0);
        while seen < age {
            cycle -= 1;
            seen += u32::from(memory.written(self.word(cycle)).iter().any(|bit| *bit));
        }
        let unit = match (memory, memory.written(self.word(cycle))) {
            (_, [true, true]) => return Err(Damage::TwoWrites(self.slot(cycle))),
            (Memory::Specials, [false, true]) => Unit::Special,
            (Memory::Specials, _) => Unit::Compare,
            (Memory::Sums, _) => Unit::Add,
            (Memory::Products, _) => Unit::Multiply,
            (Memory::Inputs, _) => Unit::Load,
        };
        Ok(Operand::Value(self.node(unit, cycle - i64::from(unit.written()))?))
    }

    fn in_order(self) -> Vec<Step> {
        let mut order: Vec<usize> = (0..self.found.len()).collect();
        order.sort_by_key(|i| (self.found[*i].1.time, self.found[*i].0));
        let place = |v: Value| Value(order.iter().position(|i| *i == v.0).expect("all are found"));
        let steps = order.iter().map(|i| {
            let step = self.found[*i].1;
            Step { operation: step.operation.map(place), ..step }
        });
        steps.collect()
    }
}

impl Memory {
    const ALL: [Memory; 4] = [Memory::Sums, Memory::Products, Memory::Specials, Memory::Inputs];

    fn age(self, word: &ControlWord, side: usize) -> u32 {
        let [a, b] = match self {
            Memory::Sums => [word.age_sum_a, word.age_sum_b],
            Memory::Products => [word.age_product_a, word.age_product_b],
            Memory::Specials => [word.age_special_a, word.age_special_b],
            Memory::Inputs => [word.age_input_a, word.age_input_b],
        };
        [a, b][side]
    }

    /// Whether it is written, by the first or second unit that writes it.
    fn written(self, word: &ControlWord) -> [bool; 2] {
        match self {
            Memory::Sums => [word.write_sum != 0, false],
            Memory::Products => [word.write_product != 0, false],
            Memory::Specials => [word.write_compare != 0, word.write_special != 0],
            Memory::Inputs => [word.write_input != 0, false],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Damage, trace};
    use crate::vector::{CONSTANTS, ControlWord, WORDS};
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{RngCore, SeedableRng};

    #[test]
    fn a_damaged_table_is_refused_and_never_a_panic() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut refused = 0;
        for _ in 0..20_000 {
            let period = 2 + rng.next_u32() as usize % 15;
            // few bits: a table in which some values are followed for long
            let mut sparse = || rng.next_u32() & rng.next_u32();
            let words: Vec<ControlWord> = (0..period)
                .map(|_| ControlWord::decode(&std::array::from_fn::<u32, WORDS, _>(|_| sparse())))
                .collect();
            refused += u32::from(trace(&words, &[0; CONSTANTS]).is_err());
        }
        assert!(refused > 19_000, "{refused}");
    }

    #[test]
    fn what_is_wrong_with_a_table_is_said() {
        let out = ControlWord { out: 1, age_sum_a: 1, ..ControlWord::default() };
        let table = |words: [ControlWord; 2]| trace(&words, &[0; CONSTANTS]);
        assert_eq!(table([out, ControlWord::default()]), Err(Damage::NothingWritten(0)));
        // a sum that is made of the sum before, and so on
        let endless = ControlWord { write_sum: 1, age_sum_b: 1, ..out };
        assert!(matches!(table([endless, endless]), Err(Damage::Endless(_))));
        let two =
            ControlWord { write_compare: 1, write_special: 1, out: 1, out_a: 2, age_special_a: 1, ..out };
        assert!(matches!(table([two, two]), Err(Damage::TwoWrites(_))));
        let input = ControlWord { out: 1, out_a: 3, age_input_a: 1, write_input: 1, load: 1, ..out };
        assert!(matches!(table([input, ControlWord::default()]), Err(Damage::OtherElement(_))));
    }
}
