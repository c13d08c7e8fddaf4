//! Every module against its own Verilog, with random inputs.

use ef_hdl_kit::lockstep;
use ef_hdl_kit::rand::Rng;
use ef_isa::compute::ComputeOp;
use ef_isa::{ComputeDesc, Descriptor};
use ef_rtl::arith::mult18::{MultKind, mult18_verilog};
use ef_rtl::buffer::banks::Bank;
use ef_rtl::buffer::rotator::RotateStage;
use ef_rtl::buffer::skew_address::{AddressSum, Negate};
use ef_rtl::buffer::skew_buffer::{BankPorts, Gate};
use ef_rtl::buffer::{Banks, ClockedRam, Delay, PulseDelay, Rotator, SkewAddress, SkewBuffer};
use ef_rtl::compute::lanes::{LaneCell, PixelWalk};
use ef_rtl::compute::row::Chain;
use ef_rtl::compute::*;
use ef_rtl_tests::{Chance, drive, group};
use rust_hdl::prelude::*;
use std::collections::VecDeque;

fn portable() -> &'static str {
    mult18_verilog(MultKind::Portable)
}

group! {
    portable();

    clocked_ram[1000]: ClockedRam::<16, 4>::default() => |b, rng| {
        drive!(b, rng; one_in(2): write; any(): write_address, read_address, write_data);
    };
    rotator_of_2[run 400]: Rotator::<2, 32>::default() => rotates::<2>;
    rotator_of_4[run 400]: Rotator::<4, 32>::default() => rotates::<4>;
    rotator_of_8[run 400]: Rotator::<8, 32>::default() => rotates::<8>;
    delay[200]: Delay::<Bits<16>>::new(5) => |b, rng| drive!(b, rng; any(): d);
    pulse_delay[400]: PulseDelay::<9>::default() => |b, rng| drive!(b, rng; any(): d; one_in(30): reset);
    bank[400]: Bank::<3>::default() => |b, rng| drive!(b, rng; any(): we, waddr, wdata, raddr);
    banks[400]: Banks::<2, 3>::default() => |b, rng| drive!(b, rng; any(): we, waddr, wdata, raddr);
    skew_address[400]: SkewAddress::<4>::default() => |b, rng| drive!(b, rng; any(): addr, rot, lane);
    skew_buffer[1000]: SkewBuffer::<2, 2, 3, 2>::default() => |b, rng| {
        drive!(b, rng; any(): feature_we, feature_waddr, feature_wdata, loss_we, loss_waddr, loss_wdata;
               any(): weight_we, weight_waddr, weight_wdata, x_addr, x_rot, x_loss, x_lane;
               any(): s_addr, s_rot, s_loss, s_lane, s_keep; one_in(8): x_ones);
    };

    rotate_stage[comb 200]: RotateStage::<4, 16>::new(1.into()) => |b, rng| {
        drive!(b, rng; any(): rot, stay, turn);
    };
    negate[comb 50]: Negate::default() => |b, rng| drive!(b, rng; any(): x);
    address_sum[100]: AddressSum::default() => |b, rng| drive!(b, rng; any(): a, b);
    bank_ports[400]: BankPorts::default() => |b, rng| {
        drive!(b, rng; any(): x_addr, s_addr, s_addr_loss, feature, loss, weight, x_data_loss, s_data_loss;
               one_in(8): x_data_ones);
    };
    gate[comb 100]: Gate::default() => |b, rng| drive!(b, rng; any(): keep, x);
    pixel_walk[600]: PixelWalk::default() => |b, rng| {
        drive!(b, rng; one_in(60): load; one_in(3): last_c, last_r, last_i;
               any(): run, x_c, x_r, x_i, s_c, s_r, s_i);
    };
    lane_cell[200]: LaneCell::default() => |b, rng| drive!(b, rng; any(): shift, x_in, s_in, present_in);
    chain[400]: Chain::default() => |b, rng| {
        drive!(b, rng; any(): s_we, swap, init, raddr, we, waddr; one_in(4): overflow, saturated_in);
    };

    counter[600]: Counter::default() => |b, rng| {
        drive!(b, rng; one_in(20): load; below(6): n; any(): advance);
    };
    accumulator[400]: Accumulator::<16>::default() => |b, rng| {
        drive!(b, rng; one_in(20): load; any(): stride, advance; one_in(4): wrap);
    };
    axis[600]: Axis::<3>::default() => |b, rng| {
        drive!(b, rng; one_in(30): load; below(6): n; any(): a_stride, b_stride, advance);
    };
    lanes[1000]: Lanes::<4>::default() => |b, rng| {
        drive!(b, rng; one_in(60): load; below(4): n_c, n_r, n_i; any(): x_c, x_r, x_i, s_c, s_r, s_i, run);
    };
    command_latch[600]: CommandLatch::default() => |b, rng| {
        drive!(b, rng; one_in(50): reset; any(): field);
        b.start.next = b.ready.val() && rng.random();
        b.fetch_take.next = b.fetch_valid.val() && rng.random();
        b.stream_take.next = b.stream_valid.val() && rng.random();
    };
    op_decode[1000]: OpDecode::default() => |b, rng| {
        drive!(b, rng; one_in(50): reset; any(): capture, op, n_g, n_kr, n_kc, n_i, n_r, n_c);
        let counts = [&mut b.n_g, &mut b.n_kr, &mut b.n_kc, &mut b.n_i, &mut b.n_r, &mut b.n_c];
        if let Some(empty) = counts.into_iter().nth(rng.random_range(0..12)) {
            empty.next = 0.into();
        }
    };

    hazard_timer[1000]: HazardTimer::default() => |b, rng| drive!(b, rng; one_in(30): start);
    stream_address[400]: StreamAddress::default() => |b, rng| {
        drive!(b, rng; one_in(8): load; any(): base, base_rot, c, r, i, kc, kr, g;
               any(): rot_c, rot_r, rot_i, rot_kc, rot_kr, rot_g);
    };
    stream_lanes[400]: StreamLanes::<2>::default() => |b, rng| drive!(b, rng; any(): copy, pixel, block);
    stream_control[3000]: StreamControl::<4>::default() => |b, rng| {
        drive!(b, rng; one_in(400): reset; one_in(8): empty, only_ones; below(3): init, phase;
               any(): valid, pixel, ones, loss, p_base, tag, fetched, fetched_last;
               any(): last_c, last_r, last_i, last_kc, last_kr, last_g);
    };
    streamer[2500]: Streamer::<2>::default() => |b, rng| {
        drive!(b, rng; one_in(1000): reset; one_in(8): empty, only_ones; below(3): init, phase;
               below(2): turn_g;
               any(): valid, pixel, ones, loss, fetched, fetched_last);
        give(&mut b.value, rng);
    };

    fetch_address[600]: FetchAddress::<4>::default() => |b, rng| {
        drive!(b, rng; one_in(8): load; one_in(4): read_bias; any(): s_base, s_phase, bias, g, k, row, read;
               any(): pixel, column, pixel_lane, present);
    };
    fetch_control[3000]: FetchControl::<2>::default() => |b, rng| {
        drive!(b, rng; one_in(400): reset; one_in(4): empty; any(): valid, pixel, column, bias, stream_loss;
               any(): walk_over, last_kc, last_kr, last_g);
        b.swap.next = b.fetched.val() && rng.random();
    };
    fetcher[2500]: Fetcher::<2>::default() => |b, rng| {
        drive!(b, rng; one_in(1000): reset; one_in(4): empty, stream_loss; any(): valid, pixel, column, bias);
        give(&mut b.value, rng);
        b.swap.next = b.fetched.val() && rng.random();
    };

    psum[400]: Psum::<3>::default() => |b, rng| drive!(b, rng; any(): we, waddr, wdata, raddr, saddr);
    stationary[400]: Stationary::<2>::default() => |b, rng| {
        drive!(b, rng; any(): s_we, s, x; one_in(4): swap);
    };
    row_start[400]: RowStart::default() => |b, rng| {
        drive!(b, rng; any(): bias, s_we, psum; one_in(4): bias_we, swap; below(3): init);
    };
    row[800]: Row::<2, 2>::default() => |b, rng| {
        drive!(b, rng; tame(): s, x, bias; one_in(4): s_we, bias_we, swap; one_in(8): saturated_in;
               below(3): init; any(): raddr, we, waddr, saddr);
    };
    array[500]: Array::<2, 2>::default() => |b, rng| {
        drive!(b, rng; word(): s, x; one_in(4): s_we, bias_we, swap; below(3): init;
               any(): raddr, we, waddr, saddr);
    };
    sequencer[4000]: Sequencer::<4>::default() => |b, rng| {
        drive!(b, rng; one_in(1500): reset);
        b.start.next = b.ready.val() && rng.random();
        give(&mut b.field, rng);
    };
}

/// Lane n gets the word of bank n + `rot`.
fn rotates<const T: usize>(run: ef_hdl_kit::Lockstep<Rotator<T, 32>>) {
    let mut expected: VecDeque<Vec<Bits<32>>> = VecDeque::new();
    run.check(|b, rng| {
        // inputs of the last cycle went through the register when the clock rose
        if let Some(y) = expected.pop_front() {
            assert!((0..T).all(|n| b.y[n].val() == y[n]), "rotation of {T} lanes");
        }
        drive!(b, rng; any(): rot, x);
        let rot = b.rot.next.index();
        expected.push_back((0..T).map(|n| b.x[(n + rot) % T].next).collect());
    });
}

#[test]
fn compute_engine() {
    lockstep!(ComputeEngine::<2, 3, 3, 3, 3>::default(), portable(), 1, 1500, |b, rng| {
        drive!(b, rng; one_in(700): reset; word(): feature_wdata, weight_wdata; tame(): loss_wdata;
               any(): feature_we, feature_waddr, loss_we, loss_waddr, weight_we, weight_waddr, p_addr);
        b.start.next = b.ready.val() && rng.random();
        give(&mut b.field, rng);
    });
}

/// Gives the fields of a random descriptor with short loops.
fn give<const N: usize>(ports: &mut [Signal<In, Bits<N>>], rng: &mut impl Rng) {
    let mut desc = ComputeDesc::default();
    for i in 0..ComputeDesc::FIELDS.len() {
        desc.set(i, rng.random_range(0..65536));
    }
    // mostly defined operations
    while rng.not_one_in(8) && ComputeOp::decode(desc.op).is_none() {
        desc.op = rng.random_range(0..256);
    }
    for (i, most) in [
        (ComputeDesc::n_g, 3),
        (ComputeDesc::n_kr, 3),
        (ComputeDesc::n_kc, 3),
        (ComputeDesc::n_i, 4),
        (ComputeDesc::n_r, 4),
        (ComputeDesc::n_c, 4),
    ] {
        desc.set(i, rng.random_range(0..8u32).clamp(u32::from(rng.not_one_in(16)), most));
    }
    for (i, port) in ports.iter_mut().enumerate() {
        port.next = u64::from(desc.get(i)).into();
    }
}
