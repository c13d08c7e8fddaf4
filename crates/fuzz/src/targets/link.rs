//! Both ends of the link.

use crate::{Target, mutate};
use ef_link::frame::{Frame, HEADER_WORDS, HELLO_WORDS, MAX_PAYLOAD, Op, REPLY, Status, VERSION};
use ef_link::testing::Registers;
use ef_link::{Endpoint, Link, Port, Settings, slip};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use std::io;
use std::time::Duration;

const SESSION: u32 = 7;
const MEMORY_WORDS: u32 = 1024;

/// Requests on their way to the board.
pub fn endpoint() -> Target {
    Target {
        name: "link-board",
        about: "bytes from a host to the board's end of the link",
        input: Box::new(|rng| {
            let mut frames = vec![frame(Op::Hello as u8, 0, 0, 0, vec![])];
            for sequence in 1..rng.random_range(2..5) {
                let op = rng.random_range(0..8);
                let count = *[0, 1, 2, 255, 256, 257, 65535][..].get(rng.random_range(0..9)).unwrap_or(&3);
                let address = rng.random::<u32>() >> rng.random_range(0..32);
                let words = if rng.random() { usize::from(count) } else { rng.random_range(0..4) };
                frames.push(frame(op, sequence, count, address, vec![address; words.min(MAX_PAYLOAD + 1)]));
            }
            damaged(rng, frames)
        }),
        parse: Box::new(|input| {
            let mut board = Endpoint::new(Registers::new(MEMORY_WORDS as usize), MEMORY_WORDS);
            input.iter().filter_map(|byte| board.receive(*byte)).count() > 0
        }),
        memory: 1 << 20,
    }
}

/// Replies on their way to the host.
pub fn host() -> Target {
    Target {
        name: "link-host",
        about: "bytes from a board to the host's end of the link",
        input: Box::new(|rng| {
            let hello: [u32; HELLO_WORDS] = [VERSION, MAX_PAYLOAD as u32, MEMORY_WORDS];
            let mut frames = vec![reply(Op::Hello, 0, Status::Ok, hello.to_vec())];
            for sequence in 1..4 {
                let status = Status::of(rng.random_range(0..16)).unwrap_or(Status::Ok);
                let words = vec![rng.random(); rng.random_range(0..4)];
                frames.push(reply(Op::ReadMemory, sequence, status, words));
            }
            damaged(rng, frames)
        }),
        parse: Box::new(|input| {
            let port = Replay { bytes: input.to_vec(), at: 0, now: Duration::ZERO };
            let Ok(mut link) = Link::open_as(SESSION, port, Settings { attempts: 2, ..Default::default() })
            else {
                return false;
            };
            let mut words = [0; 3];
            let _ = link.read_memory(0, &mut words[..2]);
            let _ = link.read_memory(u32::MAX - 2, &mut words);
            let _ = link.read_registers(255, 1);
            let _ = link.write_registers(0, 1, &words);
            true
        }),
        memory: 1 << 20,
    }
}

fn frame(op: u8, sequence: u8, count: u16, word2: u32, payload: Vec<u32>) -> Frame {
    Frame { op, sequence, count, session: SESSION, word2, payload }
}

fn reply(op: Op, sequence: u8, status: Status, payload: Vec<u32>) -> Frame {
    frame(op as u8 | REPLY, sequence, payload.len() as u16, status as u32, payload)
}

/// The frames on the wire; most of them damaged there, some before they got a CRC, which is right.
fn damaged(rng: &mut ChaCha8Rng, frames: Vec<Frame>) -> Vec<u8> {
    let mut wire = Vec::new();
    for mut frame in frames {
        if rng.random_ratio(1, 8) {
            frame.count = rng.random();
        }
        let mut bytes = frame.bytes();
        if rng.random_ratio(1, 8) {
            bytes = mutate::bytes(rng, &bytes[..4 * (HEADER_WORDS + frame.payload.len())]);
            bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
        }
        wire.extend(slip::encode(&bytes));
    }
    if rng.random_ratio(2, 3) { mutate::bytes(rng, &wire) } else { wire }
}

/// A port at which these bytes come, whatever is written to it.
struct Replay {
    bytes: Vec<u8>,
    at: usize,
    now: Duration,
}

impl Port for Replay {
    fn name(&self) -> String {
        "replay".into()
    }

    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> io::Result<usize> {
        let left = &self.bytes[self.at..];
        // a few bytes at a time, so that requests and replies take turns
        let count = left.len().min(buffer.len()).min(32);
        buffer[..count].copy_from_slice(&left[..count]);
        self.at += count;
        self.now += if count == 0 { timeout } else { Duration::from_micros(10) };
        Ok(count)
    }

    fn write(&mut self, _: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn reopen(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn now(&self) -> Duration {
        self.now
    }

    fn wait(&mut self, time: Duration) {
        self.now += time;
    }
}
