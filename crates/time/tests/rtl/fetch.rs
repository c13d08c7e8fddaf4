//! Programs that do not fit the buffer on the chip.

use crate::bench::{BEHIND, MEMORIES, TimeBench};
use ef_compiler::encode;
use ef_isa::config::SIM_2X2;
use ef_isa::instr::Engine;
use ef_isa::load::{LoadOp, VectorBuffer, WordBuffer};
use ef_isa::{Command, Instr, LoadDesc, Synced};

/// A load, `before` values, a loop of `turns` over `outside` values and a loop of two over `inside`, each with the load again.
fn program(load: &LoadDesc, before: usize, turns: u16, outside: usize, inside: usize) -> Vec<u64> {
    let mut program = encode(&[Synced { command: Command::Load(load.clone()), wait: 0, signal: 0 }]);
    program.pop();
    let value = Instr::Set { engine: Engine::Compute, stream: 0, field: 1, value: 0 };
    let again = Instr::Issue { engine: Engine::Load, wait: 0, signal: 0 };
    let mut then = vec![value; before];
    then.push(Instr::Loop { count: turns });
    then.extend(vec![value; outside]);
    then.push(Instr::Loop { count: 2 });
    then.extend(vec![value; inside]);
    then.extend([again, Instr::Next, again, Instr::Next, again, Instr::End]);
    program.extend(then.into_iter().map(Instr::encode));
    program
}

#[test]
fn programs_longer_than_the_buffer_take_the_predicted_cycles() {
    let zero = LoadDesc { op: LoadOp::zero(VectorBuffer::Weight).encode(), n0: 1, ..LoadDesc::default() };
    let words = LoadOp::words(WordBuffer::Operand).encode();
    let read = LoadDesc { op: words, run: 40, n_run0: 9, d_run0: 40, n_run1: 1, ..LoadDesc::default() };
    let mut most = 0;
    for memory in MEMORIES {
        let mut bench = TimeBench::new(&SIM_2X2, memory);
        for load in [&zero, &read] {
            for (before, turns, outside, inside) in [
                (0, 1, 0, 0),
                (300, 1, 0, 0),
                (3, 4, 10, 20),
                (0, 2, 300, 10),
                (0, 3, 300, 10),
                (7, 3, 20, 150),
                (100, 5, 90, 30),
                (50, 3, 40, 70),
            ] {
                let program = program(load, before, turns, outside, inside);
                let (rtl, model) = bench.run(BEHIND, &program);
                let what = format!("{memory:?} {before} {turns} {outside} {inside}");
                assert_eq!(model.cycles, rtl.cycles, "{what}");
                assert_eq!(model.load_busy, rtl.load_busy, "{what}");
                most = most.max(rtl.fetched.words / (2 * program.len() as u64));
            }
        }
    }
    assert!(most >= 2, "far jumps fetch a loop again");
}
