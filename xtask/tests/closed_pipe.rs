//! A reader that goes away (`cargo xtask doctor | head -1`) ends no verb.

use std::fs;
use std::path::Path;
use std::process::Command;

/// The end of a pipe that nobody reads.
fn closed() -> std::io::PipeWriter {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer
}

#[test]
fn verbs_whose_reader_went_away_succeed() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("verilog");
    let export = ["export", "--config", "sim-2x2", "--out", out.to_str().unwrap()];
    for arguments in [&["doctor"][..], &export] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        let status = command.args(arguments).stdout(closed()).stderr(closed()).status().unwrap();
        assert_eq!(status.code(), Some(0), "{arguments:?}");
    }
    assert!(out.join("ef_accelerator.json").is_file());
}

/// `say!` and `note!` of ef-tools do not panic; these do.
const PANICKING: [&str; 4] = ["println!", "print!", "eprintln!", "eprint!"];

#[test]
fn nothing_is_printed_in_a_way_that_panics() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let crates = fs::read_dir(root.join("crates")).unwrap().map(|entry| entry.unwrap().path());
    let mut files = 0;
    for folder in crates.chain([root.join("xtask")]) {
        for part in ["src", "examples"] {
            look_through(&folder.join(part), &mut files);
        }
    }
    assert!(files > 100, "{files}");
}

fn look_through(folder: &Path, files: &mut usize) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            look_through(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            *files += 1;
            let text = fs::read_to_string(&path).unwrap();
            for (number, line) in text.lines().enumerate() {
                let code = line.trim_start();
                let found = PANICKING.iter().find(|name| code.starts_with(*name));
                assert!(found.is_none(), "{}:{}: {line}", path.display(), number + 1);
            }
        }
    }
}
