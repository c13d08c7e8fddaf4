//! Runs of the training step.
use super::bench::{COMPARED, TopBench, golden, pick};
use super::step;
use ef_isa::regs::{self, control, status};
use ef_rtl_tests::{Host, seeded};

fn check(bench: &mut TopBench, expected: &(Vec<u32>, Vec<u32>), what: &str) {
    for (address, (got, want)) in bench.memory.words.iter().zip(&expected.0).enumerate() {
        assert_eq!(got, want, "{what}: word {address} is {got:#010x} instead of {want:#010x}");
    }
    for (register, want) in COMPARED.into_iter().zip(&expected.1) {
        let name = regs::ALL.iter().find(|reg| reg.address == register).unwrap().name;
        assert_eq!(bench.read(register), *want, "{what}: {name}");
    }
}

#[test]
fn a_training_step_gives_the_golden_models_memory_and_registers_whatever_the_memory_stalls() {
    let program = step::program();
    for (seed, speed) in [(1, 1.0), (2, 0.8), (3, 0.4), (4, 0.15)] {
        let mut bench = TopBench::new(seed, speed);
        bench.load(&program);
        let memory = step::memory(&mut seeded(seed));
        let expected = golden(&program, &memory);
        for at in step::RESULTS_AT {
            let result = at as usize..at as usize + 16;
            assert_ne!(expected.0[result.clone()], memory[result], "the step writes at {at}");
        }
        let totals = [regs::LOSS_SUM, regs::MEAN_LOSS, regs::CORRECT];
        let total = |register| expected.1[COMPARED.iter().position(|known| *known == register).unwrap()];
        assert!(totals.iter().all(|register| total(*register) != 0), "loss and hits");
        bench.run(&memory);
        check(&mut bench, &expected, &format!("seed {seed}"));
        // and again, from a used state
        bench.run(&memory);
        check(&mut bench, &expected, &format!("seed {seed}, second run"));
    }
}

#[test]
fn a_clear_completes_bursts_and_the_next_run_is_that_of_a_fresh_start() {
    let program = step::program();
    let memory = step::memory(&mut seeded(10));
    let expected = golden(&program, &memory);
    let mut bench = TopBench::new(10, 0.6);
    bench.load(&program);
    for round in 0..25 {
        bench.fill(&memory);
        bench.write(regs::CONTROL, control::START);
        let wait = pick(&mut bench, 0..4000);
        bench.steps(wait);
        bench.write(regs::CONTROL, control::CLEAR);
        assert_eq!(bench.finish(), 0);
        assert!(bench.memory.idle(), "round {round}, cleared after {wait}: a burst is not complete");
        assert_eq!(bench.read(regs::CYCLES), 0);
        assert_eq!(bench.read(regs::LOSS_SUM), 0);
        bench.run(&memory);
        check(&mut bench, &expected, &format!("round {round}, cleared after {wait}"));
    }
}

#[test]
fn a_run_after_a_stop_is_that_of_a_fresh_start() {
    let program = step::program();
    let memory = step::memory(&mut seeded(11));
    let expected = golden(&program, &memory);
    let mut bench = TopBench::new(11, 0.7);
    bench.load(&program);
    let mut stopped = 0;
    for round in 0..25 {
        bench.fill(&memory);
        bench.write(regs::CONTROL, control::START);
        let wait = pick(&mut bench, 0..4000);
        bench.steps(wait);
        bench.write(regs::CONTROL, control::STOP);
        stopped += u32::from(bench.finish() == status::STOPPED);
        assert!(bench.memory.idle());
        bench.run(&memory);
        check(&mut bench, &expected, &format!("round {round}, stopped after {wait}"));
    }
    assert!(stopped > 10, "{stopped} of 25 runs were stopped while busy");
}

#[test]
fn an_undefined_operation_is_an_error_and_a_clear_makes_good() {
    let mut program = step::program();
    let good = program.clone();
    let memory = step::memory(&mut seeded(12));
    let expected = golden(&good, &memory);
    // the first SET of the field `op` (number 0) of the compute engine
    let set_op = |word: &u64| word >> 52 == 5 << 8 | 1 << 6;
    let at = program.iter().position(set_op).unwrap();
    program[at] |= 3 << 3;
    let mut bench = TopBench::new(12, 0.7);
    bench.load(&program);
    bench.fill(&memory);
    bench.write(regs::CONTROL, control::START);
    assert_eq!(bench.finish(), status::ERROR);
    assert_eq!(bench.read(regs::ERRORS), regs::error::BAD_DESCRIPTOR);
    assert_eq!(bench.sim.get("error"), 1);
    bench.write(regs::CONTROL, control::CLEAR);
    assert_eq!(bench.finish(), 0);
    bench.load(&good);
    bench.run(&memory);
    check(&mut bench, &expected, "after the error");
}
