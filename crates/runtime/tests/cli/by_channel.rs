//! Batch normalisation and depthwise convolutions.

use crate::common::{CliBench, fails, stdout, succeeds};

const NORM: &str = "[[layer]]\nkind = \"batch_norm\"\n";

/// The small network with batch normalisation behind its first convolution, and a depthwise convolution before its last layer.
fn bench() -> CliBench {
    let bench = CliBench::new();
    bench.edit("tiny.toml", "padding = 1\n", &format!("padding = 1\nbias = false\n{NORM}"));
    let depthwise = "[[layer]]\nkind = \"conv\"\noutputs = 5\ngroups = 5\nkernel = 1\n";
    bench.edit(
        "tiny.toml",
        "[[layer]]\nkind = \"fc\"",
        &format!("{depthwise}{NORM}[[layer]]\nkind = \"fc\""),
    );
    bench
}

#[test]
fn it_learns_and_a_resumed_run_has_the_bits_of_a_whole_one() {
    let bench = bench();
    for optimiser in ["sgd", "adam"] {
        let options = ["--optimiser", optimiser, "--epochs", "10", "--lr", "0.02"];
        let whole = format!("{optimiser}-whole");
        let output = succeeds(bench.train(&whole, &options));
        let summary = std::fs::read_to_string(bench.path(&whole).join("summary.json")).unwrap();
        let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
        assert_eq!(summary["test_accuracy"], 1.0, "{optimiser}: {summary} {}", stdout(&output));
        succeeds(bench.train(optimiser, &[&options[..], &["--steps", "9"]].concat()));
        succeeds(bench.command(&["train", "--backend", "model", "--resume", optimiser]));
        let state = bench.state(optimiser);
        assert_eq!(state, bench.state(&whole), "{optimiser}");
        let running: Vec<_> = state.iter().filter_map(|layer| layer.running.as_ref()).collect();
        assert_eq!(running.len(), 2);
        assert!(
            running.iter().all(|r| r.weight.iter().all(|m| *m != 0.0) && r.bias.iter().all(|v| *v != 1.0))
        );
        succeeds(bench.command(&["eval", optimiser]));
    }
}

#[test]
fn the_rtl_has_the_bits_of_the_golden_model() {
    let bench = bench();
    for (out, optimiser) in [("sgd", "sgd"), ("adamw", "adamw")] {
        let options = ["--backend", "rtl", "--config", "sim-2x2", "--optimiser", optimiser];
        let output = succeeds(bench.train(out, &[&options[..], &["--steps", "3", "--verify"]].concat()));
        assert!(stdout(&output).contains("3 of 3"), "{}", stdout(&output));
    }
}

#[test]
fn frozen_statistics_stay_and_files_without_them_are_refused() {
    let bench = bench();
    succeeds(bench.train("first", &["--steps", "4"]));
    let before = bench.state("first");
    let text = std::fs::read_to_string(bench.path("tiny.toml")).unwrap();
    std::fs::write(bench.path("plain.toml"), text.replace(NORM, "")).unwrap();
    fails(
        bench.command(&["eval", "first", "--network", "plain.toml"]),
        &["holds bn1.", "network tiny has no such layer"],
    );
    std::fs::write(bench.path("tiny.toml"), text.replace(NORM, &format!("{NORM}frozen = true\n"))).unwrap();
    succeeds(bench.train("frozen", &["--steps", "4"]));
    let after = bench.state("frozen");
    let norms = after.iter().filter(|layer| layer.running.is_some());
    assert!(
        norms.clone().count() == 2
            && norms.clone().all(|layer| layer.values.weight.iter().all(|w| *w == 1.0))
    );
    assert!(norms.clone().all(|layer| layer.running.as_ref().unwrap().bias.iter().all(|v| *v == 1.0)));
    assert!(before.iter().zip(&after).any(|(a, b)| a.running != b.running));
}

#[test]
fn a_batch_without_a_variance_is_refused() {
    let bench = CliBench::new();
    bench.edit("tiny.toml", "kernel = 3\n[[layer]]", &format!("kernel = 3\n{NORM}[[layer]]"));
    // a map of 1 x 1
    fails(
        bench.train("run", &["--batch", "1"]),
        &["a batch of 1 image", "bn1", "a single number for each channel", "--batch"],
    );
    succeeds(bench.train("two", &["--batch", "2", "--steps", "1"]));
}
