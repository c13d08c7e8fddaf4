//! The RTL and the software of the board's end answer the same bytes to the same bytes.

use crate::bench::{RtlBoard, SETTINGS};
use ef_hdl_kit::rand::Rng;
use ef_hdl_kit::rand::seq::IndexedRandom;
use ef_link::frame::{Frame, MAX_PAYLOAD, REPLY};
use ef_link::testing::{BUSY_REGISTER, Board, Registers, SoftBoard};
use ef_link::{Port, slip};
use ef_rtl_tests::{Random, seeded};
use std::collections::BTreeMap;

/// A request that is often sensible; sessions, sequence numbers, counts and addresses are near the limits.
fn request(rng: &mut Random) -> Frame {
    let op = *[0, 1, 2, 3, 4, 5, 6, 2, 3, 4, 5].choose(rng).unwrap();
    let words = *[0, 1, 2, 3, 5, 16, MAX_PAYLOAD].choose(rng).unwrap();
    let sends = if rng.random_range(0..10) == 0 { rng.random() } else { matches!(op, 2 | 4) };
    let count = match rng.random_range(0..12) {
        0 => rng.random_range(0..600),
        1 if op == 1 => 1,
        _ if op == 1 => 0,
        _ => words as u16,
    };
    let payload = (0..if sends { words } else { 0 }).map(|_| rng.random()).collect();
    let session =
        if op == 1 && rng.random_range(0..8) != 0 { 7 } else { *[7, 7, 7, 7, 7, 0, 8].choose(rng).unwrap() };
    let word2 = match (op, rng.random_range(0..8)) {
        (4, 0..3) => u32::from_le_bytes([BUSY_REGISTER, 0, 0, 0]),
        (_, 1) => u32::MAX - rng.random_range(0..300),
        (_, 2) => SETTINGS.memory_words - words as u32 + rng.random_range(0..2),
        (4 | 5, _) => rng.random_range(0..0x1_0000),
        _ => rng.random_range(0..SETTINGS.memory_words),
    };
    // now and then what looks like the reply
    let op = if rng.random_range(0..10) == 0 { op | REPLY } else { op };
    Frame { op, sequence: rng.random_range(0..3), count, session, word2, payload }
}

/// Bytes on the wire: the request, now and then with a fault.
fn wire(rng: &mut Random) -> Vec<u8> {
    let mut wire = slip::encode(&request(rng).bytes());
    let at = rng.random_range(0..wire.len());
    match rng.random_range(0..24) {
        0 => wire[at] ^= 1 << rng.random_range(0..8),
        1 => drop(wire.remove(at)),
        2 => wire.insert(at, rng.random()),
        3 => wire.insert(at, slip::ESC),
        4 => wire.insert(at, slip::END),
        5 => drop(wire.drain(at..wire.len() - 1)),
        6 => drop(wire.splice(at..at, (0..1200).map(|_| 0x55))),
        _ => {}
    }
    wire
}

#[test]
fn software_and_rtl_answer_the_same_bytes() {
    let mut statuses = BTreeMap::new();
    let mut answers = 0;
    for seed in 0..3 {
        let mut rng = seeded(seed);
        let mut rtl = RtlBoard::new(seed);
        let mut soft = SoftBoard::new(Registers::new(SETTINGS.memory_words as usize), SETTINGS.memory_words);
        for number in 0..800 {
            // a frame that lost its END is ended alone: the RTL hears nothing while it answers
            let bytes = if number % 2 == 0 { vec![slip::END] } else { wire(&mut rng) };
            let mut expected = vec![0; 1 << 14];
            soft.write(&bytes).unwrap();
            let length = soft.read(&mut expected, Default::default()).unwrap();
            let answer = rtl.answer(&bytes);
            assert_eq!(answer, expected[..length], "seed {seed}, request {number}: {bytes:x?}");
            assert_eq!(rtl.take_writes(), soft.take_writes(), "seed {seed}, request {number}");
            assert_eq!(rtl.memory(), soft.memory(), "seed {seed}, request {number}");
            if length > 0 {
                answers += 1;
                // END, op, sequence, count, session, status: none of these needs an escape
                *statuses.entry(expected[9]).or_insert(0) += 1;
            }
        }
        assert_eq!(rtl.frame_errors(), soft.endpoint.frame_errors);
        assert!(rtl.frame_errors() > 20);
    }
    println!("{answers} answers, by status {statuses:?}");
    assert!((0..=6).all(|status| statuses.get(&status).is_some_and(|count| *count > 10)), "{statuses:?}");
}
