//! Hashes of the exported Verilog: a change that means to leave the hardware as it is leaves them as they are.

use anyhow::Result;
use ef_board::Board;
use ef_isa::config;
use ef_synth::Design;
use sha2::{Digest, Sha256};

/// What [`hashes`] gave when the Verilog was last meant to change: `crates/export/verilog.sha256`.
pub const RECORDED: &str = include_str!("../verilog.sha256");

/// The file of [`RECORDED`], from the top of the repository.
pub const FILE: &str = "crates/export/verilog.sha256";

/// SHA-256 and name, a line each as `sha256sum` writes them, of the accelerator of every configuration and of the chip of every board.
///
/// # Errors
/// If a module cannot be exported.
pub fn hashes() -> Result<String> {
    let mut lines = String::new();
    let mut line = |name: &str, texts: &[String]| {
        let mut hash = Sha256::new();
        texts.iter().for_each(|text| hash.update(text));
        lines += &format!("{}  {name}\n", hex::encode(hash.finalize()));
    };
    for config in config::ALL {
        line(config.name, &[ef_rtl::top::modules(config)?.source()]);
    }
    for name in Board::names()? {
        let verilog = Design::of_board(&Board::named(&name)?)?.verilog;
        let texts: Vec<String> = verilog.into_iter().map(|(_, text)| text).collect();
        line(&name, &texts);
    }
    Ok(lines)
}

/// The names whose line is another, or in one of the two only.
pub fn changed(now: &str, before: &str) -> Vec<String> {
    let differs = |a: &str, b: &str| -> Vec<String> {
        let gone = a.lines().filter(|line| !b.lines().any(|other| other == *line));
        gone.filter_map(|line| line.split_whitespace().nth(1)).map(String::from).collect()
    };
    let mut names = differs(now, before);
    names.extend(differs(before, now));
    names.sort();
    names.dedup();
    names
}
