//! [`Queues`]: when each engine starts its next command.

use crate::feed::Fetch;
use crate::report::Span;
use ef_isa::{Engine, Synced};
use ef_rtl::control::{dispatch, signals, tokens};
use std::collections::VecDeque;

/// A time later than all others: stands for a time that is not known yet.
pub const NEVER: u64 = u64::MAX;

pub const ENGINES: usize = Engine::ALL.len();

/// A command at the head of a queue: its place in the list, and from when on its start may be decided.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    pub index: usize,
    pub from: u64,
}

/// What brings commands into the queues.
pub trait Feed {
    /// Brings commands to the heads of the queues that have none and take entries from `free` on, as far as can be said already.
    fn refill(&mut self, free: [Option<u64>; ENGINES]) -> [Option<Held>; ENGINES];

    /// What fetches the instructions, if there are any.
    fn fetch(&mut self) -> Option<&mut Fetch> {
        None
    }
}

/// The command queue of one engine.
#[derive(Debug, Default)]
struct Queue {
    held: Option<Held>,
    /// The cycle from which on entries are taken, if no ISSUE is held.
    free: u64,
    /// The cycle from which on the engine takes a command.
    ready: u64,
    /// When the latest commands were done: as many as may be in flight.
    done: [u64; signals::IN_FLIGHT],
    commands: usize,
    running: Option<(usize, u64)>,
}

/// The three queues and the six token counters between their engines.
pub struct Queues<'a, F> {
    commands: &'a [Synced],
    pub feed: F,
    queue: [Queue; ENGINES],
    /// When the tokens from one engine to another can be taken.
    tokens: [[VecDeque<u64>; ENGINES]; ENGINES],
    /// The cycle of the latest `done` of any engine.
    pub last_done: u64,
}

/// The other engines whose bit is set in `bits`.
fn others(bits: u8, engine: usize) -> impl Iterator<Item = usize> {
    (0..ENGINES).filter(move |other| bits >> other & 1 != 0 && *other != engine)
}

impl<'a, F: Feed> Queues<'a, F> {
    pub fn new(commands: &'a [Synced], feed: F) -> Self {
        let mut queues =
            Queues { commands, feed, queue: Default::default(), tokens: Default::default(), last_done: 0 };
        queues.refill();
        queues
    }

    /// Brings commands to the heads of the queues that have none.
    pub fn refill(&mut self) {
        let free = std::array::from_fn(|e| self.queue[e].held.is_none().then_some(self.queue[e].free));
        for (queue, held) in self.queue.iter_mut().zip(self.feed.refill(free)) {
            queue.held = queue.held.or(held);
        }
    }

    /// When the start of the engine's next command is decided, as far as that is known: [`NEVER`] if not.
    pub fn decision(&self, e: usize) -> u64 {
        let queue = &self.queue[e];
        let Some(held) = queue.held else { return NEVER };
        let oldest = queue.done[queue.commands % signals::IN_FLIGHT];
        let at = held.from.max(queue.ready).max(oldest.saturating_add(1));
        others(self.commands[held.index].wait, e)
            .fold(at, |at, from| at.max(self.tokens[from][e].front().copied().unwrap_or(NEVER)))
    }

    /// Starts the command at the head of a queue; returns its index and the cycle of its `start`.
    pub fn start(&mut self, e: usize, decided: u64) -> (usize, u64) {
        let queue = &mut self.queue[e];
        let held = queue.held.take().expect("a queue that decides holds a command");
        let start = decided + dispatch::START;
        queue.free = decided + 1;
        queue.ready = NEVER;
        queue.done[queue.commands % signals::IN_FLIGHT] = NEVER;
        queue.commands += 1;
        queue.running = Some((held.index, start));
        for from in others(self.commands[held.index].wait, e) {
            self.tokens[from][e].pop_front();
        }
        self.refill();
        (held.index, start)
    }

    /// The command that was started last is done at `done`, and the engine takes the next one from `ready` on.
    pub fn finish(&mut self, e: usize, done: u64, ready: u64) -> (usize, Span) {
        let queue = &mut self.queue[e];
        let (index, start) = queue.running.take().expect("a command that ends was started");
        queue.ready = ready;
        queue.done[(queue.commands - 1) % signals::IN_FLIGHT] = done;
        self.last_done = self.last_done.max(done);
        for to in others(self.commands[index].signal, e) {
            self.tokens[e][to].push_back(done + signals::PUT + tokens::SOME);
        }
        (index, Span { start, done })
    }
}
