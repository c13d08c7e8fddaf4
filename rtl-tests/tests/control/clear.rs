//! Stop, clear and start again.
use super::bench::ControlBench;
use super::program::{interpret, random};
use ef_hdl_kit::rand::Rng;
use ef_isa::instr::{Engine, Instr};
use ef_isa::regs::{self, control, status};
use ef_rtl_tests::{Host, Pace, seeded};

fn prepared(bench: &mut ControlBench, seed: u64) -> Vec<Instr> {
    // longer than the buffer, from a memory of another speed each time
    let program = random(&mut seeded(seed), 400, 200);
    bench.memory.pace = Pace::even([1.0, 0.5, 0.1][seed as usize % 3]);
    bench.load(&program);
    bench.expect(&interpret(&program));
    program
}

#[test]
fn a_run_after_a_stop_is_that_of_a_fresh_start() {
    let mut bench = ControlBench::new(1);
    let mut stopped = 0;
    for seed in 0..40 {
        let program = prepared(&mut bench, seed);
        bench.start();
        let wait = bench.rng.random_range(0..600);
        bench.steps(wait);
        let busy = bench.sim.get("busy") != 0;
        bench.write(regs::CONTROL, control::STOP);
        bench.steps(2);
        let at_stop = bench.started.len();
        let result = bench.finish();
        if busy {
            assert!(result == status::STOPPED || result == status::DONE, "status {result}");
        }
        if result == status::STOPPED {
            stopped += 1;
            assert_eq!(bench.started.len(), at_stop, "nothing starts after a stop");
        }
        assert_eq!(bench.running(), 0, "what had started is done");

        bench.expect(&interpret(&program));
        bench.start();
        assert_eq!(bench.finish(), status::DONE);
        assert_eq!(bench.missing(), 0);
    }
    assert!(stopped > 10, "the test stops runs while they are busy: {stopped}");
}

#[test]
fn a_run_after_a_clear_is_that_of_a_fresh_start() {
    let mut bench = ControlBench::new(2);
    for seed in 0..30 {
        let program = prepared(&mut bench, seed);
        bench.start();
        let wait = bench.rng.random_range(0..400);
        bench.steps(wait);
        bench.memory_idle = false;
        bench.steps(3);
        let (cancelled, restarts) = (bench.cancelled, bench.restarts);
        bench.write(regs::CONTROL, control::CLEAR);
        bench.steps(100);
        assert_eq!(bench.sim.get("busy"), 1, "a clear waits until bursts are complete");
        assert!(bench.cancelled > cancelled + 90, "engines are told to abort all the time");
        assert_eq!(bench.restarts, restarts, "engines keep their state until then");
        let at_clear = bench.started.len();
        bench.memory_idle = true;
        assert_eq!(bench.finish(), 0);
        assert_eq!(bench.started.len(), at_clear, "nothing starts after a clear");
        assert_eq!(bench.restarts, restarts + 1, "then engines are reset");
        for address in regs::CYCLES..=regs::BURSTS_FETCHED {
            assert_eq!(bench.read(address), 0, "counter {address:#x}");
        }

        bench.expect(&interpret(&program));
        bench.start();
        assert_eq!(bench.finish(), status::DONE);
        assert_eq!(bench.missing(), 0);
    }
}

#[test]
fn a_program_that_waits_for_ever_can_be_stopped_and_cleared() {
    let mut bench = ControlBench::new(3);
    let deadlock = [
        Instr::Issue { engine: Engine::Load, wait: 0, signal: 2 },
        Instr::Issue { engine: Engine::Load, wait: 4, signal: 0 },
        Instr::End,
    ];
    for command in [control::STOP, control::CLEAR, control::STOP] {
        bench.load(&deadlock);
        bench.expect(&interpret(&deadlock));
        bench.start();
        bench.steps(500);
        assert_eq!(bench.read(regs::STATUS), status::BUSY);
        bench.write(regs::CONTROL, command);
        bench.finish();
        assert_eq!(bench.started.len(), 1);
        // the token that load put for compute must not survive
        let program = [
            Instr::Issue { engine: Engine::Compute, wait: 1, signal: 0 },
            Instr::Issue { engine: Engine::Load, wait: 0, signal: 2 },
            Instr::End,
        ];
        bench.load(&program);
        bench.expect(&interpret(&program));
        bench.start();
        assert_eq!(bench.finish(), status::DONE);
        assert_eq!(bench.started.iter().map(|s| s.engine).collect::<Vec<_>>(), [0, 1]);
    }
}

#[test]
fn stop_and_start_at_the_wrong_time_do_nothing() {
    let mut bench = ControlBench::new(4);
    bench.write(regs::CONTROL, control::STOP);
    assert_eq!(bench.read(regs::STATUS), 0);
    let program = prepared(&mut bench, 1);
    bench.start();
    for _ in 0..20 {
        bench.write(regs::CONTROL, control::START);
        bench.steps(7);
    }
    assert_eq!(bench.finish(), status::DONE);
    assert_eq!(bench.missing(), 0);
    assert_eq!(bench.started.len(), interpret(&program).len());
}
