//! Programs that are longer than the buffer on the chip.
use super::bench::{ControlBench, FETCH_AW};
use super::program::{interpret, random};
use ef_hdl_kit::rand::Rng;
use ef_isa::instr::{Engine, Instr};
use ef_isa::regs::{self, status};
use ef_rtl_tests::{Host, Pace, seeded};

/// Words fetched by a run from a memory of this speed.
fn fetched(bench: &mut ControlBench, program: &[Instr], speed: f64) -> u32 {
    bench.load(program);
    bench.memory.pace = Pace::even(speed);
    bench.expect(&interpret(program));
    bench.start();
    assert_eq!(bench.finish(), status::DONE);
    assert_eq!((bench.missing(), bench.running()), (0, 0));
    assert_eq!(bench.read(regs::PC) as usize, program.len() - 1);
    bench.read(regs::WORDS_FETCHED)
}

#[test]
fn programs_of_several_buffers_with_loops_of_any_length_run_exactly_whatever_stalls() {
    let mut bench = ControlBench::new(1);
    let (mut most, mut far) = (0, 0);
    for seed in 0..60 {
        let mut rng = seeded(seed);
        let size = rng.random_range(2..7) << FETCH_AW;
        let longest = [20, 100, 400][seed as usize % 3];
        let program = random(&mut rng, size, longest);
        bench.slowness = [2, 30][seed as usize / 3 % 2];
        let words = fetched(&mut bench, &program, [1.0, 0.6, 0.2][seed as usize / 6 % 3]);
        most = most.max(program.len());
        far += u32::from(words > 2 * program.len() as u32);
    }
    assert!(most > 5 << FETCH_AW, "{most} instructions");
    assert!(far > 10, "{far} programs jump out of the buffer");
}

/// Nested loops, `outside` instructions in each body around the next one, `inside` in the innermost.
fn nest(depth: usize, outside: usize, inside: usize) -> Vec<Instr> {
    let set = |value| Instr::Set { engine: Engine::Load, stream: 0, field: 0, value };
    let pad = |count: usize| (0..count as u32).map(set);
    let mut program = Vec::new();
    for _ in 0..depth {
        program.push(Instr::Loop { count: 3 });
        program.extend(pad(outside));
    }
    program.extend(pad(inside));
    program.push(Instr::Issue { engine: Engine::Load, wait: 0, signal: 0 });
    program.extend(vec![Instr::Next; depth]);
    program
}

#[test]
fn loops_that_fit_the_buffer_are_fetched_once() {
    let mut bench = ControlBench::new(2);
    bench.slowness = 2;
    for (depth, outside, inside) in [(1, 0, 60), (2, 20, 10), (8, 3, 20), (3, 0, 0)] {
        // behind something long, at every place of the ring, and with something long behind
        for before in [0, 50, 101, 300] {
            let mut program = nest(1, 0, 0).repeat(before / 4);
            program.extend(nest(depth, outside, inside));
            program.extend(nest(1, 2, 2).repeat(60));
            program.push(Instr::End);
            let words = fetched(&mut bench, &program, 0.8);
            assert_eq!(words, 2 * program.len() as u32, "depth {depth}, {before} instructions before");
        }
    }
}

#[test]
fn a_loop_inside_one_that_is_too_long_is_kept() {
    let mut bench = ControlBench::new(3);
    bench.slowness = 2;
    // three rounds of 300 instructions, most of them in a loop of 50 that runs from the buffer
    let inner = nest(1, 0, 48);
    for before in [30, 90, 200] {
        let mut program = vec![Instr::Loop { count: 3 }];
        program.extend(nest(1, 0, 0).repeat(before / 4));
        program.extend(&inner);
        program.extend(nest(1, 0, 0).repeat((250 - before) / 4));
        program.extend([Instr::Next, Instr::End]);
        let words = fetched(&mut bench, &program, 0.8);
        // each round reads ahead by a buffer at the most
        let most = 3 * (2 * program.len() + (2 << FETCH_AW)) as u32;
        assert!(words < most, "{words} words, {before} before");
    }
}

#[test]
fn straight_code_runs_as_fast_as_the_memory_gives_it() {
    let mut bench = ControlBench::new(4);
    let program: Vec<Instr> = (0..2000)
        .map(|i| Instr::Set { engine: Engine::ALL[i % 3], stream: 0, field: (i % 18) as u8, value: i as u32 })
        .chain([Instr::End])
        .collect();
    let words = fetched(&mut bench, &program, 1.0);
    let cycles = bench.read(regs::CYCLES);
    assert!(cycles < words + words / 20, "{cycles} cycles for {words} words");
}
