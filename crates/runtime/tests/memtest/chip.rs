//! The memory test on a whole simulated board.

use crate::{OPTIONS, findings, only};
use ef_board::{Board, SdramPart};
use ef_isa::config::SIM_2X2;
use ef_runtime::backend::Backend;
use ef_runtime::interrupt::Interrupt;
use ef_runtime::memtest::{Kind, Options, Report, Verdict, run};
use ef_runtime::view::View;
use ef_sim::ChipDevice;
use std::time::Duration;

/// Tests a simulated board that carries an SDRAM with so many column bits.
fn tested(column_bits: u32) -> (Report, ChipDevice) {
    let mut board = Board::named("ulx3s-12f").unwrap();
    board.accelerator = &SIM_2X2;
    let mounted = SdramPart { column_bits, ..board.sdram.clone() };
    let mut chip = ChipDevice::carrying(&board, &mounted).unwrap();
    let options =
        Options { backend: Backend::Chip, places: 1, words: 32, wait: Duration::from_millis(1), ..OPTIONS };
    let report = run(&mut chip, &board, &options, &Interrupt::default(), &mut View::silent()).unwrap();
    (report, chip)
}

#[test]
fn a_simulated_board_passes_and_its_time_goes_by() {
    let (report, mut chip) = tested(9);
    assert_eq!(report.verdict, Verdict::Passed, "{:#?}", findings(&report));
    let words: Vec<u64> = report.stages.iter().map(|stage| stage.words).collect();
    assert_eq!(words, [34, 48, 32, 32]);
    let bench = chip.bench();
    assert_eq!(bench.violations(), (0, None));
    // the wait alone, at 90 MHz
    assert!(bench.now() > 90_000, "{}", bench.now());
}

#[test]
fn a_simulated_board_with_another_sdram_than_its_bitstream_was_made_for_is_found_out() {
    let (report, _) = tested(8);
    let finding = only(&report, "half the columns");
    assert_eq!(finding.kind, Kind::OtherPart);
    assert!(finding.text.contains("256 columns, not 512"), "{}", finding.text);
}
