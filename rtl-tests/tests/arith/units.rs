//! 300,000 operands through the Verilog of adder, multiplier and comparison, against the definition.

use crate::support::{Pipe, any_pair};
use ef_hdl_kit::Vsim;
use ef_hdl_kit::rand::Rng;
use ef_numerics::{add, gt, mul, sub};
use ef_rtl::arith::fp_add::{self, FpAdd};
use ef_rtl::arith::fp_gt::FpGt;
use ef_rtl::arith::fp_mul::{self, FpMul};
use ef_rtl::arith::mult18::{MultKind, mult18_verilog};
use ef_rtl_tests::{Chance, seeded};

const VECTORS: usize = 300_000;

#[test]
fn sums_and_differences_match_the_definition() {
    let sim = Vsim::of(&mut FpAdd::default(), "top").unwrap();
    let mut pipe = Pipe::new(sim, &["a", "b", "subtract"], &["y", "overflow"], fp_add::LATENCY);
    let rng = &mut seeded(1);
    for _ in 0..VECTORS {
        let (a, b) = any_pair(rng);
        let subtract = rng.random();
        let (y, overflow) = if subtract { sub(a, b) } else { add(a, b) };
        pipe.push(&[a, b, subtract.into()], &[y, overflow.into()]);
    }
}

#[test]
fn products_match_the_definition() {
    let extra = mult18_verilog(MultKind::Portable);
    let sim = Vsim::of_with(&mut FpMul::default(), "top", extra).unwrap();
    let mut pipe = Pipe::new(sim, &["a", "b"], &["y", "overflow"], fp_mul::LATENCY);
    let rng = &mut seeded(3);
    for _ in 0..VECTORS {
        let (a, b) = any_pair(rng);
        let (y, overflow) = mul(a, b);
        pipe.push(&[a, b], &[y, overflow.into()]);
    }
}

#[test]
fn comparisons_match_the_definition() {
    let sim = Vsim::of(&mut FpGt::default(), "top").unwrap();
    let mut pipe = Pipe::new(sim, &["a", "b"], &["gt"], 0);
    let rng = &mut seeded(5);
    for _ in 0..VECTORS {
        let (a, b) = any_pair(rng);
        let b = if rng.one_in(16) { a } else { b };
        pipe.push(&[a, b], &[gt(a, b).into()]);
    }
}
