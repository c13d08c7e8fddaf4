//! Every unit and each of its stages against its Verilog; the units against their definition too.

use crate::support::{Due, any_pair, operands, result};
use ef_hdl_kit::rand::Rng;
use ef_numerics::sfu::{Function, evaluate};
use ef_numerics::{add, dot, gt, mul, sub};
use ef_rtl::arith::aligner::Aligner;
use ef_rtl::arith::dot::{self as dot_unit, Dot};
use ef_rtl::arith::dot_lane::{DotAddend, DotLane};
use ef_rtl::arith::exponent_max::{ExponentMax, MaxRegister};
use ef_rtl::arith::fp_add::{self, FpAdd};
use ef_rtl::arith::fp_gt::FpGt;
use ef_rtl::arith::fp_mul::{self, FpMul};
use ef_rtl::arith::mult18::{MultKind, Multiplier, mult18_verilog};
use ef_rtl::arith::normalise_round::NormaliseRound;
use ef_rtl::arith::pixel::{self as pixel_unit, Pixel};
use ef_rtl::arith::round_pack::RoundPack;
use ef_rtl::arith::sfu::{self, Sfu};
use ef_rtl::arith::sfu_finish::SfuFinish;
use ef_rtl::arith::sfu_interpolate::SfuInterpolate;
use ef_rtl::arith::sfu_reduce::SfuReduce;
use ef_rtl::arith::sig_product::SigProduct;
use ef_rtl::arith::sig_product_exact::SigProductExact;
use ef_rtl::arith::signed_sum::{CarryAdd, PairAdd, SignedSum, Total};
use ef_rtl_tests::{Chance, drive, group};

group! {
    mult18_verilog(MultKind::Ecp5Sim);

    aligner[600]: Aligner::default() => |b, rng| {
        drive!(b, rng; any(): value, negative; below(40): e);
        b.e_max.next = (u64::from(b.e.next) + rng.below(32)).into();
    };
    dot_lane[600]: DotLane::default() => |b, rng| drive!(b, rng; word(): a; tame(): b; near(254, 8): e_max);
    dot_addend[600]: DotAddend::default() => |b, rng| drive!(b, rng; tame(): c; near(254, 8): e_max);
    max_register[300]: MaxRegister::default() => |b, rng| drive!(b, rng; below(20): a, b);
    exponent_max_of_2[300]: ExponentMax::<2>::default() => |b, rng| drive!(b, rng; any(): e, e_addend);
    exponent_max_of_4[300]: ExponentMax::<4>::default() => |b, rng| drive!(b, rng; any(): e, e_addend);
    exponent_max_of_8[300]: ExponentMax::<8>::default() => |b, rng| drive!(b, rng; any(): e, e_addend);
    pair_add[comb 300]: PairAdd::default() => |b, rng| drive!(b, rng; any(): a, b, a_negative, b_negative);
    carry_add[comb 300]: CarryAdd::default() => |b, rng| drive!(b, rng; any(): a, b, carry);
    total[600]: Total::default() => |b, rng| {
        drive!(b, rng; any(): addend, addend_negative, lanes, carry);
    };
    signed_sum_of_2[600]: SignedSum::<2>::default() => |b, rng| {
        drive!(b, rng; any(): x, negative, addend, addend_negative);
    };
    signed_sum_of_8[600]: SignedSum::<8>::default() => |b, rng| {
        drive!(b, rng; any(): x, negative, addend, addend_negative);
    };
    sig_product[600]: SigProduct::default() => |b, rng| drive!(b, rng; any(): a, b);
    sig_product_exact[600]: SigProductExact::default() => |b, rng| drive!(b, rng; any(): a, b);
    normalise_round[1500]: NormaliseRound::<0>::default() => |b, rng| {
        drive!(b, rng; any(): exponent, negative);
        b.magnitude.next = (rng.random::<u32>() as u64 >> rng.below(32)).into();
    };
    round_pack[1000]: RoundPack::default() => |b, rng| {
        drive!(b, rng; any(): exponent, fraction, up, negative; not_one_in(8): present);
    };
    sfu_reduce[2000]: SfuReduce::default() => |b, rng| drive!(b, rng; near(127, 12): x; any(): op);
    sfu_interpolate[1000]: SfuInterpolate::default() => |b, rng| drive!(b, rng; any(): op, point);
    sfu_finish[1500]: SfuFinish::default() => |b, rng| {
        drive!(b, rng; any(): value, is_ln, scale, negative; one_in(8): saturate, vanish);
    };

    fp_add[run 3000]: FpAdd::default() => |run| {
        let mut due = Due::new(fp_add::LATENCY);
        run.check(|block, rng| {
            let (a, b) = any_pair(rng);
            let subtract = rng.random();
            let sum = if subtract { sub(a, b) } else { add(a, b) };
            due.check(sum, result(block.y.val(), block.overflow.val()));
            (block.a.next, block.b.next) = (u64::from(a).into(), u64::from(b).into());
            block.subtract.next = subtract;
        });
    };
    fp_mul[run 2000]: FpMul::default() => |run| {
        let mut due = Due::new(fp_mul::LATENCY);
        run.check(|block, rng| {
            let (a, b) = any_pair(rng);
            due.check(mul(a, b), result(block.y.val(), block.overflow.val()));
            (block.a.next, block.b.next) = (u64::from(a).into(), u64::from(b).into());
        });
    };
    fp_gt[comb 2000]: FpGt::default() => {
        let mut due = Due::new(1);
        move |block, rng| {
            let (a, b) = any_pair(rng);
            let b = if rng.one_in(16) { a } else { b };
            due.check(gt(a, b), block.gt.val());
            (block.a.next, block.b.next) = (u64::from(a).into(), u64::from(b).into());
        }
    };
    /// Every pixel at every shift.
    pixel[run 4097]: Pixel::default() => |run| {
        let mut next = 0;
        let mut due = Due::new(pixel_unit::LATENCY);
        run.check(|block, _| {
            let (byte, shift) = (next as u8, next >> 8 & 15);
            next += 1;
            due.check(u64::from(ef_numerics::pixel(byte, shift)), u64::from(block.y.val()));
            block.pixel.next = u64::from(byte).into();
            block.shift.next = u64::from(shift).into();
        });
    };
    multiplier_of_2_registers[run 1000]: Multiplier::<2>::default() => |run| {
        let mut due = Due::new(2);
        run.check(|b, rng| multiplier!(due, b, rng));
    };
    multiplier_of_3_registers[run 1000]: Multiplier::<3>::default() => |run| {
        let mut due = Due::new(3);
        run.check(|b, rng| multiplier!(due, b, rng));
    };
    dot_of_4[run 2000]: Dot::<4>::default() => |run| {
        let mut due = Due::new(dot_unit::LATENCY);
        run.check(|block, rng| {
            let (a, b, c) = operands::<4>(rng);
            due.check(dot(c, &a, &b), result(block.y.val(), block.overflow.val()));
            for i in 0..4 {
                block.a[i].next = u64::from(a[i]).into();
                block.b[i].next = u64::from(b[i]).into();
            }
            block.c.next = u64::from(c).into();
        });
    };
    /// The function may change in every cycle.
    sfu[run 3000]: Sfu::default() => |run| {
        let mut due = Due::new(sfu::LATENCY);
        run.check(|block, rng| {
            let function = Function::ALL[rng.random_range(0..4)];
            let x = crate::sfu::argument(rng);
            due.check(evaluate(function, x), result(block.y.val(), block.overflow.val()));
            block.x.next = u64::from(x).into();
            block.op.next = (function as u64).into();
        });
    };
}

/// Operands of which many are at the ends of the range, and the product of those of a while ago.
macro_rules! multiplier {
    ($due:ident, $block:ident, $rng:ident) => {{
        let [a, b] = [0, 1].map(|_| match $rng.random_range(0..8) {
            0 => 0x3_ffff,
            1 => 0x2_0000,
            _ => $rng.below(1 << 18),
        });
        $due.check(a * b, u64::from($block.p_high.val()) << 18 | u64::from($block.p_low.val()));
        ($block.a.next, $block.b.next) = (a.into(), b.into());
    }};
}
use multiplier;

#[test]
fn the_portable_multiplier_matches_integers() {
    let extra = mult18_verilog(MultKind::Portable);
    let mut due = Due::new(2);
    ef_hdl_kit::lockstep!(Multiplier::<2>::default(), extra, 8, 2000, |b, rng| multiplier!(due, b, rng));
    let mut due = Due::new(3);
    ef_hdl_kit::lockstep!(Multiplier::<3>::default(), extra, 8, 2000, |b, rng| multiplier!(due, b, rng));
}
