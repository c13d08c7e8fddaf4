//! How much of the 16-bit peak reaches the memory port.

use crate::bench::{Burst, SdramBench, Traffic, part};
use ef_board::SdramPart;
use ef_hdl_kit::Vsim;
use ef_soc::sdram::{SdramController, SdramTiming};

const HZ: u64 = 100_000_000;

/// Percent of the peak while there is work.
fn efficiency(name: &str, bursts: &[Burst]) -> f64 {
    let part = SdramPart { power_up_us: 2.0, ..part("is42s16160") };
    let mut bench = SdramBench::new(&SdramTiming::new(&part, HZ).unwrap(), &part, HZ);
    let start = Traffic::new(1, [0, 0, 0]);
    bench.check(&start, &[Burst { write: 1, address: 0, length: 1 }]);
    let outcome = bench.check(&start, bursts);
    let percent = 200.0 * outcome.moved as f64 / outcome.busy as f64;
    println!("{name}: {percent:.1} % of the peak, {} words in {} cycles", outcome.moved, outcome.busy);
    percent
}

fn sequence(count: u32, burst: impl Fn(u32) -> (u32, u32, u32)) -> Vec<Burst> {
    (0..count)
        .map(|i| {
            let (write, address, length) = burst(i);
            Burst { write, address, length }
        })
        .collect()
}

fn scattered(i: u32) -> u32 {
    i.wrapping_mul(0x9e37_79b1) >> 9
}

#[test]
fn long_bursts_reach_nine_tenths_of_the_peak() {
    for (name, bursts, least) in [
        ("sequential reads of 1000 words", sequence(40, |i| (0, 1000 * i, 1000)), 95.0),
        ("sequential writes of 1000 words", sequence(40, |i| (1, 1000 * i, 1000)), 95.0),
        ("500 words, reads and writes in turn, anywhere", sequence(80, |i| (i % 2, scattered(i), 500)), 90.0),
        (
            "64 words, reads and writes in turn, two streams",
            sequence(600, |i| (i % 2, (i % 2) * 0x10_0300 + i / 2 * 64, 64)),
            90.0,
        ),
        ("64 words, reads and writes in turn, anywhere", sequence(600, |i| (i % 2, scattered(i), 64)), 85.0),
        ("8 words, reads, anywhere", sequence(2000, |i| (0, scattered(i), 8)), 40.0),
        ("1 word, reads, anywhere", sequence(4000, |i| (0, scattered(i), 1)), 10.0),
    ] {
        let percent = efficiency(name, &bursts);
        assert!(percent >= least, "{name}: {percent:.1} %, less than {least}");
    }
}

#[test]
fn the_first_word_comes_as_soon_as_documented() {
    let part = SdramPart { power_up_us: 0.2, ..part("is42s16160") };
    for (cas_latency, capture) in [(2, 0), (3, 0), (2, 1)] {
        let timing = SdramTiming {
            capture,
            ..SdramTiming::new(&SdramPart { cas_latency, ..part.clone() }, HZ).unwrap()
        };
        let mut sim = Vsim::of(&mut SdramController::new(&timing), "sdram_controller").unwrap();
        sim.set("reset", 1);
        sim.tick();
        sim.set("reset", 0);
        sim.set("rdata_ready", 1);
        sim.set("cmd_len", 1);
        let mut read = |address: u64| {
            // a refresh is over and the last command's times too
            (0..100).for_each(|_| sim.tick());
            sim.set("cmd_addr", address);
            sim.set("cmd_valid", 1);
            sim.tick();
            sim.set("cmd_valid", 0);
            let mut cycles = 1;
            while sim.get("rdata_valid") == 0 && cycles < 100 {
                sim.tick();
                cycles += 1;
            }
            cycles
        };
        read(0);
        let open = u64::from(10 + cas_latency + capture);
        let (hit, closed, other) = (read(1), read(256), read(1024));
        let closed_more = u64::from(timing.t_rcd) - 1;
        let other_more = closed_more + u64::from(timing.t_rp);
        assert_eq!((hit, closed, other), (open, open + closed_more, open + other_more));
    }
}
