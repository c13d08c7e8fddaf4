//! [`Store`]: the store engine.

mod producer;

use crate::dram::{Burst, Client};
use crate::queue::NEVER;
use ef_isa::store::{StoreKind, StoreOp};
use ef_isa::{Config, StoreDesc};
use ef_rtl::memory::arbiter;
use ef_rtl::store::{run_writer, store_control};
use producer::Producer;

/// The store engine, and what its command still has to write.
pub struct Store {
    lanes: usize,
    producer: Producer,
    /// Words of a run, and words that must be in the buffer before a burst of it is offered.
    run: u64,
    least: u64,
    address: u32,
    stride: u32,
    /// The next run of the other stream, if there are two: address and stride.
    other: Option<(u32, u32)>,
    runs_left: u64,
    runs_taken: u64,
    /// The cycle from which on the writer can offer a burst.
    writer: u64,
    offer: u64,
    /// When the burst under way was taken.
    taken: u64,
    /// When the last word left the engine.
    left: u64,
    /// When the last words of the latest burst and of the one before pass the port.
    ends: [u64; 2],
    /// The command is not done before this cycle.
    produced: u64,
    codes: Option<Codes>,
}

/// The runs of codes that follow those of a map.
#[derive(Clone, Copy)]
struct Codes {
    run: u64,
    runs: u64,
    address: u32,
    stride: u32,
}

impl Store {
    pub fn new(config: &Config) -> Self {
        Store {
            lanes: config.lanes,
            producer: Producer::default(),
            run: 0,
            least: 0,
            address: 0,
            stride: 0,
            other: None,
            runs_left: 0,
            runs_taken: 0,
            writer: 0,
            offer: NEVER,
            taken: 0,
            left: 0,
            ends: [0; 2],
            produced: 0,
            codes: None,
        }
    }

    /// When the engine offers its next burst: [`NEVER`] if there is none.
    pub fn offer(&self) -> u64 {
        self.offer
    }

    /// A command that starts at `start`. Returns when it is done if it writes nothing.
    pub fn start(&mut self, desc: &StoreDesc, start: u64) -> Option<u64> {
        let Some(op) = StoreOp::decode(desc.op) else { return Some(start + store_control::REFUSED) };
        let begin = start + store_control::BEGIN;
        self.producer = Producer::new(op, desc, self.lanes, begin);
        self.produced = self.producer.finished() + store_control::PRODUCED;
        self.run = desc.run.into();
        self.runs_left = desc.n_run.into();
        (self.address, self.stride) = (desc.dram, desc.d_run);
        self.codes = (op.kind == StoreKind::Map && op.codes).then_some(Codes {
            run: desc.second_run.into(),
            runs: desc.n_run.into(),
            address: desc.second_dram,
            stride: desc.second_d_run,
        });
        self.left = 0;
        let map = op.kind == StoreKind::Map;
        self.least = self.run.min(if map { store_control::MAP_PREFILL } else { desc.prefill.max(1).into() });
        let (words, two) = if map { (true, false) } else { (desc.walk().recipe.x, desc.walk().recipe.y) };
        self.other = two.then_some((desc.second_dram, desc.second_d_run));
        self.runs_left *= if two { 2 } else { 1 };
        self.runs_taken = 0;
        self.writer = begin + run_writer::FIRST_COMMAND;
        if !words || self.run * self.runs_left == 0 {
            return Some(self.produced + store_control::DONE);
        }
        self.plan();
        None
    }

    /// Plans the offer of the next burst.
    fn plan(&mut self) {
        let needed = self.runs_taken * self.run + self.least - 1;
        self.offer = (self.producer.pushed(needed) + run_writer::ENOUGH).max(self.writer);
    }

    /// The burst that is offered, which is taken at `taken`.
    pub fn burst(&mut self, taken: u64) -> Burst {
        self.taken = taken;
        Burst { write: true, address: self.address, words: self.run }
    }

    /// The offered burst was taken. Returns when the command is done if it was the last.
    pub fn taken(&mut self) -> Option<u64> {
        self.runs_taken += 1;
        self.runs_left -= 1;
        let next = self.address.wrapping_add(self.stride);
        match &mut self.other {
            None => self.address = next,
            Some(other) => (self.address, self.stride) = std::mem::replace(other, (next, self.stride)),
        }
        self.writer = self.taken + run_writer::NEXT_COMMAND;
        if self.runs_left > 0 {
            self.plan();
            return None;
        }
        let written = (self.left + run_writer::WRITTEN).max(self.produced);
        if let Some(codes) = self.codes.take().filter(|c| c.run > 0) {
            (self.run, self.runs_left, self.runs_taken) = (codes.run, codes.runs, 0);
            (self.address, self.stride) = (codes.address, codes.stride);
            self.least = self.run.min(store_control::MAP_PREFILL);
            self.writer = written + store_control::WRITE_CODES + run_writer::FIRST_COMMAND;
            self.producer =
                Producer::codes(self.produced + store_control::SEND_CODES, self.run * self.runs_left);
            self.plan();
            return None;
        }
        self.offer = NEVER;
        Some(written + store_control::DONE)
    }
}

impl Client for Store {
    fn words(&mut self, begin: u64, words: u64, pace: u64) -> u64 {
        // an engine sends its words from the cycle in which its burst is taken
        let (last, end) = self.producer.drain(begin.max(self.taken + run_writer::SUPPLY), words, pace);
        // the last word waits until the third before it has left the arbiter's cell
        let waiting = match words {
            1 => self.ends[1],
            2 => self.ends[0],
            _ => end.saturating_sub(arbiter::HELD * pace),
        } + arbiter::DATA;
        self.ends = [end, self.ends[0]];
        let sent = self.taken + run_writer::SUPPLY - arbiter::DATA + words - 1;
        self.left = waiting.max(sent).max(last + run_writer::FEED - arbiter::DATA);
        end
    }
}
