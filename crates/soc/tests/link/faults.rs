//! The host's software against the RTL, over faulty wires.

use crate::bench::{RtlBoard, SETTINGS};
use ef_link::frame::{Frame, Op, REPLY};
use ef_link::testing::{BUSY_REGISTER, Board, Plan, Rates, Tally, scenario};
use ef_link::{Link, LinkError, Port, Settings, slip};
use ef_soc::link::LinkSettings;
use std::time::Duration;

fn settings() -> Settings {
    Settings { timeout: Duration::from_millis(20), attempts: 12, reopen: Duration::from_secs(1) }
}

/// Many seeds of one kind of wire.
fn wires(seeds: std::ops::Range<u64>, rates: Rates, kill: u32) -> Tally {
    let plan = Plan { operations: 8, words: 60, rates, kill, settings: settings() };
    let mut total = Tally::default();
    seeds.for_each(|seed| total += scenario(RtlBoard::new(seed), seed, plan));
    println!("{rates:?}, kill {kill}: {total:?}");
    total
}

#[test]
fn a_perfect_wire_needs_no_repetition() {
    let tally = wires(0..20, Rates::default(), 0);
    assert_eq!(tally, Tally { done: 160, sessions: 20, ..Tally::default() });
}

#[test]
fn noise_gaps_and_broken_ports_are_repaired() {
    let tally = wires(
        1000..1150,
        Rates { noise: 600, gap: 6000, unplug: 4000, again: 10, echo: 3, ..Rates::default() },
        0,
    );
    assert!(tally.failed == 0 && tally.repeated > 100 && tally.reopened > 10, "{tally:?}");
}

#[test]
fn resets_and_killed_hosts_are_noticed() {
    let tally = wires(2000..2150, Rates { noise: 3000, reset: 1500, ..Rates::default() }, 6);
    assert!(tally.done > 500 && tally.resets > 50 && tally.failed > 50, "{tally:?}");
}

#[test]
fn the_longest_frames_pass_at_the_real_baud_rate_with_clocks_2_percent_apart() {
    let real = LinkSettings { baud: 3_000_000, ..SETTINGS };
    for (skew, stall) in [(0.02, 0), (-0.02, 50)] {
        let mut link = Link::open(RtlBoard::with(real, skew, stall, 1), settings()).unwrap();
        let words: Vec<u32> = (0..1000u32).map(|i| i.wrapping_mul(0x9e37_79b9)).collect();
        link.write_memory(0, &words).unwrap();
        let mut read = vec![0; 1000];
        link.read_memory(0, &mut read).unwrap();
        assert_eq!(read, words);
        assert_eq!(link.memory_words(), 1000);
        assert_eq!(link.traffic().repeated, 0);
        println!("skew {skew}: {} cycles", link.port().simulated_cycles());
    }
}

#[test]
fn a_dead_memory_is_reported_and_hangs_nothing() {
    let mut link =
        Link::open(RtlBoard::new(1), Settings { timeout: Duration::from_secs(1), ..settings() }).unwrap();
    let is_dead = |result: Result<(), LinkError>| {
        assert!(
            result.as_ref().is_err_and(|error| error.to_string().contains("does not answer")),
            "{result:?}"
        );
    };
    for write in [true, false] {
        link.write_memory(10, &[1, 2, 3]).unwrap();
        link.port().set_memory_dead(true);
        for _ in 0..2 {
            is_dead(if write {
                link.write_memory(10, &[7, 8, 9])
            } else {
                link.read_memory(10, &mut [0; 3])
            });
            link.write_registers(0x41, 0, &[5]).unwrap();
            assert_eq!(link.read_registers(0x41, 1).unwrap(), [5]);
        }
        link.port().set_memory_dead(false);
        link.port().cycles(200);
        // the word that was under way, and nothing after it
        let first = if write { 7 } else { 1 };
        assert_eq!(link.port().memory()[10..13], [first, 2, 3]);
        let mut read = [0; 3];
        link.read_memory(10, &mut read).unwrap();
        assert_eq!(read, [first, 2, 3]);
    }
}

#[test]
fn the_memory_is_the_accelerators_while_it_is_busy() {
    let mut link = Link::open(RtlBoard::new(1), settings()).unwrap();
    link.write_registers(BUSY_REGISTER, 0, &[1]).unwrap();
    let refused = link.write_memory(0, &[1]).unwrap_err().to_string();
    assert!(refused.contains("while a program runs"), "{refused}");
    assert_eq!(link.port().memory()[0], 0);
    link.write_registers(BUSY_REGISTER, 0, &[0]).unwrap();
    link.write_memory(0, &[1]).unwrap();
    assert_eq!(link.port().memory()[0], 1);
}

/// Every op, and what its frame carries.
const REQUESTS: [(Op, u16, &[u32]); 5] = [
    (Op::Hello, 0, &[]),
    (Op::WriteMemory, 2, &[5, 6]),
    (Op::ReadMemory, 2, &[]),
    (Op::WriteRegisters, 1, &[7]),
    (Op::ReadRegisters, 1, &[]),
];

#[test]
fn a_looped_line_falls_silent_after_one_answer() {
    // a piece of wire, and a line that is longer than the longest answer here
    for delay in [1, 12_000] {
        for (op, count, payload) in REQUESTS {
            let link = Link::open_as(7, RtlBoard::new(1), settings()).map_err(|(error, _)| error).unwrap();
            let mut board = link.into_port();
            board.settle();
            let mut bytes = vec![0; 1 << 14];
            board.receive(&mut bytes);
            board.set_loop(delay);
            let request = Frame {
                op: op as u8,
                sequence: 9,
                count,
                session: 7,
                word2: 0x41,
                payload: payload.to_vec(),
            };
            board.write(&slip::encode(&request.bytes())).unwrap();
            board.cycles(100_000);
            let heard = board.receive(&mut bytes);
            let answer = [slip::END, op as u8 | REPLY];
            assert_eq!(
                bytes[..heard].windows(2).filter(|pair| *pair == answer).count(),
                1,
                "{op:?}, {delay}"
            );
            board.cycles(100_000);
            assert_eq!(board.receive(&mut bytes), 0, "{op:?} over {delay} cycles: not silent");
        }
    }
}
