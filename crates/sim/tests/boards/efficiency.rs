//! How much of the SDRAM's peak the accelerator's own traffic gets.

use ef_board::Board;
use ef_compiler::{Network, PixelFormat, compile};
use ef_isa::{Device, regs};
use ef_sim::ChipDevice;

const NETWORKS: [&str; 2] =
    [include_str!("../../../../networks/digits.toml"), include_str!("../../../../networks/cifar10.toml")];
const BATCH: usize = 4;

#[test]
fn a_training_step_gets_nine_tenths_of_the_peak() {
    let mut board = Board::named("ulx3s-85f").unwrap();
    // the program is there sooner
    board.link.baud = 10_000_000;
    let mut chip = ChipDevice::new(&board).unwrap();
    for network in NETWORKS {
        let network = Network::from_toml(network).unwrap();
        let plan = compile(&network, board.accelerator, BATCH, PixelFormat::U8 { shift: 4 }).unwrap();
        // weights and images are what the memory happens to hold: the bursts are the same whatever the values
        chip.write_memory(plan.map.labels, &[0; BATCH]).unwrap();
        plan.load_train(&mut chip).unwrap();
        chip.run().unwrap();
        let used = chip.memory_use().unwrap();
        let cycles = chip.read_register(regs::CYCLES).unwrap();
        let (efficiency, all) = (used.efficiency(), used.data_cycles as f64 / f64::from(cycles));
        println!(
            "{}: {:.1} % of the peak, data in {:.1} % of all cycles",
            network.name,
            100.0 * efficiency,
            100.0 * all
        );
        assert!(efficiency >= 0.9, "{}: {used:?}", network.name);
    }
}
