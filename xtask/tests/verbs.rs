//! Verbs that are about boards, as a person calls them.

use std::process::{Command, Output};

fn xtask(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask")).args(arguments).output().unwrap()
}

#[test]
fn export_of_a_board_is_its_top_with_chip_wrapper_and_constraints() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("board");
    let output =
        xtask(&["export", "--board", "ulx3s-12f", "--config", "sim-2x2", "--out", out.to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for file in ["board.v", "chip.v", "pins.lpf"] {
        assert!(out.join(file).is_file(), "{file}");
    }
}

#[test]
fn memtest_opens_the_port_that_is_named() {
    let output = xtask(&["memtest", "--port", "/nowhere/tty", "--board", "ulx3s-12f"]);
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("/nowhere/tty: cannot open"), "{text}");
}
