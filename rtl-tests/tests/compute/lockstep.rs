//! Every module against its own Verilog, with random inputs.

use ef_hdl_kit::lockstep;
use ef_hdl_kit::rand::Rng;
use ef_program::compute::ComputeOp;
use ef_program::{ComputeDesc, Descriptor};
use ef_rtl::arith::mult18::{MultKind, mult18_verilog};
use ef_rtl::buffer::{Banks, Delay, PulseDelay, Rotator, SkewAddress, SkewBuffer};
use ef_rtl::compute::*;
use rust_hdl::prelude::*;
use std::collections::VecDeque;

fn bits<const N: usize>(rng: &mut impl Rng) -> Bits<N> {
    (rng.random::<u64>() >> (64 - N)).into()
}

/// A small number, as loop counts are.
fn small<const N: usize>(rng: &mut impl Rng, end: u64) -> Bits<N> {
    rng.random_range(0..end).into()
}

/// High once in `of` cycles.
fn rare(rng: &mut impl Rng, of: u32) -> bool {
    rng.random_range(0..of) == 0
}

/// A finite FP32 word.
fn word(rng: &mut impl Rng) -> Bits<32> {
    u64::from(rng.random_range(120..134u32) << 23 | rng.random::<u32>() & 0x807f_ffff).into()
}

fn portable() -> &'static str {
    mult18_verilog(MultKind::Portable)
}

fn rotates<const T: usize>() {
    let mut expected: VecDeque<Vec<Bits<32>>> = VecDeque::new();
    lockstep!(Rotator::<T, 32>::default(), "", 1, 500, |b, rng| {
        // inputs of the last cycle went through the register when the clock rose
        if let Some(y) = expected.pop_front() {
            assert!((0..T).all(|n| b.y[n].val() == y[n]), "rotation of {T} lanes");
        }
        let rot: Bits<3> = bits(rng);
        let x: Vec<Bits<32>> = (0..T).map(|_| bits(rng)).collect();
        b.rot.next = rot;
        for (port, word) in b.x.iter_mut().zip(&x) {
            port.next = *word;
        }
        expected.push_back((0..T).map(|n| x[(n + rot.index()) % T]).collect());
    });
}

#[test]
fn a_rotator_gives_lane_n_the_word_of_bank_n_plus_rot() {
    rotates::<2>();
    rotates::<4>();
    rotates::<8>();
}

#[test]
fn delay_lines_equal_their_verilog() {
    lockstep!(Delay::<Bits<16>>::new(5), "", 1, 200, |b, rng| b.d.next = bits(rng));
    lockstep!(PulseDelay::<9>::default(), "", 2, 500, |b, rng| {
        b.d.next = rng.random();
        b.reset.next = rare(rng, 30);
    });
}

#[test]
fn banks_equal_their_verilog() {
    lockstep!(Banks::<2, 3>::default(), "", 1, 500, |b, rng| {
        b.we.next = rng.random();
        b.waddr.next = bits(rng);
        for n in 0..2 {
            b.wdata[n].next = bits(rng);
            b.raddr[n].next = bits(rng);
        }
    });
}

#[test]
fn a_skewed_read_equals_its_verilog() {
    lockstep!(SkewAddress::<4>::default(), "", 1, 500, |b, rng| {
        b.addr.next = bits(rng);
        b.rot.next = bits(rng);
        for lane in &mut b.lane {
            lane.next = bits(rng);
        }
    });
    lockstep!(SkewBuffer::<2, 2, 3, 2>::default(), "", 2, 2000, |b, rng| {
        b.feature_we.next = rng.random();
        b.feature_waddr.next = bits(rng);
        b.loss_we.next = rng.random();
        b.loss_waddr.next = bits(rng);
        b.weight_we.next = rng.random();
        b.weight_waddr.next = bits(rng);
        b.x_addr.next = bits(rng);
        b.x_rot.next = bits(rng);
        b.x_loss.next = rng.random();
        b.x_ones.next = rare(rng, 8);
        b.s_addr.next = bits(rng);
        b.s_rot.next = bits(rng);
        b.s_loss.next = rng.random();
        for n in 0..2 {
            b.feature_wdata[n].next = bits(rng);
            b.loss_wdata[n].next = bits(rng);
            b.weight_wdata[n].next = bits(rng);
            b.x_lane[n].next = bits(rng);
            b.s_lane[n].next = bits(rng);
            b.s_keep[n].next = rng.random();
        }
    });
}

#[test]
fn loops_equal_their_verilog() {
    lockstep!(Counter::default(), "", 1, 1000, |b, rng| {
        b.load.next = rare(rng, 20);
        b.n.next = small(rng, 6);
        b.advance.next = rng.random();
    });
    lockstep!(Accumulator::<16>::default(), "", 2, 500, |b, rng| {
        b.load.next = rare(rng, 20);
        b.stride.next = bits(rng);
        b.advance.next = rng.random();
        b.wrap.next = rare(rng, 4);
    });
    lockstep!(Axis::<3>::default(), "", 3, 1000, |b, rng| {
        b.load.next = rare(rng, 30);
        b.n.next = small(rng, 6);
        b.a_stride.next = bits(rng);
        b.b_stride.next = bits(rng);
        b.advance.next = rng.random();
    });
    lockstep!(Lanes::<4>::default(), "", 4, 2000, |b, rng| {
        b.load.next = rare(rng, 60);
        b.n_c.next = small(rng, 4);
        b.n_r.next = small(rng, 4);
        b.n_i.next = small(rng, 3);
        b.x_c.next = bits(rng);
        b.x_r.next = bits(rng);
        b.x_i.next = bits(rng);
        b.s_c.next = bits(rng);
        b.s_r.next = bits(rng);
        b.s_i.next = bits(rng);
        b.run.next = rng.random();
    });
}

#[test]
fn commands_are_held_and_decoded_as_in_their_verilog() {
    lockstep!(CommandLatch::default(), "", 1, 1000, |b, rng| {
        b.reset.next = rare(rng, 50);
        b.start.next = b.ready.val() && rng.random();
        b.fetch_take.next = b.fetch_valid.val() && rng.random();
        b.stream_take.next = b.stream_valid.val() && rng.random();
        for field in &mut b.field {
            field.next = bits(rng);
        }
    });
    lockstep!(OpDecode::default(), "", 2, 2000, |b, rng| {
        b.reset.next = rare(rng, 50);
        b.capture.next = rng.random();
        b.op.next = bits(rng);
        let zero = rng.random_range(0..12);
        let mut n = |k| u64::from(k != zero) * rng.random_range(1..65536);
        b.n_g.next = n(0).into();
        b.n_kr.next = n(1).into();
        b.n_kc.next = n(2).into();
        b.n_i.next = n(3).into();
        b.n_r.next = n(4).into();
        b.n_c.next = n(5).into();
    });
}

#[test]
fn the_streamer_and_its_parts_equal_their_verilog() {
    lockstep!(HazardTimer::default(), "", 1, 2000, |b, rng| b.start.next = rare(rng, 30));
    lockstep!(StreamAddress::default(), "", 2, 500, |b, rng| {
        b.load.next = rare(rng, 8);
        for port in
            [&mut b.base, &mut b.base_rot, &mut b.c, &mut b.r, &mut b.i, &mut b.kc, &mut b.kr, &mut b.g]
        {
            port.next = bits(rng);
        }
        for port in [&mut b.rot_c, &mut b.rot_r, &mut b.rot_i, &mut b.rot_kc, &mut b.rot_kr, &mut b.rot_g] {
            port.next = bits(rng);
        }
    });
    lockstep!(StreamLanes::<2>::default(), "", 3, 500, |b, rng| {
        b.copy.next = rng.random();
        b.pixel.next = rng.random();
        b.block[0].next = bits(rng);
        b.block[1].next = bits(rng);
    });
    lockstep!(StreamControl::<4>::default(), "", 4, 5000, |b, rng| {
        b.reset.next = rare(rng, 400);
        b.valid.next = rng.random();
        b.empty.next = rare(rng, 8);
        b.only_ones.next = rare(rng, 8);
        b.pixel.next = rng.random();
        b.ones.next = rng.random();
        b.loss.next = rng.random();
        b.init.next = small(rng, 3);
        b.phase.next = small(rng, 3);
        b.p_base.next = bits(rng);
        b.tag.next = bits(rng);
        b.fetched.next = rng.random();
        b.fetched_last.next = rng.random();
        for port in
            [&mut b.last_c, &mut b.last_r, &mut b.last_i, &mut b.last_kc, &mut b.last_kr, &mut b.last_g]
        {
            port.next = rng.random();
        }
    });
    lockstep!(Streamer::<2>::default(), "", 5, 4000, |b, rng| {
        b.reset.next = rare(rng, 1000);
        b.valid.next = rng.random();
        for (field, value) in b.value.iter_mut().zip(fields(rng)) {
            field.next = u64::from(value).into();
        }
        b.empty.next = rare(rng, 8);
        b.only_ones.next = rare(rng, 8);
        b.pixel.next = rng.random();
        b.ones.next = rng.random();
        b.loss.next = rng.random();
        b.init.next = small(rng, 3);
        b.phase.next = small(rng, 3);
        b.turn_g.next = small(rng, 2);
        b.fetched.next = rng.random();
        b.fetched_last.next = rng.random();
    });
}

#[test]
fn the_fetcher_and_its_parts_equal_their_verilog() {
    lockstep!(FetchAddress::<4>::default(), "", 1, 1000, |b, rng| {
        b.load.next = rare(rng, 8);
        for port in [&mut b.s_base, &mut b.s_phase, &mut b.bias, &mut b.g, &mut b.k] {
            port.next = bits(rng);
        }
        b.row.next = bits(rng);
        b.read.next = rng.random();
        b.read_bias.next = rare(rng, 4);
        b.pixel.next = rng.random();
        b.column.next = rng.random();
        for n in 0..4 {
            b.pixel_lane[n].next = bits(rng);
            b.present[n].next = rng.random();
        }
    });
    lockstep!(FetchControl::<2>::default(), "", 2, 5000, |b, rng| {
        b.reset.next = rare(rng, 400);
        b.valid.next = rng.random();
        b.empty.next = rare(rng, 4);
        b.pixel.next = rng.random();
        b.column.next = rng.random();
        b.bias.next = rng.random();
        b.swap.next = b.fetched.val() && rng.random();
        b.stream_loss.next = rng.random();
        b.walk_over.next = rng.random();
        for port in [&mut b.last_kc, &mut b.last_kr, &mut b.last_g] {
            port.next = rng.random();
        }
    });
    lockstep!(Fetcher::<2>::default(), "", 3, 4000, |b, rng| {
        b.reset.next = rare(rng, 1000);
        b.valid.next = rng.random();
        for (field, value) in b.value.iter_mut().zip(fields(rng)) {
            field.next = u64::from(value).into();
        }
        b.empty.next = rare(rng, 4);
        b.pixel.next = rng.random();
        b.column.next = rng.random();
        b.bias.next = rng.random();
        b.swap.next = b.fetched.val() && rng.random();
        b.stream_loss.next = rare(rng, 4);
    });
}

#[test]
fn a_row_and_its_parts_equal_their_verilog() {
    lockstep!(Psum::<3>::default(), "", 1, 500, |b, rng| {
        b.we.next = rng.random();
        b.waddr.next = bits(rng);
        b.wdata.next = bits(rng);
        b.raddr.next = bits(rng);
        b.saddr.next = bits(rng);
    });
    lockstep!(Stationary::<2>::default(), "", 2, 500, |b, rng| {
        b.s_we.next = rng.random();
        b.swap.next = rare(rng, 4);
        for n in 0..2 {
            b.s[n].next = bits(rng);
            b.x[n].next = bits(rng);
        }
    });
    lockstep!(RowStart::default(), "", 3, 500, |b, rng| {
        b.bias.next = bits(rng);
        b.bias_we.next = rare(rng, 4);
        b.s_we.next = rng.random();
        b.swap.next = rare(rng, 4);
        b.init.next = small(rng, 3);
        b.psum.next = bits(rng);
    });
    lockstep!(Row::<2, 2>::default(), portable(), 4, 1000, |b, rng| {
        for n in 0..2 {
            b.s[n].next = word(rng);
            b.x[n].next = word(rng);
        }
        b.s_we.next = rare(rng, 4);
        b.bias.next = word(rng);
        b.bias_we.next = rare(rng, 4);
        b.swap.next = rare(rng, 4);
        b.init.next = small(rng, 3);
        b.raddr.next = bits(rng);
        b.we.next = rng.random();
        b.waddr.next = bits(rng);
        b.saturated_in.next = rare(rng, 8);
        b.saddr.next = bits(rng);
    });
    lockstep!(Array::<2, 2>::default(), portable(), 5, 600, |b, rng| {
        for n in 0..2 {
            b.s[n].next = word(rng);
            b.x[n].next = word(rng);
        }
        b.s_we.next = rare(rng, 4);
        b.bias_we.next = rare(rng, 4);
        b.swap.next = rare(rng, 4);
        b.init.next = small(rng, 3);
        b.raddr.next = bits(rng);
        b.we.next = rng.random();
        b.waddr.next = bits(rng);
        b.saddr.next = bits(rng);
    });
}

#[test]
fn the_sequencer_equals_its_verilog() {
    lockstep!(Sequencer::<4>::default(), "", 1, 6000, |b, rng| {
        b.reset.next = rare(rng, 1500);
        b.start.next = b.ready.val() && rng.random();
        for (field, value) in b.field.iter_mut().zip(fields(rng)) {
            field.next = u64::from(value).into();
        }
    });
}

#[test]
fn the_engine_equals_its_verilog() {
    lockstep!(ComputeEngine::<2, 3, 3, 3, 3>::default(), portable(), 1, 1500, |b, rng| {
        b.reset.next = rare(rng, 700);
        b.start.next = b.ready.val() && rng.random();
        for (field, value) in b.field.iter_mut().zip(fields(rng)) {
            field.next = u64::from(value).into();
        }
        b.feature_we.next = rng.random();
        b.feature_waddr.next = bits(rng);
        b.loss_we.next = rng.random();
        b.loss_waddr.next = bits(rng);
        b.weight_we.next = rng.random();
        b.weight_waddr.next = bits(rng);
        for n in 0..2 {
            b.feature_wdata[n].next = word(rng);
            b.loss_wdata[n].next = word(rng);
            b.weight_wdata[n].next = word(rng);
        }
        b.p_addr.next = bits(rng);
    });
}

/// The fields of a random descriptor with short loops.
fn fields(rng: &mut impl Rng) -> Vec<u32> {
    let mut desc = ComputeDesc::default();
    for i in 0..ComputeDesc::FIELDS.len() {
        desc.set(i, rng.random_range(0..65536));
    }
    // mostly defined operations
    while rng.random_range(0..8) != 0 && ComputeOp::decode(desc.op).is_none() {
        desc.op = rng.random_range(0..256);
    }
    for i in [ComputeDesc::n_g, ComputeDesc::n_kr, ComputeDesc::n_kc] {
        desc.set(i, rng.random_range(0..8u32).clamp(u32::from(rng.random_range(0..16) != 0), 3));
    }
    for i in [ComputeDesc::n_i, ComputeDesc::n_r, ComputeDesc::n_c] {
        desc.set(i, rng.random_range(0..8u32).clamp(u32::from(rng.random_range(0..16) != 0), 4));
    }
    (0..ComputeDesc::FIELDS.len()).map(|i| desc.get(i)).collect()
}
