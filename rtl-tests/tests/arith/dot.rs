//! The fused dot product.

use crate::support::{Pipe, operands};
use ef_hdl_kit::Vsim;
use ef_numerics::dot;
use ef_rtl::arith::dot::{Dot, LATENCY};
use ef_rtl::arith::mult18::{MultKind, mult18_verilog};
use ef_rtl_tests::seeded;

fn verilog_matches_numerics<const T: usize>(kind: MultKind, vectors: usize) {
    let sim = Vsim::of_with(&mut Dot::<T>::default(), "top", mult18_verilog(kind)).unwrap();
    let names: Vec<String> = ["a", "b"]
        .iter()
        .flat_map(|port| (0..T).map(move |i| format!("{port}${i}")))
        .chain(["c".into()])
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut pipe = Pipe::new(sim, &names, &["y", "overflow"], LATENCY);
    let rng = &mut seeded(T as u64);
    let (mut zero, mut saturated) = (0, 0);
    for _ in 0..vectors + LATENCY {
        let (a, b, c) = operands::<T>(rng);
        let (y, overflow) = dot(c, &a, &b);
        zero += (y == 0) as usize;
        saturated += overflow as usize;
        pipe.push(&[&a[..], &b, &[c]].concat(), &[y, overflow.into()]);
    }
    assert!(pipe.checked > vectors && zero > vectors / 100 && saturated > vectors / 100);
}

#[test]
fn eight_lanes_match_the_definition() {
    verilog_matches_numerics::<8>(MultKind::Portable, 150_000);
}

#[test]
fn four_lanes_match_the_definition() {
    verilog_matches_numerics::<4>(MultKind::Portable, 150_000);
}

#[test]
fn two_lanes_match_the_definition() {
    verilog_matches_numerics::<2>(MultKind::Portable, 150_000);
}

#[test]
fn the_multiplier_block_of_the_ecp5_gives_the_same_results() {
    verilog_matches_numerics::<2>(MultKind::Ecp5Sim, 20_000);
}
