//! A controller with one value wrong by one breaks exactly that rule: the controller is no slower than it must be, and the chip model sees
//! every rule. Each part exaggerates one time so that it is the one that decides.

use crate::bench::{Burst, SdramBench, Traffic, part};
use crate::traffic::bursts;
use ef_board::SdramPart;
use ef_soc::sdram::SdramTiming;

const HZ: u64 = 100_000_000;

fn normal() -> SdramPart {
    SdramPart { power_up_us: 1.0, ..part("is42s16160") }
}

/// Short bursts all over the memory, then longer ones.
fn some_traffic() -> Vec<Burst> {
    let mut all: Vec<Burst> = (0..1500u32)
        .map(|i| Burst { write: i / 3 % 2, address: i.wrapping_mul(0x9e37_79b1) >> 9, length: 1 + i % 3 })
        .collect();
    all.extend(bursts(3, 10_000, 23));
    all
}

fn violations(timing: &SdramTiming, part: &SdramPart) -> Vec<String> {
    let mut bench = SdramBench::new(timing, part, HZ);
    bench.run(&Traffic::new(5, [0, 0, 0]), &some_traffic());
    bench.idle(&Traffic::new(5, [0, 0, 0]), 100_000);
    bench.violations()
}

/// The right controller breaks no rule, the wrong one only `rule`.
fn only(rule: &str, part: SdramPart, wrong: impl FnOnce(&mut SdramTiming)) {
    let mut timing = SdramTiming::new(&part, HZ).unwrap();
    let none = violations(&timing, &part);
    assert!(none.is_empty(), "{}", none.join("\n"));
    wrong(&mut timing);
    let found = violations(&timing, &part);
    assert!(!found.is_empty(), "{timing:?} breaks no rule");
    for text in found {
        assert!(text.contains(&format!(": {rule}: ")), "{text}");
    }
}

#[test]
fn activate_to_column_command() {
    only("tRCD", SdramPart { t_rcd_ns: 30.0, ..normal() }, |timing| timing.t_rcd -= 1);
}

#[test]
fn precharge_to_activate() {
    only("tRP", normal(), |timing| timing.t_rp -= 1);
}

#[test]
fn activate_to_precharge() {
    only("tRAS", SdramPart { t_ras_ns: 120.0, ..normal() }, |timing| timing.t_ras -= 1);
}

#[test]
fn activate_to_activate_in_one_bank() {
    only("tRC", SdramPart { t_rc_ns: 150.0, ..normal() }, |timing| timing.t_rc -= 1);
}

#[test]
fn activate_to_activate_in_another_bank() {
    only("tRRD", SdramPart { t_rrd_ns: 100.0, ..normal() }, |timing| timing.t_rrd -= 1);
    only("tRRD", SdramPart { t_rrd_clocks: 10, ..normal() }, |timing| timing.t_rrd -= 1);
}

#[test]
fn refresh_to_anything() {
    only("tRFC", normal(), |timing| timing.t_rfc -= 1);
}

#[test]
fn written_data_to_precharge() {
    only("tWR", SdramPart { t_wr_ns: 30.0, ..normal() }, |timing| timing.t_wr -= 1);
    only("tWR", SdramPart { t_wr_clocks: 3, ..normal() }, |timing| timing.t_wr -= 1);
}

#[test]
fn mode_register_to_activate() {
    only("tMRD", SdramPart { t_mrd_clocks: 3, ..normal() }, |timing| timing.t_mrd -= 1);
}

#[test]
fn refresh_interval() {
    let part = SdramPart { refresh_ms: 0.064, refresh_rows: 64, ..normal() };
    only("refresh", part, |timing| timing.t_refi += 1);
}

#[test]
fn power_up() {
    only("power-up", normal(), |timing| timing.power_up -= 1);
    only("power-up", normal(), |timing| timing.power_up_refreshes -= 1);
}

#[test]
fn read_data_and_written_data_on_the_same_pins() {
    only("contention", normal(), |timing| timing.read_to_write -= 1);
    only("contention", SdramPart { cas_latency: 3, ..normal() }, |timing| timing.read_to_write -= 3);
}

#[test]
fn a_cas_latency_too_short_for_the_clock() {
    only("tCK", SdramPart { cas_latency: 3, ..normal() }, |timing| timing.cas_latency = 2);
}

#[test]
fn pages_longer_than_the_chip_has() {
    only("address", normal(), |timing| timing.column_bits = 10);
}

#[test]
fn data_captured_a_cycle_off_is_wrong() {
    let part = normal();
    let timing = SdramTiming { capture: 1, ..SdramTiming::new(&part, HZ).unwrap() };
    let outcome = SdramBench::new(&timing, &part, HZ).run(&Traffic::new(5, [0, 0, 0]), &some_traffic());
    assert!(outcome.wrong > 100, "{outcome:?}");
}
