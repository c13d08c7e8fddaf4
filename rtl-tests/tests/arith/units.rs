//! The elementwise units: add, multiply, compare, pixel; and the multiplier block below them.

use crate::support::{Pipe, any_pair};
use ef_hdl_kit::rand::{Rng, SeedableRng, rngs::StdRng};
use ef_hdl_kit::{Vsim, lockstep};
use ef_numerics::{add, gt, mul, pixel, sub};
use ef_rtl::arith::fp_add::{self, FpAdd};
use ef_rtl::arith::fp_gt::FpGt;
use ef_rtl::arith::fp_mul::{self, FpMul};
use ef_rtl::arith::mult18::{MultKind, Multiplier, mult18_verilog};
use ef_rtl::arith::pixel::{self as pixel_unit, Pixel};
use std::collections::VecDeque;

const VECTORS: usize = 300_000;
const CYCLES: u64 = 4000;

fn portable() -> &'static str {
    mult18_verilog(MultKind::Portable)
}

fn sum_or_difference(a: u32, b: u32, subtract: bool) -> (u32, bool) {
    if subtract { sub(a, b) } else { add(a, b) }
}

/// Checks outputs of a rust-hdl block against results that are due later.
struct Due<T> {
    latency: usize,
    queue: VecDeque<T>,
}

impl<T> Due<T> {
    fn new(latency: usize) -> Self {
        Due { latency, queue: VecDeque::new() }
    }

    /// The result that is at the outputs now; remembers the one of the operands that enter now.
    fn step(&mut self, entering: T) -> Option<T> {
        self.queue.push_back(entering);
        if self.queue.len() > self.latency { self.queue.pop_front() } else { None }
    }
}

#[test]
fn verilog_sums_and_differences_match_the_definition() {
    let sim = Vsim::of(&mut FpAdd::default(), "top").unwrap();
    let mut pipe = Pipe::new(sim, &["a", "b", "subtract"], &["y", "overflow"], fp_add::LATENCY);
    let mut rng = StdRng::seed_from_u64(1);
    for _ in 0..VECTORS {
        let (a, b) = any_pair(&mut rng);
        let subtract = rng.random();
        let (y, overflow) = sum_or_difference(a, b, subtract);
        pipe.push(vec![a.into(), b.into(), subtract.into()], vec![y.into(), overflow.into()]);
    }
}

#[test]
fn rust_and_verilog_sums_agree_in_every_cycle_and_match_the_definition() {
    let mut due = Due::new(fp_add::LATENCY);
    lockstep!(FpAdd::default(), "", 2, CYCLES, |block, rng| {
        let (a, b) = any_pair(rng);
        let subtract = rng.random();
        if let Some((y, overflow)) = due.step(sum_or_difference(a, b, subtract)) {
            assert_eq!((u64::from(block.y.val()), block.overflow.val()), (y.into(), overflow));
        }
        block.a.next = u64::from(a).into();
        block.b.next = u64::from(b).into();
        block.subtract.next = subtract;
    });
}

#[test]
fn verilog_products_match_the_definition() {
    let sim = Vsim::of_with(&mut FpMul::default(), "top", portable()).unwrap();
    let mut pipe = Pipe::new(sim, &["a", "b"], &["y", "overflow"], fp_mul::LATENCY);
    let mut rng = StdRng::seed_from_u64(3);
    for _ in 0..VECTORS {
        let (a, b) = any_pair(&mut rng);
        let (y, overflow) = mul(a, b);
        pipe.push(vec![a.into(), b.into()], vec![y.into(), overflow.into()]);
    }
}

#[test]
fn rust_and_verilog_products_agree_in_every_cycle_and_match_the_definition() {
    let mut due = Due::new(fp_mul::LATENCY);
    lockstep!(FpMul::default(), portable(), 4, CYCLES, |block, rng| {
        let (a, b) = any_pair(rng);
        if let Some((y, overflow)) = due.step(mul(a, b)) {
            assert_eq!((u64::from(block.y.val()), block.overflow.val()), (y.into(), overflow));
        }
        block.a.next = u64::from(a).into();
        block.b.next = u64::from(b).into();
    });
}

#[test]
fn verilog_comparisons_match_the_definition() {
    let sim = Vsim::of(&mut FpGt::default(), "top").unwrap();
    let mut pipe = Pipe::new(sim, &["a", "b"], &["gt"], 0);
    let mut rng = StdRng::seed_from_u64(5);
    for _ in 0..VECTORS {
        let (a, mut b) = any_pair(&mut rng);
        if rng.random_range(0..16) == 0 {
            b = a;
        }
        pipe.push(vec![a.into(), b.into()], vec![gt(a, b).into()]);
    }
}

#[test]
fn rust_and_verilog_comparisons_agree_and_match_the_definition() {
    let mut due = Due::new(1);
    lockstep!(comb: FpGt::default(), "", 6, CYCLES, |block, rng| {
        let (a, b) = any_pair(rng);
        if let Some(expected) = due.step(gt(a, b)) {
            assert_eq!(block.gt.val(), expected);
        }
        block.a.next = u64::from(a).into();
        block.b.next = u64::from(b).into();
    });
}

#[test]
fn every_pixel_at_every_shift_matches_the_definition_in_rust_and_verilog() {
    let mut next = 0;
    let mut due = Due::new(pixel_unit::LATENCY);
    let cycles = 256 * 16 + pixel_unit::LATENCY as u64;
    lockstep!(Pixel::default(), "", 7, cycles, |block, _rng| {
        let (byte, shift) = (next as u8, next >> 8 & 15);
        next += 1;
        if let Some(expected) = due.step(pixel(byte, shift)) {
            assert_eq!(u64::from(block.y.val()), u64::from(expected));
        }
        block.pixel.next = u64::from(byte).into();
        block.shift.next = u64::from(shift).into();
    });
}

fn multiplier_matches_integers<const LATENCY: usize>(kind: MultKind) {
    let mut due = Due::new(LATENCY);
    lockstep!(Multiplier::<LATENCY>::default(), mult18_verilog(kind), 8, CYCLES, |block, rng| {
        let [a, b] = [0, 1].map(|_| match rng.random_range(0..8) {
            0 => 0x3_ffff,
            1 => 0x2_0000,
            _ => rng.random_range(0..1u64 << 18),
        });
        if let Some(expected) = due.step(a * b) {
            assert_eq!(u64::from(block.p_high.val()) << 18 | u64::from(block.p_low.val()), expected);
        }
        block.a.next = a.into();
        block.b.next = b.into();
    });
}

#[test]
fn the_portable_multiplier_matches_integers() {
    multiplier_matches_integers::<2>(MultKind::Portable);
    multiplier_matches_integers::<3>(MultKind::Portable);
}

#[test]
fn the_ecp5_multiplier_matches_integers() {
    multiplier_matches_integers::<2>(MultKind::Ecp5Sim);
    multiplier_matches_integers::<3>(MultKind::Ecp5Sim);
}
