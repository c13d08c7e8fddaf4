//! The exported Verilog is what it was when its hashes were recorded.

use ef_export::hashes::{FILE, RECORDED, changed, hashes};

#[test]
fn the_verilog_has_the_recorded_hashes() {
    let now = hashes().unwrap();
    let changed = changed(&now, RECORDED);
    assert!(
        changed.is_empty(),
        "the Verilog of {} is not that of {FILE}; if it was meant to change: cargo xtask export --hashes --write",
        changed.join(", ")
    );
    // every configuration and every board, each once
    let lines = ef_isa::config::ALL.len() + ef_board::Board::names().unwrap().len();
    assert_eq!(now.lines().count(), lines);
}

#[test]
fn a_changed_a_new_and_a_missing_line_are_named() {
    assert_eq!(changed("1  a\n2  b\n3  c\n", "1  a\n4  b\n5  d\n"), ["b", "c", "d"]);
    assert!(changed("1  a\n", "1  a\n").is_empty());
}
