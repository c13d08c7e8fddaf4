//! The special function unit.

use crate::support::{Pipe, SPECIAL, any_word, near};
use ef_hdl_kit::rand::{Rng, SeedableRng, rngs::StdRng};
use ef_hdl_kit::{Vsim, lockstep};
use ef_numerics::sfu::{Function, evaluate};
use ef_rtl::arith::mult18::{MultKind, mult18_verilog};
use ef_rtl::arith::sfu::{LATENCY, Sfu};
use std::collections::VecDeque;

/// Any word, or one where the function does most: near 1, within the range of `exp`, at the ends of table segments.
fn argument(rng: &mut impl Rng) -> u32 {
    match rng.random_range(0..6) {
        0 => any_word(rng),
        1 => near(rng, 127, 1),
        2 | 3 => near(rng, 124, 12),
        4 => near(rng, 127, 127) & 0xffff_0000 | rng.random_range(0..3),
        _ => near(rng, 127, 8) | 0x0000_fffe,
    }
}

fn verilog_matches_numerics(function: Function, vectors: usize) {
    let extra = mult18_verilog(MultKind::Portable);
    let sim = Vsim::of_with(&mut Sfu::default(), "top", extra).unwrap();
    let mut pipe = Pipe::new(sim, &["x", "op"], &["y", "overflow"], LATENCY);
    let mut rng = StdRng::seed_from_u64(function as u64);
    let mut push = |x| {
        let (y, overflow) = evaluate(function, x);
        pipe.push(vec![x.into(), function as u64], vec![y.into(), overflow.into()]);
    };
    // every exponent of both signs, then the rest
    SPECIAL.into_iter().for_each(&mut push);
    (0..512).for_each(|top| push(top << 23 | 0x0012_3456));
    (0..vectors).for_each(|_| push(argument(&mut rng)));
    assert!(pipe.checked >= vectors);
}

#[test]
fn reciprocals_match_the_definition() {
    verilog_matches_numerics(Function::Recip, 150_000);
}

#[test]
fn reciprocal_square_roots_match_the_definition() {
    verilog_matches_numerics(Function::Rsqrt, 150_000);
}

#[test]
fn exponentials_match_the_definition() {
    verilog_matches_numerics(Function::Exp, 150_000);
}

#[test]
fn logarithms_match_the_definition() {
    verilog_matches_numerics(Function::Ln, 150_000);
}

#[test]
fn functions_may_change_every_cycle_in_rust_and_verilog() {
    let mut expected = VecDeque::new();
    lockstep!(Sfu::default(), mult18_verilog(MultKind::Ecp5Sim), 9, 4000, |block, rng| {
        if expected.len() == LATENCY {
            let (y, overflow): (u32, bool) = expected.pop_front().unwrap();
            assert_eq!((u64::from(block.y.val()), block.overflow.val()), (y.into(), overflow));
        }
        let function = Function::ALL[rng.random_range(0..4)];
        let x = argument(rng);
        expected.push_back(evaluate(function, x));
        block.x.next = u64::from(x).into();
        block.op.next = (function as u64).into();
    });
}
