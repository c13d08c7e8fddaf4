//! Thousands of faulty wires, seeded: what succeeds has happened exactly once, what fails says so.

use ef_link::frame::{Frame, Op, REPLY};
use ef_link::testing::{Board, Plan, Rates, Registers, SoftBoard, Tally, scenario};
use ef_link::{Link, LinkError, Port, Settings, slip};
use std::time::Duration;

const MEMORY: u32 = 2048;

fn settings() -> Settings {
    Settings { timeout: Duration::from_millis(10), attempts: 12, reopen: Duration::from_secs(1) }
}

fn board() -> SoftBoard<Registers> {
    SoftBoard::new(Registers::new(MEMORY as usize), MEMORY)
}

/// Many seeds of one kind of wire.
fn wires(seeds: std::ops::Range<u64>, rates: Rates, kill: u32) -> Tally {
    let plan = Plan { operations: 20, words: 600, rates, kill, settings: settings() };
    let mut total = Tally::default();
    seeds.for_each(|seed| total += scenario(board(), seed, plan));
    println!("{rates:?}, kill {kill}: {total:?}");
    total
}

#[test]
fn a_perfect_wire_needs_no_repetition() {
    let tally = wires(0..100, Rates::default(), 0);
    assert_eq!(tally, Tally { done: 2000, sessions: 100, ..Tally::default() });
}

#[test]
fn noise_and_gaps_are_repaired() {
    let slight = wires(1000..1600, Rates { noise: 4000, gap: 40_000, ..Rates::default() }, 0);
    assert!(slight.failed == 0 && slight.repeated > 1000, "{slight:?}");
    let strong = wires(2000..2400, Rates { noise: 400, gap: 4000, ..Rates::default() }, 0);
    assert!(strong.done > 10 * strong.failed && strong.failed > 0, "{strong:?}");
}

#[test]
fn a_request_that_comes_twice_is_executed_once() {
    let tally = wires(2500..2900, Rates { again: 3, ..Rates::default() }, 0);
    assert_eq!(tally, Tally { done: 8000, sessions: 400, ..Tally::default() });
    let noisy = wires(2900..3000, Rates { again: 3, noise: 4000, gap: 40_000, ..Rates::default() }, 0);
    assert!(noisy.failed == 0 && noisy.repeated > 100, "{noisy:?}");
}

#[test]
fn a_looped_line_changes_nothing() {
    let tally = wires(2400..2500, Rates { echo: 3, ..Rates::default() }, 0);
    assert_eq!(tally, Tally { done: 2000, sessions: 100, ..Tally::default() });
    // a damaged answer goes back to the board, and then the request comes again
    let noisy = wires(2300..2400, Rates { echo: 2, noise: 4000, gap: 40_000, ..Rates::default() }, 0);
    assert!(noisy.failed == 0 && noisy.repeated > 100, "{noisy:?}");
}

#[test]
fn a_frame_that_is_a_reply_gets_no_answer_and_changes_nothing() {
    let request = |op, sequence, session, word: u32| {
        let payload = if Op::of(op & !REPLY).is_some_and(Op::writes) { vec![word] } else { vec![] };
        let count = u16::from(op & !REPLY != Op::Hello as u8);
        Frame { op, sequence, count, session, word2: 0x41, payload }
    };
    for op in REPLY..=u8::MAX {
        for session in [7, 8] {
            let mut board = board();
            let mut answer = |frame: Frame| {
                board.write(&slip::encode(&frame.bytes())).unwrap();
                let mut bytes = vec![0; 4096];
                let count = board.read(&mut bytes, Duration::ZERO).unwrap();
                bytes.truncate(count);
                bytes
            };
            answer(request(Op::Hello as u8, 0, 7, 0));
            let first = answer(request(Op::WriteMemory as u8, 5, 7, 1));
            assert!(answer(request(op, 6, session, 2)).is_empty(), "{op:#x} in session {session}");
            // the number before is still remembered: this is not executed again
            assert_eq!(
                answer(request(Op::WriteMemory as u8, 5, 7, 3)),
                first,
                "{op:#x} in session {session}"
            );
            assert_eq!((board.memory()[0x41], board.take_writes()), (1, vec![]));
            assert_eq!(board.endpoint.frame_errors, 1);
        }
    }
}

/// A line without a board: what is sent comes back.
struct Looped(SoftBoard<Registers>, Vec<u8>);

impl Port for Looped {
    fn name(&self) -> String {
        "looped".into()
    }
    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> std::io::Result<usize> {
        let count = self.1.len().min(buffer.len());
        buffer[..count].copy_from_slice(&self.1[..count]);
        self.1.drain(..count);
        if count == 0 { self.0.read(buffer, timeout) } else { Ok(count) }
    }
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.1.extend(bytes);
        Ok(())
    }
    fn reopen(&mut self) -> std::io::Result<()> {
        Ok(())
    }
    fn now(&self) -> Duration {
        self.0.now()
    }
    fn wait(&mut self, time: Duration) {
        self.0.wait(time);
    }
}

#[test]
fn a_host_on_a_looped_line_does_not_take_its_own_request_for_an_answer() {
    let error = Link::open(Looped(board(), Vec::new()), settings()).err().unwrap().to_string();
    assert!(error.starts_with("looped: no answer to Hello"), "{error}");
}

#[test]
fn an_unplugged_port_is_opened_again() {
    let tally = wires(3000..3600, Rates { unplug: 3000, ..Rates::default() }, 0);
    assert!(tally.failed == 0 && tally.reopened > 1000, "{tally:?}");
}

#[test]
fn a_board_that_was_reset_says_so() {
    let tally = wires(4000..4400, Rates { reset: 5000, ..Rates::default() }, 0);
    assert!(tally.resets > 300 && tally.failed.abs_diff(tally.resets) < tally.resets / 4, "{tally:?}");
}

#[test]
fn a_host_may_be_killed_in_the_middle_of_a_request() {
    let tally = wires(5000..5400, Rates::default(), 5);
    assert!(tally.sessions > 1500 && tally.done > 5000, "{tally:?}");
}

#[test]
fn everything_at_once() {
    let rates = Rates { noise: 3000, gap: 20_000, unplug: 10_000, reset: 20_000, again: 20, echo: 10 };
    let tally = wires(6000..7500, rates, 20);
    assert!(
        tally.done > 20_000 && tally.failed > 500 && tally.resets > 100 && tally.reopened > 100,
        "{tally:?}"
    );
}

#[test]
fn errors_say_what_was_asked_and_what_to_do() {
    let mut link = Link::open(board(), settings()).unwrap();
    let refused = |result: Result<(), LinkError>, part: &str| {
        let text = result.unwrap_err().to_string();
        assert!(text.starts_with("software: ") && text.contains(part), "{text}");
    };
    refused(
        link.write_memory(MEMORY - 1, &[1, 2]),
        "WriteMemory of 2 words at 0x7ff: this is beyond the end",
    );
    link.write_registers(ef_link::testing::BUSY_REGISTER, 0, &[1]).unwrap();
    refused(link.read_memory(0, &mut [0]), "while a program runs");
    link.port().endpoint.reset();
    refused(link.read_memory(0, &mut [0]), "reset since the session began");
    // another host takes over
    let board = link.into_port();
    let mut first = Link::open_as(1, board, settings()).map_err(|(error, _)| error).unwrap();
    first.port().endpoint.receive(0);
    let mut second = Link::open_as(2, first.into_port(), settings()).map_err(|(error, _)| error).unwrap();
    for byte in slip::encode(&hello(3)) {
        second.port().endpoint.receive(byte);
    }
    refused(second.write_registers(0, 0, &[1]), "another program has taken the board over");
}

fn hello(session: u32) -> Vec<u8> {
    let op = Op::Hello as u8;
    Frame { op, sequence: 0, count: 0, session, word2: 0, payload: vec![] }.bytes()
}
