//! [`Controller`]: a program, instruction by instruction.

use super::fetch::Fetch;
use crate::queue::{ENGINES, Feed, Held};
use ef_isa::interpret::{BadProgram, Interpreter};
use ef_isa::{Config, Instr, Synced};
use ef_rtl::control::{dispatch, execute, field_state};
use ef_rtl::stream::fifo;
use std::collections::VecDeque;

/// What an executed instruction does to the time of the instructions after it.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// A value or an ISSUE enters a queue.
    Push {
        engine: usize,
        issue: bool,
    },
    Loop,
    /// A NEXT that ends its loop.
    Leave,
    /// A NEXT that jumps.
    Jump {
        to: usize,
    },
    End,
}

/// A program, unrolled: its commands, and the instructions in the order in which they are executed.
pub struct Program {
    pub commands: Vec<Synced>,
    /// Each with its number.
    steps: Vec<(usize, Step)>,
    length: usize,
}

impl Program {
    /// # Errors
    /// If the controller refuses the program.
    pub fn unroll(program: &[u64]) -> Result<Program, BadProgram> {
        let mut interpreter = Interpreter::new(program);
        let (mut commands, mut steps) = (Vec::new(), Vec::new());
        loop {
            let step = interpreter.step()?;
            let what = match step.instr {
                Instr::End => {
                    steps.push((step.pc, Step::End));
                    return Ok(Program { commands, steps, length: program.len() });
                }
                Instr::Set { engine, .. } | Instr::Add { engine, .. } => {
                    Step::Push { engine: engine as usize, issue: false }
                }
                Instr::Issue { engine, wait, signal } => {
                    commands.push(Synced { command: interpreter.command(engine), wait, signal });
                    Step::Push { engine: engine as usize, issue: true }
                }
                Instr::Next if interpreter.pc() != step.pc + 1 => Step::Jump { to: interpreter.pc() },
                Instr::Next => Step::Leave,
                Instr::Loop { .. } => Step::Loop,
            };
            steps.push((step.pc, what));
        }
    }
}

/// The number of entries whose times are remembered: more than a queue holds.
const REMEMBERED: usize = 64;

/// The entries of one queue.
#[derive(Default)]
struct Entries {
    /// When each entered, and whether it is an ISSUE.
    waiting: VecDeque<(u64, bool)>,
    /// The number of entries so far, and when the latest ones entered.
    came: usize,
    pushed: VecDeque<u64>,
    /// When the latest entries left.
    left: VecDeque<u64>,
    last_left: u64,
    /// Place of its next command in the list.
    next: usize,
}

/// Executes the instructions of a program, one per cycle, as far as the queues have room.
pub struct Controller<'a> {
    program: &'a Program,
    next: usize,
    /// When the next instruction is executed, if it need not wait.
    at: u64,
    entries: [Entries; ENGINES],
    fetch: Fetch,
}

impl<'a> Controller<'a> {
    pub fn new(program: &'a Program, config: &Config) -> Self {
        let fetch = Fetch::new(program.length, config.fetch_aw);
        Controller { program, next: 0, at: 0, entries: Default::default(), fetch }
    }

    /// Instructions executed, and entries that wait.
    fn progress(&self) -> (usize, usize) {
        (self.next, self.entries.iter().map(|e| e.waiting.len()).sum())
    }

    /// The place of an engine's next command, which is looked for from the one before on.
    fn next_command(&mut self, engine: usize) -> usize {
        let from = self.entries[engine].next;
        let of = |s: &Synced| s.command.engine() as usize == engine;
        let index = from + self.program.commands[from..].iter().position(of).expect("an ISSUE has a command");
        self.entries[engine].next = index + 1;
        index
    }

    /// Executes instructions until one waits for room in a queue that has none, or for words that have not been taken.
    fn execute(&mut self) {
        while let Some((pc, step)) = self.program.steps.get(self.next) {
            let Some(there) = self.fetch.executable(*pc) else { return };
            self.at = self.at.max(there);
            if let Step::Push { engine, issue } = *step {
                let Some(room) = self.entries[engine].room(self.at) else { return };
                self.at = room;
                self.entries[engine].push(room + field_state::LATENCY, issue);
            }
            match *step {
                Step::Loop => self.fetch.keep.push(pc + 1),
                Step::Leave => self.fetch.keep.pop(),
                _ => {}
            }
            match *step {
                Step::Jump { to } => {
                    self.fetch.jumped(self.at, to);
                    self.at += execute::JUMP;
                }
                Step::End => self.fetch.halt(self.at),
                _ => {
                    self.fetch.executed(self.at, pc + 1);
                    self.at += 1;
                }
            }
            self.next += 1;
        }
    }
}

impl Entries {
    fn push(&mut self, at: u64, issue: bool) {
        self.waiting.push_back((at, issue));
        self.pushed.push_back(at);
        if self.pushed.len() > REMEMBERED {
            self.pushed.pop_front();
        }
        self.came += 1;
    }

    /// When, from `at` on, the controller sees room for one more: `None` if that is not known yet.
    fn room(&self, mut at: u64) -> Option<u64> {
        loop {
            let seen = at.saturating_sub(dispatch::ROOM);
            let came = self.came - self.pushed.iter().filter(|pushed| **pushed > seen).count();
            // this many entries must have left the queue
            let needed = (came + 1).saturating_sub(dispatch::MANY as usize);
            if needed == 0 {
                return Some(at);
            }
            let gone = self.came - self.waiting.len();
            let later = gone.checked_sub(needed)?;
            let left = self.left[self.left.len() - 1 - later];
            if left <= seen {
                return Some(at);
            }
            at = left + dispatch::ROOM;
        }
    }

    /// Takes values from the queue, not before `free`, up to an ISSUE. Returns the cycle from which on the
    /// start of its command may be decided.
    fn take(&mut self, free: u64) -> Option<u64> {
        while let Some((pushed, issue)) = self.waiting.pop_front() {
            let at = (pushed + fifo::LATENCY).max(self.last_left + 1).max(free);
            self.last_left = at;
            self.left.push_back(at);
            if self.left.len() > REMEMBERED {
                self.left.pop_front();
            }
            if issue {
                return Some(at + dispatch::ISSUE);
            }
        }
        None
    }
}

impl Feed for Controller<'_> {
    fn refill(&mut self, free: [Option<u64>; ENGINES]) -> [Option<Held>; ENGINES] {
        let mut held = [None; ENGINES];
        loop {
            let before = self.progress();
            self.execute();
            for engine in 0..ENGINES {
                let Some(free) = free[engine].filter(|_| held[engine].is_none()) else { continue };
                if let Some(from) = self.entries[engine].take(free) {
                    held[engine] = Some(Held { index: self.next_command(engine), from });
                }
            }
            // the entries that were taken have made room for others
            if self.progress() == before {
                self.fetch.plan();
                return held;
            }
        }
    }

    fn fetch(&mut self) -> Option<&mut Fetch> {
        Some(&mut self.fetch)
    }
}
