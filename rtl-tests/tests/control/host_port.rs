//! What the host reads and writes.
use super::bench::{ControlBench, FETCH_AW};
use super::program::{interpret, random};
use ef_hdl_kit::rand::Rng;
use ef_isa::regs::{self, HYPERPARAMETERS, status};
use ef_rtl_tests::{Host, seeded};

#[test]
fn the_identity_registers_name_the_configuration() {
    let mut bench = ControlBench::new(1);
    let expected =
        [regs::ID_VALUE, regs::VERSION_VALUE, 2, 0x090a_0a0a, 0x0008_0a09 | (FETCH_AW as u32) << 24];
    for (address, value) in expected.into_iter().enumerate() {
        assert_eq!(bench.read(address as u32), value, "register {address}");
    }
}

#[test]
fn registers_can_be_read_and_written_while_a_run_is_busy() {
    let mut bench = ControlBench::new(2);
    let program = random(&mut seeded(3), 250, 20);
    bench.load(&program);
    bench.expect(&interpret(&program));
    bench.slowness = 200;
    bench.start();
    let mut values = [0u32; HYPERPARAMETERS.len()];
    let (mut accesses, mut cycles) = (0, 0);
    while bench.sim.get("busy") != 0 {
        let i = bench.rng.random_range(0..values.len());
        if bench.rng.random() {
            values[i] = bench.rng.random();
            bench.write(HYPERPARAMETERS[i].1, values[i]);
        } else {
            assert_eq!(bench.read(HYPERPARAMETERS[i].1), values[i]);
        }
        let now = bench.read(regs::CYCLES);
        assert!(now > cycles, "the cycle counter goes on");
        cycles = now;
        accesses += 1;
    }
    assert!(accesses > 100);
    assert_eq!((bench.read(regs::STATUS), bench.missing()), (status::DONE, 0));
    for (i, value) in values.into_iter().enumerate() {
        assert_eq!(bench.read(HYPERPARAMETERS[i].1), value);
        assert_eq!(bench.sim.get(&format!("hyper${i}")), u64::from(value));
    }
}

#[test]
fn addresses_that_are_not_readable_read_zero() {
    let mut bench = ControlBench::new(3);
    let readable = |address| regs::ALL.iter().any(|r| r.address == address && r.access != "wo");
    for address in (0..256).filter(|address| !readable(*address)) {
        bench.write(regs::PROGRAM_ADDRESS, 0xffff_ffff);
        assert_eq!(bench.read(address), 0, "register {address:#x}");
    }
}

#[test]
fn writing_a_read_only_register_does_nothing() {
    let mut bench = ControlBench::new(4);
    for reg in regs::ALL.iter().filter(|r| r.access == "ro") {
        let before = bench.read(reg.address);
        bench.write(reg.address, 0xffff_ffff);
        assert_eq!(bench.read(reg.address), before, "{}", reg.name);
    }
}

#[test]
fn the_place_of_the_program_reads_as_it_was_written() {
    let mut bench = ControlBench::new(7);
    bench.write(regs::PROGRAM_ADDRESS, 0xfedc_ba98);
    bench.write(regs::PROGRAM_LENGTH, 0xfedc_ba98);
    assert_eq!(bench.read(regs::PROGRAM_ADDRESS), 0xfedc_ba98);
    assert_eq!(bench.read(regs::PROGRAM_LENGTH), 0xdc_ba98, "24 bits");
}

#[test]
fn the_loss_comes_from_the_store_engine_and_the_counters_from_the_engines_bits() {
    let mut bench = ControlBench::new(5);
    bench.sim.set("loss_sum", 0x3f80_1234);
    bench.sim.set("mean_loss", 0x3f00_4321);
    bench.sim.set("correct", 77);
    bench.sim.set("phase", 1);
    assert_eq!(bench.read(regs::LOSS_SUM), 0x3f80_1234);
    assert_eq!(bench.read(regs::MEAN_LOSS), 0x3f00_4321);
    assert_eq!(bench.read(regs::CORRECT), 77);
    for (bit, register) in [
        ("stream_active", regs::KERNEL_BP),
        ("wait_stationary", regs::STALL_STATIONARY),
        ("wait_hazard", regs::STALL_HAZARD),
        ("word_read", regs::WORDS_READ),
        ("word_written", regs::WORDS_WRITTEN),
        ("burst_read", regs::BURSTS_READ),
        ("burst_written", regs::BURSTS_WRITTEN),
    ] {
        let cycles = bench.rng.random_range(1..50);
        let before = bench.read(register);
        bench.sim.set(bit, 1);
        bench.steps(cycles);
        bench.sim.set(bit, 0);
        bench.steps(2);
        assert_eq!(bench.read(register), before + cycles, "{bit}");
    }
}

#[test]
fn the_counters_split_the_cycles_of_a_run() {
    let mut bench = ControlBench::new(6);
    let program = random(&mut seeded(9), 200, 20);
    bench.load(&program);
    bench.expect(&interpret(&program));
    bench.write(regs::CONTROL, regs::control::START);
    let mut busy = 0;
    let mut phases = [0u32; 3];
    while busy == 0 || bench.sim.get("busy") != 0 {
        let phase = bench.rng.random_range(0..3u32);
        bench.sim.set("phase", phase.into());
        bench.sim.eval();
        // the cycle of the restart does not count
        if bench.sim.get("busy") != 0 && bench.sim.get("restart") == 0 {
            busy += 1;
            phases[phase as usize] += 1;
        }
        bench.step();
    }
    assert_eq!(bench.read(regs::CYCLES), busy);
    for (phase, register) in [regs::CYCLES_FP, regs::CYCLES_BP, regs::CYCLES_WU].into_iter().enumerate() {
        assert_eq!(bench.read(register), phases[phase]);
    }
    assert_eq!(bench.read(regs::WORDS_FETCHED), bench.fetched);
    assert_eq!(bench.read(regs::BURSTS_FETCHED), bench.memory.bursts.len() as u32);
    assert_eq!(bench.read(regs::LOAD_BUSY), bench.active[0]);
    assert_eq!(bench.read(regs::STORE_BUSY), bench.active[2]);
    assert_eq!(bench.read(regs::STALL_COMMAND), bench.waiting);
}
