//! What surrounds the load engine in its tests: a memory that stalls, buffers, and a queue of commands.

use ef_hdl_kit::rand::Rng;
use ef_program::{Config, LoadDesc};
use std::collections::VecDeque;

/// Outputs of the engine; none depends on an input of the same cycle, except `ready` on `cancel`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outputs {
    pub ready: bool,
    pub done: bool,
    pub bad: bool,
    pub command: Option<(u32, u32)>,
    pub data_ready: bool,
    /// Feature, loss, weight.
    pub vector_we: [bool; 3],
    pub waddr: u32,
    pub wdata: Vec<u32>,
    pub operand: Option<(u32, u32)>,
    pub words_read: bool,
    pub burst_issued: bool,
}

/// Inputs of the engine in one cycle.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    pub start: Option<LoadDesc>,
    pub cmd_ready: bool,
    pub data: Option<u32>,
    pub cancel: bool,
}

/// How willing the memory is, in eighths.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    pub command: u32,
    pub data: u32,
    /// Most cycles from a command to its first word.
    pub latency: u32,
    /// How soon the next command is started, in eighths.
    pub start: u32,
}

impl Pace {
    pub const FULL: Pace = Pace { command: 8, data: 8, latency: 0, start: 8 };
}

/// Everything outside the engine.
pub struct World {
    pub config: &'static Config,
    pub pace: Pace,
    pub dram: Vec<u32>,
    /// Feature, loss, weight, as `address * lanes + bank`.
    pub buffers: [Vec<u32>; 3],
    pub operand: Vec<u32>,
    pub commands: VecDeque<LoadDesc>,
    pub cancel: bool,
    bursts: VecDeque<Burst>,
    offered: Option<u32>,
    shown: Option<(u32, u32)>,
    pub started: usize,
    pub done: usize,
    pub bad: usize,
    pub vectors: usize,
    /// As counted at the port, and as the engine reports.
    pub words_read: [u64; 2],
    pub bursts_read: [u64; 2],
}

struct Burst {
    at: u32,
    left: u32,
    wait: u32,
}

impl World {
    pub fn new(config: &'static Config, dram: Vec<u32>, pace: Pace) -> Self {
        World {
            config,
            pace,
            dram,
            buffers: [config.feature_aw, config.loss_aw, config.weight_aw]
                .map(|width| vec![0; config.lanes << width]),
            operand: vec![0; 1 << config.operand_aw],
            commands: VecDeque::new(),
            cancel: false,
            bursts: VecDeque::new(),
            offered: None,
            shown: None,
            started: 0,
            done: 0,
            bad: 0,
            vectors: 0,
            words_read: [0; 2],
            bursts_read: [0; 2],
        }
    }

    /// Beats of accepted commands that have not been delivered.
    pub fn outstanding(&self) -> u64 {
        self.bursts.iter().map(|burst| u64::from(burst.left)).sum::<u64>() + u64::from(self.offered.is_some())
    }

    /// Changes whenever anything happens.
    pub fn progress(&self) -> u64 {
        self.words_read[0] + self.bursts_read[0] + (self.vectors + self.started + self.done) as u64
    }

    /// A command was started and has not said that it is done.
    pub fn executing(&self) -> bool {
        self.started > self.done
    }

    /// One cycle: sees the outputs, gives the inputs, as the coming clock edge will see both.
    pub fn cycle(&mut self, out: &Outputs, rng: &mut impl Rng) -> Inputs {
        self.observe(out);
        let mut eighths = |odds: u32| rng.random_range(0..8) < odds;
        let (start, cmd_ready, data) =
            (eighths(self.pace.start), eighths(self.pace.command), eighths(self.pace.data));

        if let Some(shown) = self.shown {
            assert_eq!(out.command, Some(shown), "an offered read command was withdrawn or changed");
        }
        self.shown = out.command.filter(|_| !cmd_ready);
        if let (true, Some((at, left))) = (cmd_ready, out.command) {
            assert!(left > 0, "a burst has at least one word");
            self.bursts_read[0] += 1;
            self.bursts.push_back(Burst { at, left, wait: rng.random_range(0..=self.pace.latency) });
        }
        let given = self.offered.filter(|_| out.data_ready);
        let inputs = Inputs {
            start: if start && out.ready && !self.cancel { self.commands.pop_front() } else { None },
            cmd_ready,
            data: self.offered,
            cancel: self.cancel,
        };
        self.started += usize::from(inputs.start.is_some());
        if given.is_some() {
            self.offered = None;
            self.words_read[0] += 1;
        }
        if self.offered.is_none() && data {
            self.offered = self.next_word();
        }
        inputs
    }

    /// The next word of the oldest burst, for the cycle after this one.
    fn next_word(&mut self) -> Option<u32> {
        let burst = self.bursts.front_mut()?;
        if burst.wait > 0 {
            burst.wait -= 1;
            return None;
        }
        let word = self.dram[burst.at as usize];
        burst.at += 1;
        burst.left -= 1;
        if burst.left == 0 {
            self.bursts.pop_front();
        }
        Some(word)
    }

    fn observe(&mut self, out: &Outputs) {
        self.done += usize::from(out.done);
        self.bad += usize::from(out.bad);
        assert!(!out.bad || out.done, "a refused command is also done");
        assert!(self.done <= self.started, "done without a command");
        self.words_read[1] += u64::from(out.words_read);
        self.bursts_read[1] += u64::from(out.burst_issued);
        for (buffer, we) in self.buffers.iter_mut().zip(out.vector_we) {
            if we {
                self.vectors += 1;
                let base = out.waddr as usize * self.config.lanes;
                buffer[base..base + self.config.lanes].copy_from_slice(&out.wdata);
            }
        }
        if let Some((at, word)) = out.operand {
            self.operand[at as usize] = word;
        }
    }
}
