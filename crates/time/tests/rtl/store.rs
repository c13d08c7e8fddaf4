//! Commands of the store engine.

use crate::bench::{MEMORIES, TimeBench};
use ef_isa::config::{FP32_8X8, SIM_2X2};
use ef_isa::layout;
use ef_isa::store::{LONGEST_OF_TWO, StoreKind, StoreOp};
use ef_isa::vector::recipes::Gradient;
use ef_isa::vector::{Logits, Optimiser, Walk, library};
use ef_isa::{Command, Config, StoreDesc};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// A map of images, a run each.
fn any_map(config: &Config, rng: &mut StdRng) -> StoreDesc {
    let lanes = config.lanes as u32;
    let (pool, codes, hand_over) = (rng.random(), rng.random(), rng.random_range(0..3) == 0);
    let op = StoreOp { relu: rng.random(), pool, codes, hand_over, ..StoreOp::new(StoreKind::Map) };
    let (rows, columns) = (rng.random_range(2..=6), rng.random_range(2..=11));
    let (images, groups) = (rng.random_range(1..=3), rng.random_range(1..=2));
    let (out_rows, out_columns) = if pool { (rows / 2, columns / 2) } else { (rows, columns) };
    let run = groups * out_rows * out_columns * lanes;
    let code_row = layout::code_row_words(out_columns as usize, config.lanes, pool) as u32;
    StoreDesc {
        op: op.encode(),
        n_i: images,
        n_g: groups,
        n_r: rows,
        n_c: columns,
        dram: rng.random_range(0..90_000),
        run,
        // or only to the hand-over RAM
        n_run: if hand_over && rng.random() { 0 } else { images },
        d_run: run,
        second_dram: 100_000,
        second_run: groups * out_rows * code_row,
        second_d_run: 1000,
        ..StoreDesc::default()
    }
}

/// A pass of an update in one or several runs.
fn any_update(config: &Config, rng: &mut StdRng) -> StoreDesc {
    let lanes = config.lanes as u32;
    let (n_run, inputs) = (rng.random_range(0..=4), rng.random_range(1..=16));
    let outputs = lanes.min(LONGEST_OF_TWO / inputs);
    let passes = library().updates(Optimiser::ALL[rng.random_range(0..Optimiser::ALL.len())], Gradient::Sum);
    let recipe = passes[rng.random_range(0..passes.len())].recipe;
    let walk = Walk { recipe, turns: [inputs, outputs, n_run, 1], ..Walk::default() };
    let run = inputs * outputs;
    StoreDesc {
        run,
        n_run,
        d_run: run,
        second_dram: 50_000,
        second_d_run: run,
        prefill: run - run / 3,
        ..StoreDesc::vector(&walk)
    }
}

/// One of the passes of softmax.
fn any_softmax(config: &Config, rng: &mut StdRng) -> StoreDesc {
    let (images, classes) = (rng.random_range(1..=8), rng.random_range(1u32..=20));
    let lanes = config.lanes as u32;
    let logits = Logits { images, classes, p_base: 0, p_g: images, labels: 0, smoothed: rng.random() };
    let walk = &library().softmax(&logits, lanes)[rng.random_range(0..4)];
    let run = if walk.recipe.x { images * classes.next_multiple_of(lanes) } else { 0 };
    StoreDesc { run, n_run: 1, prefill: run.min(100), ..StoreDesc::vector(walk) }
}

#[test]
fn a_command_takes_the_predicted_cycles() {
    let mut rng = StdRng::seed_from_u64(3);
    for config in [&SIM_2X2, &FP32_8X8] {
        for memory in MEMORIES {
            let mut bench = TimeBench::with_recipes(config, memory);
            for _ in 0..8 {
                let command = match rng.random_range(0..4) {
                    0 => any_update(config, &mut rng),
                    1 => any_softmax(config, &mut rng),
                    _ => any_map(config, &mut rng),
                };
                let (rtl, model) = bench.command(Command::Store(command.clone()));
                let what =
                    format!("{} {memory:?} {:?} {command:?}", config.name, StoreOp::decode(command.op));
                assert_eq!(model.written, rtl.written, "{what}");
                // two lanes make the two words of a pooled vector in four cycles, one behind the other
                let slack = if config.lanes == 2 && command.op >> StoreOp::POOL & 1 != 0 { 2 } else { 0 };
                assert!(
                    model.store_busy.abs_diff(rtl.store_busy) <= slack,
                    "{}, predicted {}: {what}",
                    rtl.store_busy,
                    model.store_busy
                );
            }
        }
    }
}
