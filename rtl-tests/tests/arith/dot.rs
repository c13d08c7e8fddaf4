//! The fused dot product.

use crate::support::{Pipe, any_word, near};
use ef_hdl_kit::rand::{Rng, SeedableRng, rngs::StdRng};
use ef_hdl_kit::{Vsim, lockstep};
use ef_numerics::dot;
use ef_rtl::arith::dot::{Dot, LATENCY};
use ef_rtl::arith::mult18::{MultKind, mult18_verilog};

/// Operands of one dot product: any bits, a common range of exponents, cancellation, or the longest sums.
fn operands<const T: usize>(rng: &mut impl Rng) -> ([u32; T], [u32; T], u32) {
    let spread = rng.random_range(0..20);
    let (middle, addend) = match rng.random_range(0..4) {
        // products near underflow, near overflow, and in the middle of the range
        0 => (64, 1),
        1 => (190, 254),
        _ => (127, 127),
    };
    let kind = rng.random_range(0..6);
    let mut word = |middle| match kind {
        0 => any_word(rng),
        _ if rng.random_range(0..16) == 0 => 0,
        _ => near(rng, middle, spread),
    };
    let mut a: [u32; T] = std::array::from_fn(|_| word(middle));
    let mut b: [u32; T] = std::array::from_fn(|_| word(middle));
    let mut c = word(addend);
    if kind == 1 {
        // pairs that cancel, exactly or in all but the last bits, and no addend or one as small as what is left
        for i in (1..T).step_by(2) {
            a[i] = a[i - 1] ^ 0x8000_0000;
            b[i] = b[i - 1] ^ rng.random_range(0..3);
        }
        c = if rng.random() { 0 } else { near(rng, middle.saturating_sub(24).max(1), 4) };
    } else if kind == 2 {
        // the addend cancels a single product
        a[1..].fill(0);
        c = ef_numerics::mul(a[0], b[0]).0 ^ 0x8000_0000;
    } else if kind == 3 {
        // the longest sums: every significand close to 2, one sign, one exponent
        let sign = rng.random::<u32>() & 0x8000_0000;
        let mut full = || 0x3fff_ffff - (rng.random::<u32>() & 0xff);
        a = std::array::from_fn(|_| full() | sign);
        b = std::array::from_fn(|_| full());
        c = full() | sign;
    }
    (a, b, c)
}

fn verilog_matches_numerics<const T: usize>(kind: MultKind, vectors: usize) {
    let sim = Vsim::of_with(&mut Dot::<T>::default(), "top", mult18_verilog(kind)).unwrap();
    let names: Vec<String> = ["a", "b"]
        .iter()
        .flat_map(|port| (0..T).map(move |i| format!("{port}${i}")))
        .chain(["c".into()])
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut pipe = Pipe::new(sim, &names, &["y", "overflow"], LATENCY);
    let mut rng = StdRng::seed_from_u64(T as u64);
    let (mut zero, mut saturated) = (0, 0);
    for _ in 0..vectors + LATENCY {
        let (a, b, c) = operands::<T>(&mut rng);
        let (y, overflow) = dot(c, &a, &b);
        zero += (y == 0) as usize;
        saturated += overflow as usize;
        let inputs = a.iter().chain(&b).chain([&c]).map(|word| u64::from(*word)).collect();
        pipe.push(inputs, vec![y.into(), overflow.into()]);
    }
    assert!(pipe.checked > vectors && zero > vectors / 100 && saturated > vectors / 100);
}

#[test]
fn eight_lanes_match_the_definition() {
    verilog_matches_numerics::<8>(MultKind::Portable, 250_000);
}

#[test]
fn four_lanes_match_the_definition() {
    verilog_matches_numerics::<4>(MultKind::Portable, 250_000);
}

#[test]
fn two_lanes_match_the_definition() {
    verilog_matches_numerics::<2>(MultKind::Portable, 250_000);
}

#[test]
fn the_multiplier_block_of_the_ecp5_gives_the_same_results() {
    verilog_matches_numerics::<2>(MultKind::Ecp5Sim, 20_000);
}

#[test]
fn rust_and_verilog_agree_in_every_cycle_and_rust_matches_the_definition() {
    let mut expected = std::collections::VecDeque::new();
    lockstep!(Dot::<4>::default(), mult18_verilog(MultKind::Portable), 1, 3000, |block, rng| {
        if expected.len() == LATENCY {
            let (y, overflow): (u32, bool) = expected.pop_front().unwrap();
            assert_eq!((u64::from(block.y.val()), block.overflow.val()), (y.into(), overflow));
        }
        let (a, b, c) = operands::<4>(rng);
        expected.push_back(dot(c, &a, &b));
        for i in 0..4 {
            block.a[i].next = u64::from(a[i]).into();
            block.b[i].next = u64::from(b[i]).into();
        }
        block.c.next = u64::from(c).into();
    });
}
