//! The vector unit: what its control words say, element by element.

use ef_isa::vector::{
    BANKS, CONSTANTS, Constant, ControlWord, Damage, Element, LANES, Operand, Operation, Sink, Source, Step,
    TABLE_ROWS, WORDS, Walk, is_total, trace,
};
use ef_numerics as num;

/// Why a command of the vector unit is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VectorError {
    /// The table computes nothing sensible.
    #[error("the recipe at control word {base}: {damage}")]
    Damage {
        /// First control word.
        base: u32,
        /// What is wrong.
        damage: Damage,
    },
    /// An accumulator is read before what was added to it is there.
    #[error("accumulator {lane} of bank {bank} is used again after {cycles} cycles; it takes {needed}")]
    Hazard {
        /// The bank.
        bank: u32,
        /// The lane.
        lane: u32,
        /// Cycles between two uses.
        cycles: u64,
        /// Cycles that it takes.
        needed: u64,
    },
}

/// Words that a command made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Made {
    /// The first stream.
    pub x: Vec<u32>,
    /// The second stream.
    pub y: Vec<u32>,
    /// A result that counts was saturated.
    pub saturated: bool,
}

/// Where words come from: partial sum (address, lane), operand (address).
pub trait Words {
    /// A word of the partial sums.
    fn psum(&self, address: u32, lane: u32) -> u32;
    /// A word of the operand RAM.
    fn operand(&self, address: u32) -> u32;
}

/// State of the vector unit.
#[derive(Debug, Clone)]
pub struct VectorUnit {
    /// The table: constants and control words.
    table: Vec<u32>,
    accumulators: [[u32; LANES as usize]; BANKS as usize],
    /// Nothing was added to the totals since they were cleared.
    fresh: bool,
    /// LOSS_SUM.
    pub loss_sum: u32,
    /// MEAN_LOSS.
    pub mean_loss: u32,
    /// CORRECT.
    pub correct: u32,
}

impl Default for VectorUnit {
    fn default() -> Self {
        VectorUnit {
            table: vec![0; TABLE_ROWS as usize * WORDS],
            accumulators: Default::default(),
            fresh: true,
            loss_sum: 0,
            mean_loss: 0,
            correct: 0,
        }
    }
}

/// The banks that one step reads and another one writes: between two elements that share a lane the first one must be over.
fn written_apart(steps: &[Step]) -> Vec<u32> {
    let both = |bank: &u32| {
        let reads = |step: &&Step| step.operation.reads_bank() == Some(*bank);
        let writes = |step: &&Step| step.operation.writes_bank() == Some(*bank);
        let reader = steps.iter().any(|step| reads(&step) && !writes(&step));
        reader && steps.iter().any(|step| writes(&step))
    };
    (0..BANKS).filter(both).collect()
}

impl VectorUnit {
    /// A word of the table memory, as the load engine writes it.
    pub fn write_table(&mut self, address: u32, word: u32) {
        let words = self.table.len();
        self.table[address as usize % words] = word;
    }

    /// The table memory.
    pub fn table(&self) -> &[u32] {
        &self.table
    }

    /// The totals become 0.
    pub fn clear_totals(&mut self) {
        (self.fresh, self.loss_sum, self.mean_loss, self.correct) = (true, 0, 0, 0);
    }

    /// Executes a command.
    ///
    /// # Errors
    /// If its table is damaged, or reads an accumulator too early.
    pub fn run(&mut self, walk: &Walk, registers: &[u32], words: &impl Words) -> Result<Made, VectorError> {
        let steps = self.steps(walk, registers)?;
        let period = u64::from(walk.recipe.period) + 1;
        let mut used = [[None::<u64>; LANES as usize]; BANKS as usize];
        let apart = written_apart(&steps);
        let stay = (u64::from(walk.recipe.depth) + 1) * period;
        let mut made = Made::default();
        for element in walk.elements() {
            for step in &steps {
                let lane = |bank| if is_total(bank) { 0 } else { element.channel % LANES };
                if let (Some(bank), Some(_)) = (step.operation.reads_bank(), step.operation.writes_bank()) {
                    let now = u64::from(element.number) * period;
                    let (lane, needed) = (lane(bank), u64::from(step.operation.unit().latency()));
                    let before = used[bank as usize][lane as usize].replace(now);
                    if let Some(cycles) = before.map(|t| now - t).filter(|cycles| *cycles < needed) {
                        return Err(VectorError::Hazard { bank, lane, cycles, needed });
                    }
                }
            }
            for &bank in &apart {
                let now = u64::from(element.number) * period;
                let lane = if is_total(bank) { 0 } else { element.channel % LANES };
                let before = used[bank as usize][lane as usize].replace(now);
                if let Some(cycles) = before.map(|t| now - t).filter(|cycles| *cycles < stay) {
                    return Err(VectorError::Hazard { bank, lane, cycles, needed: stay });
                }
            }
            self.element(walk, &steps, &element, words, &mut made);
        }
        Ok(made)
    }

    /// The steps of a recipe, out of its control words, with its constants filled in.
    fn steps(&self, walk: &Walk, registers: &[u32]) -> Result<Vec<Step>, VectorError> {
        let (base, period) = (walk.recipe.base as usize, walk.recipe.period as usize + 1);
        let at = |k: usize| (base + k) * WORDS % self.table.len();
        let word = |k| ControlWord::decode(&std::array::from_fn(|i| self.table[at(k) + i]));
        let control: Vec<ControlWord> = (0..period).map(word).collect();
        let mut constants: [u32; CONSTANTS] = std::array::from_fn(|k| self.table[k]);
        constants[..registers.len()].copy_from_slice(registers);
        let mut steps = trace(&control, &constants)
            .map_err(|damage| VectorError::Damage { base: walk.recipe.base, damage })?;
        for step in &mut steps {
            step.operation = step.operation.with_constants(|place| constants[place]);
        }
        Ok(steps)
    }

    /// Does all steps for one element.
    fn element(
        &mut self,
        walk: &Walk,
        steps: &[Step],
        element: &Element,
        words: &impl Words,
        made: &mut Made,
    ) {
        let mut values: Vec<u32> = Vec::with_capacity(steps.len());
        for step in steps {
            let [a, b] = step.operation.sides().map(|operand| match operand {
                None => 0,
                Some(Operand::Value(v)) => values[v.0],
                Some(Operand::Constant(Constant::Literal(word))) => word,
                Some(Operand::Constant(Constant::Given(_))) => unreachable!("they were filled in"),
            });
            let (value, overflow) = self.step(&step.operation, [a, b], walk, element, words);
            made.saturated |= step.counts && overflow && element.inside;
            if let (true, Some(bank)) = (element.inside, step.operation.writes_bank()) {
                *self.accumulator(bank, element) = value;
            }
            if let Operation::Out(sink, _) = step.operation {
                self.leave(sink, value, walk, element, made);
            }
            values.push(value);
        }
        if walk.recipe.totals {
            self.fresh = false;
        }
    }

    fn step(
        &mut self,
        operation: &Operation,
        [a, b]: [u32; 2],
        walk: &Walk,
        element: &Element,
        words: &impl Words,
    ) -> (u32, bool) {
        let first = if walk.recipe.totals { self.fresh } else { element.index == 0 };
        let is_label = |label: u32| element.index == label & 0xffff;
        let chosen = |chosen: bool, other: u32| (if chosen { a } else { other }, false);
        match *operation {
            Operation::Load(Source::Psum) => (words.psum(element.address, element.lane), false),
            Operation::Load(Source::A) => (words.operand(walk.o_a + element.number), false),
            Operation::Load(Source::B) => (words.operand(walk.o_b + element.number), false),
            Operation::Load(Source::C) => (words.operand(walk.o_c + element.channel), false),
            Operation::Load(Source::D) => (words.operand(walk.o_c + element.number), false),
            Operation::Add(..) => num::add(a, b),
            Operation::Sub(..) => num::sub(a, b),
            Operation::Mul(..) => num::mul(a, b),
            Operation::Max(..) => chosen(num::gt(a, b), b),
            Operation::Min(..) => chosen(num::gt(b, a), b),
            Operation::Greater(..) => (if num::gt(a, b) { ONE } else { 0 }, false),
            Operation::At(..) => chosen(is_label(b), 0),
            Operation::Only(..) => chosen(is_label(b), INFINITY),
            Operation::Before(..) => chosen(element.index < b & 0xffff, INFINITY),
            Operation::Is(_) => (if is_label(b) { ONE } else { 0 }, false),
            Operation::Move(_) | Operation::Keep(..) => (b, false),
            Operation::Recip(_) => num::recip(a),
            Operation::Rsqrt(_) => (num::rsqrt(a), false),
            Operation::Exp(_) => (num::exp(a), false),
            Operation::Ln(_) => (num::ln(a), false),
            Operation::Read(bank) => (*self.accumulator(bank, element), false),
            Operation::Less(bank, _) => num::sub(a, *self.accumulator(bank, element)),
            Operation::Sum(..) if first => num::add(a, 0),
            Operation::Sum(bank, _) => num::add(a, *self.accumulator(bank, element)),
            Operation::Greatest(..) if first => (a, false),
            Operation::Greatest(bank, _) => {
                let known = *self.accumulator(bank, element);
                chosen(num::gt(a, known), known)
            }
            Operation::Out(..) => (a, false),
        }
    }

    fn accumulator(&mut self, bank: u32, element: &Element) -> &mut u32 {
        let lane = if is_total(bank) { 0 } else { element.channel % LANES };
        &mut self.accumulators[bank as usize][lane as usize]
    }

    fn leave(&mut self, sink: Sink, value: u32, walk: &Walk, element: &Element, made: &mut Made) {
        if !element.inside && !walk.recipe.padded {
            return;
        }
        let value = if element.inside { value } else { 0 };
        match sink {
            Sink::X => made.x.push(value),
            Sink::Y => made.y.push(value),
            Sink::LossSum => self.loss_sum = value,
            Sink::MeanLoss => self.mean_loss = value,
            Sink::Correct => self.correct += u32::from(num::is_positive(value)),
        }
    }
}

/// 1.0.
const ONE: u32 = 0x3f80_0000;
/// Less than any result.
const INFINITY: u32 = 0xff80_0000;
