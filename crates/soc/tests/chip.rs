//! The chip as a whole, without simulating it: that is in `ef-sim`.

use ef_board::{Board, Direction};
use ef_hdl_kit::{lint, ports};
use ef_rtl::top::AcceleratorSim2x2;
use ef_rtl_tests::{drive, group};
use ef_soc::chip::Chip;
use ef_soc::floorplan::placed_cells;
use ef_soc::lights::{LedRow, Lights, Stretch};
use ef_soc::verilog;
use std::collections::BTreeSet;

/// Runs with a stack that has room for a chip by value.
fn with_stack(test: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(256 << 20).spawn(test).unwrap().join().unwrap();
}

fn boards() -> Vec<Board> {
    Board::names().unwrap().iter().map(|name| Board::named(name).unwrap()).collect()
}

#[test]
fn every_board_has_a_chip_whose_ports_its_pins_name() {
    with_stack(|| {
        for board in boards() {
            let (link, sdram) = (verilog::link_settings(&board), verilog::sdram_timing(&board).unwrap());
            let chip = Chip::new(AcceleratorSim2x2::default(), &link, &sdram).unwrap();
            let mut named = Vec::new();
            for (net, pin) in board.pins.pins.iter().filter(|(_, pin)| pin.leads_to_port()) {
                let port = pin.port.as_ref().unwrap_or(net).clone();
                let parts: &[&str] =
                    if pin.direction == Direction::Inout { &["_in", "_out", "_oe"] } else { &[""] };
                named.extend(parts.iter().map(|part| (format!("{port}{part}"), pin.sites().len())));
            }
            named.sort();
            let mut of_chip: Vec<_> = ports(&chip).into_iter().map(|port| (port.name, port.bits)).collect();
            of_chip.sort();
            assert_eq!(named, of_chip, "{}", board.name);
        }
    });
}

#[test]
fn no_module_of_the_chip_means_something_else_in_verilog() {
    with_stack(|| {
        let board = boards().remove(0);
        let (link, sdram) = (verilog::link_settings(&board), verilog::sdram_timing(&board).unwrap());
        let chip = Chip::new(AcceleratorSim2x2::default(), &link, &sdram).unwrap();
        assert_eq!(lint(&chip), Vec::<String>::new());
    });
}

#[test]
fn every_multiplier_of_the_85f_has_a_place_of_its_own() {
    let cells = placed_cells(&Board::named("ulx3s-85f").unwrap()).unwrap();
    assert_eq!(cells.len(), 143);
    assert_eq!(cells.iter().map(|(_, place)| place).collect::<BTreeSet<_>>().len(), 143);
}

group! {
    "";

    lights[1500]: Lights::default() => |b, rng| {
        drive!(b, rng; one_in(10): reset; any(): busy, error, memory; one_in(100): activity, frame_error);
    };
    stretch[200]: Stretch::default() => |b, rng| drive!(b, rng; one_in(100): pulse);
    led_row[300]: LedRow::default() => |b, rng| {
        drive!(b, rng; one_in(10): reset; any(): heartbeat, busy, error, heard, dropped, memory);
    };
}

#[test]
fn a_pulse_is_lit_for_as_long_as_an_eye_needs() {
    let mut sim = ef_hdl_kit::Vsim::of(&mut Stretch::default(), "stretch").unwrap();
    sim.set("pulse", 1);
    sim.tick();
    sim.set("pulse", 0);
    sim.tick();
    let mut lit = 0;
    while sim.get("level") == 1 {
        sim.tick();
        lit += 1;
    }
    assert_eq!(lit, (1 << 22) - 1);
    sim.ticks(10);
    assert_eq!(sim.get("level"), 0);
}

#[test]
fn the_first_light_is_a_heart_that_beats_every_2_to_the_25_cycles() {
    let mut sim = ef_hdl_kit::Vsim::of(&mut Lights::default(), "lights").unwrap();
    // the LEDs are registers, one cycle behind
    sim.ticks(1 << 25);
    assert_eq!(sim.get("led") & 1, 0);
    sim.tick();
    assert_eq!(sim.get("led") & 1, 1);
    sim.ticks((1 << 25) - 1);
    assert_eq!(sim.get("led") & 1, 1);
    sim.tick();
    assert_eq!(sim.get("led") & 1, 0);
}
