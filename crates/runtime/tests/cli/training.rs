//! Whole runs on the golden model.

use crate::common::{CliBench, TRAIN_IMAGES, stderr, stdout, succeeds};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

#[test]
fn a_run_learns_and_leaves_everything_that_describes_it() {
    let bench = CliBench::new();
    let output = succeeds(bench.train("run", &["--epochs", "12", "--lr", "0.1", "--verify"]));
    let folder = bench.path("run");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&read("summary.json")).unwrap();
    assert_eq!(summary["test_accuracy"], 1.0, "{}", stdout(&output));
    let steps = 12 * TRAIN_IMAGES.div_ceil(4);
    assert_eq!(summary["verified_steps"], steps);
    for field in
        ["wall_seconds", "cycles_per_image", "busy_lanes", "sim_cycles_per_second", "dram_words_per_image"]
    {
        assert!(summary.get(field).is_some(), "{field} is missing");
    }
    let lines = read("metrics.jsonl");
    let count =
        |kind: &str| lines.lines().filter(|line| line.contains(&format!("\"kind\":\"{kind}\""))).count();
    assert_eq!((count("step"), count("epoch")), (steps, 12));
    assert_eq!(read("metrics.csv").lines().count(), 1 + steps);
    assert!(read("curve.svg").contains("held-out"));
    assert!(read("network.toml").contains("name = \"tiny\""));
    assert!(read("config.toml").contains("lanes = 4"));
    let run: serde_json::Value = serde_json::from_str(&read("run.json")).unwrap();
    assert!(run["seed"] == 1 && run["versions"]["ef-train"].is_string());
    // plain lines in a pipe
    let text = stdout(&output);
    assert!(
        text.contains("epoch 12/12") && text.contains("test accuracy") && !text.contains('\x1b'),
        "{text}"
    );

    let output = succeeds(bench.command(&["eval", "run"]));
    assert!(stdout(&output).contains("accuracy 100.00 % (6 of 6 images"), "{}", stdout(&output));
}

#[test]
fn the_same_seed_gives_the_same_bits_and_another_one_others() {
    let bench = CliBench::new();
    for (run, seed) in [("a", "1"), ("b", "1"), ("c", "2")] {
        succeeds(bench.train(run, &["--steps", "3", "--seed", seed]));
    }
    assert_eq!(bench.state("a"), bench.state("b"));
    assert_ne!(bench.state("a"), bench.state("c"));
}

#[test]
fn a_resumed_run_ends_with_the_bits_of_one_that_never_stopped() {
    let bench = CliBench::new();
    // 6 steps an epoch: in the middle of one, at the end of one, and right after it
    succeeds(bench.train("whole", &["--epochs", "3"]));
    for stop in ["2", "6", "7", "17"] {
        let run = format!("stopped-{stop}");
        succeeds(bench.train(&run, &["--epochs", "3", "--steps", stop]));
        assert_ne!(bench.state(&run), bench.state("whole"));
        // the limit of the first part is not one of the whole
        succeeds(bench.command(&["train", "--backend", "model", "--resume", &run]));
        assert_eq!(bench.state(&run), bench.state("whole"), "stopped after step {stop}");
        let progress = |run: &str| bench.checkpoint(run).origin.unwrap().progress;
        assert_eq!(progress(&run), progress("whole"));
        assert_eq!(without_times(&bench, &run), without_times(&bench, "whole"));
    }
}

#[test]
fn compressed_data_trains_the_same() {
    let bench = CliBench::new();
    succeeds(bench.train("plain", &["--steps", "2"]));
    for name in ["train-images-idx3-ubyte", "t10k-labels-idx1-ubyte"] {
        let bytes = std::fs::read(bench.path(name)).unwrap();
        std::fs::write(bench.path(&format!("{name}.gz")), crate::common::gzip(&bytes)).unwrap();
        std::fs::remove_file(bench.path(name)).unwrap();
    }
    succeeds(bench.train("compressed", &["--steps", "2"]));
    assert_eq!(bench.state("plain"), bench.state("compressed"));
}

/// The metrics of a run, without what differs from run to run.
fn without_times(bench: &CliBench, run: &str) -> Vec<serde_json::Value> {
    let text = std::fs::read_to_string(bench.path(run).join("metrics.jsonl")).unwrap();
    let lines = text.lines().map(|line| {
        let mut record: serde_json::Value = serde_json::from_str(line).unwrap();
        let fields = record.as_object_mut().unwrap();
        fields.retain(|name, _| !name.contains("seconds"));
        record
    });
    lines.collect()
}

#[test]
fn a_run_resumed_into_another_folder_leaves_the_first_as_it_was() {
    let bench = CliBench::new();
    succeeds(bench.train("first", &["--steps", "4"]));
    let before = crate::common::contents(&bench.path("first"));
    succeeds(bench.train("second", &["--resume", "first", "--steps", "8"]));
    assert_eq!(crate::common::contents(&bench.path("first")), before);
    succeeds(bench.train("whole", &["--steps", "8"]));
    assert_eq!(bench.state("second"), bench.state("whole"));
}

#[test]
#[cfg(unix)]
fn ctrl_c_finishes_the_step_saves_it_and_the_run_resumes() {
    let bench = CliBench::new();
    let mut command = bench.train("run", &["--epochs", "1000000"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().starts_with("step 1/")));
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    // keeps the pipe empty until the end
    lines.for_each(drop);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", stderr(&output));
    assert!(stderr(&output).contains("continue with --resume run"), "{}", stderr(&output));

    let step = bench.checkpoint("run").origin.unwrap().progress.step;
    let end = (step + 3).to_string();
    succeeds(bench.command(&["train", "--backend", "model", "--resume", "run", "--steps", &end]));
    succeeds(bench.train("whole", &["--epochs", "1000000", "--steps", &end]));
    assert_eq!(bench.state("run"), bench.state("whole"));
}
