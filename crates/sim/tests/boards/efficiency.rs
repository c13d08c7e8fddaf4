//! How much of the SDRAM's peak the accelerator's own traffic gets.

use ef_board::Board;
use ef_compiler::{Network, PixelFormat, compile};
use ef_program::{Device, regs};
use ef_sim::ChipDevice;

const NETWORK: &str = include_str!("../../../runtime/networks/digits.toml");
const BATCH: usize = 16;

#[test]
fn a_training_step_of_the_digits_gets_nine_tenths_of_the_peak() {
    let mut board = Board::named("ulx3s-85f").unwrap();
    // the program is there sooner
    board.link.baud = 10_000_000;
    let network = Network::from_toml(NETWORK).unwrap();
    let plan = compile(&network, board.accelerator, BATCH, PixelFormat::U8 { shift: 4 }).unwrap();
    let mut chip = ChipDevice::new(&board).unwrap();
    // weights and images are what the memory happens to hold: the bursts are the same whatever the values
    chip.write_memory(plan.map.labels, &[0; BATCH]).unwrap();
    chip.load_program(&plan.train).unwrap();
    chip.run().unwrap();
    let used = chip.memory_use().unwrap();
    let cycles = chip.read_register(regs::CYCLES).unwrap();
    println!("{used:?} in {cycles} cycles: {:.1} % of the peak", 100.0 * used.efficiency());
    assert!(used.efficiency() >= 0.9);
}
