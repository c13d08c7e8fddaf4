//! [`Recipe`]: what is done with one element, as an expression.

use super::{BANKS, TOTALS};
use crate::regs::Hyperparameters;

/// A value of an element: the number of the step that makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Value(pub usize);

/// A number that is the same for all elements of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Constant {
    /// A value that the host gives for a step: of the registers, then of the [`Settings`](super::Settings), the one of that place.
    Given(usize),
    /// An FP32 word of the program.
    Literal(u32),
}

impl Constant {
    /// The optimiser's registers.
    pub fn registers() -> Hyperparameters<Constant> {
        Hyperparameters::PLACES.map(Constant::Given)
    }
}

/// What an operation reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operand {
    /// An earlier value of the same element.
    Value(Value),
    /// A constant.
    Constant(Constant),
}

impl From<Value> for Operand {
    fn from(value: Value) -> Self {
        Operand::Value(value)
    }
}

impl From<Constant> for Operand {
    fn from(constant: Constant) -> Self {
        Operand::Constant(constant)
    }
}

/// Whence a word is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// The element's word of the partial sums.
    Psum = 1,
    /// Operand RAM, the element's word of stream A.
    A = 2,
    /// Operand RAM, the element's word of stream B.
    B = 3,
    /// Operand RAM, the word of the element's channel.
    C = 4,
    /// Operand RAM, the element's word of stream D, which begins where the words of the channels do.
    D = 5,
}

impl Source {
    /// All of them.
    pub const ALL: [Source; 5] = [Source::Psum, Source::A, Source::B, Source::C, Source::D];
}

/// Where a word goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sink {
    /// The first stream to DRAM.
    X,
    /// The second stream to DRAM.
    Y,
    /// LOSS_SUM.
    LossSum,
    /// MEAN_LOSS.
    MeanLoss,
    /// CORRECT counts the words that are positive.
    Correct,
}

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// A word is loaded.
    Load(Source),
    /// a + b.
    Add(Operand, Operand),
    /// a - b.
    Sub(Operand, Operand),
    /// a * b.
    Mul(Operand, Operand),
    /// The greater one; b of equals.
    Max(Operand, Operand),
    /// The smaller one; b of equals.
    Min(Operand, Operand),
    /// 1 if a > b, else +0.
    Greater(Operand, Operand),
    /// a if the element's index is the integer b (16 bits), else +0.
    At(Operand, Operand),
    /// a if the element's index is the integer b, else -infinity.
    Only(Operand, Operand),
    /// a if the element's index is less than the integer b, else -infinity.
    Before(Operand, Operand),
    /// 1 if the element's index is the integer b, else +0.
    Is(Operand),
    /// b again.
    Move(Operand),
    /// 1 / a.
    Recip(Operand),
    /// 1 / sqrt |a|.
    Rsqrt(Operand),
    /// e^a.
    Exp(Operand),
    /// ln |a|.
    Ln(Operand),
    /// The accumulator of this bank.
    Read(u32),
    /// a less the accumulator of this bank.
    Less(u32, Operand),
    /// The accumulator of this bank becomes a + itself; the value is the new one.
    Sum(u32, Operand),
    /// The accumulator of this bank becomes the greater of a and itself; itself, of equals.
    Greatest(u32, Operand),
    /// The accumulator of this bank becomes a.
    Keep(u32, Operand),
    /// A word leaves.
    Out(Sink, Operand),
}

/// What executes an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unit {
    /// Loads.
    Load,
    /// The adder.
    Add,
    /// The multiplier.
    Multiply,
    /// The compare unit.
    Compare,
    /// The special functions.
    Special,
    /// Words out.
    Out,
}

impl Unit {
    /// Cycles from the read of an operation's operands, or of an accumulator, to the first cycle in which its result can be read.
    pub const fn latency(self) -> u32 {
        self.written() + 1
    }

    /// Cycles from the read of an operation's operands to the write of its result. The RTL asserts them.
    pub const fn written(self) -> u32 {
        match self {
            Unit::Load | Unit::Out => 0,
            Unit::Add => 11,
            Unit::Multiply => 9,
            Unit::Compare => 4,
            Unit::Special => 30,
        }
    }
}

impl Operation {
    /// What executes it.
    pub fn unit(&self) -> Unit {
        use Operation::*;
        match self {
            Load(_) => Unit::Load,
            Add(..) | Sub(..) | Less(..) | Sum(..) => Unit::Add,
            Mul(..) => Unit::Multiply,
            Max(..) | Min(..) | Greater(..) | At(..) | Only(..) | Before(..) | Is(_) | Move(_) | Read(_)
            | Greatest(..) | Keep(..) => Unit::Compare,
            Recip(_) | Rsqrt(_) | Exp(_) | Ln(_) => Unit::Special,
            Out(..) => Unit::Out,
        }
    }

    /// What it reads on side A and on side B.
    pub fn sides(&self) -> [Option<Operand>; 2] {
        use Operation::*;
        match *self {
            Load(_) | Read(_) => [None, None],
            Add(a, b)
            | Sub(a, b)
            | Mul(a, b)
            | Max(a, b)
            | Min(a, b)
            | Greater(a, b)
            | At(a, b)
            | Only(a, b)
            | Before(a, b) => [Some(a), Some(b)],
            Is(b) | Move(b) | Keep(_, b) => [None, Some(b)],
            Recip(a) | Rsqrt(a) | Exp(a) | Ln(a) | Less(_, a) | Sum(_, a) | Greatest(_, a) | Out(_, a) => {
                [Some(a), None]
            }
        }
    }

    /// The values that it reads.
    pub fn values(&self) -> impl Iterator<Item = Value> {
        self.sides().into_iter().flatten().filter_map(|operand| match operand {
            Operand::Value(value) => Some(value),
            Operand::Constant(_) => None,
        })
    }

    /// Its operands may change places.
    pub fn commutes(&self) -> bool {
        matches!(self, Operation::Add(..) | Operation::Mul(..))
    }

    /// It compares with the element's index.
    pub fn takes_index(&self) -> bool {
        matches!(self, Operation::At(..) | Operation::Only(..) | Operation::Before(..) | Operation::Is(_))
    }

    /// The bank that side B reads.
    pub fn reads_bank(&self) -> Option<u32> {
        match self {
            Operation::Read(bank)
            | Operation::Less(bank, _)
            | Operation::Sum(bank, _)
            | Operation::Greatest(bank, _) => Some(*bank),
            _ => None,
        }
    }

    /// The bank that it writes.
    pub fn writes_bank(&self) -> Option<u32> {
        match self {
            Operation::Sum(bank, _) | Operation::Greatest(bank, _) | Operation::Keep(bank, _) => Some(*bank),
            _ => None,
        }
    }
}

/// The accumulator of a bank is one for all elements, not one per lane.
pub fn is_total(bank: u32) -> bool {
    bank >= BANKS - TOTALS
}

/// What is done with one element.
///
/// ```
/// use ef_isa::vector::{Constant, Recipe, Sink, Source, schedule};
///
/// // y = a + b, as a residual connection has it
/// let mut r = Recipe::new("residual add");
/// let (a, b) = (r.load(Source::A), r.load(Source::B));
/// let sum = r.add(a, b);
/// r.out(Sink::X, sum);
/// let schedule = schedule(&r, 1)?;
/// assert_eq!(schedule.period, 2, "two loads: an element every two cycles");
/// # Ok::<(), ef_isa::vector::Unschedulable>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipe {
    /// For messages.
    pub name: &'static str,
    /// Its steps; operands are earlier ones.
    pub steps: Vec<Operation>,
}

/// Defines a method of [`Recipe`] for each operation that makes a value.
macro_rules! methods {
    ($($(#[$doc:meta])* $method:ident $operation:ident($($argument:ident: $type:ty),*);)*) => {
        impl Recipe {
            $($(#[$doc])* pub fn $method(&mut self, $($argument: $type),*) -> Value {
                self.step(Operation::$operation($($argument.into()),*))
            })*
        }
    };
}

methods! {
    /// A word is loaded.
    load Load(source: Source);
    /// a + b.
    add Add(a: impl Into<Operand>, b: impl Into<Operand>);
    /// a - b.
    sub Sub(a: impl Into<Operand>, b: impl Into<Operand>);
    /// a * b.
    mul Mul(a: impl Into<Operand>, b: impl Into<Operand>);
    /// The greater one.
    max Max(a: impl Into<Operand>, b: impl Into<Operand>);
    /// The smaller one.
    min Min(a: impl Into<Operand>, b: impl Into<Operand>);
    /// 1 if a > b, else +0.
    greater Greater(a: impl Into<Operand>, b: impl Into<Operand>);
    /// a if the element's index is b, else +0.
    at At(a: impl Into<Operand>, b: impl Into<Operand>);
    /// a if the element's index is b, else -infinity.
    only Only(a: impl Into<Operand>, b: impl Into<Operand>);
    /// a if the element's index is less than b, else -infinity.
    before Before(a: impl Into<Operand>, b: impl Into<Operand>);
    /// 1 if the element's index is b, else +0.
    is Is(b: impl Into<Operand>);
    /// 1 / a.
    recip Recip(a: impl Into<Operand>);
    /// 1 / sqrt |a|.
    rsqrt Rsqrt(a: impl Into<Operand>);
    /// e^a.
    exp Exp(a: impl Into<Operand>);
    /// ln |a|.
    ln Ln(a: impl Into<Operand>);
    /// The accumulator of a bank.
    read Read(bank: u32);
    /// a less an accumulator.
    less Less(bank: u32, a: impl Into<Operand>);
    /// An accumulator becomes a + itself.
    sum Sum(bank: u32, a: impl Into<Operand>);
    /// An accumulator becomes the greater of a and itself.
    greatest Greatest(bank: u32, a: impl Into<Operand>);
    /// An accumulator becomes a.
    keep Keep(bank: u32, a: impl Into<Operand>);
    /// A word leaves.
    out Out(sink: Sink, a: impl Into<Operand>);
}

impl Recipe {
    /// A recipe without steps.
    pub fn new(name: &'static str) -> Self {
        Recipe { name, steps: Vec::new() }
    }

    /// Adds a step.
    pub fn step(&mut self, operation: Operation) -> Value {
        self.steps.push(operation);
        Value(self.steps.len() - 1)
    }

    /// The steps that read a value.
    pub fn readers(&self, value: Value) -> impl Iterator<Item = Value> {
        let reads = move |step: &Operation| step.sides().contains(&Some(Operand::Value(value)));
        self.steps.iter().enumerate().filter(move |(_, step)| reads(step)).map(|(i, _)| Value(i))
    }

    /// A copy without the steps whose results nothing needs.
    pub fn needed(&self) -> Recipe {
        let mut needed: Vec<bool> = self
            .steps
            .iter()
            .map(|step| step.writes_bank().is_some() || matches!(step, Operation::Out(..)))
            .collect();
        for i in (0..self.steps.len()).rev() {
            if needed[i] {
                self.steps[i].values().for_each(|v| needed[v.0] = true);
            }
        }
        let place = |v: Value| Value(needed[..v.0].iter().filter(|needed| **needed).count());
        let kept = self.steps.iter().zip(&needed).filter(|(_, needed)| **needed);
        Recipe { name: self.name, steps: kept.map(|(step, _)| step.map(place)).collect() }
    }

    /// A copy in which `reader` reads `value` through the compare unit, which keeps it longer.
    pub fn moved(&self, value: Value, reader: Value) -> Recipe {
        let at = |v: Value| Value(v.0 + usize::from(v >= reader));
        let mut out = Recipe::new(self.name);
        for (i, step) in self.steps.iter().enumerate() {
            if i == reader.0 {
                out.step(Operation::Move(at(value).into()));
            }
            let hop = Value(reader.0);
            out.step(step.map(|v| if i == reader.0 && v == value { hop } else { at(v) }));
        }
        out
    }
}

impl Operation {
    /// The same operation on other values.
    pub fn map(&self, to: impl Fn(Value) -> Value) -> Operation {
        self.map_operands(|operand| match operand {
            Operand::Value(v) => Operand::Value(to(v)),
            constant => constant,
        })
    }

    /// The same operation with what the host gave as literals.
    pub fn with_constants(&self, given: impl Fn(usize) -> u32) -> Operation {
        self.map_operands(|operand| match operand {
            Operand::Constant(Constant::Given(place)) => Operand::Constant(Constant::Literal(given(place))),
            other => other,
        })
    }

    fn map_operands(&self, f: impl Fn(Operand) -> Operand) -> Operation {
        use Operation::*;
        match *self {
            Load(source) => Load(source),
            Read(bank) => Read(bank),
            Add(a, b) => Add(f(a), f(b)),
            Sub(a, b) => Sub(f(a), f(b)),
            Mul(a, b) => Mul(f(a), f(b)),
            Max(a, b) => Max(f(a), f(b)),
            Min(a, b) => Min(f(a), f(b)),
            Greater(a, b) => Greater(f(a), f(b)),
            At(a, b) => At(f(a), f(b)),
            Only(a, b) => Only(f(a), f(b)),
            Before(a, b) => Before(f(a), f(b)),
            Is(b) => Is(f(b)),
            Move(b) => Move(f(b)),
            Recip(a) => Recip(f(a)),
            Rsqrt(a) => Rsqrt(f(a)),
            Exp(a) => Exp(f(a)),
            Ln(a) => Ln(f(a)),
            Less(bank, a) => Less(bank, f(a)),
            Sum(bank, a) => Sum(bank, f(a)),
            Greatest(bank, a) => Greatest(bank, f(a)),
            Keep(bank, a) => Keep(bank, f(a)),
            Out(sink, a) => Out(sink, f(a)),
        }
    }
}
