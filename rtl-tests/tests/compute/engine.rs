//! The engine against the golden model, bit for bit.

use crate::commands::{Command, command};
use crate::harness::{ComputeBench, wild};
use ef_isa::ComputeDesc;
use ef_model::Machine;
use ef_rtl_tests::{Chance, cases, seeded};
use proptest::prelude::*;
use std::cell::RefCell;

/// Runs the commands back to back on both and compares partial sums, overflow flags and counts.
fn compare(
    bench: &mut ComputeBench,
    commands: &[(ComputeDesc, u32)],
    seed: u64,
    any_word: bool,
) -> Result<(), TestCaseError> {
    let rng = &mut seeded(seed);
    let mut model = Machine::new(bench.config, 0);
    bench.fill(&mut model, rng, if any_word { wild } else { Chance::tame });
    model.psum.data = bench.read_psum(0);
    bench.clear_reports();
    for (desc, pause) in commands {
        for _ in 0..*pause {
            bench.tick();
        }
        bench.start(desc);
        model.compute(desc).expect("the command is legal");
    }
    bench.until_done(commands.len() as u64);
    let seen = bench.reports.clone();
    // read what was written last first
    let psum = bench.read_psum(commands.last().map_or(0, |(desc, _)| last_psum(desc)));
    let different: Vec<usize> =
        (0..psum.len()).filter(|i| psum[*i] != model.psum.data[*i]).map(|i| i / bench.config.lanes).collect();
    prop_assert!(different.is_empty(), "partial sums differ at {different:?}");
    prop_assert_eq!(bench.reports.done, commands.len() as u64);
    prop_assert_eq!(bench.reports.bad, 0);
    prop_assert_eq!(bench.reports.overflow, model.scalars.overflow);
    prop_assert_eq!(seen.streamed, model.traffic.kernel);
    Ok(())
}

/// The psum address that a command writes last.
fn last_psum(desc: &ComputeDesc) -> usize {
    let count = if desc.op & 1 == 0 {
        desc.n_i * desc.n_r * desc.n_c
    } else {
        desc.n_g * desc.n_kr * desc.n_kc + (desc.op >> 5 & 1)
    };
    (desc.p_base + count.max(1) - 1) as usize
}

fn check(lanes: usize, count: u32, work: u32) {
    let bench = RefCell::new(ComputeBench::new(lanes));
    let some = prop::collection::vec(
        (command(work), prop_oneof![9 => Just(None), 1 => (0..6usize).prop_map(Some)]),
        1..5,
    );
    let runs = (some, any::<u64>(), prop::bool::weighted(0.2));
    cases(lanes as u8, count, &runs, |(commands, seed, any_word)| {
        let mut bench = bench.borrow_mut();
        let commands: Vec<(ComputeDesc, u32)> = commands
            .into_iter()
            .map(|(command, empty): (Command, _)| {
                let command = empty.map_or(command.clone(), |which| command.emptied(which));
                (command.descriptor(bench.config), command.pause)
            })
            .collect();
        compare(&mut bench, &commands, seed, any_word)
    });
}

#[test]
fn two_lanes_compute_what_the_model_computes() {
    check(2, 200, 4000);
}

#[test]
fn four_lanes_compute_what_the_model_computes() {
    check(4, 120, 4000);
}

#[test]
fn eight_lanes_compute_what_the_model_computes() {
    check(8, 60, 4000);
}

/// Tiny steps: every step waits for the partial sums of the one before, also from one command to the next.
#[test]
fn a_partial_sum_is_never_visited_while_it_is_in_the_pipeline() {
    check(2, 300, 12);
}
