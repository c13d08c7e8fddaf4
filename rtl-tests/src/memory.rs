//! The memory behind a memory port, with a random stall on every channel; it judges the protocol.

use crate::Random;
use ef_hdl_kit::Vsim;
use ef_hdl_kit::rand::Rng;
use ef_hdl_kit::vsim::PortId;
use std::collections::VecDeque;

/// A burst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Burst {
    /// It writes.
    pub write: bool,
    /// The first word.
    pub address: usize,
    /// Words.
    pub len: usize,
}

/// How willing a memory is: chances in a cycle.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Of taking a command.
    pub command: f64,
    /// Of moving a word.
    pub word: f64,
    /// Most cycles from a command that reads to its first word, besides those that `word` costs.
    pub latency: u32,
    /// Bursts it takes before the first has moved all its words.
    pub ahead: usize,
}

impl Pace {
    /// Never stalls.
    pub const FULL: Pace = Pace { ahead: 16, ..Pace::even(1.0) };

    /// The same chance on every channel, and no latency.
    pub const fn even(chance: f64) -> Pace {
        Pace { command: chance, word: chance, latency: 0, ahead: 4 }
    }
}

/// What the port's owner drives in a cycle; `command` and `wdata` are `None` while their valid is down.
#[derive(Clone, Copy, Debug, Default)]
pub struct Driven {
    /// The burst that is offered.
    pub command: Option<Burst>,
    /// The word that is offered.
    pub wdata: Option<u32>,
    /// A word is taken.
    pub rdata_ready: bool,
}

/// The memory: bursts are executed in order, words move at random times.
pub struct Memory {
    /// What it holds.
    pub words: Vec<u32>,
    /// Every accepted command.
    pub bursts: Vec<Burst>,
    /// How often it stalls.
    pub pace: Pace,
    /// It takes a command in this cycle.
    pub cmd_ready: bool,
    /// It takes a word in this cycle.
    pub wdata_ready: bool,
    /// The word that it offers in this cycle.
    pub rdata: Option<u32>,
    /// Words that have moved.
    pub moved: u64,
    open: VecDeque<Open>,
    /// What was offered and not taken: it has to stay.
    shown: (Option<Burst>, Option<u32>),
}

/// A burst that is not complete.
struct Open {
    burst: Burst,
    moved: usize,
    wait: u32,
}

impl Memory {
    /// A memory of zeros.
    pub fn new(words: usize, pace: Pace) -> Memory {
        Memory {
            words: vec![0; words],
            bursts: Vec::new(),
            pace,
            cmd_ready: false,
            wdata_ready: false,
            rdata: None,
            moved: 0,
            open: VecDeque::new(),
            shown: (None, None),
        }
    }

    /// One clock edge: takes what was driven, decides what to drive in the next cycle.
    ///
    /// # Panics
    /// If an offer is withdrawn or changed, an access is outside the memory, or a word is written that no
    /// command asked for.
    pub fn clock(&mut self, driven: &Driven, rng: &mut Random) {
        let Driven { command, wdata, rdata_ready } = *driven;
        let (shown_command, shown_word) = self.shown;
        assert!(shown_command.is_none() || command == shown_command, "a command was withdrawn or changed");
        assert!(shown_word.is_none() || wdata == shown_word, "a word was withdrawn or changed");
        self.shown = (command.filter(|_| !self.cmd_ready), wdata.filter(|_| !self.wdata_ready));
        if let Some(word) = wdata.filter(|_| self.wdata_ready) {
            let Open { burst, moved, .. } = &self.open[0];
            assert!(burst.write, "a word is written into a burst that reads");
            self.words[burst.address + moved] = word;
            self.advance();
        }
        if rdata_ready && self.rdata.take().is_some() {
            self.advance();
        }
        if let Some(burst) = command.filter(|_| self.cmd_ready) {
            let end = burst.address + burst.len;
            assert!(burst.len > 0 && end <= self.words.len(), "{burst:?} in {} words", self.words.len());
            self.bursts.push(burst);
            let wait = if self.pace.latency > 0 { rng.random_range(0..=self.pace.latency) } else { 0 };
            self.open.push_back(Open { burst, moved: 0, wait });
        }
        self.decide(rng);
    }

    /// What to drive in the next cycle.
    fn decide(&mut self, rng: &mut Random) {
        self.cmd_ready = self.open.len() < self.pace.ahead && rng.random_bool(self.pace.command);
        self.wdata_ready = false;
        let moves = rng.random_bool(self.pace.word);
        match self.open.front_mut() {
            Some(Open { burst, .. }) if burst.write => self.wdata_ready = moves,
            Some(Open { wait, .. }) if *wait > 0 => *wait -= 1,
            Some(Open { burst, moved, .. }) if moves && self.rdata.is_none() => {
                self.rdata = Some(self.words[burst.address + *moved]);
            }
            _ => {}
        }
    }

    fn advance(&mut self) {
        self.moved += 1;
        self.open[0].moved += 1;
        if self.open[0].moved == self.open[0].burst.len {
            self.open.pop_front();
        }
    }

    /// Neither a burst nor an offer is under way.
    pub fn idle(&self) -> bool {
        self.open.is_empty() && self.shown == (None, None)
    }

    /// Accepted bursts that are not complete.
    pub fn under_way(&self) -> impl Iterator<Item = &Burst> {
        self.open.iter().map(|open| &open.burst)
    }

    /// Words of accepted commands that have not moved.
    pub fn outstanding(&self) -> usize {
        self.open.iter().map(|open| open.burst.len - open.moved).sum()
    }
}

/// The ports of a Verilated model that lead to a memory.
pub struct MemoryPins {
    cmd: [PortId; 4],
    cmd_write: Option<PortId>,
    write: Option<[PortId; 3]>,
    read: Option<(PortId, PortId, Option<PortId>)>,
}

impl MemoryPins {
    /// The ports `cmd_*` and `wdata_*`, `rdata_*` or `data_*` behind `prefix`.
    ///
    /// # Panics
    /// If there is no command port.
    pub fn new(sim: &Vsim, prefix: &str) -> MemoryPins {
        let named = |name: &str| format!("{prefix}{name}");
        let find = |name: &str| {
            sim.ports().iter().any(|port| port.name == named(name)).then(|| sim.port(&named(name)))
        };
        let writes = sim.ports().iter().any(|port| port.name == named("data") && !port.input);
        let channel =
            |data: &str| Some((find(&format!("{data}_valid"))?, find(data)?, find(&format!("{data}_ready"))));
        let one_way = channel("data");
        MemoryPins {
            cmd: ["cmd_valid", "cmd_addr", "cmd_len", "cmd_ready"].map(|name| sim.port(&named(name))),
            cmd_write: find("cmd_write"),
            write: channel("wdata")
                .or(one_way.filter(|_| writes))
                .map(|(valid, data, ready)| [valid, data, ready.expect("who writes waits for the memory")]),
            read: channel("rdata").or(one_way.filter(|_| !writes)),
        }
    }

    /// Gives the model what the memory drives in this cycle and lets it settle; what it drives itself.
    pub fn settle(&self, sim: &mut Vsim, memory: &Memory) -> Driven {
        let [valid, address, len, ready] = self.cmd;
        sim.set_id(ready, memory.cmd_ready.into());
        if let Some([.., ready]) = self.write {
            sim.set_id(ready, memory.wdata_ready.into());
        }
        if let Some((valid, data, _)) = self.read {
            sim.set_id(valid, memory.rdata.is_some().into());
            sim.set_id(data, memory.rdata.unwrap_or(0xdead_beef).into());
        }
        sim.eval();
        let is = |sim: &Vsim, port| sim.get_id(port) != 0;
        let command = is(sim, valid).then(|| Burst {
            write: self.cmd_write.map_or(self.read.is_none(), |port| is(sim, port)),
            address: sim.get_id(address) as usize,
            len: sim.get_id(len) as usize,
        });
        // a port without the ready of its words also wants that of a command only with its valid
        let always = self.read.is_some_and(|(.., ready)| ready.is_none());
        if always && command.is_none() {
            sim.set_id(ready, 0);
            sim.eval();
        }
        Driven {
            command,
            wdata: self.write.and_then(|[valid, data, _]| is(sim, valid).then(|| sim.get_id(data) as u32)),
            rdata_ready: self.read.is_some_and(|(.., ready)| ready.is_none_or(|port| is(sim, port))),
        }
    }
}

/// Connects a block in lockstep with its Verilog to a memory for one cycle: the fields of a port that reads,
/// at the end the ready of its words. Without one, words are taken at once, and the ready of a command is up
/// with its valid only.
#[macro_export]
macro_rules! read_port {
    ($b:ident, $memory:expr, $rng:ident; $cmd_valid:ident, $cmd_ready:ident, $cmd_addr:ident, $cmd_len:ident,
     $valid:ident, $data:ident $(, $ready:ident)?) => {{
        let memory = &mut $memory;
        let command = $b.$cmd_valid.val().then(|| $crate::Burst {
            write: false,
            address: u64::from($b.$cmd_addr.val()) as usize,
            len: u64::from($b.$cmd_len.val()) as usize,
        });
        let rdata_ready = true $(&& $b.$ready.val())?;
        let always = <[&str]>::is_empty(&[$(stringify!($ready))?]);
        $b.$cmd_ready.next = memory.cmd_ready && (command.is_some() || !always);
        $b.$valid.next = memory.rdata.is_some();
        $b.$data.next = u64::from(memory.rdata.unwrap_or(0)).into();
        memory.clock(&$crate::Driven { command, wdata: None, rdata_ready }, $rng);
    }};
}
