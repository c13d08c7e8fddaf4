//! [`Machine`]: the accelerator, event by event.

use crate::compute::Kernel;
use crate::load::Load;
use crate::memory::Memory;
use crate::port::Port;
use crate::queue::{Feed, NEVER, Queues};
use crate::report::{Report, Spans};
use crate::store::Store;
use ef_program::{Command, Config, Engine, Synced};
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
            let (taken, write) = self.port.next(self.load.offer(), self.store.offer());
            if decisions[engine] == NEVER && taken == NEVER {
                break;
            }
            if decisions[engine] <= taken {
                self.start(engine, decisions[engine], spans);
            } else {
                self.take(taken, write, spans);
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
    fn take(&mut self, taken: u64, write: bool, spans: &mut impl Spans) {
        if write {
            let burst = self.store.burst(taken);
            self.port.take(taken, burst, &mut self.store);
            if let Some(done) = self.store.taken() {
                self.finish(STORE, done, done + 1, spans);
            }
        } else {
            let end = self.port.take(taken, self.load.burst(), &mut self.load);
            if let Some(done) = self.load.taken(taken, end) {
                self.finish(LOAD, done, done, spans);
            }
        }
    }

    fn finish(&mut self, engine: usize, done: u64, ready: u64, spans: &mut impl Spans) {
        let (index, span) = self.queues.finish(engine, done, ready);
        self.busy[engine] += done + 1 - span.start;
        spans.note(index, span);
    }

    fn report(mut self) -> Report {
        let engines = self.queues.last_done + signals::IDLE;
        let cycles = engines.max(self.port.end + arbiter::IDLE) + run_control::END;
        self.kernel.end(cycles);
        Report {
            cycles,
            phase_cycles: self.kernel.phase_cycles,
            kernel_cycles: self.kernel.kernel_cycles,
            load_busy: self.busy[LOAD],
            store_busy: self.busy[STORE],
            read: self.port.read,
            written: self.port.written,
        }
    }
}
