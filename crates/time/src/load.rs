//! [`Load`]: the load engine.

use crate::dram::{Burst, Client};
use crate::queue::NEVER;
use ef_isa::load::{LoadKind, LoadOp};
use ef_isa::{Config, LoadDesc};
use ef_rtl::load::{
    control, expander, gather_cycles, handover_ram, load_engine, run_reader, unpack_cycles, zero_cycles,
};
use ef_rtl::memory::arbiter;

/// The load engine, and what its command still has to read from memory.
pub struct Load {
    lanes: u64,
    next: Option<Runs>,
    /// When the next burst is offered.
    offer: u64,
    /// When the last words of the latest bursts passed the port.
    ends: [u64; run_reader::BURSTS_AHEAD],
    bursts: usize,
    /// Cycles between two words that the engine takes, at least.
    pace: u64,
    /// When the engine took the last word.
    took: u64,
    /// From the last word at the engine to `done`.
    tail: u64,
}

/// The bursts of a command.
#[derive(Clone, Copy)]
struct Runs {
    words: u64,
    at: u32,
    row: u32,
    inner: u32,
    rows_left: u32,
    count: u32,
    strides: [u32; 2],
}

impl Load {
    pub fn new(config: &Config) -> Self {
        Load {
            lanes: config.lanes as u64,
            next: None,
            offer: NEVER,
            ends: [0; run_reader::BURSTS_AHEAD],
            bursts: 0,
            pace: 1,
            took: 0,
            tail: 0,
        }
    }

    /// When the engine offers its next burst: [`NEVER`] if there is none.
    pub fn offer(&self) -> u64 {
        self.offer
    }

    /// A command that starts at `start`. Returns when it is done if it reads no memory.
    pub fn start(&mut self, desc: &LoadDesc, start: u64) -> Option<u64> {
        let Some(op) = LoadOp::decode(desc.op) else { return Some(start + control::REFUSED) };
        let count = |fields: &[u32]| fields.iter().map(|n| u64::from(*n)).product::<u64>();
        match op.kind {
            LoadKind::Zero => Some(start + zero_cycles(desc)),
            LoadKind::Gather => Some(start + gather_cycles(self.lanes as usize, desc)),
            LoadKind::Vectors | LoadKind::Words if count(&[desc.run, desc.n_run0, desc.n_run1]) == 0 => {
                Some(start + load_engine::NOTHING)
            }
            kind => {
                (self.pace, self.tail) = match kind {
                    LoadKind::Vectors if op.pool => {
                        ((expander::POOL_WRITES / self.lanes).max(1), load_engine::POOLED)
                    }
                    LoadKind::Vectors => (1, load_engine::VECTOR),
                    _ if op.unpack => {
                        let pace = unpack_cycles(self.lanes as usize);
                        (pace, pace + load_engine::UNPACKED)
                    }
                    _ => (1, load_engine::WORD),
                };
                if op.handed {
                    return Some(start + self.handed(desc));
                }
                self.took = 0;
                self.bursts = 0;
                self.ends = [0; run_reader::BURSTS_AHEAD];
                self.offer = start + run_reader::FIRST_COMMAND;
                self.next = Some(Runs {
                    words: desc.run.into(),
                    at: desc.dram,
                    row: desc.dram,
                    inner: desc.n_run0,
                    rows_left: desc.n_run1,
                    count: desc.n_run0,
                    strides: [desc.d_run0, desc.d_run1],
                });
                None
            }
        }
    }

    /// Cycles of a command whose words come from the hand-over RAM.
    fn handed(&self, desc: &LoadDesc) -> u64 {
        let bursts = u64::from(desc.n_run0) * u64::from(desc.n_run1);
        let words = bursts * u64::from(desc.run);
        let flow = words - 1 + (bursts - 1) * (handover_ram::BETWEEN - 1);
        let last = flow.max((words - 1) * self.pace);
        run_reader::FIRST_COMMAND + handover_ram::FIRST_WORD + last + self.tail
    }

    /// The burst that is offered.
    pub fn burst(&self) -> Burst {
        let runs = self.next.as_ref().expect("a burst is offered");
        Burst { write: false, address: runs.at, words: runs.words }
    }

    /// The offered burst was taken at `taken`, its last word passes the port at `end`. Returns when the command is done if it was
    /// the last.
    pub fn taken(&mut self, taken: u64, end: u64) -> Option<u64> {
        let runs = self.next.as_mut().expect("a burst was offered");
        self.ends[self.bursts % run_reader::BURSTS_AHEAD] = end;
        self.bursts += 1;
        let more = runs.advance();
        if !more {
            self.next = None;
            self.offer = NEVER;
            return Some(self.took.max(end + arbiter::DATA) + self.tail);
        }
        let oldest = self.ends[self.bursts % run_reader::BURSTS_AHEAD];
        self.offer = (taken + run_reader::NEXT_COMMAND).max(oldest + arbiter::DATA + run_reader::REOPEN);
        None
    }
}

impl Runs {
    /// Goes to the next burst; `false` if there is none.
    fn advance(&mut self) -> bool {
        self.inner -= 1;
        if self.inner > 0 {
            self.at = self.at.wrapping_add(self.strides[0]);
            return true;
        }
        self.rows_left -= 1;
        self.inner = self.count;
        self.row = self.row.wrapping_add(self.strides[1]);
        self.at = self.row;
        self.rows_left > 0
    }
}

impl Client for Load {
    fn words(&mut self, begin: u64, words: u64, pace: u64) -> u64 {
        if self.pace <= pace {
            let end = begin + (words - 1) * pace;
            self.took = end + arbiter::DATA;
            return end;
        }
        // if the engine is slower than the port, the cells between them fill up, and then the port stands
        // still
        let first = (begin + arbiter::DATA).max(self.took + self.pace);
        let last = first + (words - 1) * self.pace;
        self.took = last;
        let held = (arbiter::HELD + run_reader::HELD) * self.pace;
        (begin + (words - 1) * pace).max((last + arbiter::DATA).saturating_sub(held))
    }
}
