//! [`Machine`]: the accelerator, event by event.

use crate::compute::Kernel;
use crate::feed::Fetch;
use crate::load::Load;
use crate::memory::Memory;
use crate::port::{Owner, Port};
use crate::queue::{Feed, NEVER, Queues};
use crate::report::{Report, Spans};
use crate::store::Store;
use ef_isa::{Command, Config, Engine, Synced};
use ef_rtl::control::{run_control, signals};
use ef_rtl::memory::arbiter;

/// Queues, engines and memory. What happens next is the start of a command or a burst that the arbiter takes.
pub struct Machine<'a, F> {
    commands: &'a [Synced],
    queues: Queues<'a, F>,
    load: Load,
    kernel: Kernel,
    store: Store,
    port: Port,
    busy: [u64; 3],
}

const LOAD: usize = Engine::Load as usize;
const STORE: usize = Engine::Store as usize;

impl<'a, F: Feed> Machine<'a, F> {
    pub fn new(config: &Config, commands: &'a [Synced], feed: F, memory: Memory) -> Self {
        Machine {
            commands,
            queues: Queues::new(commands, feed),
            load: Load::new(config),
            kernel: Kernel::new(config.lanes),
            store: Store::new(config),
            port: Port::new(memory),
            busy: [0; 3],
        }
    }

    /// Runs to the end, or to where every engine waits for a token that never comes.
    pub fn run(mut self, spans: &mut impl Spans) -> Report {
        loop {
            let decisions = [0, 1, 2].map(|e| self.queues.decision(e));
            let engine = (1..3).fold(0, |best, e| if decisions[e] < decisions[best] { e } else { best });
            let (engines, fetch) = ([self.load.offer(), self.store.offer()], self.queues.feed.fetch());
            let judged = fetch.as_ref().map_or(NEVER, |fetch| fetch.judged());
            let offers = [engines[0], engines[1], fetch.as_ref().map_or(NEVER, |fetch| fetch.offer())];
            let (taken, owner) =
                self.port.next(offers, |at| fetch.as_ref().is_some_and(|fetch| fetch.urgent(at)));
            let first = decisions[engine].min(taken).min(judged);
            if first == NEVER {
                break;
            } else if judged == first {
                self.fetched(Fetch::judge);
            } else if decisions[engine] == first {
                self.start(engine, first, spans);
            } else {
                self.take(taken, owner, spans);
            }
        }
        self.report()
    }

    fn start(&mut self, engine: usize, decided: u64, spans: &mut impl Spans) {
        let (index, start) = self.queues.start(engine, decided);
        match &self.commands[index].command {
            Command::Load(desc) => {
                if let Some(done) = self.load.start(desc, start) {
                    self.finish(LOAD, done, done, spans);
                }
            }
            Command::Compute(desc) => {
                let times = self.kernel.start(desc, start);
                self.finish(Engine::Compute as usize, times.done, times.ready, spans);
            }
            Command::Store(desc) => {
                if let Some(done) = self.store.start(desc, start) {
                    self.finish(STORE, done, done + 1, spans);
                }
            }
        }
    }

    /// The arbiter takes a burst.
    fn take(&mut self, taken: u64, owner: Owner, spans: &mut impl Spans) {
        match owner {
            Owner::Load => {
                let end = self.port.take(taken, owner, self.load.burst(), &mut self.load);
                if let Some(done) = self.load.taken(taken, end) {
                    self.finish(LOAD, done, done, spans);
                }
            }
            Owner::Store => {
                let burst = self.store.burst(taken);
                self.port.take(taken, owner, burst, &mut self.store);
                if let Some(done) = self.store.taken() {
                    self.finish(STORE, done, done + 1, spans);
                }
            }
            Owner::Fetch => {
                let fetch = self.queues.feed.fetch().expect("fetch offered a burst");
                self.port.take(taken, owner, fetch.burst(), fetch);
                self.fetched(|fetch| fetch.taken(taken));
            }
        }
    }

    /// Something happened to the instructions: more may be executed.
    fn fetched(&mut self, happens: impl FnOnce(&mut Fetch)) {
        happens(self.queues.feed.fetch().expect("only fetch has instructions"));
        self.queues.refill();
    }

    fn finish(&mut self, engine: usize, done: u64, ready: u64, spans: &mut impl Spans) {
        let (index, span) = self.queues.finish(engine, done, ready);
        self.busy[engine] += done + 1 - span.start;
        spans.note(index, span);
    }

    fn report(mut self) -> Report {
        let engines = self.queues.last_done + signals::IDLE;
        let halted = self.queues.feed.fetch().map_or(0, |fetch| fetch.halted());
        let cycles = engines.max(self.port.end + arbiter::IDLE).max(halted) + run_control::END;
        self.kernel.end(cycles);
        Report {
            cycles,
            phase_cycles: self.kernel.phase_cycles,
            kernel_cycles: self.kernel.kernel_cycles,
            load_busy: self.busy[LOAD],
            store_busy: self.busy[STORE],
            read: self.port.read,
            written: self.port.written,
            fetched: self.port.fetched,
        }
    }
}
