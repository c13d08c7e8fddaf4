//! What the engine promises to the controller, and how many cycles things take.

use crate::harness::ComputeBench;
use ef_hdl_kit::rand::Rng;
use ef_isa::ComputeDesc;
use ef_isa::compute::{ComputeOp, Init, Phase};
use ef_model::Machine;
use ef_rtl::compute::ComputeEngine;
use ef_rtl::compute::hazard_timer::REVISIT;
use ef_rtl_tests::{Chance, Random, seeded};

const FP: ComputeOp = ComputeOp {
    pixel_mode: false,
    stream_loss: false,
    column: false,
    init: Init::Zero,
    ones: false,
    phase: Phase::Fp,
};

/// A 3x3 convolution of two channel groups over a map of `rows` x `columns`.
fn convolution(t: u32, rows: u32, columns: u32) -> ComputeDesc {
    let width = columns + 2;
    ComputeDesc {
        op: FP.encode(),
        n_g: 2,
        n_kr: 3,
        n_kc: 3,
        n_i: 1,
        n_r: rows,
        n_c: columns,
        x_g: width * (rows + 2),
        x_kr: width,
        x_kc: 1,
        x_r: width,
        x_c: 1,
        ph_kr: columns % t,
        ph_kc: 1,
        ph_r: columns % t,
        ph_c: 1,
        s_0: t,
        s_1: 9 * t,
        ..ComputeDesc::default()
    }
}

/// The weight gradient of the same convolution, for 2T input channels, with the bias gradient.
fn weight_gradient(t: u32, rows: u32, columns: u32) -> ComputeDesc {
    let op = ComputeOp { pixel_mode: true, ones: true, phase: Phase::Wu, ..FP };
    ComputeDesc {
        op: op.encode(),
        n_g: 2 * t,
        s_0: 1,
        s_1: columns,
        ph_r: 0,
        ph_c: 0,
        ..convolution(t, rows, columns)
    }
}

/// Loads random buffers and returns the model that holds the same.
fn loaded(bench: &mut ComputeBench, rng: &mut Random) -> Machine {
    let mut model = Machine::new(bench.config, 0);
    bench.fill(&mut model, rng, Chance::tame);
    model.psum.data = bench.read_psum(0);
    bench.clear_reports();
    model
}

#[test]
fn a_step_streams_one_vector_per_cycle_and_the_next_one_follows_at_once() {
    for lanes in [2, 8] {
        let mut bench = ComputeBench::new(lanes);
        let rng = &mut seeded(1);
        loaded(&mut bench, rng);
        let t = lanes as u32;
        for desc in [convolution(t, 4, 6), weight_gradient(t, 4, 6)] {
            bench.clear_reports();
            // three times the same command: the later ones are fetched while the one before streams
            for _ in 0..3 {
                bench.start(&desc);
            }
            let before_first = bench.reports.cycles;
            bench.until_done(3);
            let seen = &bench.reports;
            let vectors: u64 = seen.streamed.iter().sum();
            assert!(before_first < seen.cycles, "the starts overlap with streaming");
            // start-up, fetch of the first matrix, the pipeline at the end: all else is streaming
            let overhead = seen.cycles - vectors;
            assert!(
                overhead < 60 + 3 * t as u64,
                "{lanes} lanes: {overhead} cycles beside {vectors} vectors"
            );
            assert_eq!(seen.wait_hazard, 0);
        }
    }
}

#[test]
fn a_command_streams_a_few_cycles_after_its_start_and_is_done_a_fixed_time_after_its_last_vector() {
    let mut bench = ComputeBench::new(4);
    let rng = &mut seeded(6);
    loaded(&mut bench, rng);
    let biased = ComputeOp { init: Init::Bias, ..FP };
    for (desc, start_up) in [
        (convolution(4, 5, 5), 5),
        (ComputeDesc { op: biased.encode(), ..convolution(4, 5, 5) }, 6),
        (weight_gradient(4, 5, 5), 5 + 4 + 2),
    ] {
        bench.clear_reports();
        bench.start(&desc);
        while bench.reports.streamed == [0; 3] {
            bench.tick();
        }
        assert_eq!(bench.reports.cycles - 1, start_up, "cycles from start to the first vector");
        let mut last = bench.reports.clone();
        while !bench.engine.done() {
            bench.tick();
            if bench.reports.streamed != last.streamed {
                last = bench.reports.clone();
            }
        }
        let latency = bench.reports.cycles - (last.cycles - 1);
        assert_eq!(latency, ComputeEngine::<4, 10, 10, 10, 9>::DONE_LATENCY as u64);
        bench.tick();
    }
}

#[test]
fn tiny_steps_follow_each_other_after_the_revisit_time() {
    let mut bench = ComputeBench::new(4);
    let rng = &mut seeded(2);
    loaded(&mut bench, rng);
    // 18 steps of one vector
    bench.start(&convolution(4, 1, 1));
    bench.until_done(1);
    assert_eq!(bench.reports.streamed[0], 18);
    let waited = bench.reports.wait_hazard + bench.reports.wait_stationary;
    assert!(waited >= 17 * (REVISIT - 1), "waited {waited} cycles");
    assert!(bench.reports.cycles < 18 * REVISIT + 60, "{} cycles", bench.reports.cycles);
}

#[test]
fn an_undefined_operation_is_reported_and_changes_nothing() {
    let mut bench = ComputeBench::new(2);
    let rng = &mut seeded(3);
    let model = loaded(&mut bench, rng);
    for op in [3 << ComputeOp::INIT, 3 << ComputeOp::PHASE, 3 << ComputeOp::INIT | 1] {
        bench.clear_reports();
        bench.start(&ComputeDesc { op, ..convolution(2, 3, 3) });
        bench.until_done(1);
        for _ in 0..100 {
            bench.tick();
        }
        assert_eq!((bench.reports.bad, bench.reports.done), (1, 1), "operation {op:#x}");
        assert_eq!(bench.reports.streamed, [0; 3]);
    }
    assert!(bench.read_psum(0) == model.psum.data, "partial sums are untouched");
}

#[test]
fn done_comes_once_per_command_and_in_order() {
    let mut bench = ComputeBench::new(2);
    let rng = &mut seeded(4);
    loaded(&mut bench, rng);
    let long = convolution(2, 10, 10);
    let empty = ComputeDesc { n_r: 0, ..long.clone() };
    let undefined = ComputeDesc { op: 3 << ComputeOp::PHASE, ..long.clone() };
    bench.start(&long);
    bench.start(&empty);
    bench.until_done(1);
    assert_eq!(bench.reports.streamed[0], 18 * 100, "the empty command waits for the one before");
    bench.start(&undefined);
    bench.start(&long);
    bench.until_done(4);
    assert_eq!(bench.reports.streamed[0], 2 * 18 * 100);
    for _ in 0..100 {
        bench.tick();
    }
    assert_eq!(bench.reports.done, 4);
}

#[test]
fn a_reset_stops_everything_and_the_engine_takes_a_command_at_once() {
    let mut bench = ComputeBench::new(4);
    let rng = &mut seeded(5);
    let mut model = loaded(&mut bench, rng);
    for _ in 0..40 {
        bench.start(&convolution(4, 8, 8));
        if rng.random() {
            bench.start(&weight_gradient(4, 8, 8));
        }
        for _ in 0..rng.random_range(0..1500) {
            bench.tick();
        }
        bench.engine.reset();
        bench.clear_reports();
        assert!(bench.engine.ready());
        let desc = match rng.random() {
            true => convolution(4, 2, 3),
            false => weight_gradient(4, 3, 3),
        };
        bench.start(&desc);
        bench.until_done(1);
        // what a command writes that starts from zero does not depend on the partial sums before
        let written = 4 * if desc.op == FP.encode() { 2 * 3 } else { 2 * 4 * 9 + 1 };
        model.compute(&desc).expect("the command is legal");
        assert!(bench.read_psum(0)[..written] == model.psum.data[..written]);
        assert_eq!(bench.reports.done, 1, "nothing is left of the commands before");
    }
}
