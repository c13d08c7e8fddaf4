//! [`scenario`]: a host at work over a faulty wire, and what must hold.

use super::{Board, Faulty, Rates};
use crate::error::LinkError;
use crate::link::{Link, Settings};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What a host does.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Reads and writes.
    pub operations: u32,
    /// Most words of an operation.
    pub words: usize,
    /// Faults of the wire.
    pub rates: Rates,
    /// The host is killed and started again before an operation, once in so many; 0 is never.
    pub kill: u32,
    /// Time-outs and attempts of the link.
    pub settings: Settings,
}

/// What happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Operations that succeeded.
    pub done: u64,
    /// Operations that failed with an error.
    pub failed: u64,
    /// Requests sent again.
    pub repeated: u64,
    /// Times that the port broke and came back.
    pub reopened: u64,
    /// Sessions that the host began.
    pub sessions: u64,
    /// Times that the board's link was reset.
    pub resets: u64,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.done += other.done;
        self.failed += other.failed;
        self.repeated += other.repeated;
        self.reopened += other.reopened;
        self.sessions += other.sessions;
        self.resets += other.resets;
    }
}

/// A write that failed: how much of it happened is known when the next request is answered.
enum Unsure {
    Memory { start: usize, words: Vec<u32> },
    Registers(Vec<(u8, u32)>),
}

/// The host, and what the board must hold.
struct Host<B> {
    link: Link<Faulty<B>>,
    plan: Plan,
    rng: ChaCha8Rng,
    memory: Vec<u32>,
    registers: [u32; 256],
    unsure: Option<Unsure>,
    tally: Tally,
}

/// Runs a plan with this seed: after every operation, what succeeded has happened exactly once, what failed once in part or not at all, and
/// every word that was read is right.
///
/// # Panics
/// If that does not hold.
pub fn scenario<B: Board>(mut board: B, seed: u64, plan: Plan) -> Tally {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let memory = board.memory().to_vec();
    let wire = Faulty::new(board, plan.rates, ChaCha8Rng::seed_from_u64(rng.random()));
    let mut tally = Tally::default();
    let link = connect(wire, &mut rng, &plan, &mut tally);
    let mut host = Host { link, plan, rng, memory, registers: [0; 256], unsure: None, tally };
    for _ in 0..plan.operations {
        let killed = plan.kill != 0 && host.rng.random_range(0..plan.kill) == 0;
        host.link.port().life = killed.then(|| host.rng.random_range(0..4 * plan.words + 40));
        if host.operation().is_err() || killed {
            host = host.restart();
        }
    }
    host.count();
    host.tally
}

/// Starts a session; on a wire too bad for that, after it was repaired.
fn connect<B: Board>(
    mut wire: Faulty<B>,
    rng: &mut ChaCha8Rng,
    plan: &Plan,
    tally: &mut Tally,
) -> Link<Faulty<B>> {
    tally.sessions += 1;
    wire.life = None;
    let session = rng.random_range(1..=u32::MAX);
    match Link::open_as(session, wire, plan.settings) {
        Ok(link) => link,
        Err((_, mut wire)) => {
            wire.rates = Rates::default();
            let mut link =
                Link::open_as(session ^ 1, wire, plan.settings).map_err(|(error, _)| error).unwrap();
            link.port().rates = plan.rates;
            link
        }
    }
}

impl<B: Board> Host<B> {
    fn count(&mut self) {
        let traffic = self.link.traffic();
        self.tally.repeated += traffic.repeated;
        self.tally.reopened += traffic.reopened;
        self.tally.resets += std::mem::take(&mut self.link.port().resets);
    }

    /// A new session, after which a failed write can do nothing more.
    fn restart(mut self) -> Self {
        self.count();
        let link = connect(self.link.into_port(), &mut self.rng, &self.plan, &mut self.tally);
        let mut host = Host { link, ..self };
        host.link.port().board.settle();
        match host.unsure.take() {
            Some(Unsure::Memory { start, words }) => {
                let now = &host.link.port().board.memory()[start..];
                let written = now.iter().zip(&words).take_while(|(now, new)| now == new).count();
                host.memory[start..start + written].copy_from_slice(&words[..written]);
            }
            Some(Unsure::Registers(asked)) => {
                let writes = host.link.port().board.take_writes();
                assert!(asked.starts_with(&writes), "{writes:x?} is not the beginning of {asked:x?}");
                host.register_writes(&writes);
            }
            None => {}
        }
        host.check();
        host
    }

    fn check(&mut self) {
        self.link.port().board.settle();
        assert_eq!(self.link.port().board.memory(), self.memory, "memory");
        assert_eq!(self.link.port().board.take_writes(), [], "register writes that nobody asked for");
    }

    fn register_writes(&mut self, writes: &[(u8, u32)]) {
        for (address, word) in writes {
            self.registers[usize::from(*address)] = *word;
        }
    }

    /// One random operation; gives its error, if it is one that another operation may have as well.
    fn operation(&mut self) -> Result<(), LinkError> {
        let count = match self.rng.random_range(0..4) {
            0 => self.rng.random_range(1..=self.plan.words),
            _ => self.rng.random_range(1..=self.plan.words.min(12)),
        };
        let words: Vec<u32> = (0..count).map(|_| self.word()).collect();
        let result = match self.rng.random_range(0..4) {
            0 => self.write_memory(&words),
            1 => self.read_memory(count),
            2 => self.write_registers(&words),
            _ => self.read_registers(count.min(100)),
        };
        *(if result.is_ok() { &mut self.tally.done } else { &mut self.tally.failed }) += 1;
        if result.is_ok() {
            self.check();
        }
        result
    }

    /// Many bytes that need an escape.
    fn word(&mut self) -> u32 {
        let any = self.rng.random::<u32>();
        if self.rng.random_range(0..4) == 0 { any & 0xff00_00ff | 0x00db_c000 } else { any }
    }

    fn write_memory(&mut self, words: &[u32]) -> Result<(), LinkError> {
        let start = self.rng.random_range(0..=self.memory.len() - words.len());
        self.unsure = Some(Unsure::Memory { start, words: words.to_vec() });
        self.link.write_memory(start as u32, words)?;
        self.unsure = None;
        self.memory[start..start + words.len()].copy_from_slice(words);
        Ok(())
    }

    fn read_memory(&mut self, count: usize) -> Result<(), LinkError> {
        let start = self.rng.random_range(0..=self.memory.len() - count);
        let mut words = vec![0; count];
        self.link.read_memory(start as u32, &mut words)?;
        assert_eq!(words, self.memory[start..start + count], "words read");
        Ok(())
    }

    /// To one register, to two in turns, or to four: never to the one that makes the board busy.
    fn write_registers(&mut self, words: &[u32]) -> Result<(), LinkError> {
        let address = self.rng.random_range(0x40..0x70u8);
        let mask = [0, 1, 3][self.rng.random_range(0..3)];
        let asked = words.iter().enumerate().map(|(i, word)| (address + (i as u8 & mask), *word));
        let asked: Vec<_> = asked.collect();
        self.unsure = Some(Unsure::Registers(asked.clone()));
        self.link.write_registers(address, mask, words)?;
        self.unsure = None;
        assert_eq!(self.link.port().board.take_writes(), asked, "register writes");
        self.register_writes(&asked);
        Ok(())
    }

    fn read_registers(&mut self, count: usize) -> Result<(), LinkError> {
        let address = self.rng.random_range(0x38..0x78u8);
        let words = self.link.read_registers(address, count)?;
        let all = (0..count).map(|i| self.registers[usize::from(address.wrapping_add(i as u8))]);
        assert!(words.iter().copied().eq(all), "registers read");
        Ok(())
    }
}
