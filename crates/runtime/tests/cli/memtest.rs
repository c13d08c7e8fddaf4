//! The memory test of a board on a serial port (a pseudo-terminal).

use crate::common::{CliBench, failed, fails, stderr, stdout, succeeds};
use ef_isa::Device;
use ef_isa::config::SIM_2X2;
use ef_link::testing::Plugged;
use ef_link::{Bus, Endpoint};
use ef_model::ModelDevice;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

/// Words of the memory of a board with 32 MB.
const WORDS: u32 = 8 << 20;

/// A board whose data lines are low, where `lines` is.
struct Sdram {
    model: ModelDevice,
    lines: u32,
}

impl Bus for Sdram {
    fn read_register(&mut self, address: u8) -> u32 {
        self.model.read_register(address.into()).unwrap()
    }

    fn write_register(&mut self, address: u8, value: u32) {
        self.model.write_register(address.into(), value).unwrap();
    }

    fn read_memory(&mut self, address: u32) -> Option<u32> {
        let mut word = [0];
        self.model.read_memory(address, &mut word).ok()?;
        Some(word[0] & self.lines)
    }

    fn write_memory(&mut self, address: u32, value: u32) -> Option<()> {
        self.model.write_memory(address, &[value]).ok()
    }

    fn busy(&self) -> bool {
        false
    }
}

/// Such a board on a port named `port`.
pub fn plug_in(bench: &CliBench, lines: u32) -> Plugged {
    let sdram = Sdram { model: ModelDevice::new(&SIM_2X2, WORDS.into()), lines };
    Plugged::at(&bench.path("port"), &Arc::new(Mutex::new(Endpoint::new(sdram, WORDS))))
}

/// A test over the port of such a board; the board lives as long as the first value.
fn memtest(bench: &CliBench, lines: u32, more: &[&str]) -> (Plugged, Command) {
    let plugged = plug_in(bench, lines);
    let mut command = bench.command(&["memtest", "--port", "port", "--board", "ulx3s-25f"]);
    command.args(["--words", "1000"]).args(more);
    (plugged, command)
}

fn json(bench: &CliBench) -> serde_json::Value {
    serde_json::from_str(&std::fs::read_to_string(bench.path("result.json")).unwrap()).unwrap()
}

#[test]
fn a_right_memory_passes_and_the_report_says_what_to_do_next() {
    let bench = CliBench::new();
    let (_board, command) = memtest(&bench, u32::MAX, &["--seconds", "0.1", "--json", "result.json"]);
    let text = stdout(&succeeds(command));
    for part in [
        "memory of ulx3s-25f, built for IS42S16160-75: 8,388,608 words",
        "overwrites the accelerator's memory",
        "data lines: right (34 patterns at 4 addresses",
        "address lines: right (23 bits",
        "random patterns: right (1,024 of 8,388,608 words",
        "refresh: right (256 of 8,388,608 words, kept for 50ms at both levels",
    ] {
        assert!(text.contains(part), "`{part}` is missing in: {text}");
    }
    let last = text.lines().last().unwrap();
    assert_eq!(last, "The memory passed: go on with `cargo xtask train --backend board --board ulx3s-25f`");
    let json = json(&bench);
    assert_eq!((&json["verdict"], &json["stages"][2]["words"]), (&"passed".into(), &1024.into()));
    assert!(!text.contains('\u{1b}'), "{text}");
}

#[test]
fn a_wrong_memory_fails_with_the_wire_on_the_terminal_and_in_the_file() {
    let bench = CliBench::new();
    let lines = !(1 << 3 | 1 << 19);
    let (_board, mut command) = memtest(&bench, lines, &["--json", "result.json"]);
    let output = command.output().unwrap();
    failed(&output, &["the memory test failed"]);
    let text = stdout(&output);
    for part in ["data lines: WRONG", "  sdram_d[3] (ball N18) always reads 0", "refresh: not run"] {
        assert!(text.contains(part), "`{part}` is missing in: {text}");
    }
    let last = text.lines().last().unwrap();
    assert!(last.starts_with("A wire between FPGA and SDRAM is broken: "), "{text}");
    let json = json(&bench);
    let finding = &json["stages"][0]["findings"][0];
    assert_eq!((&json["verdict"], &finding["kind"]), (&"failed".into(), &"data_stuck".into()));
    assert_eq!(finding["nets"], serde_json::json!(["sdram_d[3]"]));
    assert_eq!(json["conclusion"].as_str().unwrap(), &last[..last.find(':').unwrap()]);
}

#[test]
fn a_test_that_is_interrupted_ends_at_once_and_judges_nothing() {
    let bench = CliBench::new();
    let (_board, mut command) = memtest(&bench, u32::MAX, &["--json", "result.json"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().starts_with("random patterns: right")));
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    lines.for_each(drop);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", stderr(&output));
    assert!(stderr(&output).contains("The memory was not tested to the end"), "{}", stderr(&output));
    assert_eq!(json(&bench)["verdict"], "interrupted");
}

#[test]
fn what_cannot_be_tested_is_refused_with_what_is_possible() {
    let bench = CliBench::new();
    for (arguments, parts) in [
        (&["--board", "ulx4s"][..], &["no board `ulx4s`", "ulx3s-85f"][..]),
        (&["--sdram", "ddr3"], &["no SDRAM part `ddr3`", "w9825g6kh"]),
        (&["--json", "none/result.json"], &["none/result.json", "there is no folder none"]),
        (&["--json", "."], &["this is a folder"]),
        (&["--mounted", "w9825g6kh"], &["--mounted is for back end chip"]),
        (&["--backend", "chip", "--port", "port"], &["--port is for back end board"]),
        (&["--port", "nowhere"], &["nowhere: cannot open"]),
    ] {
        fails(bench.command(&[&["memtest"], arguments].concat()), parts);
    }
    for (arguments, says) in [
        (["--backend", "rtl"], "[possible values: board, chip]"),
        (["--words", "0"], "0 is not in 1.."),
        (["--seconds=-1", "--board=ulx3s-25f"], "negative"),
        (["--seconds", "soon"], "invalid value 'soon'"),
    ] {
        let output = bench.command(&[&["memtest"], &arguments[..]].concat()).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(says), "`{says}` is missing in: {}", stderr(&output));
    }
}

#[test]
fn a_bitstream_for_another_part_is_answered_with_the_option_to_say_so() {
    let bench = CliBench::new();
    let (_board, command) = memtest(&bench, u32::MAX, &["--sdram", "as4c32m16"]);
    fails(command, &["8388608 words", "AS4C32M16SB-7", "--sdram (is42s16160, mt48lc16m16a2, w9825g6kh)"]);
}

#[test]
fn a_simulated_board_carries_the_sdram_that_is_asked_for() {
    let bench = CliBench::new();
    let parts = ["--sdram", "as4c32m16", "--mounted", "is42s16160"];
    let mut command = bench.command(&["memtest", "--backend", "chip", "--board", "ulx3s-12f"]);
    let output = command.args(parts).args(["--words", "32"]).output().unwrap();
    failed(&output, &["the memory test failed"]);
    let text = stdout(&output);
    for part in ["built for AS4C32M16SB-7", "512 columns, not 1,024", "back end chip", "is42s16160"] {
        assert!(text.contains(part), "`{part}` is missing in: {text}");
    }
}
