//! `docs/link.md` says what the code does: its tables and its example are rendered from the constants, and a peer that was written from the
//! page alone, in Python, talks to the board's end.

use ef_isa::regs;
use ef_link::frame::{
    CRC_POLYNOMIAL, CRC_START, Frame, HEADER_WORDS, HELLO_WORDS, MAX_PAYLOAD, MAX_WORDS, Op, PADDING, REPLY,
    Status, VERSION,
};
use ef_link::slip::{self, END, ESC, ESC_END, ESC_ESC};
use ef_link::testing::{Board, Registers, SoftBoard};
use ef_link::{Port, Settings};
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::process::Stdio;
use std::time::Duration;

const MARK: &str = "EF_UPDATE_DOCS=1 cargo test -p ef-link --test page";

/// Every op and every status, in the order of their numbers.
fn ops() -> Vec<Op> {
    (0..=u8::MAX).filter_map(Op::of).collect()
}

fn statuses() -> Vec<Status> {
    (0..=u8::MAX).filter_map(|number| Status::of(number.into())).collect()
}

/// Name, count, address word, payload of the request, of the reply.
fn op_row(op: Op) -> [String; 5] {
    let counts = format!("1..{MAX_PAYLOAD}");
    let [address, first] = ["address of the first word, in words of 32 bits", "first register"];
    let row = match op {
        Op::Hello => {
            ["hello", "0", "not looked at", "none", "version, most words of payload, words of memory"]
        }
        Op::WriteMemory => ["write memory", &counts, address, "count words", "none"],
        Op::ReadMemory => ["read memory", &counts, address, "none", "count words"],
        Op::WriteRegisters => [
            "write registers",
            &counts,
            "bits 7..0 register, 15..8 mask",
            "count words; word i goes to register + (i and mask)",
            "none",
        ],
        Op::ReadRegisters => {
            ["read registers", &counts, first, "none", "count words, of consecutive registers"]
        }
    };
    row.map(String::from)
}

fn meaning(status: Status) -> &'static str {
    match status {
        Status::Ok => "ok",
        Status::NoSession => "no session: the board was reset, memory and program are lost",
        Status::WrongSession => "wrong session: another host has said hello since",
        Status::BadOp => "bad op",
        Status::BadLength => "bad length: a count that is not possible, or not that of the payload",
        Status::BadAddress => "bad address: beyond the end of the memory",
        Status::Busy => "busy: memory accesses wait for the end of the run",
        Status::MemoryTimeout => "memory time-out: the memory did not take or give a word within 2^16 cycles",
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}

fn delimiters(page: &mut String) {
    let rows = [
        ("END", END, "before and after each frame"),
        ("ESC", ESC, "begins an escape of two bytes"),
        ("ESC_END", ESC_END, "after ESC: a byte of the frame equal to END"),
        ("ESC_ESC", ESC_ESC, "after ESC: a byte of the frame equal to ESC"),
    ];
    *page += "### Delimiters\n\n| name | byte | |\n|---|---|---|\n";
    for (name, byte, what) in rows {
        writeln!(page, "| {name} | 0x{byte:02x} | {what} |").unwrap();
    }
}

fn layout(page: &mut String) {
    let payload = 4 * HEADER_WORDS;
    let crc = format!("{payload} + 4 n");
    let first = payload.to_string();
    let reply = format!("op of the request + 0x{REPLY:02x}");
    let rows = [
        ("0", "1", "op, below 0x80", reply.as_str()),
        ("1", "1", "sequence number", "that of the request"),
        ("2", "2", "count", "n, the words of payload that follow"),
        ("4", "4", "session", "that of the request"),
        ("8", "4", "address", "status"),
        (&first, "4 n", "payload: n = count in a write, else n = 0", "payload: n words"),
        (&crc, "4", "CRC", "CRC"),
    ];
    *page += "\n### A frame, before bytes are escaped\n\n| offset | bytes | request | reply |\n|---|---|---|---|\n";
    for (offset, bytes, request, reply) in rows {
        writeln!(page, "| {offset} | {bytes} | {request} | {reply} |").unwrap();
    }
    writeln!(
        page,
        "\nn is at most {MAX_PAYLOAD}, so a frame has {} to {} bytes, and with all of them escaped and two ENDs at most {} on the wire.",
        4 * (HEADER_WORDS + 1),
        4 * MAX_WORDS,
        8 * MAX_WORDS + 2
    )
    .unwrap();
}

fn crc(page: &mut String) {
    *page += "\n### The CRC\n\n| | |\n|---|---|\n";
    let rows = [
        ("name in the CRC catalogue", "CRC-32/ISO-HDLC (that of Ethernet, gzip and zip)".into()),
        ("width", "32".into()),
        ("polynomial", format!("0x{:08x}", CRC_POLYNOMIAL.reverse_bits())),
        ("register before the first byte", format!("0x{CRC_START:08x}")),
        ("input and output reflected", "yes, yes".into()),
        ("xor of the output", format!("0x{:08x}", !0)),
        ("check: CRC of the characters 123456789", format!("0x{:08x}", crc32fast::hash(b"123456789"))),
        ("bytes that it covers", "all before it in the frame, without delimiters and escapes".into()),
    ];
    for (name, value) in rows {
        writeln!(page, "| {name} | {value} |").unwrap();
    }
}

fn requests(page: &mut String) {
    *page += "\n### Requests\n\n| op | | count | address | payload of the request | of the reply, if its status is 0 |\n|---|---|---|---|---|---|\n";
    for op in ops() {
        let [name, count, address, request, reply] = op_row(op);
        writeln!(page, "| {} | {name} | {count} | {address} | {request} | {reply} |", op as u8).unwrap();
    }
    *page += "\n| status | |\n|---|---|\n";
    for status in statuses() {
        writeln!(page, "| {} | {} |", status as u8, meaning(status)).unwrap();
    }
    writeln!(page, "\nThis is version {VERSION}: the first word of the {HELLO_WORDS} of hello's reply.")
        .unwrap();
}

fn times(page: &mut String) {
    let Settings { timeout, attempts, reopen } = Settings::default();
    *page += "\n### The host's patience\n\n| | |\n|---|---|\n";
    writeln!(page, "| for a reply, before the same bytes are sent again | {timeout:?} |").unwrap();
    writeln!(page, "| times that a request is sent before it is given up | {attempts} |").unwrap();
    writeln!(page, "| for a broken port to come back | {reopen:?} |").unwrap();
    writeln!(page, "| ENDs that the board sends after a reply | {PADDING} |").unwrap();
}

const SESSION: u32 = 0x00c0_ffee;
const MEMORY: u32 = 1 << 23;

/// What stands on the wire: requests in a session and what the board answers.
fn example(page: &mut String) {
    let mut board = SoftBoard::new(Registers::new(1), MEMORY);
    let hello = Frame { op: 1, sequence: 0, count: 0, session: SESSION, word2: 0, payload: vec![] };
    let target = regs::PROGRAM_ADDRESS | 1 << 8;
    let write =
        Frame { op: 4, sequence: 1, count: 2, word2: target, payload: vec![0xdb, 0xc0], ..hello.clone() };
    *page += "\n### Example\n\n";
    writeln!(
        page,
        "Hello in session 0x{SESSION:08x}, and then the words 0x000000db and 0x000000c0 to the registers 0x{:02x} and 0x{:02x} \
         (mask 1), on a board with {MEMORY} words of memory. All bytes on the wire but the {PADDING} ENDs after each reply:\n\n```text",
        regs::PROGRAM_ADDRESS,
        regs::PROGRAM_LENGTH
    )
    .unwrap();
    for (name, frame) in [("hello", hello), ("write", write)] {
        let wire = slip::encode(&frame.bytes());
        board.write(&wire).unwrap();
        let mut answer = vec![0; 4096];
        let count = board.read(&mut answer, Duration::ZERO).unwrap();
        writeln!(page, "{name}:  {}", hex(&wire)).unwrap();
        writeln!(page, "reply:  {}", hex(&answer[..count - PADDING])).unwrap();
    }
    *page += "```\n";
    assert_eq!(board.take_writes(), [(0x14, 0xdb), (0x15, 0xc0)]);
}

#[test]
fn the_page_has_the_tables_and_the_example_of_the_code() {
    let mut page = String::from("\n");
    for part in [delimiters, layout, crc, requests, times, example] {
        part(&mut page);
    }
    page += "\n";
    ef_tools::page_block("docs/link.md", MARK, &page).unwrap();
}

/// The board's end on the pipes of a peer: what the peer sends is answered, except what `lose` says of the answers from 0 on.
fn serve(board: &mut SoftBoard<Registers>, lose: impl Fn(usize) -> bool) -> (bool, String) {
    let python = ef_tools::python().unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peer.py");
    let mut peer = python
        .command()
        .args(["-u", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut to, mut from) = (peer.stdin.take().unwrap(), peer.stdout.take().unwrap());
    let (mut bytes, mut answers) = ([0; 4096], 0);
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        for byte in &bytes[..count] {
            let Some(answer) = board.endpoint.receive(*byte) else { continue };
            if !lose(answers) {
                // fails if the peer has just ended
                let _ = to.write_all(&answer);
            }
            answers += 1;
        }
    }
    let output = peer.wait_with_output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_peer_written_from_the_page_alone_talks_to_the_board() {
    // every answer comes; or every third is lost, so that the peer must ask again
    for every in [0, 3] {
        let mut board = SoftBoard::new(Registers::new(1000), 1000);
        let (success, said) = serve(&mut board, |answer| every != 0 && answer % every == 1);
        assert!(success, "{said}");
        // what peer.py writes, each once
        let words: Vec<u32> = (0..300u32).map(|i| i.wrapping_mul(0x9e37_79b9) ^ 0xc0db_dcdd).collect();
        assert_eq!(board.memory()[100..400], words);
        let writes: Vec<(u8, u32)> =
            (0..6).map(|i| (if i % 2 == 0 { 0x41 } else { 0x42 }, 0xdb00_00c0 + i)).collect();
        assert_eq!(board.take_writes(), writes);
        assert_eq!(board.endpoint.frame_errors, 0);
        assert!(said.contains(if every == 0 { "0 repeated" } else { "3 repeated" }), "{said}");
    }
}
