//! Training over a link that fails: it ends with the bits of an undisturbed run, or says what happened and how to go on.

use crate::board::SharedBoard;
use crate::common::CliBench;
use ef_isa::config::SIM_2X2;
use ef_link::testing::{Faulty, Rates};
use ef_link::{LinkDevice, Settings};
use ef_runtime::backend::Backend;
use ef_runtime::checkpoint::{CHECKPOINT, SavedFile};
use ef_runtime::hyper::HyperArgs;
use ef_runtime::interrupt::Interrupt;
use ef_runtime::networks::NetworkFile;
use ef_runtime::parameters::State;
use ef_runtime::train::{End, Options, train, train_on};
use ef_runtime::view::View;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

const EPOCHS: u32 = 3;
const STEPS_PER_EPOCH: u64 = 6;
/// Runs over a bad link.
const RUNS: u64 = 120;

/// What a run that fails may say of the reason, by the part of the message that names it.
const REASONS: [&str; 3] =
    ["is the board plugged in?", "it was reset since the session began", "is the board powered"];

fn options(bench: &CliBench, run: &str, backend: Backend) -> Options {
    let out = bench.path(run);
    let saved = out.join(CHECKPOINT);
    Options {
        network: NetworkFile::load(bench.path("tiny.toml").to_str().unwrap()).unwrap(),
        data: format!("mnist:{}", bench.path("").display()).parse().unwrap(),
        backend,
        config: &SIM_2X2,
        epochs: EPOCHS,
        steps: None,
        batch: 4,
        // a rate that is asked for would begin anew at every resumption
        hyper: HyperArgs { learning_rate: (!saved.exists()).then_some(0.1), ..Default::default() },
        seed: 1,
        out,
        resume: saved.exists().then(|| SavedFile::open(&saved).unwrap()),
        other_data: false,
        save_every: Default::default(),
        verify: false,
        hardware: Default::default(),
    }
}

/// The states after each epoch of a run that nothing disturbs.
fn undisturbed(bench: &CliBench) -> BTreeMap<u64, State> {
    let epochs = (1..=u64::from(EPOCHS)).map(|epoch| {
        let step = epoch * STEPS_PER_EPOCH;
        let options = Options { steps: Some(step), ..options(bench, "undisturbed", Backend::Model) };
        train(options, &Interrupt::default(), &mut View::silent()).unwrap();
        (step, bench.state("undisturbed"))
    });
    epochs.collect()
}

/// Trains over a wire with these faults, which breaks for good after `life` bytes; continues the run if there is a checkpoint.
fn attempt(
    bench: &CliBench,
    run: &str,
    board: &SharedBoard,
    rates: Rates,
    life: Option<usize>,
    seed: u64,
) -> Result<End, String> {
    let mut wire = Faulty::new(board.clone(), rates, ChaCha8Rng::seed_from_u64(seed));
    wire.life = life;
    let open = |_| Ok(Box::new(LinkDevice::open(wire, Settings::default())?) as _);
    let options = options(bench, run, Backend::Board);
    train_on(Box::new(open), options, &Interrupt::default(), &mut View::silent())
        .map_err(|error| format!("{error:#}"))
}

/// The faults of one attempt: each kind alone, or all together, about a few in a whole run of `bytes`.
fn faults(rng: &mut ChaCha8Rng, bytes: u32) -> (Rates, Option<usize>) {
    let noise = Rates { noise: 1000, gap: 10_000, again: 20, ..Rates::default() };
    match rng.random_range(0..5) {
        0 => (noise, None),
        1 => (Rates { unplug: bytes / 20, ..Rates::default() }, None),
        2 => (Rates { reset: bytes / 2, ..Rates::default() }, None),
        3 => (Rates::default(), Some(rng.random_range(0..bytes as usize))),
        _ => (Rates { unplug: bytes / 10, reset: 2 * bytes, ..noise }, Some(bytes as usize)),
    }
}

#[test]
fn a_run_over_a_bad_link_ends_with_the_bits_of_an_undisturbed_one_or_says_how_to_go_on() {
    let bench = CliBench::new();
    let expected = undisturbed(&bench);
    let board = SharedBoard::new();
    attempt(&bench, "perfect", &board, Rates::default(), None, 0).unwrap();
    assert_eq!(bench.state("perfect"), expected[&(u64::from(EPOCHS) * STEPS_PER_EPOCH)]);
    let bytes = board.take_bytes();

    let (mut failures, mut in_steps) = ([0; REASONS.len()], 0);
    for seed in 0..RUNS {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let run = format!("run{seed}");
        for attempts in 0.. {
            assert!(attempts < 60, "seed {seed} gets nowhere");
            let (rates, life) = faults(&mut rng, bytes);
            let result = attempt(&bench, &run, &board, rates, life, rng.random());
            let saved = bench.path(&run).join(CHECKPOINT).exists().then(|| bench.checkpoint(&run));
            let step = saved.map(|saved| saved.origin.unwrap().progress.step);
            // whatever was saved is right
            if let Some(step) = step {
                assert_eq!(bench.state(&run), expected[&step], "seed {seed}, step {step}");
            }
            let Err(error) = result else { break };
            let reason = REASONS.iter().position(|reason| error.contains(reason));
            failures[reason.unwrap_or_else(|| panic!("seed {seed}: {error}"))] += 1;
            if error.contains("on back end board") {
                in_steps += 1;
                let way_on =
                    step.map_or("start it again".into(), |step| format!("saved up to step {step}: "));
                assert!(error.contains(&way_on), "seed {seed}: {error}");
            }
        }
        std::fs::remove_dir_all(bench.path(&run)).unwrap();
    }
    println!("{failures:?} failures in runs of {bytes} bytes, {in_steps} in steps and tests");
    assert!(failures[0] > 40 && failures[1] > 15 && in_steps > 60, "too few failures");
}
