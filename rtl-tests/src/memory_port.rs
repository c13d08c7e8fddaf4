//! A memory behind the accelerator's memory port, with a random stall on every channel.
use ef_hdl_kit::rand::Rng;
use std::collections::VecDeque;

/// A burst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Burst {
    /// Words go to the memory.
    pub write: bool,
    /// Word address of the first one.
    pub address: usize,
    /// Words, 1 or more.
    pub len: usize,
}

/// What the accelerator drives in a cycle. `command` and `wdata` are `None` while their valid is down.
#[derive(Clone, Copy, Debug, Default)]
pub struct Driven {
    /// The command offered.
    pub command: Option<Burst>,
    /// The write word offered.
    pub wdata: Option<u32>,
    /// A read word is taken if there is one.
    pub rdata_ready: bool,
}

/// The memory: commands are executed in order, words move at random times.
pub struct MemoryPort {
    /// What it holds.
    pub words: Vec<u32>,
    /// Every accepted command.
    pub bursts: Vec<Burst>,
    /// What the memory drives in the current cycle.
    pub cmd_ready: bool,
    /// A write word is taken if there is one.
    pub wdata_ready: bool,
    /// The read word offered.
    pub rdata: Option<u32>,
    /// Chance of every ready and every word in a cycle.
    pub speed: f64,
    queue: VecDeque<Burst>,
    /// Words of the oldest command that have moved.
    moved: usize,
}

impl MemoryPort {
    /// A memory of so many words, all 0; `speed` is the share of cycles in which a port is ready, 0 to 1.
    pub fn new(words: usize, speed: f64) -> MemoryPort {
        MemoryPort {
            words: vec![0; words],
            bursts: Vec::new(),
            cmd_ready: false,
            wdata_ready: false,
            rdata: None,
            speed,
            queue: VecDeque::new(),
            moved: 0,
        }
    }

    /// One clock edge: takes what was driven, decides what to drive in the next cycle.
    ///
    /// # Panics
    /// If an access is outside the memory, or a word is written that no command asked for.
    pub fn clock(&mut self, driven: Driven, rng: &mut impl Rng) {
        if let Some(burst) = driven.command.filter(|_| self.cmd_ready) {
            let end = burst.address + burst.len;
            assert!(burst.len > 0 && end <= self.words.len(), "{burst:?} in {} words", self.words.len());
            self.bursts.push(burst);
            self.queue.push_back(burst);
        }
        if let Some(word) = driven.wdata.filter(|_| self.wdata_ready) {
            let burst = self.queue[0];
            assert!(burst.write);
            self.words[burst.address + self.moved] = word;
            self.advance();
        }
        if driven.rdata_ready && self.rdata.take().is_some() {
            self.advance();
        }
        let oldest = self.queue.front().copied();
        self.cmd_ready = self.queue.len() < 4 && rng.random_bool(self.speed);
        self.wdata_ready = oldest.is_some_and(|burst| burst.write) && rng.random_bool(self.speed);
        if self.rdata.is_none() && rng.random_bool(self.speed) {
            self.rdata =
                oldest.filter(|burst| !burst.write).map(|burst| self.words[burst.address + self.moved]);
        }
    }

    fn advance(&mut self) {
        self.moved += 1;
        if self.moved == self.queue[0].len {
            self.queue.pop_front();
            self.moved = 0;
        }
    }

    /// No command is under way.
    pub fn idle(&self) -> bool {
        self.queue.is_empty()
    }
}
