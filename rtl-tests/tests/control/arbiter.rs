//! The arbiter between two random engines and a memory with random stalls.
use ef_hdl_kit::Vsim;
use ef_hdl_kit::rand::rngs::SmallRng;
use ef_hdl_kit::rand::{Rng, SeedableRng};
use ef_rtl::memory::Arbiter;
use ef_rtl_tests::memory_port::{Burst, Driven, MemoryPort};
use std::collections::VecDeque;

const WORDS: usize = 64;

/// One engine: the command it offers, and the words it still has to send or to get.
#[derive(Default)]
struct Side {
    command: Option<Burst>,
    words: VecDeque<u32>,
}

fn command(rng: &mut SmallRng, write: bool) -> Burst {
    let len = rng.random_range(1..9);
    Burst { write, address: rng.random_range(0..WORDS - len), len }
}

/// Two busy engines at the arbiter; `speed` is the chance of every ready and of every word in a cycle.
fn run(seed: u64, speed: f64) {
    let mut rng = SmallRng::seed_from_u64(seed);
    let mut sim = Vsim::of(&mut Arbiter::default(), "arbiter").unwrap();
    sim.set("reset", 1);
    sim.ticks(2);
    sim.set("reset", 0);
    let mut memory = MemoryPort::new(WORDS, speed);
    // written and read at the moment in which the arbiter takes a command
    let mut ideal = vec![0u32; WORDS];
    let (mut load, mut store) = (Side::default(), Side::default());
    let (mut offered, mut word) = (Vec::new(), None);
    let mut order: Vec<Burst> = Vec::new();
    let mut owed = None;
    for cycle in 0..20_000 {
        let stopping = cycle > 19_000;
        let busy = [&load, &store].iter().any(|side| side.command.is_some() || !side.words.is_empty());
        if load.command.is_none() && !stopping && rng.random_bool(0.3) {
            load.command = Some(command(&mut rng, false));
        }
        if store.command.is_none() && store.words.is_empty() && !stopping && rng.random_bool(0.3) {
            let c = command(&mut rng, true);
            store.command = Some(c);
            offered = (0..c.len).map(|_| rng.random()).collect();
            store.words.extend(&offered);
        }
        for (side, name) in [(&load, "load"), (&store, "store")] {
            sim.set(&format!("{name}_cmd_valid"), side.command.is_some().into());
            if let Some(c) = side.command {
                sim.set(&format!("{name}_cmd_addr"), c.address as u64);
                sim.set(&format!("{name}_cmd_len"), c.len as u64);
            }
        }
        // words may be offered before their command is taken
        if word.is_none() && rng.random_bool(speed) {
            word = store.words.front().copied();
        }
        let load_ready = rng.random_bool(speed);
        sim.set("load_data_ready", load_ready.into());
        sim.set("store_data_valid", word.is_some().into());
        sim.set("store_data", word.unwrap_or(0).into());
        sim.set("cmd_ready", memory.cmd_ready.into());
        sim.set("wdata_ready", memory.wdata_ready.into());
        sim.set("rdata_valid", memory.rdata.is_some().into());
        sim.set("rdata", memory.rdata.unwrap_or(0).into());
        sim.eval();
        let driven = Driven {
            command: (sim.get("cmd_valid") != 0).then(|| Burst {
                write: sim.get("cmd_write") != 0,
                address: sim.get("cmd_addr") as usize,
                len: sim.get("cmd_len") as usize,
            }),
            wdata: (sim.get("wdata_valid") != 0).then(|| sim.get("wdata") as u32),
            rdata_ready: sim.get("rdata_ready") != 0,
        };
        memory.clock(driven, &mut rng);

        for (write, name) in [(false, "load"), (true, "store")] {
            if sim.get(&format!("{name}_cmd_ready")) == 0 {
                continue;
            }
            let (side, other) = if write { (&mut store, &mut load) } else { (&mut load, &mut store) };
            let c = side.command.take().expect("ready only with a command");
            assert!(owed.is_none_or(|owed| owed == write), "cycle {cycle}: it was the other engine's turn");
            owed = other.command.map(|_| !write);
            order.push(c);
            if write {
                ideal[c.address..c.address + c.len].copy_from_slice(&offered);
            } else {
                load.words.extend(&ideal[c.address..c.address + c.len]);
            }
        }
        if load_ready && sim.get("load_data_valid") != 0 {
            let want = load.words.pop_front().expect("a word that nobody asked for");
            assert_eq!(sim.get("load_data") as u32, want, "cycle {cycle}: read data");
        }
        if word.is_some() && sim.get("store_data_ready") != 0 {
            store.words.pop_front();
            word = None;
        }
        if sim.get("idle") != 0 {
            assert!(!busy, "cycle {cycle}: idle, but words or commands are on their way");
        }
        sim.tick();
    }
    assert_eq!(memory.bursts, order, "the memory gets the commands in the order in which they were taken");
    assert_eq!(memory.words, ideal);
    assert!(order.len() > 300 && store.words.is_empty() && load.words.is_empty());
    assert_eq!(sim.get("idle"), 1);
}

#[test]
fn engines_take_turns_and_reads_return_what_earlier_writes_wrote_whatever_stalls() {
    for (seed, speed) in [(1, 1.0), (2, 0.7), (3, 0.3)] {
        run(seed, speed);
    }
}
