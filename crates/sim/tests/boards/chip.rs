//! A whole board in simulation, from its reset button: it trains like the golden model, through its serial port and on its SDRAM.

use crate::training::{BATCH, results};
use ef_board::Board;
use ef_compiler::Plan;
use ef_compiler::tiny::{plan, prepare};
use ef_isa::config::SIM_2X2;
use ef_isa::{Device, MemoryUse, regs};
use ef_model::ModelDevice;
use ef_sim::{ChipBench, ChipDevice, reset};
use ef_soc::chip::RESET_LOG2;

/// The smallest board there is, with the smallest accelerator.
fn board() -> Board {
    let mut board = Board::named("ulx3s-12f").unwrap();
    board.accelerator = &SIM_2X2;
    board
}

#[test]
fn a_board_trains_like_the_model_from_its_reset_button_on() {
    let (plan, steps) = (plan(BATCH), 3);
    let mut model = ModelDevice::new(&SIM_2X2, plan.map.memory_words);
    let mut chip = ChipDevice::new(&board()).unwrap();
    assert_eq!(chip.config().name, SIM_2X2.name);
    assert_eq!(chip.memory_words(), 32 << 20 >> 2);
    prepare(&mut model, &plan).unwrap();
    prepare(&mut chip, &plan).unwrap();
    for step in 0..steps {
        model.run().unwrap();
        chip.run().unwrap();
        let used = chip.memory_use().unwrap();
        assert_eq!(results(&mut chip, &plan), results(&mut model, &plan), "step {step}");
        check_memory_use(&mut chip, used);
    }
    let bench = chip.bench();
    assert_eq!((bench.violations(), bench.memory_losses()), ((0, None), 0));
    assert_eq!(bench.framing_errors(), 0);
    println!("{} cycles, LEDs {:08b}", bench.now(), bench.led());
}

/// The SDRAM moved the words that the accelerator counted, and was not busy for longer than the run took.
fn check_memory_use(chip: &mut ChipDevice, used: MemoryUse) {
    let mut read = |register| u64::from(chip.read_register(register).unwrap());
    let words = read(regs::WORDS_READ) + read(regs::WORDS_WRITTEN) + read(regs::WORDS_FETCHED);
    assert_eq!(used.data_cycles, 2 * words);
    assert!((used.data_cycles..read(regs::CYCLES) + 64).contains(&used.busy_cycles), "{used:?}");
}

/// A step from the beginning has the golden model's results.
fn trains_like_the_model(chip: &mut ChipDevice, plan: &Plan) {
    let mut model = ModelDevice::new(&SIM_2X2, plan.map.memory_words);
    for device in [chip as &mut dyn Device, &mut model] {
        prepare(device, plan).unwrap();
        device.run().unwrap();
    }
    assert_eq!(results(chip, plan), results(&mut model, plan));
}

#[test]
fn a_board_that_is_reset_in_a_step_says_so_and_works_again() {
    let plan = plan(BATCH);
    let mut chip = ChipDevice::new(&board()).unwrap();
    prepare(&mut chip, &plan).unwrap();
    chip.write_register(regs::CONTROL, regs::control::START).unwrap();
    reset(chip.bench());
    let error = chip.read_register(regs::STATUS).unwrap_err().to_string();
    assert!(error.contains("it was reset since the session began"), "{error}");
    // another session finds a board in order
    let mut chip = ChipDevice::over(chip.into_port()).unwrap();
    assert_eq!(chip.bench().memory_losses(), 1);
    trains_like_the_model(&mut chip, &plan);
}

#[test]
fn a_host_that_comes_back_in_the_middle_of_a_step_starts_afresh() {
    let plan = plan(BATCH);
    let mut chip = ChipDevice::new(&board()).unwrap();
    prepare(&mut chip, &plan).unwrap();
    chip.write_register(regs::CONTROL, regs::control::START).unwrap();
    let mut chip = ChipDevice::over(chip.into_port()).unwrap();
    assert_eq!(chip.read_register(regs::STATUS).unwrap() & regs::status::BUSY, 0);
    trains_like_the_model(&mut chip, &plan);
}

#[test]
fn the_lights_show_the_reset_and_then_what_the_host_says() {
    let board = board();
    let mut bench = ChipBench::new(&board, &board.sdram).unwrap();
    bench.press_button(true);
    bench.run(2 << RESET_LOG2);
    assert_eq!(bench.led() >> 1, 1 << 6, "in reset");
    reset(&mut bench);
    assert_eq!(bench.led() >> 1, 0, "at rest");
    // a byte of zeros between two ends of frames is a frame that is dropped
    bench.send(&[0xc0, 0, 0xc0]);
    bench.run(20_000);
    assert_eq!(bench.led() >> 1, 1 << 3, "a bad frame");
}
