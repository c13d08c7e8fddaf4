//! [`List`]: commands that are there as soon as the queues take them.

use crate::queue::{ENGINES, Feed, Held};
use ef_isa::{Command, ComputeDesc, Descriptor, LoadDesc, StoreDesc, Synced};
use ef_rtl::control::dispatch;

/// A list of commands. Between two commands of an engine its queue takes the values that differ, a cycle each.
pub struct List<'a> {
    commands: &'a [Synced],
    /// By engine: the next command of the list to look at, and the one before.
    next: [usize; ENGINES],
    before: [Option<usize>; ENGINES],
    begin: u64,
}

impl<'a> List<'a> {
    /// A list whose first value enters a queue at `begin`.
    pub fn new(commands: &'a [Synced], begin: u64) -> Self {
        List { commands, next: [0; ENGINES], before: [None; ENGINES], begin }
    }
}

impl Feed for List<'_> {
    fn refill(&mut self, free: [Option<u64>; ENGINES]) -> [Option<Held>; ENGINES] {
        std::array::from_fn(|engine| free[engine].and_then(|free| self.next(engine, free)))
    }
}

impl List<'_> {
    fn next(&mut self, engine: usize, free: u64) -> Option<Held> {
        let rest = &self.commands[self.next[engine]..];
        let Some(skipped) = rest.iter().position(|s| s.command.engine() as usize == engine) else {
            self.next[engine] = self.commands.len();
            return None;
        };
        let index = self.next[engine] + skipped;
        let before = self.before[engine].replace(index).map(|i| &self.commands[i].command);
        self.next[engine] = index + 1;
        let values = differences(before, &self.commands[index].command) as u64;
        Some(Held { index, from: free.max(self.begin) + values + dispatch::ISSUE })
    }
}

/// How many values the controller sends between two commands of an engine.
fn differences(before: Option<&Command>, after: &Command) -> usize {
    match (before, after) {
        (Some(Command::Load(b)), Command::Load(a)) => a.differences(b),
        (Some(Command::Compute(b)), Command::Compute(a)) => a.differences(b),
        (Some(Command::Store(b)), Command::Store(a)) => a.differences(b),
        (_, Command::Load(a)) => a.differences(&LoadDesc::default()),
        (_, Command::Compute(a)) => a.differences(&ComputeDesc::default()),
        (_, Command::Store(a)) => a.differences(&StoreDesc::default()),
    }
}
