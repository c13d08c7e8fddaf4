//! What a user can get wrong: every case is answered by an error that names it, and damages nothing.

use crate::common::{CliBench, contents, fails, gzip, idx, stderr, succeeds};
use ef_runtime::checkpoint::{self, CHECKPOINT, WEIGHTS};

#[test]
fn missing_data_is_named() {
    let bench = CliBench::new();
    fails(
        bench.train("run", &["--data", "mnist:nowhere"]),
        &["nowhere is no folder", "train-images-idx3-ubyte"],
    );
    std::fs::remove_file(bench.path("t10k-labels-idx1-ubyte")).unwrap();
    fails(bench.train("run", &[]), &["t10k-labels-idx1-ubyte is missing in ."]);
    fails(bench.train("run", &["--data", "cifar10:."]), &["data_batch_1.bin is missing"]);
    assert!(!bench.path("run").exists());
}

#[test]
fn truncated_data_is_named() {
    let bench = CliBench::new();
    let path = bench.path("train-images-idx3-ubyte");
    let whole = std::fs::read(&path).unwrap();
    for length in [10, whole.len() - 1] {
        std::fs::write(&path, &whole[..length]).unwrap();
        fails(bench.train("run", &[]), &["train-images-idx3-ubyte is truncated"]);
    }
    std::fs::write(&path, gzip(&whole).split_last().unwrap().1).unwrap();
    fails(bench.train("run", &[]), &["train-images-idx3-ubyte is no complete gzip file"]);
    std::fs::write(&path, idx(&[22], &[0; 22])).unwrap();
    fails(
        bench.train("run", &[]),
        &["train-images-idx3-ubyte does not start with 0x00000803 but with 0x00000801"],
    );
    std::fs::write(&path, &whole).unwrap();
    std::fs::write(bench.path("train-labels-idx1-ubyte"), idx(&[21], &[0; 21])).unwrap();
    fails(bench.train("run", &[]), &["holds 22 images", "train-labels-idx1-ubyte holds 21 labels"]);
}

#[test]
fn labels_out_of_range_name_file_and_record() {
    let bench = CliBench::new();
    std::fs::write(bench.path("t10k-labels-idx1-ubyte"), idx(&[6], &[0, 1, 2, 0, 3, 1])).unwrap();
    fails(
        bench.train("run", &[]),
        &["t10k-labels-idx1-ubyte: record 4 has label 3", "the network has 3 outputs (labels 0..=2)"],
    );
}

#[test]
fn labels_that_need_more_outputs_say_how_many() {
    let bench = CliBench::new();
    for (part, count) in [("train", 22), ("t10k", 6)] {
        let labels: Vec<u8> = (0..count).map(|i| 1 + (i % 26) as u8).collect();
        std::fs::write(bench.path(&format!("{part}-labels-idx1-ubyte")), idx(&[count], &labels)).unwrap();
    }
    fails(
        bench.train("run", &[]),
        &["train-labels-idx1-ubyte: record 2 has label 3", "1..=22: use a network with 22 outputs"],
    );
}

#[test]
fn something_else_in_place_of_data_is_named() {
    let bench = CliBench::new();
    let path = bench.path("t10k-images-idx3-ubyte");
    for (bytes, what) in [
        (b"\n<!DOCTYPE html><html>".as_slice(), "a web page, probably the server's error page"),
        (b"", "empty; download it again"),
        (b"PK\x03\x04", "a zip archive"),
        (b"version https://git-lfs.github.com/spec/v1", "a Git LFS pointer"),
    ] {
        std::fs::write(&path, bytes).unwrap();
        fails(bench.train("run", &[]), &["t10k-images-idx3-ubyte is ", what]);
    }
    assert!(!bench.path("run").exists());
}

#[test]
fn data_of_another_shape_is_refused() {
    let bench = CliBench::new();
    fails(
        bench.train("run", &["--data", "digits", "--network", "mnist"]),
        &["network mnist takes images of 1x28x28", "those of digits are 1x8x8"],
    );
}

#[test]
fn networks_that_cannot_be_are_named_by_their_layer() {
    let bench = CliBench::new();
    fails(
        bench.train("run", &["--network", "resnet-50"]),
        &["`resnet-50` is neither a file nor bundled", "digits"],
    );
    bench.edit("tiny.toml", "kernel = 3\n[[layer]]", "kernel = 4\n[[layer]]");
    fails(
        bench.train("run", &[]),
        &["tiny.toml", "layer 4 (conv): kernel 4 is larger than the map it reads, 3 rows"],
    );
    bench.edit("tiny.toml", "kernel = 4\n[[layer]]", "kernel = 3\nstride = 5\n[[layer]]");
    fails(bench.train("run", &[]), &["layer 4 (conv): stride is 5; 1 to 4 is possible"]);
    bench.edit("tiny.toml", "stride = 5\n", "strides = 2\n");
    fails(bench.train("run", &[]), &["tiny.toml: line ", "layer 4 (conv): unknown key `strides`"]);
    bench.edit("tiny.toml", "strides = 2\n", "dilation = 9\n");
    let apart = "layer 4 (conv): kernel 3, 9 apart, is larger than the map it reads, 3 rows";
    fails(bench.train("run", &[]), &["tiny.toml: ", apart]);
}

#[test]
fn a_wrong_network_file_is_named_once_with_line_layer_and_key() {
    let bench = CliBench::new();
    bench.edit("tiny.toml", "kernel = 3\npadding", "kernel = \"3\"\npadding");
    let output = bench.train("run", &[]).output().unwrap();
    assert_eq!(
        stderr(&output),
        "error: network tiny.toml: line 11, layer 1 (conv), key `kernel`: a whole number, or two in a list, [rows, columns], is needed, this is string \"3\"\n"
    );
    bench.edit("tiny.toml", "\"3\"", "[3,");
    fails(bench.train("run", &[]), &["network tiny.toml: line ", "this is not valid TOML"]);
}

#[test]
fn a_name_that_leaves_the_folder_of_runs_is_refused() {
    let bench = CliBench::new();
    let before = contents(&bench.path("."));
    bench.edit("tiny.toml", "\"tiny\"", "\"../tiny\"");
    fails(bench.train("run", &[]), &["network tiny.toml: line 2, key `name`", "letters, digits"]);
    assert_eq!(contents(&bench.path(".")).len(), before.len());
}

#[test]
fn a_layer_that_fits_no_buffer_is_named_with_buffer_and_capacity() {
    let bench = CliBench::new();
    // the loss needs all logits of an image at once
    bench.edit("tiny.toml", "outputs = 3\n", "outputs = 2100\n");
    fails(
        bench.train("run", &[]),
        &["network tiny", "fc1: ", "buffer of sim-4x4 holds 1024", "it fits no configuration"],
    );
    assert!(!bench.path("run").exists());
}

#[test]
fn arguments_out_of_range_are_named() {
    let bench = CliBench::new();
    fails(
        bench.train("run", &["--config", "fp64"]),
        &["no configuration `fp64`", "sim-2x2, sim-4x4, fp32-2x2, fp32-4x4, fp32-8x8"],
    );
    fails(bench.train("run", &["--lr", "nan"]), &["--lr NaN"]);
    for option in ["--lr", "--lr-end", "--momentum", "--weight-decay"] {
        fails(bench.train("run", &[option, "-1"]), &[&format!("{option} -1: must be")]);
    }
    fails(bench.train("run", &["--momentum", "1"]), &["--momentum 1"]);
    fails(bench.train("run", &["--epochs", "0"]), &["--epochs 0"]);
    fails(bench.train("run", &["--steps", "0"]), &["--steps 0"]);
}

#[test]
fn checkpoints_that_do_not_fit_are_refused_and_left_alone() {
    let bench = CliBench::new();
    succeeds(bench.train("run", &["--steps", "2"]));
    let before = contents(&bench.path("run"));
    let resume =
        |more: &[&str]| bench.command(&[&["train", "--backend", "model", "--resume", "run"], more].concat());
    fails(
        resume(&["--network", "digits"]),
        &["conv1.weight is [4, 1, 3, 3], in network digits it is [16, 1, 3, 3]", "written for network tiny"],
    );
    fails(resume(&["--seed", "7"]), &["--seed 7: the run to resume has 1"]);
    fails(resume(&["--batch", "5"]), &["--batch 5: the run to resume has 4"]);
    fails(bench.train("run", &[]), &["run holds a run already", "--resume run"]);
    fails(bench.command(&["eval", "run", "--network", "digits"]), &["weights.safetensors", "conv1.weight"]);
    fails(bench.command(&["train", "--resume", "elsewhere"]), &["cannot read elsewhere"]);
    assert_eq!(contents(&bench.path("run")), before);
}

#[test]
fn damaged_weights_are_named_by_layer_and_index() {
    let bench = CliBench::new();
    succeeds(bench.train("run", &["--steps", "2"]));
    let origin = bench.checkpoint("run").origin.unwrap();
    let mut state = bench.state("run");
    state[1].values.weight[4 * 9 + 1] = f32::NAN;
    checkpoint::save(&bench.path("run"), &origin, &state).unwrap();
    fails(
        bench.command(&["train", "--resume", "run"]),
        &["checkpoint.safetensors: conv2.weight[1,0,0,1] is NaN"],
    );
    fails(bench.command(&["eval", "run"]), &["weights.safetensors: conv2.weight[1,0,0,1] is NaN"]);

    for name in [CHECKPOINT, WEIGHTS] {
        let path = bench.path("run").join(name);
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    }
    fails(bench.command(&["train", "--resume", "run"]), &["checkpoint.safetensors is truncated"]);
    fails(bench.command(&["eval", "run"]), &["weights.safetensors is truncated"]);
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_named_and_the_last_checkpoint_stays_intact() {
    let bench = CliBench::new();
    succeeds(bench.train("run", &["--steps", "6"]));
    let state = bench.state("run");
    // what is written to the file before it is renamed ends on a full disk
    let fill = |name: &str| std::os::unix::fs::symlink("/dev/full", bench.path("run").join(name)).unwrap();
    for (file, steps) in [(".checkpoint.safetensors.partial", "8"), (".metrics.jsonl.partial", "9")] {
        fill(file);
        let resume = bench.command(&["train", "--backend", "model", "--resume", "run", "--steps", steps]);
        let name = file.trim_start_matches('.').trim_end_matches(".partial");
        fails(resume, &[name, "No space left on device", "intact", "--out"]);
        assert_eq!(bench.state("run"), state);
    }
    // with room again, the run goes on
    succeeds(bench.command(&["train", "--backend", "model", "--resume", "run", "--steps", "8"]));
    succeeds(bench.train("whole", &["--steps", "8"]));
    assert_eq!(bench.state("run"), bench.state("whole"));
}

#[test]
fn a_folder_that_cannot_be_is_named() {
    let bench = CliBench::new();
    fails(bench.train("tiny.toml/run", &[]), &["cannot create the folder tiny.toml/run", "--out"]);
}
