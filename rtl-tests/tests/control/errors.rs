//! What stops a run with an error.
use super::bench::ControlBench;
use super::program::{FIELDS, interpret};
use ef_isa::instr::{Engine, Instr};
use ef_isa::regs::{self, error, status};
use ef_rtl_tests::Host;

const ISSUE: Instr = Instr::Issue { engine: Engine::Store, wait: 0, signal: 0 };
const SET: Instr = Instr::Set { engine: Engine::Store, stream: 1, field: 3, value: 5 };

/// Runs `good` and then the faulty words: everything before the fault is executed, then the run stops there.
fn fault(bench: &mut ControlBench, good: &[Instr], faulty: &[u64], error: u32, pc: u32) {
    let mut words: Vec<u64> = good.iter().map(|i| i.encode()).collect();
    words.extend(faulty);
    bench.load_words(&words);
    bench.expect(&interpret(&[good, &[Instr::End]].concat()));
    bench.start();
    assert_eq!(bench.finish(), status::ERROR);
    assert_eq!(bench.read(regs::ERRORS), error);
    assert_eq!(bench.read(regs::PC), pc);
    assert_eq!((bench.missing(), bench.running()), (0, 0), "what came before the fault is executed");
    assert_eq!(bench.sim.get("error"), 1);
}

#[test]
fn a_word_that_is_no_instruction_stops_the_run() {
    let mut bench = ControlBench::new(1);
    let good = [SET, ISSUE, SET, ISSUE];
    for opcode in 6..16 {
        fault(&mut bench, &good, &[opcode << 60], error::BAD_INSTRUCTION, 4);
    }
    for opcode in [1, 2, 5] {
        fault(&mut bench, &good, &[opcode << 60 | 3 << 58], error::BAD_INSTRUCTION, 4);
    }
}

#[test]
fn a_field_that_does_not_exist_stops_the_run() {
    let mut bench = ControlBench::new(2);
    for engine in Engine::ALL {
        let set = |field| Instr::Set { engine, stream: 2, field, value: 1 };
        let add = |field| Instr::Add { engine, stream: 2, field, increment: 1 };
        let fields = FIELDS[engine as usize].len() as u8;
        for faulty in [set(fields), add(fields), set(63)] {
            fault(&mut bench, &[set(fields - 1), ISSUE], &[faulty.encode()], error::BAD_INSTRUCTION, 2);
        }
    }
}

#[test]
fn a_bad_loop_stops_the_run() {
    let mut bench = ControlBench::new(3);
    fault(&mut bench, &[ISSUE], &[Instr::Next.encode()], error::BAD_LOOP, 1);
    fault(&mut bench, &[ISSUE], &[Instr::Loop { count: 0 }.encode()], error::BAD_LOOP, 1);
    let mut program = vec![ISSUE.encode()];
    program.extend([Instr::Loop { count: 2 }.encode(); 9]);
    fault(&mut bench, &[], &program[1..], error::BAD_LOOP, 8);
    let closed = [Instr::Loop { count: 2 }, SET, ISSUE, Instr::Next];
    fault(&mut bench, &closed, &[Instr::Next.encode()], error::BAD_LOOP, 4);
}

#[test]
fn running_past_the_last_instruction_stops_the_run() {
    let mut bench = ControlBench::new(4);
    for length in [0, 1, 31, 32, 33, 300] {
        let mut program = vec![SET; length];
        if length > 20 {
            program[20] = ISSUE;
        }
        fault(&mut bench, &program, &[], error::PROGRAM_END, length as u32);
    }
    // a taken NEXT in the last word goes on, an untaken one runs out
    for length in [64, 300] {
        let mut program = vec![SET; length];
        program[length - 3] = Instr::Loop { count: 3 };
        program[length - 1] = Instr::Next;
        fault(&mut bench, &program, &[], error::PROGRAM_END, length as u32);
    }
}

#[test]
fn a_refused_descriptor_stops_the_run_after_what_has_started() {
    let mut bench = ControlBench::new(5);
    let program: Vec<Instr> = [[SET, ISSUE]; 60].concat();
    bench.load(&[&program[..], &[Instr::End]].concat());
    bench.expect(&interpret(&[&program[..], &[Instr::End]].concat()));
    bench.refuse = Some(7);
    bench.start();
    assert_eq!(bench.finish(), status::ERROR);
    assert_eq!(bench.read(regs::ERRORS), error::BAD_DESCRIPTOR);
    assert_eq!(bench.running(), 0, "commands that have started are done");
    let started = bench.started.len();
    assert!((8..=12).contains(&started), "nothing starts after the refusal: {started}");
    bench.steps(300);
    assert_eq!(bench.started.len(), started);
}

#[test]
fn errors_are_gone_after_a_clear_and_after_the_next_start() {
    let mut bench = ControlBench::new(6);
    for clear in [true, false] {
        fault(&mut bench, &[ISSUE], &[Instr::Next.encode()], error::BAD_LOOP, 1);
        if clear {
            bench.write(regs::CONTROL, regs::control::CLEAR);
            bench.finish();
            assert_eq!((bench.read(regs::ERRORS), bench.read(regs::STATUS)), (0, 0));
        }
        bench.load(&[SET, ISSUE, Instr::End]);
        bench.expect(&interpret(&[SET, ISSUE, Instr::End]));
        bench.start();
        assert_eq!(bench.finish(), status::DONE);
        assert_eq!((bench.read(regs::ERRORS), bench.missing()), (0, 0));
    }
}
