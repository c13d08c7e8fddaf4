//! What a long run needs: it is saved within an epoch, goes on after a kill, keeps its best weights, finds data that moved.

use crate::common::{CliBench, contents, fails, stdout, succeeds};
use ef_runtime::checkpoint::{BEST, CHECKPOINT, CHECKPOINT_BEFORE, SavedFile, WEIGHTS};
use ef_runtime::pixels::Pixels;
use std::process::Command;
use std::time::{Duration, Instant};

fn resume(bench: &CliBench, more: &[&str]) -> Command {
    bench.command(&[&["train", "--backend", "model", "--resume", "run"], more].concat())
}

/// The learning rates of all steps of a run.
fn rates(bench: &CliBench, run: &str) -> Vec<f64> {
    let text = std::fs::read_to_string(bench.path(run).join("metrics.jsonl")).unwrap();
    let records = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    records.filter_map(|record| record["learning_rate"].as_f64()).collect()
}

#[test]
fn a_run_that_saturates_stops_with_advice_and_keeps_its_checkpoint() {
    let bench = CliBench::new();
    fails(
        bench.train("none", &["--steps", "9", "--lr", "1e30"]),
        &["results in conv1", "so the run is stopped", "try --lr 0.005", "no step of the run is saved yet"],
    );
    succeeds(bench.train("run", &["--epochs", "2", "--steps", "6"]));
    let before = bench.state("run");
    fails(
        resume(&bench, &["--epochs", "9", "--steps", "50", "--weight-decay", "1e30"]),
        &["so the run is stopped", "try --weight-decay 0.0005", "saved up to step 6", "--resume run"],
    );
    assert_eq!(bench.state("run"), before);
    // the figures of the steps until then are there
    assert!(std::fs::read_to_string(bench.path("run/summary.json")).unwrap().contains("\"complete\": false"));
}

#[test]
fn an_epoch_no_better_than_guessing_is_warned_of() {
    let bench = CliBench::new();
    let output = succeeds(bench.train("run", &["--epochs", "2", "--lr", "0"]));
    let text = crate::common::stderr(&output);
    assert_eq!(text.matches("warning: ").count(), 1, "{text}");
    assert!(text.contains("only guesses") && text.contains("try --lr 0.005"), "{text}");
    assert!(std::fs::read_to_string(bench.path("run/summary.json")).unwrap().contains("only guesses"));
    let output = succeeds(bench.train("learns", &["--epochs", "12", "--lr", "0.1"]));
    assert!(!crate::common::stderr(&output).contains("warning"), "{output:?}");
}

#[test]
fn what_a_run_was_warned_of_before_it_was_resumed_is_said_once_and_stays_in_its_summary() {
    let bench = CliBench::new();
    let summary = || std::fs::read_to_string(bench.path("run/summary.json")).unwrap();
    succeeds(bench.train("run", &["--epochs", "2", "--steps", "8", "--lr", "0"]));
    assert_eq!(summary().matches("only guesses").count(), 1);
    let output = succeeds(resume(&bench, &["--epochs", "3", "--steps", "18", "--lr", "0"]));
    assert!(!crate::common::stderr(&output).contains("only guesses"), "{output:?}");
    assert_eq!(summary().matches("only guesses").count(), 1);
}

#[test]
fn a_killed_run_goes_on_from_the_last_steps_that_were_saved() {
    let bench = CliBench::new();
    let mut command = bench.train("run", &["--epochs", "1000000", "--save-every", "2"]);
    let mut child = command.stdout(std::process::Stdio::null()).spawn().unwrap();
    let start = Instant::now();
    while !bench.path("run").join(CHECKPOINT_BEFORE).exists() {
        assert!(start.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let step =
        |name: &str| SavedFile::open(&bench.path("run").join(name)).unwrap().origin.unwrap().progress.step;
    // every second step, and the ends of epochs of six
    let (last, before) = (step(CHECKPOINT), step(CHECKPOINT_BEFORE));
    assert!(before > 0 && last >= before && last - before <= 2 && before % 2 == 0, "{before}, {last}");
    let end = (last + 5).to_string();
    succeeds(resume(&bench, &["--steps", &end]));
    succeeds(bench.train("whole", &["--epochs", "1000000", "--steps", &end]));
    assert_eq!(bench.state("run"), bench.state("whole"));
}

#[test]
fn the_best_epochs_weights_are_kept() {
    let bench = CliBench::new();
    // learns, and then forgets all: each step replaces the weights by their gradients
    succeeds(bench.train("run", &["--epochs", "12", "--lr", "0.1"]));
    let best = std::fs::read(bench.path("run").join(BEST)).unwrap();
    assert!(stdout(&succeeds(bench.command(&["eval", "run/best.safetensors"]))).contains("100.00 %"));
    succeeds(resume(
        &bench,
        &["--epochs", "13", "--lr", "1", "--lr-end", "1", "--momentum", "0", "--weight-decay", "1"],
    ));
    assert!(!stdout(&succeeds(bench.command(&["eval", "run"]))).contains("100.00 %"));
    assert_eq!(std::fs::read(bench.path("run").join(BEST)).unwrap(), best);
}

#[test]
fn more_epochs_continue_the_learning_rate() {
    let bench = CliBench::new();
    succeeds(bench.train("run", &["--epochs", "2", "--lr", "0.1", "--lr-end", "0.01"]));
    let output = succeeds(resume(&bench, &["--epochs", "4"]));
    assert!(
        stdout(&output).contains("continuing after step 12; learning rate 0.01 at step 13"),
        "{}",
        stdout(&output)
    );
    let all = rates(&bench, "run");
    assert_eq!(all.len(), 24);
    assert!(all[12..].iter().all(|rate| (rate - all[11]).abs() < 1e-9), "{all:?}");
    // half-way: down to the new end without a jump
    succeeds(bench.train("longer", &["--epochs", "4", "--steps", "12", "--lr", "0.1", "--lr-end", "0.01"]));
    let resumed = bench.command(&["train", "--backend", "model", "--resume", "longer", "--epochs", "8"]);
    succeeds(resumed);
    let all = rates(&bench, "longer");
    assert!(all[11..].windows(2).all(|pair| pair[1] < pair[0] && pair[0] - pair[1] < 0.003), "{all:?}");
    assert!((all[47] - 0.01).abs() < 1e-6);
}

#[test]
fn a_run_finds_its_data_under_any_path_and_refuses_other_data() {
    let bench = CliBench::new();
    std::fs::create_dir(bench.path("data")).unwrap();
    let files = [
        "train-images-idx3-ubyte",
        "train-labels-idx1-ubyte",
        "t10k-images-idx3-ubyte",
        "t10k-labels-idx1-ubyte",
    ];
    for file in files {
        std::fs::rename(bench.path(file), bench.path("data").join(file)).unwrap();
    }
    succeeds(bench.train("run", &["--data", "mnist:data", "--steps", "2"]));
    // from another folder, with the path that was recorded
    std::fs::create_dir(bench.path("elsewhere")).unwrap();
    let mut elsewhere = bench.command(&["train", "--backend", "model", "--resume", "../run", "--steps", "3"]);
    elsewhere.current_dir(bench.path("elsewhere"));
    succeeds(elsewhere);
    succeeds(resume(&bench, &["--steps", "4", "--data", "mnist:data/"]));
    let absolute = format!("mnist:{}", bench.path("data").display());
    succeeds(resume(&bench, &["--steps", "5", "--data", &absolute]));
    std::fs::rename(bench.path("data"), bench.path("moved")).unwrap();
    fails(
        resume(&bench, &["--steps", "6"]),
        &["data", "is no folder", "if it has moved, say where it is with --data"],
    );
    succeeds(resume(&bench, &["--steps", "6", "--data", "mnist:moved"]));
    succeeds(bench.train("whole", &["--data", "mnist:moved", "--steps", "6"]));
    assert_eq!(bench.state("run"), bench.state("whole"));

    // one label is another one
    let path = bench.path("moved/train-labels-idx1-ubyte");
    let mut labels = std::fs::read(&path).unwrap();
    let last = labels.last_mut().unwrap();
    *last = (*last + 1) % 3;
    std::fs::write(&path, labels).unwrap();
    let before = contents(&bench.path("run"));
    fails(resume(&bench, &["--steps", "7"]), &["other images or labels", "--data", "--other-data"]);
    assert_eq!(contents(&bench.path("run")), before);
    let output = succeeds(resume(&bench, &["--steps", "7", "--other-data"]));
    assert!(crate::common::stderr(&output).contains("warning: the run goes on with other data"));
    succeeds(resume(&bench, &["--steps", "8"]));
}

#[test]
fn weights_are_not_continued_and_the_way_on_is_named() {
    let bench = CliBench::new();
    succeeds(bench.train("run", &["--steps", "2"]));
    let weights = format!("run/{WEIGHTS}");
    fails(
        bench.command(&["train", "--resume", &weights]),
        &["can be evaluated, not continued", "--resume run/checkpoint.safetensors"],
    );
}

#[test]
fn a_network_that_a_board_does_not_hold_is_answered_with_what_is_possible() {
    let bench = CliBench::new();
    let (pixels, labels) = (vec![7; 2 * 28 * 28], vec![0, 1]);
    for prefix in ["train", "t10k"] {
        let write = |name: &str, bytes: Vec<u8>| {
            std::fs::write(bench.path(&format!("{prefix}-{name}")), bytes).unwrap()
        };
        write("images-idx3-ubyte", crate::common::idx(&[2, 28, 28], &pixels));
        write("labels-idx1-ubyte", crate::common::idx(&[2], &labels));
    }
    let fc = |outputs: usize| format!("[[layer]]\nkind = \"fc\"\noutputs = {outputs}\n");
    let input = "name = \"wide\"\n[input]\nchannels = 1\nrows = 28\ncolumns = 28\n";
    let train = |layers: String, more: &[&str]| {
        std::fs::write(bench.path("wide.toml"), format!("{input}{layers}")).unwrap();
        bench.command(&[&["train", "--network", "wide.toml", "--data", "mnist:."], more].concat())
    };
    fails(
        train(
            fc(4096) + &fc(4096) + &fc(10),
            &["--backend", "board", "--board", "ulx3s-25f", "--batch", "1"],
        ),
        &[
            "wide does not fit ulx3s-25f (fp32-2x2)",
            "words of memory for a single image, there are 8388608",
            "it fits no board",
            "this board holds digits",
        ],
    );
    // whatever the batch, a single image is what does not fit, and nothing is advised that a board cannot do
    let (layers, board) = (fc(4096) + &fc(4096) + &fc(10), ["--backend", "board", "--board", "ulx3s-25f"]);
    for batch in ["1", "16"] {
        let output = train(layers.clone(), &[&board[..], &["--batch", batch]].concat()).output().unwrap();
        let text = crate::common::stderr(&output);
        assert!(text.contains("words of memory for a single image"), "{text}");
        for wrong in ["smaller batch", "program_aw", "larger configuration", "--config", "batch of"] {
            assert!(!text.contains(wrong), "`{wrong}` is in: {text}");
        }
    }
    fails(
        train(fc(1100), &["--backend", "board", "--board", "ulx3s-25f"]),
        &["wide does not fit ulx3s-25f (fp32-2x2): fc1: ", "it fits the board ulx3s-45f or ulx3s-85f"],
    );
    fails(
        train(fc(1100), &["--backend", "model", "--config", "sim-2x2"]),
        &["wide does not fit sim-2x2: fc1: ", "it fits --config fp32-4x4 or fp32-8x8"],
    );
}

#[test]
fn a_state_that_the_next_step_shows_to_be_useless_is_not_saved() {
    let bench = CliBench::new();
    succeeds(bench.train("run", &["--epochs", "2", "--steps", "6"]));
    fails(
        resume(&bench, &["--steps", "12", "--save-every", "1", "--lr", "1e6"]),
        &["so the run is stopped", "try --lr 0.005", "saved up to step 6", "--resume run and other settings"],
    );
    // the checkpoint is one that trains
    succeeds(resume(&bench, &["--steps", "9"]));
}

#[test]
fn a_rate_that_is_asked_for_counts_after_a_resume_that_trained_nothing() {
    let bench = CliBench::new();
    succeeds(bench.train("run", &["--epochs", "1"]));
    let before = contents(&bench.path("run")).into_iter().find(|(path, _)| path.ends_with(CHECKPOINT));
    let output = succeeds(resume(&bench, &["--lr", "0.5"]));
    assert!(stdout(&output).contains("nothing is left to train"));
    assert!(contents(&bench.path("run")).into_iter().any(|file| Some(file) == before));
    succeeds(resume(&bench, &["--lr", "0.03", "--epochs", "2"]));
    assert!((rates(&bench, "run")[6] - 0.03).abs() < 1e-6, "{:?}", rates(&bench, "run"));
}

#[test]
fn the_last_two_checkpoints_are_of_two_steps() {
    let bench = CliBench::new();
    succeeds(bench.train("run", &["--epochs", "1", "--save-every", "1"]));
    let step =
        |name: &str| SavedFile::open(&bench.path("run").join(name)).unwrap().origin.unwrap().progress.step;
    assert_eq!((step(CHECKPOINT), step(CHECKPOINT_BEFORE)), (6, 5));
}

#[test]
fn the_best_weights_come_along_into_another_folder() {
    let bench = CliBench::new();
    succeeds(bench.train("run", &["--epochs", "12", "--lr", "0.1"]));
    let wreck = ["--lr", "1", "--lr-end", "1", "--momentum", "0", "--weight-decay", "1"];
    succeeds(resume(&bench, &[&["--out", "other", "--epochs", "13"], &wreck[..]].concat()));
    assert!(stdout(&succeeds(bench.command(&["eval", "other/best.safetensors"]))).contains("100.00 %"));
}

#[test]
fn other_data_has_as_many_images_and_eval_says_that_it_is_other() {
    let bench = CliBench::new();
    succeeds(bench.train("run", &["--steps", "2"]));
    assert!(stdout(&succeeds(bench.command(&["eval", "run"]))).contains("that it was not trained on"));
    for (name, count) in [("train-images-idx3-ubyte", 36), ("train-labels-idx1-ubyte", 1)] {
        let bytes = std::fs::read(bench.path(name)).unwrap();
        let header = if count == 1 { 8 } else { 16 };
        let dimensions: &[usize] = if count == 1 { &[4] } else { &[4, 6, 6] };
        std::fs::write(bench.path(name), crate::common::idx(dimensions, &bytes[header..][..4 * count]))
            .unwrap();
    }
    fails(resume(&bench, &["--other-data"]), &["has 4 training images, the run to resume began with 22"]);
    let output = succeeds(bench.command(&["eval", "run"]));
    assert!(!stdout(&output).contains("that it was not trained on"));
    assert!(crate::common::stderr(&output).contains("is not the data that the weights were trained with"));
}

#[test]
fn a_batch_larger_than_the_data_has_the_rate_of_the_data() {
    let bench = CliBench::new();
    let output = succeeds(bench.train("run", &["--batch", "100000", "--epochs", "1"]));
    assert!(stdout(&output).contains("learning rate 0.023 to 0.0023"), "{}", stdout(&output));
}

#[test]
fn pixels_that_reach_far_are_warned_of_at_the_start() {
    let bench = CliBench::new();
    // PyTorch's figures are for pixels of 0 to 1
    bench.edit("tiny.toml", "scale_shift = 4", "mean = [0.1307]\ndeviation = [0.3081]");
    let output = bench.train("run", &["--steps", "1"]).output().unwrap();
    let text = crate::common::stderr(&output);
    assert!(text.contains("warning: pixels reach") && text.contains("mean 0.1"), "{text}");
}

/// Makes every pixel of a file of 6 x 6 images brighter, and gives the mean of all.
fn brighten(bench: &CliBench, name: &str, by: u8) -> f32 {
    const HEADER: usize = 16;
    let mut bytes = std::fs::read(bench.path(name)).unwrap();
    bytes[HEADER..].iter_mut().for_each(|pixel| *pixel += by);
    std::fs::write(bench.path(name), &bytes).unwrap();
    let pixels = &bytes[HEADER..];
    pixels.iter().map(|pixel| f32::from(*pixel)).sum::<f32>() / pixels.len() as f32
}

#[test]
fn pixels_are_normalised_by_the_images_trained_on_in_the_run_its_test_eval_and_resume() {
    let bench = CliBench::new();
    bench.edit("tiny.toml", "scale_shift = 4\n", "");
    let (train, test) = ("train-images-idx3-ubyte", "t10k-images-idx3-ubyte");
    let mean = brighten(&bench, train, 0);
    brighten(&bench, test, 100);
    succeeds(bench.train("run", &["--steps", "2"]));
    let pixels = || bench.checkpoint("run").origin.unwrap().pixels.unwrap();
    let first = pixels();
    let Pixels::Normalised { mean: subtracted, .. } = &first else { panic!("{first:?}") };
    assert!((subtracted[0] - mean).abs() < 1e-3, "{first:?}, not {mean}");

    // the same images to test on, beside others to train on
    let figures = || {
        let text = stdout(&succeeds(bench.command(&["eval", "run"])));
        let part =
            |name: &str| text.split(name).nth(1).unwrap().split_whitespace().next().unwrap().to_string();
        (part("accuracy "), part("loss "))
    };
    let before = figures();
    brighten(&bench, train, 50);
    assert_eq!(figures(), before);
    succeeds(resume(&bench, &["--steps", "3", "--other-data"]));
    assert_eq!(pixels(), first);
}
