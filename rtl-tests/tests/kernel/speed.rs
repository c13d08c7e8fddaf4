//! How fast the engine simulates.

use crate::harness::Bench;
use ef_hdl_kit::rand::SeedableRng;
use ef_hdl_kit::rand::rngs::StdRng;
use ef_model::Machine;
use ef_program::ComputeDesc;
use std::time::Instant;

/// `cargo test -p ef-rtl-tests --test kernel speed -- --ignored --nocapture`
#[test]
#[ignore = "measures; it checks nothing"]
fn speed_of_the_eight_lane_engine_in_verilator() {
    let mut bench = Bench::new(8);
    let rng = &mut StdRng::seed_from_u64(1);
    bench.fill(&mut Machine::new(bench.config, 0), rng, crate::harness::moderate);
    let desc = ComputeDesc {
        n_g: 4,
        n_kr: 3,
        n_kc: 3,
        n_i: 1,
        n_r: 30,
        n_c: 30,
        x_g: 400,
        x_kr: 10,
        x_kc: 1,
        x_r: 10,
        x_c: 1,
        ph_c: 1,
        s_0: 8,
        s_1: 72,
        ..ComputeDesc::default()
    };
    let cycles = 1 << 17;
    let mut commands = 0;
    let begin = Instant::now();
    for _ in 0..cycles / 1024 {
        if bench.ready() {
            bench.start(&desc, rng);
            commands += 1;
        }
        bench.run(1024);
    }
    let seconds = begin.elapsed().as_secs_f64();
    println!("{:.0} cycles/s with {commands} commands", cycles as f64 / seconds);
}
