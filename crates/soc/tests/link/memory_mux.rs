//! The memory mux between two masters and a slow memory.

use ef_hdl_kit::rand::rngs::StdRng;
use ef_hdl_kit::rand::{Rng, SeedableRng};
use ef_hdl_kit::{Vsim, lockstep};
use ef_soc::link::MemoryMux;
use std::collections::VecDeque;

/// Words are their addresses; the link's have this bit.
const OF_LINK: u64 = 1 << 31;

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

/// Executes bursts in order; checks that those under way are of one master.
#[derive(Default)]
struct Memory {
    bursts: VecDeque<Burst>,
    offered: bool,
}

impl Memory {
    fn drive(&mut self, sim: &mut Vsim, rng: &mut StdRng) {
        let head = self.bursts.front().copied().unwrap_or_default();
        let reading = head.left > 0 && !head.write;
        self.offered = reading && (self.offered || rng.random());
        sim.set("cmd_ready", (self.bursts.len() < 3 && rng.random()).into());
        sim.set("wdata_ready", (head.write && rng.random()).into());
        sim.set("rdata_valid", self.offered.into());
        sim.set("rdata", if self.offered { head.at } else { 0 });
    }

    fn step(&mut self, sim: &Vsim) {
        let moves =
            |channel: &str| sim.get(&format!("{channel}_valid")) & sim.get(&format!("{channel}_ready")) != 0;
        if moves("wdata") || moves("rdata") {
            let head = self.bursts.front_mut().unwrap();
            assert!(!head.write || sim.get("wdata") == head.at, "word written");
            head.at += 1;
            head.left -= 1;
            self.offered = false;
            if head.left == 0 {
                self.bursts.pop_front();
            }
        }
        if moves("cmd") {
            let at = sim.get("cmd_addr");
            assert!(
                self.bursts.iter().all(|other| (other.at ^ at) & OF_LINK == 0),
                "bursts of both are under way"
            );
            self.bursts.push_back(Burst { write: sim.get("cmd_write") != 0, at, left: sim.get("cmd_len") });
        }
    }
}

#[test]
fn every_word_reaches_its_master_and_the_port_changes_hands_between_bursts() {
    let mut sim = Vsim::of(&mut MemoryMux::default(), "top").unwrap();
    let mut rng = StdRng::seed_from_u64(1);
    let (mut accelerator, mut link) = (Master::new("accelerator"), Master::new("link"));
    let mut memory = Memory::default();
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
        memory.drive(&mut sim, &mut rng);
        sim.eval();
        accelerator.step(&sim);
        link.step(&sim);
        memory.step(&sim);
        sim.tick();
    }
    assert!(accelerator.bursts > 3000 && link.bursts > 3000, "{} {}", accelerator.bursts, link.bursts);
}

#[test]
fn a_mux_equals_its_verilog() {
    lockstep!(MemoryMux::default(), "", 1, 4000, |b, rng| {
        b.reset.next = rng.random_range(0..50) == 0;
        b.accelerator_busy.next = rng.random();
        b.link_request.next = rng.random_range(0..4) != 0;
        for valid in [
            &mut b.accelerator_cmd_valid,
            &mut b.link_cmd_valid,
            &mut b.accelerator_cmd_write,
            &mut b.link_cmd_write,
            &mut b.accelerator_wdata_valid,
            &mut b.link_wdata_valid,
            &mut b.accelerator_rdata_ready,
            &mut b.link_rdata_ready,
            &mut b.cmd_ready,
            &mut b.wdata_ready,
            &mut b.rdata_valid,
        ] {
            valid.next = rng.random();
        }
        for word in [
            &mut b.accelerator_cmd_addr,
            &mut b.link_cmd_addr,
            &mut b.accelerator_wdata,
            &mut b.link_wdata,
            &mut b.rdata,
        ] {
            word.next = u64::from(rng.random::<u32>()).into();
        }
        b.accelerator_cmd_len.next = u64::from(rng.random::<u16>()).into();
        b.link_cmd_len.next = u64::from(rng.random::<u16>()).into();
    });
}
