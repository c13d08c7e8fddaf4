//! Whole programs.
use super::bench::ControlBench;
use super::program::{Start, interpret, random};
use ef_hdl_kit::rand::Rng;
use ef_isa::instr::{Engine, Instr, MAX_LOOPS};
use ef_isa::{ComputeDesc, LoadDesc, regs, regs::status};
use ef_rtl_tests::{Host, seeded};

fn run(bench: &mut ControlBench, program: &[Instr]) -> Vec<Start> {
    bench.load(program);
    bench.expect(&interpret(program));
    bench.start();
    assert_eq!(bench.finish(), status::DONE);
    assert_eq!(bench.missing(), 0, "every command has started");
    assert_eq!(bench.running(), 0, "END waits for all engines");
    std::mem::take(&mut bench.started)
}

#[test]
fn every_command_starts_in_order_with_its_descriptor_and_after_its_tokens() {
    let mut bench = ControlBench::new(1);
    for seed in 0..60 {
        let mut rng = seeded(seed);
        let size = rng.random_range(0..240);
        let program = random(&mut rng, size, 20);
        bench.slowness = [2, 12, 60][seed as usize % 3];
        run(&mut bench, &program);
    }
}

#[test]
fn commands_are_those_of_the_golden_models_interpreter() {
    use ef_isa::{Command, Descriptor};
    use ef_model::interpret as golden;
    let values = |command: &Command| -> Vec<u32> {
        fn all<D: Descriptor>(d: &D) -> Vec<u32> {
            (0..D::FIELDS.len()).map(|i| d.get(i)).collect()
        }
        match command {
            Command::Load(d) => all(d),
            Command::Compute(d) => all(d),
            Command::Store(d) => all(d),
        }
    };
    for seed in 0..40 {
        let program = random(&mut seeded(seed), 200, 20);
        let words: Vec<u64> = program.iter().map(|i| i.encode()).collect();
        let mut commands = Vec::new();
        golden(&words, |command| {
            commands.push(values(command));
            Ok(())
        })
        .unwrap();
        let ours: Vec<Vec<u32>> = interpret(&program).into_iter().map(|start| start.fields).collect();
        assert_eq!(ours, commands);
    }
}

#[test]
fn loops_nest_eight_deep() {
    let field = ComputeDesc::x_base as u8;
    let add = |increment| Instr::Add { engine: Engine::Compute, stream: 5, field, increment };
    let mut program = vec![Instr::Set { engine: Engine::Compute, stream: 5, field, value: 7 }];
    for depth in 0..MAX_LOOPS {
        program.push(Instr::Loop { count: 1 + depth as u16 % 3 });
        program.push(add(1 << depth));
    }
    program.push(Instr::Issue { engine: Engine::Compute, wait: 0, signal: 0 });
    for _ in 0..MAX_LOOPS {
        program.push(Instr::Next);
        program.push(add(1000));
    }
    program.push(Instr::End);
    let mut bench = ControlBench::new(2);
    bench.slowness = 3;
    let started = run(&mut bench, &program);
    assert_eq!(started.len(), 2 * 3 * 2 * 3 * 2);
}

#[test]
fn an_add_sees_the_words_of_the_instructions_just_before_it() {
    let engine = Engine::Store;
    let (field, issue) = (11, Instr::Issue { engine, wait: 0, signal: 0 });
    let mut bench = ControlBench::new(8);
    // the same word again after 0 to 5 instructions on other words
    for distance in 0..6 {
        let mut program = Vec::new();
        for stream in 0..8 {
            program.push(Instr::Set { engine, stream, field, value: 1000 * u32::from(stream) });
        }
        program.push(Instr::Loop { count: 20 });
        program.push(Instr::Add { engine, stream: 0, field, increment: 3 });
        for stream in 1..=distance {
            program.push(Instr::Add { engine, stream, field, increment: 7 });
        }
        program.extend([
            Instr::Add { engine, stream: 0, field, increment: 11 },
            issue,
            Instr::Next,
            Instr::End,
        ]);
        let started = run(&mut bench, &program);
        assert_eq!(started.last().unwrap().fields[usize::from(field)], 20 * 14);
    }
}

#[test]
fn a_loop_may_have_an_empty_body_and_65535_rounds() {
    let program = [Instr::Loop { count: 65535 }, Instr::Next, Instr::End];
    let mut bench = ControlBench::new(3);
    run(&mut bench, &program);
    let cycles = bench.read(regs::CYCLES);
    assert!(cycles < 65535 * 5 + 60, "a NEXT that jumps takes at most 5 cycles: {cycles}");
}

#[test]
fn a_loop_in_the_buffer_runs_at_one_instruction_per_cycle() {
    let (length, rounds) = (60, 50);
    let engines = [Engine::Load, Engine::Compute, Engine::Store];
    let mut program = vec![Instr::Loop { count: rounds }];
    program.extend((0..length).map(|i| Instr::Set {
        engine: engines[i % 3],
        stream: 0,
        field: (i % 18) as u8,
        value: i as u32,
    }));
    program.extend([Instr::Next, Instr::End]);
    let mut bench = ControlBench::new(4);
    run(&mut bench, &program);
    let (cycles, rounds) = (bench.read(regs::CYCLES), u32::from(rounds));
    let executed = rounds * (length as u32 + 5);
    let fetched = bench.read(regs::WORDS_FETCHED);
    assert!(
        (executed..executed + fetched + 30).contains(&cycles),
        "{cycles} cycles for {executed} and {fetched} words"
    );
    assert_eq!(bench.read(regs::PC), length as u32 + 2);
}

#[test]
fn field_values_wait_in_the_queue_while_the_engine_works() {
    // these fit the queue: fetch is through long before the first command is done
    let mut program = vec![Instr::Issue { engine: Engine::Load, wait: 0, signal: 0 }];
    for value in 0..20 {
        program.push(Instr::Set { engine: Engine::Load, stream: 0, field: LoadDesc::dram as u8, value });
    }
    program.push(Instr::Issue { engine: Engine::Load, wait: 0, signal: 0 });
    program.push(Instr::End);
    let mut bench = ControlBench::new(5);
    bench.slowness = 2000;
    bench.load(&program);
    bench.expect(&interpret(&program));
    bench.start();
    bench.steps(120);
    assert_eq!(bench.read(regs::PC), 22);
    bench.finish();
    assert_eq!(bench.missing(), 0);
}

#[test]
fn an_empty_program_is_done_at_once() {
    let mut bench = ControlBench::new(6);
    run(&mut bench, &[Instr::End]);
    assert!(bench.read(regs::CYCLES) < 30);
}

#[test]
fn the_end_waits_for_the_memory() {
    let mut bench = ControlBench::new(7);
    bench.load(&[Instr::End]);
    bench.memory_idle = false;
    bench.start();
    bench.steps(300);
    assert_eq!(bench.read(regs::STATUS), status::BUSY);
    bench.memory_idle = true;
    assert_eq!(bench.finish(), status::DONE);
}
