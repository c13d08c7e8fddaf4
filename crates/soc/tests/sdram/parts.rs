//! The files in `boards/sdram`, and what becomes of them at a clock.

use crate::bench::{all_parts, part};
use ef_board::SdramPart;
use ef_soc::sdram::SdramTiming;

#[test]
fn every_part_can_be_driven_at_100_mhz() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../boards/sdram");
    let files = std::fs::read_dir(folder).unwrap().count();
    assert_eq!(files, all_parts().len(), "a part that no test reads");
    let megabytes: Vec<u64> = all_parts().iter().map(|part| part.bytes() >> 20).collect();
    assert_eq!(megabytes, [64, 32, 32, 32]);
    for part in all_parts() {
        SdramTiming::new(&part, 100_000_000).unwrap();
    }
}

#[test]
fn nanoseconds_become_whole_cycles_on_the_safe_side() {
    let part = part("is42s16160");
    let timing = SdramTiming::new(&part, 100_000_000).unwrap();
    let (rcd, ras, rc, wr) = (timing.t_rcd, timing.t_ras, timing.t_rc, timing.t_wr);
    assert_eq!((rcd, ras, rc, wr), (2, 5, 7, 2));
    assert_eq!((timing.t_refi, timing.power_up), (781, 20_000));
    let slower = SdramTiming::new(&part, 99_000_000).unwrap();
    assert_eq!((slower.t_rcd, slower.t_rc, slower.t_refi), (2, 7, 773));
}

#[test]
fn a_clock_that_is_too_fast_is_refused_with_what_is_possible() {
    let error = SdramTiming::new(&part("as4c32m16"), 120_000_000).unwrap_err().to_string();
    assert!(error.contains("100 MHz or less, not at 120"), "{error}");
}

#[test]
fn a_part_that_the_controller_cannot_drive_is_refused() {
    let good = include_str!("../../../../boards/sdram/w9825g6kh.toml");
    assert!(SdramPart::parse(good).is_ok());
    for (from, to, says) in [
        ("column_bits = 9", "column_bits = 8", "9 and 10 are possible"),
        ("cas_latency = 2", "cas_latency = 1", "2 and 3 are possible"),
        ("banks = 4", "banks = 2", "4 is possible"),
        ("row_bits = 13", "row_bits = 12", "13 is possible"),
        ("t_wr_clocks", "t_rw_clocks", "t_rw_clocks"),
    ] {
        let error = format!("{:#}", SdramPart::parse(&good.replace(from, to)).unwrap_err());
        assert!(error.contains(says), "{error}");
    }
}
