//! What the program writes to a terminal, and to a reader that goes away.

use crate::common::CliBench;
use ef_link::testing::not_inherited;
use serialport::{SerialPort, TTYPort};
use std::io::Read;
use std::os::fd::{FromRawFd, IntoRawFd, OwnedFd};
use std::process::{Command, Stdio};
use std::time::Duration;

const ESCAPE: char = '\x1b';

/// What a command writes to a terminal.
fn on_a_terminal(mut command: Command) -> String {
    let (master, port) = TTYPort::pair().unwrap();
    let mut master = not_inherited(master);
    master.set_timeout(Duration::from_millis(20)).unwrap();
    // SAFETY: the descriptor is owned by nobody else.
    let port = unsafe { OwnedFd::from_raw_fd(port.into_raw_fd()) };
    let mut child = command.stdout(Stdio::from(port)).spawn().unwrap();
    // the command keeps the terminal open
    drop(command);
    let (mut text, mut bytes) = (Vec::new(), [0; 4096]);
    loop {
        let ended = child.try_wait().unwrap();
        // until the program has ended and nothing is left
        match (master.read(&mut bytes), ended) {
            (Ok(count), _) if count > 0 => text.extend(&bytes[..count]),
            (_, None) => {}
            (_, Some(status)) => {
                assert!(status.success(), "{status}");
                return String::from_utf8_lossy(&text).into_owned();
            }
        }
    }
}

fn train(bench: &CliBench, out: &str, variables: [(&str, &str); 2]) -> Command {
    let mut command = bench.train(out, &["--epochs", "2"]);
    command.env_remove("NO_COLOR").envs(variables);
    command
}

#[test]
fn a_terminal_that_can_shows_a_live_view() {
    let bench = CliBench::new();
    let text = on_a_terminal(train(&bench, "run", [("TERM", "xterm"), ("NO_COLOR", "")]));
    assert!(text.contains(ESCAPE) && text.contains("epoch 2/2"), "{text:?}");
}

#[test]
fn a_terminal_that_cannot_or_must_not_gets_the_lines_of_a_pipe() {
    let bench = CliBench::new();
    for (out, variables) in [
        ("dumb", [("TERM", "dumb"), ("NO_COLOR", "")]),
        ("none", [("TERM", ""), ("NO_COLOR", "")]),
        ("plain", [("TERM", "xterm"), ("NO_COLOR", "1")]),
    ] {
        let text = on_a_terminal(train(&bench, out, variables));
        assert!(!text.contains(ESCAPE), "{variables:?}: {text:?}");
        assert!(text.contains("step 1/12  epoch 1/2") && text.contains("epoch 2/2"), "{text:?}");
    }
}

#[test]
fn a_reader_that_goes_away_does_not_end_a_run() {
    let bench = CliBench::new();
    let closed = || {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        writer
    };
    let mut command = bench.train("run", &["--epochs", "2"]);
    let status = command.stdout(closed()).stderr(closed()).status().unwrap();
    assert_eq!(status.code(), Some(0));
    let mut eval = bench.command(&["eval", "run"]);
    assert_eq!(eval.stdout(closed()).stderr(closed()).status().unwrap().code(), Some(0));
    // what goes wrong is told by the exit code, if by nothing else
    let mut wrong = bench.command(&["eval", "nowhere"]);
    assert_eq!(wrong.stdout(closed()).stderr(closed()).status().unwrap().code(), Some(1));
}
