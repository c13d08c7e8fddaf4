//! The modulo scheduler: when each step of a recipe happens, so that an element can begin every II cycles.

use super::recipe::is_total;
use super::{AGES, CONTEXTS, Constant, LOAD_LEAD, Operand, Operation, PERIODS, Recipe, STAGES, Unit, Value};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use std::collections::HashMap;

/// Times of the steps of a recipe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// The recipe; values that wait for long were moved.
    pub recipe: Recipe,
    /// Cycles between the begins of two elements, II.
    pub period: u32,
    /// Cycle in which each step reads, after the begin of its element.
    pub times: Vec<u32>,
    /// Steps whose operands have changed places.
    pub swapped: Vec<bool>,
}

impl Schedule {
    /// How many writes of its memory ago `value` was written when the step `reader` reads it.
    pub(super) fn age(&self, value: Value, reader: usize) -> u32 {
        let times: Vec<i64> = self.times.iter().map(|time| i64::from(*time)).collect();
        age(&self.recipe, self.period.into(), &times, value, reader) as u32
    }
}

/// No schedule was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the recipe `{recipe}` has no schedule of at most {} cycles per element", PERIODS.end())]
pub struct Unschedulable {
    /// Its name.
    pub recipe: String,
}

/// A memory of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Memory {
    Sums,
    Products,
    Specials,
    Inputs,
}

/// The memory in which a unit leaves its results.
pub(super) fn memory(unit: Unit) -> Memory {
    match unit {
        Unit::Add => Memory::Sums,
        Unit::Multiply => Memory::Products,
        Unit::Compare | Unit::Special => Memory::Specials,
        Unit::Load => Memory::Inputs,
        Unit::Out => unreachable!("words out are no values"),
    }
}

/// What only one step can have in a cycle.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Claim {
    Unit(Unit),
    Write(Memory),
    Read(Memory, usize),
    Constant,
    Accumulator,
    Take,
}

/// Who has it: the same user may claim it twice.
#[derive(Clone, Copy, PartialEq)]
enum User {
    Step(usize),
    /// A value, read at a time.
    Read(Value, i64),
    Constant(Constant),
}

/// Tries of one recipe with one period.
const TRIES: u64 = 200;

/// Finds a schedule of the shortest period. `lanes` elements in a row use different accumulators of a bank.
///
/// # Errors
/// If there is none of at most 16 cycles.
pub fn schedule(recipe: &Recipe, lanes: u32) -> Result<Schedule, Unschedulable> {
    let candidates = candidates(&recipe.needed());
    let found = (bound(recipe, lanes)..=*PERIODS.end())
        .find_map(|period| candidates.iter().find_map(|candidate| best(candidate, period)));
    found.ok_or_else(|| Unschedulable { recipe: recipe.name.into() })
}

/// The recipe, and the recipe with an input kept among the results of the compare unit for one of its readers.
fn candidates(recipe: &Recipe) -> Vec<Recipe> {
    let loads = (0..recipe.steps.len()).map(Value).filter(|v| recipe.steps[v.0].unit() == Unit::Load);
    let read_again = loads.flat_map(|v| recipe.readers(v).skip(1).map(move |reader| (v, reader)));
    std::iter::once(recipe.clone()).chain(read_again.map(|(v, reader)| recipe.moved(v, reader))).collect()
}

/// The shortest period that units, ports and accumulators allow.
fn bound(recipe: &Recipe, lanes: u32) -> u32 {
    let count = |of: &dyn Fn(&Operation) -> bool| recipe.steps.iter().filter(|s| of(s)).count() as u32;
    let units = [Unit::Load, Unit::Add, Unit::Multiply, Unit::Compare, Unit::Special, Unit::Out];
    let busiest = units.map(|unit| count(&|s| s.unit() == unit)).into_iter().max().unwrap_or(0);
    let accumulators = count(&|s| s.reads_bank().is_some());
    let turns = recipe.steps.iter().map(|step| match (step.reads_bank(), step.writes_bank()) {
        (Some(bank), Some(_)) => step.unit().latency().div_ceil(if is_total(bank) { 1 } else { lanes }),
        _ => 0,
    });
    busiest.max(accumulators).max(turns.max().unwrap_or(0)).max(*PERIODS.start())
}

/// The shortest of some tries.
fn best(recipe: &Recipe, period: u32) -> Option<Schedule> {
    let tries = (0..TRIES).filter_map(|seed| Attempt::new(recipe, period, seed).run()?.finish());
    tries.min_by_key(|schedule| schedule.times.iter().max().copied())
}

/// One try: every step as late as its readers allow, from the results backwards, so that little waits.
struct Attempt<'a> {
    recipe: &'a Recipe,
    period: i64,
    /// Steps are placed in the order of this.
    urgency: Vec<f64>,
    /// When everything would be done if there were room for all.
    end: i64,
    /// Results beside the way: they follow as soon as their operands are there.
    aside: Vec<bool>,
    taken: HashMap<(Claim, i64), User>,
    times: Vec<Option<i64>>,
    swapped: Vec<bool>,
}

impl<'a> Attempt<'a> {
    fn new(recipe: &'a Recipe, period: u32, seed: u64) -> Self {
        let steps = &recipe.steps;
        let mut deep = vec![0i64; steps.len()];
        for (i, step) in steps.iter().enumerate() {
            deep[i] =
                step.values().map(|v| deep[v.0] + i64::from(steps[v.0].unit().latency())).max().unwrap_or(0);
        }
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let noise = if seed == 0 { 0.0 } else { 30.0 };
        let urgency =
            deep.iter().map(|d| *d as f64 + noise * f64::from(rng.next_u32()) / f64::from(u32::MAX));
        let ends: Vec<bool> = (0..steps.len()).map(|i| recipe.readers(Value(i)).next().is_none()).collect();
        let aside = (0..steps.len())
            .map(|i| ends[i] && steps[i].values().any(|v| recipe.readers(v).any(|reader| !ends[reader.0])));
        Attempt {
            recipe,
            period: period.into(),
            urgency: urgency.collect(),
            end: deep.iter().max().copied().unwrap_or(0),
            aside: aside.collect(),
            taken: HashMap::new(),
            times: vec![None; steps.len()],
            swapped: vec![false; steps.len()],
        }
    }

    fn run(mut self) -> Option<Self> {
        let steps = &self.recipe.steps;
        let mut left: Vec<usize> = (0..steps.len()).filter(|i| !self.aside[*i]).collect();
        while !left.is_empty() {
            let ready = |i: &&usize| {
                self.recipe.readers(Value(**i)).all(|r| self.times[r.0].is_some() || self.aside[r.0])
            };
            let by_urgency = |a: &&usize, b: &&usize| self.urgency[**a].total_cmp(&self.urgency[**b]);
            let i = *left.iter().filter(ready).max_by(by_urgency)?;
            left.retain(|j| *j != i);
            let readers = self.recipe.readers(Value(i)).filter_map(|r| self.times[r.0]);
            let wait = i64::from(steps[i].unit().latency());
            let mut latest = readers.min().map_or(self.end, |first| first - wait);
            if matches!(steps[i], Operation::Move(_)) {
                // it waits where there is room: among the results of the compare unit
                let writes =
                    steps.iter().filter(|s| matches!(s.unit(), Unit::Compare | Unit::Special)).count();
                latest -= (i64::from(AGES) / writes as i64 - 2).max(0) * self.period;
            }
            self.place(i, (latest - 3 * self.period..=latest).rev())?;
            self.place_aside(i)?;
        }
        Some(self)
    }

    /// The results beside the way that read value `i`, as soon as all their operands are there.
    fn place_aside(&mut self, i: usize) -> Option<()> {
        for reader in self.recipe.readers(Value(i)).filter(|r| self.aside[r.0]).collect::<Vec<_>>() {
            let step = self.recipe.steps[reader.0];
            let ready: Option<Vec<i64>> = step
                .values()
                .map(|v| Some(self.times[v.0]? + i64::from(self.recipe.steps[v.0].unit().latency())))
                .collect();
            if let (Some(ready), None) = (ready, self.times[reader.0]) {
                let first = ready.into_iter().max().expect("it reads a value");
                self.place(reader.0, first..=first + 2 * self.period)?;
            }
        }
        Some(())
    }

    fn place(&mut self, i: usize, times: impl Iterator<Item = i64>) -> Option<()> {
        let step = self.recipe.steps[i];
        let swaps: &[bool] = if step.commutes() { &[false, true] } else { &[false] };
        for time in times {
            for swap in swaps {
                let Some(claims) = self.claims(i, time, *swap) else { continue };
                let free =
                    |(claim, user): &((Claim, i64), User)| self.taken.get(claim).is_none_or(|u| u == user);
                if claims.iter().all(free) {
                    self.taken.extend(claims);
                    (self.times[i], self.swapped[i]) = (Some(time), *swap);
                    return Some(());
                }
            }
        }
        None
    }

    /// What the step takes if it is placed there; none if an operand can not get to that side of its unit.
    fn claims(&self, i: usize, time: i64, swap: bool) -> Option<Vec<((Claim, i64), User)>> {
        let step = self.recipe.steps[i];
        let unit = step.unit();
        let slot = |time: i64| time.rem_euclid(self.period);
        let mut claims = vec![((Claim::Unit(unit), slot(time)), User::Step(i))];
        let end = slot(time + i64::from(unit.written()));
        if step.reads_bank().is_some() {
            claims.push(((Claim::Accumulator, slot(time)), User::Step(i)));
        }
        if step.writes_bank().is_some() {
            claims.push(((Claim::Take, end), User::Step(i)));
        }
        if unit != Unit::Out
            && (step.writes_bank().is_none() || self.recipe.readers(Value(i)).next().is_some())
        {
            claims.push(((Claim::Write(memory(unit)), end), User::Step(i)));
        }
        let mut sides = step.sides();
        if swap {
            sides.reverse();
        }
        for (side, operand) in sides.into_iter().enumerate() {
            match operand {
                None => {}
                Some(Operand::Constant(_)) if side == 0 => return None,
                Some(Operand::Constant(c)) => {
                    claims.push(((Claim::Constant, slot(time)), User::Constant(c)));
                }
                Some(Operand::Value(v)) => {
                    let memory = memory(self.recipe.steps[v.0].unit());
                    let far = matches!(memory, Memory::Sums | Memory::Products);
                    if side == 1 && unit == Unit::Compare && far {
                        return None;
                    }
                    claims.push(((Claim::Read(memory, side), slot(time)), User::Read(v, time)));
                }
            }
        }
        let clash = |(i, (claim, user)): (usize, &((Claim, i64), User))| {
            claims[..i].iter().any(|(c, u)| c == claim && u != user)
        };
        (!claims.iter().enumerate().any(clash)).then_some(claims)
    }

    /// No value is read after it has left its memory.
    fn in_time(&self) -> bool {
        let times: Vec<i64> = self.times.iter().map(|t| t.expect("all are placed")).collect();
        let reads = (0..times.len()).flat_map(|i| self.recipe.steps[i].values().map(move |value| (i, value)));
        reads.into_iter().all(|(i, value)| age(self.recipe, self.period, &times, value, i) <= i64::from(AGES))
    }

    /// The schedule from cycle 0 on, if no value is read too late and it keeps within the context and the stages.
    fn finish(&self) -> Option<Schedule> {
        if !self.in_time() {
            return None;
        }
        let steps = &self.recipe.steps;
        let times: Vec<i64> = self.times.iter().map(|t| t.expect("all are placed")).collect();
        let begin =
            |i: usize| times[i] - if steps[i].unit() == Unit::Load { i64::from(LOAD_LEAD) } else { 1 };
        let shift = -(0..times.len()).map(begin).min()?;
        let stage = |time: i64| (time + shift) / self.period;
        let late = |i: usize| match steps[i] {
            Operation::Load(_) => stage(times[i]) >= i64::from(CONTEXTS),
            _ => {
                steps[i].takes_index() && stage(times[i]) >= i64::from(CONTEXTS)
                    || stage(times[i] + i64::from(steps[i].unit().written())) >= i64::from(STAGES)
            }
        };
        if (0..times.len()).any(late) {
            return None;
        }
        Some(Schedule {
            recipe: self.recipe.clone(),
            period: self.period as u32,
            times: times.iter().map(|t| (t + shift) as u32).collect(),
            swapped: self.swapped.clone(),
        })
    }
}

/// How many writes of its memory ago `value` was written, seen from the time of the step `reader`.
fn age(recipe: &Recipe, period: i64, times: &[i64], value: Value, reader: usize) -> i64 {
    let written = |i: usize| times[i] + i64::from(recipe.steps[i].unit().written());
    let (mine, from) = (memory(recipe.steps[value.0].unit()), written(value.0));
    let writes = (0..times.len()).filter(|i| writes_memory(recipe, *i) == Some(mine)).map(written);
    let before = |time: i64, write: i64| (time - 1 - write).div_euclid(period);
    writes.map(|write| before(times[reader], write) - before(from, write)).sum()
}

/// The memory that a step writes.
pub(super) fn writes_memory(recipe: &Recipe, i: usize) -> Option<Memory> {
    let step = &recipe.steps[i];
    let needed = step.writes_bank().is_none() || recipe.readers(Value(i)).next().is_some();
    (step.unit() != Unit::Out && needed).then(|| memory(step.unit()))
}
