//! What a command reads and writes, worked out from its descriptor alone: nothing a scheduler could forget.
//!
//! Ranges are bounding intervals: overlap may be seen where there is none (costs a token), never missed.

use crate::{Command, Descriptor};
use smallvec::SmallVec;

/// Storage that two engines share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Space {
    /// The memory behind the memory port, in words.
    Dram,
    /// The feature buffer, in vectors.
    Feature,
    /// The loss buffer, in vectors.
    Loss,
    /// The weight buffer, in vectors.
    Weight,
    /// The partial sums, in vectors.
    Psum,
    /// The operand RAM of the store engine, in words.
    Operand,
    /// The hand-over RAM, in words.
    Handover,
    /// The constants and control words of the vector unit, in words.
    Table,
}

/// A range of a space, `lo..hi`, read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// Where.
    pub space: Space,
    /// The first word or vector.
    pub lo: i64,
    /// The one after the last.
    pub hi: i64,
    /// It is written, not read.
    pub write: bool,
}

impl Access {
    /// So many words or vectors from `first` on are written.
    pub(crate) fn written(space: Space, first: u32, count: u64) -> Access {
        Access { space, lo: first.into(), hi: i64::from(first).saturating_add(signed(count)), write: true }
    }

    /// The two may not be exchanged.
    pub fn conflicts(&self, other: &Access) -> bool {
        self.space == other.space && (self.write || other.write) && self.lo < other.hi && other.lo < self.hi
    }
}

/// What one command reads and writes.
pub type Accesses = SmallVec<[Access; 4]>;

/// Every access of a command.
pub fn accesses(command: &Command, lanes: usize) -> Accesses {
    match command {
        Command::Load(d) => d.effect(lanes as u32).accesses,
        Command::Compute(d) => d.effect(lanes as u32).accesses,
        Command::Store(d) => d.effect(lanes as u32).accesses,
    }
}

/// What one command depends on and changes: the fields of its descriptor that it reads, and its accesses.
#[derive(Clone, Debug, Default)]
pub(crate) struct Effect {
    /// Bit i: field i is read. The others may hold anything.
    pub fields: u64,
    /// What is read and written.
    pub accesses: Accesses,
}

/// One loop of a walk: how often it turns, how far each turn goes.
#[derive(Clone, Copy)]
pub(crate) struct Step {
    turns: u64,
    stride: i64,
    /// The fields that hold the number of turns, and those that matter if there is more than one.
    counts: u64,
    strides: u64,
    once: bool,
}

impl Step {
    /// A loop of `turns` turns, steps of the field `stride`; 16-bit strides are signed.
    pub fn of<D: Descriptor>(d: &D, turns: u64, stride: usize) -> Step {
        let word = d.get(stride);
        let far = if D::FIELDS[stride].bits == 16 { i64::from(word as u16 as i16) } else { i64::from(word) };
        Step { turns, stride: far, counts: 0, strides: 1 << stride, once: turns == 1 }
    }

    /// A loop of as many turns as the field `count` says.
    pub fn counted<D: Descriptor>(d: &D, count: usize, stride: usize) -> Step {
        Step { counts: 1 << count, ..Step::of(d, d.get(count).into(), stride) }
    }

    /// Another number of turns follows from the count.
    pub fn times(self, turns: u64) -> Step {
        Step { turns, ..self }
    }

    /// Every turn goes as far as this, whatever the field says.
    pub fn at_stride(self, stride: i64) -> Step {
        Step { stride, ..self }
    }

    /// Every turn goes further by this.
    pub fn further(self, by: i64) -> Step {
        Step { stride: self.stride + by, ..self }
    }

    /// Every turn changes `field` too: a rotation, a coordinate.
    pub fn turning(self, field: usize) -> Step {
        Step { strides: self.strides | 1 << field, ..self }
    }
}

/// The product of fields, whatever they hold.
pub(crate) fn product(fields: &[u32]) -> u64 {
    fields.iter().fold(1, |product, field| product.saturating_mul(u64::from(*field)))
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl Effect {
    /// What a command of the undefined operation `op` does: nothing.
    pub fn none(op: usize) -> Effect {
        Effect { fields: 1 << op, accesses: Accesses::new() }
    }

    /// The command reads these fields.
    pub fn reads(&mut self, fields: impl IntoIterator<Item = usize>) {
        fields.into_iter().for_each(|field| self.fields |= 1 << field);
    }

    /// The command reads, or writes, all that `base + sum(i_k * stride_k)` reaches for i_k < turns_k, and `width` entries from there.
    pub fn walk<D: Descriptor>(
        &mut self,
        d: &D,
        (space, write): (Space, bool),
        base: usize,
        steps: &[Step],
        width: u64,
    ) {
        self.steps(steps);
        self.reads([base]);
        let base = i64::from(d.get(base));
        let reach = |sign: i64| -> i64 {
            let far = |step: &Step| {
                signed(step.turns.saturating_sub(1)).saturating_mul((step.stride * sign).max(0)) * sign
            };
            steps.iter().map(far).fold(0, i64::saturating_add)
        };
        let hi = base.saturating_add(reach(1)).saturating_add(signed(width));
        let lo = base.saturating_add(reach(-1));
        self.accesses.push(Access { space, lo, hi, write });
    }

    /// The fields of these loops are read; strides of counts of 1 are not among them.
    fn steps(&mut self, steps: &[Step]) {
        for step in steps {
            self.fields |= step.counts | if step.once { 0 } else { step.strides };
        }
    }
}
