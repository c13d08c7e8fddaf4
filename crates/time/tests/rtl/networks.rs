//! Whole training steps.

use crate::bench::{MEMORIES, TimeBench};
use ef_board::Board;
use ef_compiler::{Network, PixelFormat, compile, drawn};
use ef_isa::config::{FP32_8X8, SIM_2X2, SIM_4X4};
use ef_isa::interpret::commands;
use ef_isa::{Config, Device};
use ef_sim::{ChipDevice, counted};
use ef_soc::verilog;
use ef_time::{Memory, Report, Traffic, predict, predict_program};
use std::time::Instant;

const DIGITS: &str = include_str!("../../../../networks/digits.toml");
const PIXELS: PixelFormat = PixelFormat::U8 { shift: 4 };

/// Exact but for the cycles, and these within so many percent.
fn compare(what: &str, rtl: &Report, model: &Report, percent: f64) {
    let error = 100.0 * (model.cycles as f64 / rtl.cycles as f64 - 1.0);
    println!("{what}: {} cycles, predicted {}, {error:+.3} %", rtl.cycles, model.cycles);
    assert_eq!(model.fetched, rtl.fetched, "{what}");
    assert_eq!((model.read, model.written), (rtl.read, rtl.written), "{what}");
    assert_eq!(model.kernel_cycles, rtl.kernel_cycles, "{what}");
    assert!(error.abs() < percent, "{what}: {rtl:?} {model:?}");
}

#[test]
fn a_step_on_the_digits_takes_the_predicted_cycles() {
    let network = Network::from_toml(DIGITS).unwrap();
    let plan = compile(&network, &FP32_8X8, 16, PIXELS).unwrap();
    for memory in [MEMORIES[0], MEMORIES[1]] {
        let (rtl, model) = TimeBench::new(&FP32_8X8, memory).step(&plan);
        compare(&format!("digits, {memory:?}"), &rtl, &model, 1.0);
        // a list knows no controller
        let commands = commands(&plan.train).collect::<Result<Vec<_>, _>>().unwrap();
        let clock = Instant::now();
        let list = predict(&FP32_8X8, &commands, memory.memory().unwrap());
        println!("{} commands in {:?}", commands.len(), clock.elapsed());
        // nor what fetches the program
        assert_eq!(list.fetched, Traffic::default());
        compare("the same as a list", &Report { fetched: list.fetched, ..rtl }, &list, 10.0);
    }
}

#[test]
fn a_step_on_any_small_network_takes_the_predicted_cycles() {
    for (i, memory) in MEMORIES.into_iter().enumerate() {
        let config: &'static Config = [&FP32_8X8, &SIM_4X4, &SIM_2X2][i];
        let mut bench = TimeBench::new(config, memory);
        // some of those that `cargo xtask timing` runs
        let drawn = drawn::network(1, [4, 1, 0][i]);
        let plan = compile(&drawn.network, config, drawn.batch, PIXELS).unwrap();
        let (rtl, model) = bench.step(&plan);
        compare(&format!("{} {memory:?}, network {i}", config.name), &rtl, &model, 1.0);
    }
}

#[test]
fn a_step_on_a_simulated_ulx3s_takes_the_predicted_cycles() {
    let mut board = Board::named("ulx3s-85f").unwrap();
    // the program is there sooner
    board.link.baud = 10_000_000;
    let network = Network::from_toml(DIGITS).unwrap();
    let plan = compile(&network, board.accelerator, 6, PIXELS).unwrap();
    let mut chip = ChipDevice::new(&board).unwrap();
    chip.write_memory(plan.map.labels, &[0; 6]).unwrap();
    plan.load_train(&mut chip).unwrap();
    chip.run().unwrap();
    let memory = Memory::Sdram(verilog::sdram_timing(&board).unwrap().into());
    let model = predict_program(board.accelerator, &plan.train, memory).unwrap();
    // the link's session is drawn, and with it which cycle of the step a refresh meets
    compare("digits, SDRAM", &counted(&mut chip).unwrap(), &model, 1.5);
}
