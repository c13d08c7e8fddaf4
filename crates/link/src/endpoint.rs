//! The board's end of the link, in software: byte for byte what the RTL answers.

use crate::frame::{Frame, HELLO_WORDS, MAX_PAYLOAD, Op, PADDING, REPLY, Status, VERSION};
use crate::slip::{self, Decoder, Delimited, END};

/// What lies behind a board's end of the link.
pub trait Bus {
    /// The register at a word address.
    fn read_register(&mut self, address: u8) -> u32;
    /// Writes the register at a word address.
    fn write_register(&mut self, address: u8, value: u32);
    /// `None` if the memory does not answer.
    fn read_memory(&mut self, address: u32) -> Option<u32>;
    /// `None` if the memory does not answer.
    fn write_memory(&mut self, address: u32, value: u32) -> Option<()>;
    /// Is the accelerator busy?
    fn busy(&self) -> bool;
}

/// Executes the requests in a stream of bytes.
pub struct Endpoint<B> {
    /// What lies behind it.
    pub bus: B,
    memory_words: u32,
    decoder: Decoder,
    /// 0 is none.
    session: u32,
    last: (u8, Status),
    /// Frames dropped.
    pub frame_errors: u64,
}

impl<B: Bus> Endpoint<B> {
    /// An endpoint without a session, with so many words of memory behind `bus`.
    pub fn new(bus: B, memory_words: u32) -> Self {
        let last = (0, Status::Ok);
        Endpoint { bus, memory_words, decoder: Decoder::default(), session: 0, last, frame_errors: 0 }
    }

    /// Back to the state after configuration; what is behind stays.
    pub fn reset(&mut self) {
        self.decoder = Decoder::default();
        self.session = 0;
    }

    /// Takes a byte; gives the bytes that answer it, if it ends a request.
    pub fn receive(&mut self, byte: u8) -> Option<Vec<u8>> {
        let frame = match self.decoder.push(byte)? {
            Delimited::Frame(bytes) => Frame::parse(&bytes),
            Delimited::Malformed => None,
        };
        // an answer to a reply would be a reply as well: on a looped line that would never end
        let Some(request) = frame.filter(|frame| frame.op & REPLY == 0) else {
            self.frame_errors += 1;
            return None;
        };
        let (status, payload) = match self.execute(&request) {
            Ok(payload) => (Status::Ok, payload),
            Err(status) => (status, Vec::new()),
        };
        let reply = Frame {
            op: request.op | REPLY,
            count: payload.len() as u16,
            word2: status as u32,
            payload,
            ..request
        };
        let mut wire = slip::encode(&reply.bytes());
        wire.extend([END; PADDING]);
        Some(wire)
    }

    fn execute(&mut self, request: &Frame) -> Result<Vec<u32>, Status> {
        let op = Op::of(request.op);
        if op == Some(Op::Hello) {
            return self.hello(request);
        }
        match self.session {
            0 => return Err(Status::NoSession),
            session if session != request.session => return Err(Status::WrongSession),
            _ => {}
        }
        let repeated = request.sequence == self.last.0 && op.is_some_and(Op::writes);
        let result = match (repeated, op) {
            (true, _) if self.last.1 == Status::Ok => Ok(Vec::new()),
            (true, _) => Err(self.last.1),
            (false, Some(op)) => self.access(op, request),
            (false, None) => Err(Status::BadOp),
        };
        self.last = (request.sequence, result.as_ref().err().copied().unwrap_or(Status::Ok));
        result
    }

    /// A hello of the session that is open changes nothing. So if noise repeats it with the requests after it,
    /// these are known as repetitions and not executed again.
    fn hello(&mut self, request: &Frame) -> Result<Vec<u32>, Status> {
        if request.count != 0 || !request.payload.is_empty() {
            return Err(Status::BadLength);
        }
        if self.session != request.session {
            self.session = request.session;
            self.last = (request.sequence, Status::Ok);
        }
        let words: [u32; HELLO_WORDS] = [VERSION, MAX_PAYLOAD as u32, self.memory_words];
        Ok(words.to_vec())
    }

    fn access(&mut self, op: Op, request: &Frame) -> Result<Vec<u32>, Status> {
        let count = usize::from(request.count);
        let sent = if op.writes() { count } else { 0 };
        if !(1..=MAX_PAYLOAD).contains(&count) || request.payload.len() != sent {
            return Err(Status::BadLength);
        }
        let address = request.word2;
        if op.uses_memory() {
            if u64::from(address) + count as u64 > self.memory_words.into() {
                return Err(Status::BadAddress);
            }
            if self.bus.busy() {
                return Err(Status::Busy);
            }
        }
        let [register, mask, ..] = address.to_le_bytes();
        let mut payload = Vec::new();
        for i in 0..count as u32 {
            match op {
                Op::WriteMemory => {
                    let word = request.payload[i as usize];
                    self.bus.write_memory(address + i, word).ok_or(Status::MemoryTimeout)?;
                }
                Op::ReadMemory => {
                    payload.push(self.bus.read_memory(address + i).ok_or(Status::MemoryTimeout)?);
                }
                Op::WriteRegisters => {
                    self.bus
                        .write_register(register.wrapping_add(i as u8 & mask), request.payload[i as usize]);
                }
                Op::ReadRegisters => payload.push(self.bus.read_register(register.wrapping_add(i as u8))),
                Op::Hello => {}
            }
        }
        Ok(payload)
    }
}
