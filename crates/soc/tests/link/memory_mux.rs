//! The memory mux between two masters and a slow memory.

use ef_hdl_kit::rand::Rng;
use ef_hdl_kit::{Vsim, lockstep};
use ef_rtl_tests::{Memory, MemoryPins, Pace, drive, seeded};
use ef_soc::link::MemoryMux;

/// Words are their addresses; the link's have this bit.
const OF_LINK: u64 = 1 << 10;

#[derive(Clone, Copy, Default)]
struct Burst {
    write: bool,
    at: u64,
    left: u64,
}

/// A master of a memory port: one burst after the other.
struct Master {
    prefix: &'static str,
    burst: Option<Burst>,
    commanded: bool,
    bursts: u32,
}

impl Master {
    fn new(prefix: &'static str) -> Self {
        Master { prefix, burst: None, commanded: false, bursts: 0 }
    }

    fn begin(&mut self, burst: Burst) {
        *self = Master { burst: Some(burst), bursts: self.bursts + 1, ..Master::new(self.prefix) };
    }

    fn drive(&self, sim: &mut Vsim, read_ready: bool) {
        let burst = self.burst.unwrap_or_default();
        let mut set = |name: &str, value: u64| sim.set(&format!("{}_{name}", self.prefix), value);
        set("cmd_valid", (self.burst.is_some() && !self.commanded).into());
        set("cmd_write", burst.write.into());
        set("cmd_addr", burst.at);
        set("cmd_len", burst.left);
        set("wdata_valid", (burst.write && burst.left > 0).into());
        set("wdata", burst.at);
        set("rdata_ready", (read_ready && !burst.write && burst.left > 0).into());
    }

    /// What moves in this cycle; the burst is over with its command and its last word.
    fn step(&mut self, sim: &Vsim) {
        let get = |name: &str| sim.get(&format!("{}_{name}", self.prefix));
        let moves = |channel: &str| get(&format!("{channel}_valid")) & get(&format!("{channel}_ready")) != 0;
        let (command, word_out, word_in) = (moves("cmd"), moves("wdata"), moves("rdata"));
        let data = get("rdata");
        self.commanded |= command;
        let Some(burst) = &mut self.burst else {
            assert!(!command && !word_out && !word_in, "{} moves without a burst", self.prefix);
            return;
        };
        if word_in {
            assert!(self.commanded && data == burst.at, "{} read {data:#x} at {:#x}", self.prefix, burst.at);
        }
        burst.at += u64::from(word_in || word_out);
        burst.left -= u64::from(word_in || word_out);
        if self.commanded && burst.left == 0 {
            self.burst = None;
        }
    }
}

#[test]
fn every_word_reaches_its_master_and_the_port_changes_hands_between_bursts() {
    let mut sim = Vsim::of(&mut MemoryMux::default(), "top").unwrap();
    let mut rng = seeded(1);
    let (mut accelerator, mut link) = (Master::new("accelerator"), Master::new("link"));
    let words: Vec<u32> = (0..2 * OF_LINK as u32).collect();
    let mut memory = Memory::new(words.len(), Pace { ahead: 3, ..Pace::even(0.5) });
    memory.words.clone_from(&words);
    let pins = MemoryPins::new(&sim, "");
    let mut busy = false;
    sim.set("reset", 1);
    sim.tick();
    sim.set("reset", 0);
    for _ in 0..200_000 {
        // a run begins at any time, and ends after its bursts
        if accelerator.burst.is_none() {
            busy = if busy { rng.random_range(0..8) != 0 } else { rng.random_range(0..50) == 0 };
            if busy {
                accelerator.begin(Burst {
                    write: rng.random(),
                    at: rng.random_range(0..1000),
                    left: rng.random_range(1..8),
                });
            }
        }
        if link.burst.is_none() && rng.random_range(0..10) == 0 {
            link.begin(Burst { write: rng.random(), at: OF_LINK | rng.random_range(0..1000), left: 1 });
        }
        sim.set("accelerator_busy", busy.into());
        sim.set("link_request", link.burst.is_some().into());
        accelerator.drive(&mut sim, rng.random());
        link.drive(&mut sim, true);
        let driven = pins.settle(&mut sim, &memory);
        accelerator.step(&sim);
        link.step(&sim);
        memory.clock(&driven, &mut rng);
        let of_link = |burst: Option<&ef_rtl_tests::Burst>| burst.map(|burst| burst.address as u64 & OF_LINK);
        let first = of_link(memory.under_way().next());
        assert!(
            memory.under_way().all(|burst| of_link(Some(burst)) == first),
            "bursts of both are under way"
        );
        sim.tick();
    }
    assert_eq!(memory.words, words);
    assert!(accelerator.bursts > 3000 && link.bursts > 3000, "{} {}", accelerator.bursts, link.bursts);
}

#[test]
fn memory_mux() {
    lockstep!(MemoryMux::default(), "", 1, 3000, |b, rng| {
        drive!(b, rng; one_in(50): reset; not_one_in(4): link_request; any(): accelerator_busy;
               any(): accelerator_cmd_valid, accelerator_cmd_write, accelerator_cmd_addr, accelerator_cmd_len;
               any(): accelerator_wdata_valid, accelerator_wdata, accelerator_rdata_ready;
               any(): link_cmd_valid, link_cmd_write, link_cmd_addr, link_cmd_len;
               any(): link_wdata_valid, link_wdata, link_rdata_ready;
               any(): cmd_ready, wdata_ready, rdata_valid, rdata);
    });
}
