//! A small data set in files, a small network for it, and the program.

use ef_runtime::checkpoint::{CHECKPOINT, SavedFile};
pub use ef_runtime::data::testing::{gzip, idx};
use ef_runtime::parameters::State;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder with data, a network and room for runs.
pub struct CliBench {
    folder: tempfile::TempDir,
}

pub const TRAIN_IMAGES: usize = 22;
pub const TEST_IMAGES: usize = 6;

/// Two convolutions and three classes: every kind of layer, little to compute.
const NETWORK: &str = r#"
name = "tiny"
[input]
channels = 1
rows = 6
columns = 6
scale_shift = 4
[[layer]]
kind = "conv"
outputs = 4
kernel = 3
padding = 1
[[layer]]
kind = "relu"
[[layer]]
kind = "max_pool"
[[layer]]
kind = "conv"
outputs = 5
kernel = 3
[[layer]]
kind = "relu"
[[layer]]
kind = "fc"
outputs = 3
"#;

impl CliBench {
    pub fn new() -> CliBench {
        let bench = CliBench { folder: tempfile::tempdir().unwrap() };
        std::fs::write(bench.path("tiny.toml"), NETWORK).unwrap();
        for (prefix, count) in [("train", TRAIN_IMAGES), ("t10k", TEST_IMAGES)] {
            let (pixels, labels) = bands(count);
            std::fs::write(bench.path(&format!("{prefix}-images-idx3-ubyte")), idx(&[count, 6, 6], &pixels))
                .unwrap();
            std::fs::write(bench.path(&format!("{prefix}-labels-idx1-ubyte")), idx(&[count], &labels))
                .unwrap();
        }
        bench
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Replaces a piece of a text file.
    pub fn edit(&self, name: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.path(name)).unwrap();
        assert!(text.contains(from));
        std::fs::write(self.path(name), text.replacen(from, to, 1)).unwrap();
    }

    /// `ef-train train` on the small network and data, results in the folder `out`.
    pub fn train(&self, out: &str, more: &[&str]) -> Command {
        let mut command =
            self.command(&["train", "--network", "tiny.toml", "--data", "mnist:.", "--batch", "4"]);
        command.args(["--backend", "model", "--config", "sim-4x4", "--out", out]).args(more);
        command
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ef-train"));
        // an error that shows a stack trace would show it now
        command.current_dir(self.folder.path()).env("RUST_BACKTRACE", "1").args(arguments);
        command
    }

    pub fn checkpoint(&self, run: &str) -> SavedFile {
        SavedFile::open(&self.path(run).join(CHECKPOINT)).unwrap()
    }

    /// Weights of a run, and what the optimiser keeps.
    pub fn state(&self, run: &str) -> State {
        let saved = self.checkpoint(run);
        let network = saved.origin.as_ref().unwrap().network_file().unwrap();
        saved.state(&network, true).unwrap()
    }
}

/// Runs a command that must succeed.
pub fn succeeds(mut command: Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?} failed: {}", stderr(&output));
    output
}

/// Runs a command that must fail with an error that contains all of `parts`, and nothing that a user should not see.
pub fn fails(mut command: Command, parts: &[&str]) {
    failed(&command.output().unwrap(), parts);
}

/// The same of arguments that are refused before anything else.
pub fn misused(mut command: Command, parts: &[&str]) {
    ended_with(2, &command.output().unwrap(), parts);
}

/// The same of a command that has ended.
pub fn failed(output: &Output, parts: &[&str]) {
    ended_with(1, output, parts);
}

fn ended_with(code: i32, output: &Output, parts: &[&str]) {
    let text = stderr(output);
    assert_eq!(output.status.code(), Some(code), "{text}");
    assert!(text.contains("error: "), "{text}");
    for part in parts {
        assert!(text.contains(part), "`{part}` is missing in: {text}");
    }
    for unwanted in ["panicked", "backtrace", ".rs:"] {
        assert!(!text.contains(unwanted), "`{unwanted}` is in: {text}");
    }
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// 6 x 6 images whose class is which third of the rows is bright.
fn bands(count: usize) -> (Vec<u8>, Vec<u8>) {
    let (mut pixels, mut labels) = (Vec::new(), Vec::new());
    for image in 0..count {
        let class = image % 3;
        labels.push(class as u8);
        pixels.extend((0..36).map(|i| {
            let noise = (image * 7 + i * 13) % 5;
            (noise + if i / 12 == class { 11 } else { 0 }) as u8
        }));
    }
    (pixels, labels)
}

/// Every file of a folder with its content.
pub fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect();
    files.sort();
    files
}
