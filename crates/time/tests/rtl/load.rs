//! Commands of the load engine.

use crate::bench::{MEMORIES, TimeBench};
use ef_isa::config::{FP32_8X8, SIM_2X2};
use ef_isa::load::{LoadOp, VectorBuffer, WordBuffer};
use ef_isa::{Command, Config, LoadDesc};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// Runs whose words are whole vectors, or words, or pixels.
fn any_read(config: &Config, rng: &mut StdRng) -> LoadDesc {
    let lanes = config.lanes as u32;
    let (inner, outer) = (rng.random_range(1..=7), rng.random_range(1..=2));
    let run = match rng.random_range(0..3) {
        0 => rng.random_range(1..=4),
        1 => rng.random_range(1..=20),
        _ => rng.random_range(20..=60),
    };
    let strides = LoadDesc { d_run0: rng.random_range(0..500), d_run1: 9000, ..LoadDesc::default() };
    let runs = LoadDesc { n_run0: inner, n_run1: outer, dram: rng.random_range(0..90_000), ..strides };
    if rng.random() {
        let unpack = rng.random();
        let op = LoadOp { unpack, ..LoadOp::words(WordBuffer::Scratch) }.encode();
        return LoadDesc { op, run, ..runs };
    }
    let vectors = LoadOp::vectors(VectorBuffer::Loss);
    let op = LoadOp { mask: rng.random(), pool: rng.random(), ..vectors }.encode();
    // whole vectors in a run, or in so many runs
    if rng.random() {
        LoadDesc { op, run: run * lanes, n0: run, n1: inner, n2: outer, n3: 1, ..runs }
    } else {
        LoadDesc { op, run, n_run0: inner * lanes, n0: run, n1: inner, n2: outer, n3: 1, ..runs }
    }
}

fn any_silent(rng: &mut StdRng) -> LoadDesc {
    if rng.random_range(0..4) == 0 {
        let op = LoadOp::zero(VectorBuffer::Weight).encode();
        return LoadDesc { op, n0: rng.random_range(1..300), ..LoadDesc::default() };
    }
    let kernel = rng.random_range(1..=5);
    LoadDesc {
        op: LoadOp::gather().encode(),
        n0: rng.random_range(1..=12),
        n1: rng.random_range(1..=6),
        g_ch: rng.random_range(1..=3),
        g_kr: kernel,
        g_kc: rng.random_range(1..=5),
        g_h: 9,
        g_w: 9,
        g_row_stride: 9,
        g_ch_stride: 81,
        ..LoadDesc::default()
    }
}

#[test]
fn a_command_takes_the_predicted_cycles() {
    let mut rng = StdRng::seed_from_u64(1);
    for config in [&SIM_2X2, &FP32_8X8] {
        for memory in MEMORIES {
            let mut bench = TimeBench::new(config, memory);
            for _ in 0..8 {
                let silent = rng.random_range(0..4) == 0;
                let mut command = if silent { any_silent(&mut rng) } else { any_read(config, &mut rng) };
                let handed = !silent && rng.random_range(0..3) == 0;
                command.op |= u32::from(handed) << LoadOp::HANDED;
                let (rtl, model) = bench.command(Command::Load(command.clone()));
                let what = format!("{} {memory:?} {:?} {command:?}", config.name, LoadOp::decode(command.op));
                assert_eq!(model.read, rtl.read, "{what}");
                // two lanes un-pool a vector in four cycles, its two words still come one behind the other
                let slack = if config.lanes == 2 && LoadOp::decode(command.op).is_some_and(|op| op.pool) {
                    2
                } else {
                    0
                };
                assert!(
                    model.load_busy.abs_diff(rtl.load_busy) <= slack,
                    "{}, predicted {}: {what}",
                    rtl.load_busy,
                    model.load_busy
                );
            }
        }
    }
}
