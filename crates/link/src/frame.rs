//! Frames: requests of the host and replies of the board.
//!
//! A frame is a sequence of 32-bit words, each sent low byte first:
//!
//! | word | request | reply |
//! |---|---|---|
//! | 0 | op, sequence number, count (8, 8, 16 bits from the low end) | op + [`REPLY`], the same number, words of payload |
//! | 1 | session | the same |
//! | 2 | address | [`Status`] |
//! | 3.. | payload of a write | payload of a read or [`Op::Hello`] |
//! | last | CRC-32 (IEEE 802.3) of all bytes before | the same |

/// Version of the protocol, in the reply to [`Op::Hello`].
pub const VERSION: u32 = 1;
/// Most words of payload in a frame.
pub const MAX_PAYLOAD: usize = 256;
/// Words before the payload.
pub const HEADER_WORDS: usize = 3;
/// Words of the longest frame.
pub const MAX_WORDS: usize = HEADER_WORDS + MAX_PAYLOAD + 1;
/// Set in the op of a reply. A board drops a frame in which it is set: it comes from a looped line.
pub const REPLY: u8 = 0x80;
/// Words of payload in the reply to [`Op::Hello`]: [`VERSION`], [`MAX_PAYLOAD`], words of memory.
pub const HELLO_WORDS: usize = 3;
/// ENDs that the board sends after a reply. A USB bridge of FTDI hands bytes on when it has 62, or after its latency timer, 16 ms by
/// default: so a reply never waits for the timer.
pub const PADDING: usize = 62;

/// The CRC's polynomial, lowest power in bit 31.
pub const CRC_POLYNOMIAL: u32 = 0xedb8_8320;
/// The CRC's register before the first byte; the CRC is the complement of the register after the last.
pub const CRC_START: u32 = 0xffff_ffff;
/// The register after a frame and its right CRC.
pub const CRC_RESIDUE: u32 = 0xdebb_20e3;

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Op {
    /// Starts the session that the request names; 0 ends it. Count 0.
    Hello = 1,
    /// Payload to memory, from the address on.
    WriteMemory = 2,
    /// `count` words of memory.
    ReadMemory = 3,
    /// Word i of the payload to register (address + (i & mask)) mod 256; bits 7..0 of the address word are the address, 15..8 the mask.
    WriteRegisters = 4,
    /// `count` registers, from the address on, mod 256.
    ReadRegisters = 5,
}

impl Op {
    /// The op of that number.
    pub fn of(number: u8) -> Option<Op> {
        use Op::*;
        [Hello, WriteMemory, ReadMemory, WriteRegisters, ReadRegisters]
            .into_iter()
            .find(|op| *op as u8 == number)
    }

    /// Does it change something? Then a repeated request must not be executed again.
    pub fn writes(self) -> bool {
        matches!(self, Op::WriteMemory | Op::WriteRegisters)
    }

    /// Does it use the memory?
    pub fn uses_memory(self) -> bool {
        matches!(self, Op::WriteMemory | Op::ReadMemory)
    }
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Status {
    /// Executed.
    Ok = 0,
    /// The board was reset since its last [`Op::Hello`].
    NoSession = 1,
    /// Another host has sent a [`Op::Hello`].
    WrongSession = 2,
    /// The operation is none that the board knows.
    BadOp = 3,
    /// The count is 0, more than [`MAX_PAYLOAD`], or not that of the payload.
    BadLength = 4,
    /// Beyond the end of the memory.
    BadAddress = 5,
    /// The memory belongs to the accelerator while it is busy.
    Busy = 6,
    /// The memory did not answer.
    MemoryTimeout = 7,
}

impl Status {
    /// The status of that number.
    pub fn of(number: u32) -> Option<Status> {
        use Status::*;
        let all = [Ok, NoSession, WrongSession, BadOp, BadLength, BadAddress, Busy, MemoryTimeout];
        all.into_iter().find(|status| *status as u32 == number)
    }
}

/// A request or a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Number of the [`Op`]; in a reply with [`REPLY`] added.
    pub op: u8,
    /// Number of the request, modulo 256; a reply has that of its request.
    pub sequence: u8,
    /// Words that the request moves.
    pub count: u16,
    /// Number of the session that the request belongs to.
    pub session: u32,
    /// Address of a request, status of a reply.
    pub word2: u32,
    /// Words that follow the header.
    pub payload: Vec<u32>,
}

impl Frame {
    /// The bytes of the frame, with its CRC, before they are delimited.
    pub fn bytes(&self) -> Vec<u8> {
        let word0 = u32::from_le_bytes([self.op, self.sequence, self.count as u8, (self.count >> 8) as u8]);
        let words = [word0, self.session, self.word2];
        let mut bytes: Vec<u8> =
            words.iter().chain(&self.payload).flat_map(|word| word.to_le_bytes()).collect();
        bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
        bytes
    }

    /// The frame of these bytes; `None` if they are none.
    pub fn parse(bytes: &[u8]) -> Option<Frame> {
        let (body, crc) = bytes.split_last_chunk::<4>()?;
        let sound = body.len() >= 4 * HEADER_WORDS
            && bytes.len() <= 4 * MAX_WORDS
            && body.len().is_multiple_of(4)
            && crc32fast::hash(body) == u32::from_le_bytes(*crc);
        let word = |bytes: &[u8]| bytes.iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte));
        sound.then(|| Frame {
            op: body[0],
            sequence: body[1],
            count: word(&body[2..4]) as u16,
            session: word(&body[4..8]),
            word2: word(&body[8..12]),
            payload: body[12..].chunks(4).map(word).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn register(bytes: &[u8]) -> u32 {
        bytes.iter().fold(CRC_START, |register, byte| {
            (0..8).fold(register ^ u32::from(*byte), |r, _| {
                r >> 1 ^ if r & 1 != 0 { CRC_POLYNOMIAL } else { 0 }
            })
        })
    }

    #[test]
    fn the_constants_of_the_crc_are_those_of_the_library() {
        let frame =
            Frame { op: 4, sequence: 9, count: 2, session: 77, word2: 0x141, payload: vec![1, 0xffff_ffff] };
        let bytes = frame.bytes();
        let body = &bytes[..bytes.len() - 4];
        assert_eq!(!register(body), crc32fast::hash(body));
        assert_eq!(register(&bytes), CRC_RESIDUE);
        assert_eq!(Frame::parse(&bytes), Some(frame));
    }

    #[test]
    fn a_frame_with_one_bit_changed_or_cut_is_none() {
        let frame = Frame { op: 1, sequence: 0, count: 0, session: 5, word2: 0, payload: vec![3; 5] };
        let bytes = frame.bytes();
        for bit in 0..8 * bytes.len() {
            let mut bad = bytes.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Frame::parse(&bad), None, "bit {bit}");
        }
        for length in 0..bytes.len() {
            assert_eq!(Frame::parse(&bytes[..length]), None, "{length} bytes");
        }
        let long = Frame { payload: vec![0; MAX_PAYLOAD + 1], ..frame };
        assert_eq!(Frame::parse(&long.bytes()), None);
    }

    #[test]
    fn a_right_crc_makes_no_frame_of_a_part_of_one() {
        let frame = Frame { op: 1, sequence: 0, count: 0, session: 5, word2: 0, payload: vec![3; 2] };
        let bytes = frame.bytes();
        for length in 0..bytes.len() - 4 {
            let (body, whole) = (&bytes[..length], length >= 4 * HEADER_WORDS && length % 4 == 0);
            let part = [body, &crc32fast::hash(body).to_le_bytes()].concat();
            assert_eq!(Frame::parse(&part).is_some(), whole, "{length} bytes");
        }
    }

    #[test]
    fn numbers_are_those_of_the_variants() {
        assert!((0..=255).filter_map(Op::of).eq([1, 2, 3, 4, 5].map(|n| Op::of(n).unwrap())));
        assert_eq!((0..300).filter_map(Status::of).count(), 8);
        assert_eq!(Status::of(7), Some(Status::MemoryTimeout));
    }
}
