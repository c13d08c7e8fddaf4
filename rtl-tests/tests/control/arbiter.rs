//! The arbiter between two random engines, instruction fetch and a memory with random stalls.
use ef_hdl_kit::Vsim;
use ef_hdl_kit::rand::Rng;
use ef_rtl::memory::Arbiter;
use ef_rtl_tests::{Burst, Memory, MemoryPins, Pace, Random, seeded};
use std::collections::VecDeque;

const WORDS: usize = 64;
const LOAD: usize = 0;
const STORE: usize = 1;
const FETCH: usize = 2;
const NAMES: [&str; 3] = ["load", "store", "fetch"];

/// One client: the command it offers, and the words it still has to send or to get.
#[derive(Default)]
struct Side {
    command: Option<Burst>,
    words: VecDeque<u32>,
}

/// Who was served, and who may be next.
#[derive(Default)]
struct Turns {
    /// The engine that has waited while the other one was served.
    owed: Option<usize>,
    last: Option<usize>,
    /// Commands of the engines since fetch has offered an urgent one.
    passed: u32,
    /// Fetch was served while an engine waited.
    between: u32,
}

impl Turns {
    fn served(&mut self, who: usize, sides: &[Side; 3], urgent: bool) {
        let waiting = |side: usize| sides[side].command.is_some();
        if who == FETCH {
            if waiting(LOAD) || waiting(STORE) {
                assert!(urgent, "fetch is served before an engine though it has time");
                assert_ne!(self.last, Some(FETCH), "fetch is served twice while an engine waits");
                self.between += 1;
            }
            self.passed = 0;
        } else {
            assert!(self.owed.is_none_or(|owed| owed == who), "it was the other engine's turn");
            let other = 1 - who;
            self.owed = waiting(other).then_some(other);
            self.passed += u32::from(waiting(FETCH) && urgent);
            assert!(self.passed <= 2, "urgent fetch starves");
        }
        self.last = Some(who);
    }
}

fn command(rng: &mut Random, write: bool) -> Burst {
    let len = rng.random_range(1..9);
    Burst { write, address: rng.random_range(0..WORDS - len), len }
}

/// Every side shows its command at its port.
fn offer(sim: &mut Vsim, sides: &[Side; 3]) {
    for (side, name) in sides.iter().zip(NAMES) {
        sim.set(&format!("{name}_cmd_valid"), side.command.is_some().into());
        if let Some(c) = side.command {
            sim.set(&format!("{name}_cmd_addr"), c.address as u64);
            sim.set(&format!("{name}_cmd_len"), c.len as u64);
        }
    }
}

/// Three busy clients at the arbiter; `speed` is the chance of every ready and of every word in a cycle, `busy` that of an
/// engine's next command.
fn run(seed: u64, speed: f64, busy: f64) {
    let mut rng = seeded(seed);
    let mut sim = Vsim::of(&mut Arbiter::default(), "arbiter").unwrap();
    sim.set("reset", 1);
    sim.ticks(2);
    sim.set("reset", 0);
    let pins = MemoryPins::new(&sim, "");
    let mut memory = Memory::new(WORDS, Pace::even(speed));
    // written and read at the moment in which the arbiter takes a command
    let mut ideal = vec![0u32; WORDS];
    let mut sides: [Side; 3] = Default::default();
    let (mut offered, mut word, mut urgent) = (Vec::new(), None, false);
    let mut order: Vec<Burst> = Vec::new();
    let (mut turns, mut fetched) = (Turns::default(), 0);
    for cycle in 0..20_000 {
        let stopping = cycle > 19_000;
        let under_way = sides.iter().any(|side| side.command.is_some() || !side.words.is_empty());
        for (who, side) in sides.iter_mut().enumerate().filter(|_| !stopping) {
            if side.command.is_none() && (who != STORE || side.words.is_empty()) && rng.random_bool(busy) {
                let c = command(&mut rng, who == STORE);
                side.command = Some(c);
                match who {
                    STORE => {
                        offered = (0..c.len).map(|_| rng.random()).collect();
                        side.words.extend(&offered);
                    }
                    FETCH => urgent = false,
                    _ => {}
                }
            }
        }
        offer(&mut sim, &sides);
        // the buffer becomes empty while fetch waits
        urgent |= rng.random_bool(0.2);
        sim.set("fetch_urgent", urgent.into());
        // words may be offered before their command is taken
        if word.is_none() && rng.random_bool(speed) {
            word = sides[STORE].words.front().copied();
        }
        let load_ready = rng.random_bool(speed);
        sim.set("load_data_ready", load_ready.into());
        sim.set("store_data_valid", word.is_some().into());
        sim.set("store_data", word.unwrap_or(0).into());
        let driven = pins.settle(&mut sim, &memory);
        memory.clock(&driven, &mut rng);

        for who in [LOAD, STORE, FETCH] {
            if sim.get(&format!("{}_cmd_ready", NAMES[who])) == 0 {
                continue;
            }
            let c = sides[who].command.take().expect("ready only with a command");
            turns.served(who, &sides, urgent);
            order.push(c);
            if who == STORE {
                ideal[c.address..c.address + c.len].copy_from_slice(&offered);
            } else {
                sides[who].words.extend(&ideal[c.address..c.address + c.len]);
            }
        }
        for (who, taken) in [(LOAD, load_ready), (FETCH, true)] {
            if taken && sim.get(&format!("{}_data_valid", NAMES[who])) != 0 {
                let want = sides[who].words.pop_front().expect("a word that nobody asked for");
                assert_eq!(sim.get(&format!("{}_data", NAMES[who])) as u32, want, "cycle {cycle}");
                fetched += u32::from(who == FETCH);
            }
        }
        if word.is_some() && sim.get("store_data_ready") != 0 {
            sides[STORE].words.pop_front();
            word = None;
        }
        assert!(sim.get("idle") == 0 || !under_way, "cycle {cycle}: idle, but something is on its way");
        sim.tick();
    }
    assert_eq!(memory.bursts, order, "the memory gets the commands in the order in which they were taken");
    assert_eq!(memory.words, ideal);
    assert!(order.len() > 300 && sides.iter().all(|side| side.words.is_empty()));
    assert!(fetched > 100 && turns.between > 20, "{fetched} words fetched, {} between", turns.between);
    assert_eq!(sim.get("idle"), 1);
}

#[test]
fn clients_take_their_turns_and_reads_return_what_earlier_writes_wrote_whatever_stalls() {
    for (seed, speed, busy) in [(1, 1.0, 0.3), (2, 0.7, 0.9), (3, 0.3, 0.3), (4, 0.9, 0.1)] {
        run(seed, speed, busy);
    }
}
