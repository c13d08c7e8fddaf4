//! A whole chip that trains, from RTL to bitstream: minutes of place and route, so `.ci/run` asks for it (`--features bitstream`).

use ef_board::Board;
use ef_synth::{Design, Options, Report, build};
use std::fs;
use std::sync::Arc;

/// The smallest FPGA of the ULX3S; the 25F is the same silicon.
const BOARD: &str = "ulx3s-12f";

#[test]
fn the_smallest_board_gets_a_bitstream_that_meets_timing_and_a_report_that_says_so() {
    let board = Board::named(BOARD).unwrap();
    let target = board.clocks.core_mhz;
    let design = Design::of_board(&board).unwrap();
    let out = tempfile::tempdir().unwrap();
    let options = Options { seeds: vec![1], jobs: 1, out: out.path().into(), cancel: Arc::default() };
    let built = build(&design, &options).unwrap_or_else(|error| panic!("{error:#}"));

    let text = fs::read_to_string(out.path().join("report.json")).unwrap();
    let report: Report = serde_json::from_str(&text).unwrap();
    assert_eq!(report, built.report);
    assert!(report.timing_met && target >= 90.0);
    assert!(
        !report.clocks.is_empty() && report.clocks.values().all(|clock| clock.fmax_mhz >= clock.target_mhz)
    );

    // everything is in it, and it fits with room to route
    let t = board.accelerator.lanes as u64;
    assert!(report.dsp.used >= 2 * t * t && report.dsp.used <= report.dsp.available, "{:?}", report.dsp);
    assert!(report.bram.used > 0 && report.bram.used <= report.bram.available, "{:?}", report.bram);
    for (kind, used) in [("LUT", report.lut), ("flip-flops", report.ff)] {
        let share = used.used as f64 / used.available as f64;
        assert!((0.3..0.90).contains(&share), "{kind}: {used:?}");
    }
    for part in [
        "inner.accelerator.compute",
        "inner.accelerator.loader",
        "inner.accelerator.storer",
        "inner.memory",
        "inner.link",
    ] {
        assert!(report.parts.iter().any(|p| p.path == part && p.lut > 0), "no {part} in {:?}", report.parts);
    }
    let page = fs::read_to_string(out.path().join("report.md")).unwrap();
    assert!(page.contains("Timing is met") && page.contains(&report.input_hash), "{page}");

    // compressed, so smaller than the 582,376 bytes of a full configuration, but not empty
    let bitstream = fs::read(&built.bitstream).unwrap();
    assert!((100_000..582_376).contains(&bitstream.len()), "{} bytes", bitstream.len());
    assert_eq!(format!("{:#010x}", ef_synth::program::idcode(&bitstream).unwrap()), report.idcode);
}
