//! The special function unit.

use crate::support::Pipe;
use ef_hdl_kit::Vsim;
use ef_hdl_kit::rand::Rng;
use ef_numerics::sfu::{Function, evaluate};
use ef_rtl::arith::mult18::{MultKind, mult18_verilog};
use ef_rtl::arith::sfu::{LATENCY, Sfu};
use ef_rtl_tests::{Chance, SPECIAL, seeded};

/// Any word, or one where the function does most: near 1, within the range of `exp`, at the ends of table segments.
pub fn argument(rng: &mut impl Rng) -> u32 {
    match rng.random_range(0..6) {
        0 => rng.word(),
        1 => rng.near(127, 1),
        2 | 3 => rng.near(124, 12),
        4 => rng.near(127, 127) & 0xffff_0000 | rng.random_range(0..3),
        _ => rng.near(127, 8) | 0x0000_fffe,
    }
}

fn verilog_matches_numerics(function: Function, vectors: usize) {
    let extra = mult18_verilog(MultKind::Portable);
    let sim = Vsim::of_with(&mut Sfu::default(), "top", extra).unwrap();
    let mut pipe = Pipe::new(sim, &["x", "op"], &["y", "overflow"], LATENCY);
    let rng = &mut seeded(function as u64);
    let mut push = |x| {
        let (y, overflow) = evaluate(function, x);
        pipe.push(&[x, function as u32], &[y, overflow.into()]);
    };
    // every exponent of both signs, then the rest
    SPECIAL.into_iter().for_each(&mut push);
    (0..512).for_each(|top| push(top << 23 | 0x0012_3456));
    (0..vectors).for_each(|_| push(argument(rng)));
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
