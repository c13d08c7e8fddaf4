//! The whole flow on a tiny chip with the pins, clocks and I/O registers of a real one.

mod blink;

use ef_board::Board;
use ef_synth::{Built, Design, Options, build};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

fn design(clock_mhz: f64) -> Design {
    let mut board = Board::named("ulx3s-12f").unwrap();
    board.clocks.core_mhz = clock_mhz;
    Design {
        name: board.name.clone(),
        top: "board".into(),
        verilog: blink::verilog(&board),
        lpf: board.pins.lpf(),
        device: board.device.clone(),
        placed: Vec::new(),
        clock_mhz,
    }
}

fn options(out: &Path, seeds: &[u64]) -> Options {
    Options { seeds: seeds.into(), jobs: 2, out: out.into(), cancel: Arc::default() }
}

fn must(design: &Design, options: &Options) -> Built {
    build(design, options).unwrap_or_else(|error| panic!("{error:#}"))
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_chip_is_built_once_per_input_always_the_same_and_meets_timing() {
    let [first, second] = [0; 2].map(|_| tempfile::tempdir().unwrap());
    let design = design(90.0);
    let built = must(&design, &options(first.path(), &[1, 2]));
    let report = &built.report;
    assert!(!built.unchanged && report.timing_met);
    assert_eq!(names(first.path()), ["logs", "report.json", "report.md", "ulx3s-12f.bit"]);
    assert_eq!(names(&first.path().join("logs")), [format!("seed-{}.log", report.seed), "yosys.log".into()]);

    // what it says
    let clock = report.clocks.values().next().unwrap();
    assert!(clock.target_mhz == 90.0 && clock.fmax_mhz > 90.0, "{:?}", report.clocks);
    assert_eq!(report.seeds.len(), 2);
    assert!(report.seeds[0].fmax_mhz >= report.seeds[1].fmax_mhz && report.seeds[0].seed == report.seed);
    assert_eq!([report.lut.available, report.dsp.available, report.bram.available], [24_288, 28, 56]);
    assert!((60..200).contains(&report.lut.used), "{:?}", report.lut);
    // two counters, a debouncer and the blinker, but none of the 37 registers per direction of the pads: those are in the I/O cells
    assert!((70..90).contains(&report.ff.used), "{:?}", report.ff);
    assert!(
        report.parts.iter().any(|part| part.path == "inner.counter" && part.ff >= 30),
        "{:?}",
        report.parts
    );
    assert!(!report.critical_path.is_empty());
    let bitstream = fs::read(&built.bitstream).unwrap();
    assert_eq!(ef_synth::program::idcode(&bitstream).unwrap(), 0x2111_1043);

    let text = fs::read_to_string(first.path().join("report.md")).unwrap();
    for part in [
        "Timing is met",
        "| LUT |",
        "inner.counter",
        "2 seeds: worst",
        "DSP blocks",
        "yosys 0.",
        &report.input_hash,
    ] {
        assert!(text.contains(part), "no `{part}` in\n{text}");
    }

    // the same again: not built
    let again = must(&design, &options(first.path(), &[1, 2]));
    assert!(again.unchanged && again.report == *report);
    // a damaged bitstream: built
    fs::write(&built.bitstream, "torn").unwrap();
    // the kept seed alone, elsewhere: the same bitstream, another hash of the inputs
    let alone = must(&design, &options(second.path(), &[report.seed]));
    assert!(fs::read(&alone.bitstream).unwrap() == bitstream, "same input and seed, another bitstream");
    assert_ne!(alone.report.input_hash, report.input_hash);
    let repaired = must(&design, &options(first.path(), &[1, 2]));
    assert!(!repaired.unchanged && fs::read(&repaired.bitstream).unwrap() == bitstream);
}

#[test]
fn missed_timing_is_an_error_that_names_the_path_and_leaves_no_bitstream_to_load() {
    let out = tempfile::tempdir().unwrap();
    let design = design(300.0);
    for attempt in ["built", "not built again"] {
        let error = build(&design, &options(out.path(), &[1])).unwrap_err().to_string();
        assert!(error.contains("timing is missed") && error.contains("of 300.00 MHz"), "{attempt}: {error}");
        assert!(error.contains("inner.counter.count"), "{attempt}: {error}");
        assert_eq!(names(out.path()), ["logs", "report.json", "report.md", "ulx3s-12f.timing-missed.bit"]);
    }
}

#[test]
fn an_interrupted_build_leaves_what_was_there() {
    let out = tempfile::tempdir().unwrap();
    fs::write(out.path().join("ulx3s-12f.bit"), "the one before").unwrap();
    let options = options(out.path(), &[1]);
    let cancel = options.cancel.clone();
    let start = Instant::now();
    let result = std::thread::scope(|scope| {
        let build = scope.spawn(|| build(&design(90.0), &options));
        // into the first program
        while !names(out.path()).iter().any(|name| name.starts_with(".build-")) {
            std::thread::sleep(Duration::from_millis(5));
            assert!(start.elapsed() < Duration::from_secs(60), "it never starts");
        }
        cancel.store(true, Ordering::Relaxed);
        build.join().unwrap()
    });
    let error = format!("{:#}", result.unwrap_err());
    assert!(error.contains("stopped"), "{error}");
    assert_eq!(names(out.path()), ["ulx3s-12f.bit"]);
    assert_eq!(fs::read_to_string(out.path().join("ulx3s-12f.bit")).unwrap(), "the one before");
}

#[test]
fn a_design_that_a_program_refuses_is_answered_with_what_the_program_says() {
    let out = tempfile::tempdir().unwrap();
    let mut wrong = design(90.0);
    wrong.verilog.push(("more.v".into(), "module more(input wire a; endmodule\n".into()));
    let error = format!("{:#}", build(&wrong, &options(out.path(), &[1])).unwrap_err());
    assert!(error.contains("yosys failed") && error.contains("more.v:1"), "{error}");
    assert!(names(out.path()).is_empty());

    let mut unplaced = design(90.0);
    unplaced.lpf = unplaced.lpf.replace("LOCATE COMP \"led[0]\"", "LOCATE COMP \"lead[0]\"");
    let error = format!("{:#}", build(&unplaced, &options(out.path(), &[1])).unwrap_err());
    assert!(error.contains("nextpnr-ecp5 failed") && error.contains("led"), "{error}");
}
