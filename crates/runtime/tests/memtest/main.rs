//! The memory test names what is wrong with a memory, whatever it is, and nothing if nothing is.

mod chip;
mod device;

use device::{Fault, Memory, Wire};
use ef_board::{Board, SdramPart};
use ef_runtime::backend::Backend;
use ef_runtime::interrupt::Interrupt;
use ef_runtime::memtest::{Finding, Kind, Options, Report, Verdict, run};
use ef_runtime::view::View;
use std::time::Duration;

const OPTIONS: Options =
    Options { backend: Backend::Board, seed: 1, places: 4, words: 4096, wait: Duration::from_secs(60) };

fn board(sdram: &str) -> Board {
    Board::named("ulx3s-12f").unwrap().with_sdram(sdram).unwrap()
}

/// A part with 9 column bits and one with 10.
const SIZES: [&str; 2] = ["is42s16160", "as4c32m16"];

fn tested(memory: &mut Memory, board: &Board) -> Report {
    run(memory, board, &OPTIONS, &Interrupt::default(), &mut View::silent()).unwrap()
}

fn findings(report: &Report) -> Vec<&Finding> {
    report.stages.iter().flat_map(|stage| &stage.findings).collect()
}

/// The only finding of a test with these faults.
fn finding(sdram: &str, faults: &[Fault]) -> Finding {
    let board = board(sdram);
    only(&tested(&mut Memory::new(&board, faults), &board), &format!("{sdram}, {faults:?}"))
}

fn only(report: &Report, what: &str) -> Finding {
    assert_eq!(report.verdict, Verdict::Failed, "{what}");
    assert!(!report.conclusion.is_empty() && !report.advice.is_empty());
    match findings(report)[..] {
        [finding] => finding.clone(),
        _ => panic!("{what}: {report:#?}"),
    }
}

fn data(line: u32) -> String {
    format!("sdram_d[{line}]")
}

fn address(wire: Wire) -> String {
    match wire {
        Wire::A(line) => format!("sdram_a[{line}]"),
        Wire::Ba(line) => format!("sdram_ba[{line}]"),
    }
}

fn wires() -> impl Iterator<Item = Wire> {
    (0..13).map(Wire::A).chain((0..2).map(Wire::Ba))
}

#[test]
fn a_right_memory_of_every_part_passes_whatever_the_seed() {
    let parts = board(SIZES[0]).sdram_parts().unwrap();
    assert!(parts.len() >= 4);
    for (name, _) in parts {
        let board = board(&name);
        for seed in 0..8 {
            let options = Options { seed, ..OPTIONS };
            let mut memory = Memory::new(&board, &[]);
            let report =
                run(&mut memory, &board, &options, &Interrupt::default(), &mut View::silent()).unwrap();
            assert_eq!(report.verdict, Verdict::Passed, "{name}, seed {seed}: {report:#?}");
            let words: Vec<u64> = report.stages.iter().map(|stage| stage.words).collect();
            let address_bits = u64::from(report.memory_words.ilog2());
            assert_eq!(words, [136, 2 * (address_bits + 1), 4096, 1024]);
        }
    }
}

#[test]
fn every_stuck_data_line_is_named() {
    for (line, level) in (0..16).flat_map(|line| [(line, false), (line, true)]) {
        let finding = finding(SIZES[0], &[Fault::DataStuck { line, level }]);
        assert_eq!((finding.kind, finding.nets), (Kind::DataStuck, vec![data(line)]), "{}", finding.text);
        assert!(finding.text.contains(&format!("always reads {}", u32::from(level))), "{}", finding.text);
    }
}

#[test]
fn every_two_data_lines_that_are_connected_are_named() {
    for (a, b) in (0..16).flat_map(|b| (0..b).map(move |a| (a, b))) {
        for wins in [false, true] {
            let finding = finding(SIZES[0], &[Fault::DataJoined { lines: [a, b], wins }]);
            assert_eq!((finding.kind, finding.nets), (Kind::DataShorted, vec![data(a), data(b)]));
        }
    }
}

#[test]
fn a_data_line_that_is_wrong_at_times_is_named() {
    let finding = finding(SIZES[0], &[Fault::DataNoisy { line: 5 }]);
    assert_eq!((finding.kind, finding.nets), (Kind::DataUnreliable, vec![data(5)]));
}

#[test]
fn a_memory_that_does_not_answer_is_no_broken_wire() {
    let all_stuck: Vec<Fault> = (0..16).map(|line| Fault::DataStuck { line, level: true }).collect();
    for faults in [&all_stuck[..], &[Fault::Absent]] {
        assert_eq!(finding(SIZES[0], faults).kind, Kind::NoAnswer);
    }
    assert_eq!(finding(SIZES[0], &[Fault::HalfLost]).kind, Kind::HalfWrong);
}

#[test]
fn every_address_line_without_effect_is_named() {
    for (sdram, wire) in SIZES.into_iter().flat_map(|sdram| wires().map(move |wire| (sdram, wire))) {
        for level in [false, true] {
            let finding = finding(sdram, &[Fault::AddressStuck { wire, level }]);
            // the top line of the rows is what a part with half the rows leaves open
            let kind = if wire == Wire::A(12) { Kind::OtherPart } else { Kind::AddressDead };
            assert_eq!((finding.kind, &finding.nets[..]), (kind, &[address(wire)][..]), "{}", finding.text);
        }
    }
}

#[test]
fn every_two_address_lines_that_are_connected_are_named() {
    let wires: Vec<Wire> = wires().collect();
    for (sdram, b) in SIZES.into_iter().flat_map(|sdram| (0..wires.len()).map(move |b| (sdram, b))) {
        for (a, wins) in (0..b).flat_map(|a| [(a, false), (a, true)]) {
            let pair = [wires[a], wires[b]];
            let what = format!("{sdram}, {pair:?}, {wins}");
            let board = board(sdram);
            let mut memory = Memory::new(&board, &[Fault::AddressJoined { wires: pair, wins }]);
            let report = tested(&mut memory, &board);
            assert_eq!(report.conclusion, "A wire between FPGA and SDRAM is broken", "{what}");
            // a command that is led to a bank that is not open loses its word, wherever it was written
            let found = findings(&report).into_iter().filter(|finding| finding.kind != Kind::WrongWords);
            let found: Vec<&Finding> = found.collect();
            let [finding] = found[..] else { panic!("{what}: {report:#?}") };
            let nets: std::collections::BTreeSet<String> = pair.map(address).into();
            assert_eq!(finding.kind, Kind::AddressShorted, "{what}: {}", finding.text);
            assert_eq!(finding.nets, nets.into_iter().collect::<Vec<_>>());
        }
    }
}

/// What is found on a board for `sdram` that carries a part of that many column and row bits.
fn carrying(sdram: &str, column_bits: u32, row_bits: u32) -> Report {
    let board = board(sdram);
    let mounted = SdramPart { column_bits, row_bits, ..board.sdram.clone() };
    tested(&mut Memory::carrying(&board, &mounted), &board)
}

#[test]
fn another_sdram_is_found_by_its_size_with_the_parts_that_have_it() {
    let report = carrying("as4c32m16", 9, 13);
    let finding = only(&report, "half the columns");
    assert_eq!(finding.kind, Kind::OtherPart);
    assert!(finding.text.contains("512 columns, not 1,024"), "{}", finding.text);
    assert_eq!(finding.parts, ["is42s16160", "mt48lc16m16a2", "w9825g6kh"]);
    for part in &finding.parts {
        assert!(report.advice.contains(part), "{}", report.advice);
    }
    assert!(report.advice.contains("cargo xtask synth --board ulx3s-12f --sdram PART"), "{}", report.advice);
    let after: Vec<Verdict> = report.stages[2..].iter().map(|stage| stage.verdict).collect();
    assert_eq!(after, [Verdict::NotRun, Verdict::NotRun]);
}

#[test]
fn an_sdram_that_no_file_describes_is_found_by_its_size() {
    for (sdram, columns, rows, says) in [
        ("is42s16160", 8, 13, "256 columns, not 512:"),
        ("is42s16160", 9, 12, "4,096 rows, not 8,192:"),
        ("as4c32m16", 8, 12, "256 columns, not 1,024 and 4,096 rows, not 8,192:"),
    ] {
        let finding = only(&carrying(sdram, columns, rows), says);
        assert_eq!((finding.kind, finding.parts.len()), (Kind::OtherPart, 0));
        assert!(
            finding.text.contains(says) && finding.text.contains("no part of this size"),
            "{}",
            finding.text
        );
    }
}

#[test]
fn a_memory_that_is_not_refreshed_is_no_broken_cell() {
    let finding = finding(SIZES[0], &[Fault::NoRefresh { after: Duration::from_secs(20) }]);
    assert_eq!(finding.kind, Kind::Forgets);
    assert!(
        finding.text.contains("of 1,024 words were right at first and wrong 30s later"),
        "{}",
        finding.text
    );
}

#[test]
fn a_memory_that_forgets_while_patterns_are_written_is_no_broken_cell() {
    let board = board(SIZES[0]);
    let mut memory = Memory::new(&board, &[Fault::NoRefresh { after: Duration::from_millis(100) }]);
    let options = Options { words: 1 << 16, ..OPTIONS };
    let report = run(&mut memory, &board, &options, &Interrupt::default(), &mut View::silent()).unwrap();
    let kinds: Vec<Kind> = findings(&report).iter().map(|finding| finding.kind).collect();
    assert_eq!(kinds, [Kind::WrongWords, Kind::Forgets]);
    assert_eq!(report.conclusion, "The SDRAM forgets what it holds");
}

#[test]
fn one_bad_cell_is_named_with_its_address_and_line() {
    let board = board(SIZES[0]);
    let mut memory = Memory::new(&board, &[]);
    assert_eq!(tested(&mut memory, &board).verdict, Verdict::Passed);
    // of the words that every stage tests
    let at = memory.last_read;
    let weak = Fault::WeakCell { address: at, bit: 21, after: Duration::from_secs(1) };
    let found = finding(SIZES[0], &[weak]);
    assert_eq!(
        (found.kind, &found.nets[..], &found.addresses[..]),
        (Kind::WeakCells, &[data(5)][..], &[at][..])
    );
    for level in [false, true] {
        let stuck = Memory::new(&board, &[Fault::CellStuck { address: at, bit: 3, level }]);
        let report = tested(&mut { stuck }, &board);
        assert_eq!(report.verdict, Verdict::Failed);
        for found in findings(&report) {
            assert_eq!(
                (found.kind, &found.nets[..], &found.addresses[..]),
                (Kind::WrongWords, &[data(3)][..], &[at][..])
            );
            assert!(found.text.contains("the same when read again"), "{}", found.text);
        }
    }
}

#[test]
fn an_error_of_the_device_is_passed_on_as_it_is() {
    let board = board(SIZES[0]);
    for read in [1, 150, 190, 210] {
        let mut memory = Memory::new(&board, &[Fault::Broken { read }]);
        let error = run(&mut memory, &board, &OPTIONS, &Interrupt::default(), &mut View::silent());
        assert_eq!(format!("{:#}", error.unwrap_err()), "the cable is out");
    }
}

#[test]
fn an_interrupted_test_says_so_and_judges_nothing() {
    let board = board(SIZES[0]);
    for read in [1, 150, 190, 210] {
        let interrupt = Interrupt::default();
        let mut memory = Memory::new(&board, &[]);
        memory.interrupt = Some((interrupt.clone(), read));
        let report = run(&mut memory, &board, &OPTIONS, &interrupt, &mut View::silent()).unwrap();
        assert_eq!(report.verdict, Verdict::Interrupted);
        assert!(report.stages.len() < 4);
    }
}

#[test]
fn a_bitstream_for_another_sdram_is_answered_with_the_parts_it_may_be_for() {
    let mut memory = Memory::new(&board("as4c32m16"), &[]);
    let error = run(&mut memory, &board("is42s16160"), &OPTIONS, &Interrupt::default(), &mut View::silent());
    let error = error.unwrap_err().to_string();
    assert!(error.contains("16777216 words") && error.contains("--sdram (as4c32m16)"), "{error}");
}
