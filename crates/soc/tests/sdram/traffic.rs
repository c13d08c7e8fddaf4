//! Random traffic: every word right, no rule broken.

use crate::bench::{Burst, SdramBench, Traffic, all_parts, part};
use ef_board::SdramPart;
use ef_hdl_kit::rand::Rng;
use ef_rtl_tests::seeded;
use ef_soc::sdram::SdramTiming;

/// Bursts of 1 to 2000 words in a few places that overlap, so that most reads find written words.
pub fn bursts(seed: u64, words: u32, address_bits: u32) -> Vec<Burst> {
    let mut rng = seeded(seed);
    let places: Vec<u32> = (0..2).map(|_| rng.random_range(0..1u32 << address_bits)).collect();
    let mut bursts = Vec::new();
    let mut left = i64::from(words);
    let mut next = 0;
    while left > 0 {
        let most = [4, 40, 400, 2000][rng.random_range(0..4)];
        let length = rng.random_range(1..=most);
        let address = match rng.random_range(0..4) {
            0 => next,
            1 => rng.random_range(0..1u32 << address_bits),
            _ => places[rng.random_range(0..places.len())].wrapping_add(rng.random_range(0..3000)),
        };
        bursts.push(Burst { write: u32::from(rng.random_range(0..2) == 0), address, length });
        next = address.wrapping_add(length);
        left -= i64::from(length);
    }
    bursts
}

const STALLS: [[u32; 3]; 4] = [[0, 0, 0], [50, 60, 70], [0, 90, 0], [20, 0, 95]];

fn soon(part: &SdramPart) -> SdramPart {
    SdramPart { power_up_us: 2.0, ..part.clone() }
}

fn address_bits(part: &SdramPart) -> u32 {
    part.column_bits + part.row_bits + 1
}

#[test]
fn random_traffic_is_right_on_every_part_at_both_latencies() {
    for part in all_parts() {
        for (cas_latency, clock_mhz_max, clock_hz) in [(2, 100.0, 100_000_000), (3, 133.4, 133_333_333)] {
            let part = SdramPart { cas_latency, clock_mhz_max, ..soon(&part) };
            let timing = SdramTiming::new(&part, clock_hz).unwrap();
            let mut bench = SdramBench::new(&timing, &part, clock_hz);
            for (seed, stall) in (1..).zip(STALLS) {
                let bursts = bursts(seed, 25_000, address_bits(&part));
                let outcome = bench.check(&Traffic::new(seed, stall), &bursts);
                assert!(outcome.words_read > 3000 && outcome.words_written > 3000, "{outcome:?}");
            }
            println!(
                "{} CL {cas_latency}: {} reads of unwritten halfwords",
                part.name,
                bench.reads_of_unwritten()
            );
        }
    }
}

#[test]
fn read_data_may_be_captured_up_to_three_cycles_later() {
    let part = soon(&part("is42s16160"));
    for capture in 1..=3 {
        let timing = SdramTiming { capture, ..SdramTiming::new(&part, 90_000_000).unwrap() };
        let mut bench = SdramBench::new(&timing, &part, 90_000_000);
        for (seed, stall) in (1..).zip(STALLS) {
            let traffic = Traffic { capture, ..Traffic::new(seed, stall) };
            bench.check(&traffic, &bursts(seed, 20_000, 23));
        }
    }
}

#[test]
fn a_stream_of_refreshes_interrupts_traffic_without_harm() {
    let part = soon(&part("mt48lc16m16a2"));
    let timing = SdramTiming { t_refi: 97, ..SdramTiming::new(&part, 100_000_000).unwrap() };
    let mut bench = SdramBench::new(&timing, &part, 100_000_000);
    for (seed, stall) in (1..).zip(STALLS) {
        bench.check(&Traffic::new(seed, stall), &bursts(seed, 60_000, 23));
    }
}

#[test]
fn the_whole_power_up_wait_and_a_long_idle_time_are_kept() {
    let part = part("w9825g6kh");
    let timing = SdramTiming::new(&part, 100_000_000).unwrap();
    let mut bench = SdramBench::new(&timing, &part, 100_000_000);
    let traffic = Traffic { most_cycles_without_progress: 25_000, ..Traffic::new(9, [0, 0, 0]) };
    let outcome = bench.check(&traffic, &bursts(9, 3000, 23));
    assert!(outcome.cycles > 20_000, "{outcome:?}");
    bench.idle(&traffic, 300_000);
    bench.check(&traffic, &bursts(10, 3000, 23));
}
