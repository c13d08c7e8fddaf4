//! Commands of the compute engine.

use crate::bench::{BEHIND, MEMORIES, TimeBench};
use ef_compiler::encode;
use ef_isa::compute::{ComputeOp, Init, Phase};
use ef_isa::config::{FP32_8X8, SIM_2X2};
use ef_isa::{Command, ComputeDesc, Synced};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

const PHASES: [Phase; 3] = [Phase::Fp, Phase::Bp, Phase::Wu];

fn any_command(phase: Phase, rng: &mut StdRng) -> ComputeDesc {
    let pixel_mode = rng.random();
    let op = ComputeOp {
        pixel_mode,
        stream_loss: !pixel_mode && rng.random(),
        column: rng.random(),
        init: *[Init::Zero, Init::Bias, Init::Keep].choose(rng).unwrap(),
        ones: pixel_mode && rng.random(),
        phase,
    };
    ComputeDesc {
        op: op.encode(),
        n_g: rng.random_range(1..=9),
        n_kr: rng.random_range(1..=3),
        n_kc: rng.random_range(1..=3),
        n_i: rng.random_range(1..=3),
        n_r: rng.random_range(1..=5),
        n_c: rng.random_range(1..=7),
        ..ComputeDesc::default()
    }
}

#[test]
fn commands_one_behind_the_other_take_the_predicted_cycles() {
    let mut rng = StdRng::seed_from_u64(2);
    for config in [&SIM_2X2, &FP32_8X8] {
        let mut bench = TimeBench::new(config, MEMORIES[0]);
        for round in 0..12usize {
            // the phase of the run before counts until the first command: all begin and end with FP
            let length = 2 + round % 4;
            let phase = |i| if i == 0 || i + 1 == length { Phase::Fp } else { PHASES[i % 3] };
            let commands: Vec<ComputeDesc> = (0..length).map(|i| any_command(phase(i), &mut rng)).collect();
            let synced =
                |d: &ComputeDesc| Synced { command: Command::Compute(d.clone()), wait: 0, signal: 0 };
            let (rtl, model) = bench.run(BEHIND, &encode(&commands.iter().map(synced).collect::<Vec<_>>()));
            assert_eq!(model.kernel_cycles, rtl.kernel_cycles, "{} {commands:?}", config.name);
            assert_eq!(model.cycles, rtl.cycles, "{} {commands:?}", config.name);
            assert_eq!(model.phase_cycles, rtl.phase_cycles, "{} {commands:?}", config.name);
        }
    }
}
