//! Optimisers and learning-rate schedules.

use crate::common::{CliBench, fails, misused, stdout, succeeds};
use ef_isa::vector::Optimiser;

#[test]
fn every_optimiser_learns_and_a_resumed_run_has_the_bits_of_a_whole_one() {
    let bench = CliBench::new();
    for optimiser in Optimiser::ALL.map(Optimiser::name) {
        let whole = format!("{optimiser}-whole");
        let options = ["--optimiser", optimiser, "--epochs", "12", "--lr", "0.02", "--schedule", "cosine"];
        let output = succeeds(bench.train(&whole, &options));
        assert!(stdout(&output).contains(&format!("{optimiser}, learning rate 0.02 to 0.002 (cosine)")));
        let summary = std::fs::read_to_string(bench.path(&whole).join("summary.json")).unwrap();
        let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
        assert_eq!(summary["test_accuracy"], 1.0, "{optimiser}: {summary}");

        succeeds(bench.train(optimiser, &[&options[..], &["--steps", "7"]].concat()));
        let saved = bench.checkpoint(optimiser);
        assert_eq!(saved.origin.unwrap().hyper.optimiser.name(), optimiser);
        succeeds(bench.command(&["train", "--backend", "model", "--resume", optimiser]));
        assert_eq!(bench.state(optimiser), bench.state(&whole), "{optimiser}");
        assert!(bench.state(optimiser)[0].kept.iter().all(|kept| kept.weight.iter().any(|v| *v != 0.0)));
        succeeds(bench.command(&["eval", optimiser]));
    }
}

#[test]
fn the_rtl_updates_with_the_bits_of_the_golden_model() {
    let bench = CliBench::new();
    for optimiser in ["nesterov", "adam", "adamw"] {
        let options = ["--backend", "rtl", "--config", "sim-2x2", "--optimiser", optimiser];
        let output =
            succeeds(bench.train(optimiser, &[&options[..], &["--steps", "3", "--verify"]].concat()));
        assert!(stdout(&output).contains("3 of 3"), "{}", stdout(&output));
    }
}

#[test]
fn a_network_names_its_optimiser_and_the_command_line_another() {
    let bench = CliBench::new();
    bench.edit("tiny.toml", "name = \"tiny\"", "name = \"tiny\"\noptimiser = \"adam\"");
    let used = |out: &str, more: &[&str]| {
        succeeds(bench.train(out, &[more, &["--steps", "1"]].concat()));
        bench.checkpoint(out).origin.unwrap().hyper.optimiser
    };
    assert_eq!(used("own", &[]), Optimiser::Adam);
    assert_eq!(used("other", &["--optimiser", "nesterov"]), Optimiser::Nesterov);
    // weights are the same network's whatever has trained them
    bench.edit("tiny.toml", "\"adam\"", "\"sgd\"");
    succeeds(bench.command(&["eval", "own", "--network", "tiny.toml"]));
    misused(bench.command(&["train", "--resume", "own", "--optimiser", "sgd"]), &["--optimiser", "--resume"]);
    bench.edit("tiny.toml", "\"sgd\"", "\"lion\"");
    fails(bench.train("lion", &[]), &["tiny.toml", "line 3", "lion", "nesterov", "adamw"]);
}

#[test]
fn settings_that_no_optimiser_has_are_refused() {
    let bench = CliBench::new();
    for (options, named) in [
        (["--optimiser", "lion"], ["lion", "sgd, nesterov, adam, adamw"]),
        (["--schedule", "sawtooth"], ["sawtooth", "linear, cosine, step, constant"]),
    ] {
        misused(bench.train("run", &options), &named);
    }
    for (options, named) in [
        (["--beta2", "1"], ["--beta2 1", "below 1"]),
        (["--beta2", "-0.5"], ["--beta2 -0.5", "at least 0"]),
        (["--epsilon", "0"], ["--epsilon 0", "1e-12 to 1"]),
        (["--epsilon", "nan"], ["--epsilon NaN", "1e-12 to 1"]),
    ] {
        fails(bench.train("run", &[&["--optimiser", "adam"][..], &options].concat()), &named);
    }
    // what nothing would use
    fails(bench.train("run", &["--beta2", "0.9"]), &["--beta2: sgd has none", "adam and adamw"]);
    fails(
        bench.train("run", &["--epsilon", "1e-6", "--optimiser", "nesterov"]),
        &["--epsilon: nesterov has none"],
    );
    fails(bench.train("run", &["--schedule", "constant", "--lr-end", "0.1"]), &["--lr-end: a constant"]);
}
