//! A whole board in simulation, from its reset button: it trains like the golden model, through its serial port and on its SDRAM.

use ef_board::Board;
use ef_compiler::{Network, PixelFormat, Plan, compile};
use ef_model::ModelDevice;
use ef_program::config::SIM_2X2;
use ef_program::{Device, regs};
use ef_sim::{ChipBench, ChipDevice, reset};

const NETWORK: &str = r#"
name = "tiny"
[input]
channels = 1
rows = 4
columns = 4
[[layer]]
kind = "conv"
outputs = 3
kernel = 3
padding = 1
[[layer]]
kind = "relu"
[[layer]]
kind = "max_pool"
[[layer]]
kind = "fc"
outputs = 3
"#;
const BATCH: usize = 3;

/// The smallest board there is, with the smallest accelerator.
fn board() -> Board {
    let mut board = Board::named("ulx3s-12f").unwrap();
    board.accelerator = &SIM_2X2;
    board
}

fn plan() -> Plan {
    compile(&Network::from_toml(NETWORK).unwrap(), &SIM_2X2, BATCH, PixelFormat::U8 { shift: 2 }).unwrap()
}

fn prepare(device: &mut dyn Device, plan: &Plan) {
    for (k, layer) in plan.map.layers.iter().enumerate() {
        let value = |i: usize| ((i * 37 + k * 11) % 19) as f32 / 19.0 - 0.45;
        let weight: Vec<f32> = (0..layer.shape.weights()).map(value).collect();
        let bias: Vec<f32> = (0..layer.shape.outputs).map(value).collect();
        device.write_memory(layer.weights, &layer.pack(&weight, &bias)).unwrap();
        device.write_memory(layer.velocities, &vec![0; layer.words]).unwrap();
    }
    for (register, value) in [
        (regs::LEARNING_RATE, 0.1f32),
        (regs::MOMENTUM, 0.9),
        (regs::WEIGHT_DECAY, 0.01),
        (regs::INV_BATCH, 1.0 / BATCH as f32),
    ] {
        device.write_register(register, value.to_bits()).unwrap();
    }
    let pixels: Vec<u8> = (0..16 * BATCH as u32).map(|i| (i * i % 5) as u8).collect();
    let images: Vec<u32> = pixels.chunks(16).flat_map(|i| plan.map.pack_image(i)).collect();
    device.write_memory(plan.map.images, &images).unwrap();
    device.write_memory(plan.map.labels, &[2, 0, 1]).unwrap();
    device.load_program(&plan.train).unwrap();
}

/// Loss, and all weights and velocities.
fn results(device: &mut dyn Device, plan: &Plan) -> (u32, Vec<Vec<u32>>) {
    let mut words = Vec::new();
    for layer in &plan.map.layers {
        for address in [layer.weights, layer.velocities] {
            let mut part = vec![0; layer.words];
            device.read_memory(address, &mut part).unwrap();
            words.push(part);
        }
    }
    (device.read_register(regs::MEAN_LOSS).unwrap(), words)
}

#[test]
fn a_board_trains_like_the_model_from_its_reset_button_on() {
    let (plan, steps) = (plan(), 3);
    let mut model = ModelDevice::new(&SIM_2X2, plan.map.memory_words);
    let mut chip = ChipDevice::new(&board()).unwrap();
    assert_eq!(chip.config().name, SIM_2X2.name);
    assert_eq!(chip.memory_words(), 32 << 20 >> 2);
    prepare(&mut model, &plan);
    prepare(&mut chip, &plan);
    for step in 0..steps {
        model.run().unwrap();
        chip.run().unwrap();
        assert_eq!(results(&mut chip, &plan), results(&mut model, &plan), "step {step}");
    }
    let bench = chip.bench();
    assert_eq!((bench.violations(), bench.memory_losses()), ((0, None), 0));
    assert_eq!(bench.framing_errors(), 0);
    println!("{} cycles, LEDs {:08b}", bench.now(), bench.led());
}

#[test]
fn a_board_that_is_reset_in_a_step_says_so_and_works_again() {
    let plan = plan();
    let mut chip = ChipDevice::new(&board()).unwrap();
    prepare(&mut chip, &plan);
    chip.write_register(regs::CONTROL, regs::control::START).unwrap();
    reset(chip.bench());
    let error = chip.read_register(regs::STATUS).unwrap_err().to_string();
    assert!(error.contains("it was reset since the session began"), "{error}");
    // another session finds a board in order
    let mut chip = ChipDevice::over(chip.into_port()).unwrap();
    assert_eq!(chip.bench().memory_losses(), 1);
    prepare(&mut chip, &plan);
    chip.run().unwrap();
    let mut model = ModelDevice::new(&SIM_2X2, plan.map.memory_words);
    prepare(&mut model, &plan);
    model.run().unwrap();
    assert_eq!(results(&mut chip, &plan), results(&mut model, &plan));
}

#[test]
fn a_host_that_comes_back_in_the_middle_of_a_step_starts_afresh() {
    let plan = plan();
    let mut chip = ChipDevice::new(&board()).unwrap();
    prepare(&mut chip, &plan);
    chip.write_register(regs::CONTROL, regs::control::START).unwrap();
    let mut chip = ChipDevice::over(chip.into_port()).unwrap();
    assert_eq!(chip.read_register(regs::STATUS).unwrap() & regs::status::BUSY, 0);
    prepare(&mut chip, &plan);
    chip.run().unwrap();
    let mut model = ModelDevice::new(&SIM_2X2, plan.map.memory_words);
    prepare(&mut model, &plan);
    model.run().unwrap();
    assert_eq!(results(&mut chip, &plan), results(&mut model, &plan));
}

#[test]
fn the_lights_show_life() {
    let mut bench = ChipBench::new(&board()).unwrap();
    reset(&mut bench);
    let before = bench.led() & 1;
    bench.run(1 << 25);
    assert_ne!(bench.led() & 1, before, "the heartbeat stands still");
    assert_eq!(bench.led() >> 1, 0);
}
