//! How much of the 16-bit peak reaches the memory port.

use crate::bench::{Bench, Burst, Traffic, part};
use ef_board::SdramPart;
use ef_soc::sdram::SdramTiming;

const HZ: u64 = 100_000_000;

/// Percent of the peak while there is work.
fn efficiency(name: &str, bursts: &[Burst]) -> f64 {
    let part = SdramPart { power_up_us: 2.0, ..part("is42s16160") };
    let mut bench = Bench::new(&SdramTiming::new(&part, HZ).unwrap(), &part, HZ);
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
