//! [`Queues`]: when each engine starts its next command.

use crate::report::Span;
use ef_program::{Command, ComputeDesc, Descriptor, Engine, LoadDesc, StoreDesc, Synced};
use ef_rtl::control::{dispatch, signals, tokens};
use std::collections::VecDeque;

/// Later than everything: the time of what nobody knows yet.
pub const NEVER: u64 = u64::MAX;

const ENGINES: usize = Engine::ALL.len();

/// A command at the head of a queue, and from when on its start may be decided.
#[derive(Clone, Copy, Debug)]
struct Held {
    index: usize,
    from: u64,
}

/// The command queue of one engine.
#[derive(Debug)]
struct Queue {
    held: Option<Held>,
    /// Next command of the list to look at.
    next: usize,
    /// The engine takes a command from then on.
    ready: u64,
    /// When the latest commands were done: as many as may be in flight.
    done: [u64; signals::IN_FLIGHT],
    commands: usize,
    running: Option<(usize, u64)>,
}

/// The three queues and the six token counters between their engines.
pub struct Queues<'a> {
    commands: &'a [Synced],
    queue: [Queue; ENGINES],
    /// When the tokens from one engine to another can be taken.
    tokens: [[VecDeque<u64>; ENGINES]; ENGINES],
    /// The latest `done`.
    pub last_done: u64,
}

impl<'a> Queues<'a> {
    /// Queues that the commands enter from `begin` on.
    pub fn new(commands: &'a [Synced], begin: u64) -> Self {
        let queue = || Queue {
            held: None,
            next: 0,
            ready: 0,
            done: [0; signals::IN_FLIGHT],
            commands: 0,
            running: None,
        };
        let mut queues = Queues {
            commands,
            queue: std::array::from_fn(|_| queue()),
            tokens: Default::default(),
            last_done: begin,
        };
        (0..ENGINES).for_each(|e| queues.hold_next(e, begin, None));
        queues
    }

    /// Takes the values and the ISSUE of the next command of an engine, whose last values were those of `before`, from `free` on.
    fn hold_next(&mut self, e: usize, free: u64, before: Option<usize>) {
        let rest = &self.commands[self.queue[e].next..];
        let found = rest.iter().position(|s| s.command.engine() as usize == e);
        self.queue[e].held = found.map(|skip| {
            let index = self.queue[e].next + skip;
            let values = changes(before.map(|i| &self.commands[i].command), &self.commands[index].command);
            Held { index, from: free + values + dispatch::ISSUE }
        });
        self.queue[e].next = self.queue[e].held.map_or(self.commands.len(), |h| h.index + 1);
    }

    /// When the start of the engine's next command is decided, as far as that is known: [`NEVER`] if not.
    pub fn decision(&self, e: usize) -> u64 {
        let queue = &self.queue[e];
        let Some(held) = queue.held else { return NEVER };
        let oldest = queue.done[queue.commands % signals::IN_FLIGHT];
        let mut at = held.from.max(queue.ready).max(oldest.saturating_add(1));
        let wait = self.commands[held.index].wait;
        for from in (0..ENGINES).filter(|from| wait >> from & 1 != 0 && *from != e) {
            at = at.max(self.tokens[from][e].front().copied().unwrap_or(NEVER));
        }
        at
    }

    /// Starts the command at the head of a queue; returns its index and the cycle of its `start`.
    pub fn start(&mut self, e: usize, decided: u64) -> (usize, u64) {
        let held = self.queue[e].held.take().expect("a queue that decides holds a command");
        let wait = self.commands[held.index].wait;
        for from in (0..ENGINES).filter(|from| wait >> from & 1 != 0 && *from != e) {
            self.tokens[from][e].pop_front();
        }
        let start = decided + dispatch::START;
        let queue = &mut self.queue[e];
        queue.ready = NEVER;
        queue.done[queue.commands % signals::IN_FLIGHT] = NEVER;
        queue.commands += 1;
        queue.running = Some((held.index, start));
        self.hold_next(e, decided + 1, Some(held.index));
        (held.index, start)
    }

    /// What was started last is done at `done`, and the engine takes another command from `ready` on.
    pub fn finish(&mut self, e: usize, done: u64, ready: u64) -> (usize, Span) {
        let queue = &mut self.queue[e];
        let (index, start) = queue.running.take().expect("a command that ends was started");
        queue.ready = ready;
        queue.done[(queue.commands - 1) % signals::IN_FLIGHT] = done;
        self.last_done = self.last_done.max(done);
        let signal = self.commands[index].signal;
        for to in (0..ENGINES).filter(|to| signal >> to & 1 != 0 && *to != e) {
            self.tokens[e][to].push_back(done + signals::PUT + tokens::SOME);
        }
        (index, Span { start, done })
    }
}

/// How many values the controller sends between two commands of an engine.
fn changes(before: Option<&Command>, after: &Command) -> u64 {
    let differences = match (before, after) {
        (Some(Command::Load(b)), Command::Load(a)) => a.differences(b),
        (Some(Command::Compute(b)), Command::Compute(a)) => a.differences(b),
        (Some(Command::Store(b)), Command::Store(a)) => a.differences(b),
        (_, Command::Load(a)) => a.differences(&LoadDesc::default()),
        (_, Command::Compute(a)) => a.differences(&ComputeDesc::default()),
        (_, Command::Store(a)) => a.differences(&StoreDesc::default()),
    };
    differences as u64
}
