//! [`Link`]: requests to a board, each executed once or reported.

use crate::error::LinkError;
use crate::frame::{Frame, HELLO_WORDS, MAX_PAYLOAD, Op, REPLY, Status, VERSION};
use crate::port::Port;
use crate::slip::{self, Decoder, Delimited};
use std::io;
use std::time::Duration;

/// How long a link is patient.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// For the answer to one request, before it is sent again. The board itself may take 30 ms.
    pub timeout: Duration,
    /// How often a request is sent before it is given up.
    pub attempts: u32,
    /// For a broken port to come back.
    pub reopen: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { timeout: Duration::from_millis(250), attempts: 12, reopen: Duration::from_secs(8) }
    }
}

/// Time between two attempts to open a broken port.
const REOPEN_PAUSE: Duration = Duration::from_millis(100);

/// What passed over a link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Requests, each counted once.
    pub requests: u64,
    /// Requests sent again.
    pub repeated: u64,
    /// Times the port broke and came back.
    pub reopened: u64,
}

/// A session with a board: one request after the other, each sent again until it is answered.
///
/// A write that succeeds has taken effect exactly once. What a write has done that fails depends on the error:
///
/// - [`LinkError::Refused`] with `MemoryTimeout`: the words before the one that the memory did not take are
///   written, and that word will be as soon as the memory takes it.
/// - [`LinkError::Refused`] with `NoSession`, and every error but `Refused`: it has taken effect once, in part
///   or not at all. As soon as the board answers again, it can do nothing more.
/// - [`LinkError::Refused`] with any other status: nothing.
pub struct Link<P> {
    port: P,
    settings: Settings,
    session: u32,
    sequence: u8,
    decoder: Decoder,
    memory_words: u32,
    traffic: Traffic,
}

impl<P: Port> Link<P> {
    /// Starts a session with the board at the other end of `port`.
    ///
    /// # Errors
    /// If the board does not answer ([`LinkError::Unanswered`], [`LinkError::Lost`]), or speaks another version
    /// of the link.
    pub fn open(port: P, settings: Settings) -> Result<Self, LinkError> {
        let session = rand::random_range(1..=u32::MAX);
        Self::open_as(session, port, settings).map_err(|(error, _)| error)
    }

    /// [`open`](Link::open) with this number as the session's; gives the port back if it fails.
    ///
    /// # Errors
    /// As [`Link::open`].
    pub fn open_as(session: u32, port: P, settings: Settings) -> Result<Self, (LinkError, P)> {
        let (decoder, traffic) = Default::default();
        let mut link = Link { port, settings, session, sequence: 0, decoder, memory_words: 0, traffic };
        match link.hello() {
            Ok(()) => Ok(link),
            Err(error) => Err((error, link.port)),
        }
    }

    fn hello(&mut self) -> Result<(), LinkError> {
        let words = self.request(Op::Hello, 0, 0, &[])?;
        let [version, _, memory_words] = words[..] else { unreachable!("the reply's length was checked") };
        if version != VERSION {
            return Err(LinkError::Version { port: self.port.name(), theirs: version, ours: VERSION });
        }
        self.memory_words = memory_words;
        Ok(())
    }

    /// Words of memory behind the board's link.
    pub fn memory_words(&self) -> u32 {
        self.memory_words
    }

    /// What has passed since the session began.
    pub fn traffic(&self) -> Traffic {
        self.traffic
    }

    /// The port. Whoever reads or writes it disturbs the session.
    pub fn port(&mut self) -> &mut P {
        &mut self.port
    }

    /// Ends the session on this side only, as if the program had been killed.
    pub fn into_port(self) -> P {
        self.port
    }

    /// Writes words from a word address on.
    ///
    /// # Errors
    /// If the board refuses the request or does not answer; which words are written then, see [`Link`].
    pub fn write_memory(&mut self, address: u32, words: &[u32]) -> Result<(), LinkError> {
        for (i, chunk) in words.chunks(MAX_PAYLOAD).enumerate() {
            self.request(Op::WriteMemory, address + (i * MAX_PAYLOAD) as u32, chunk.len(), chunk)?;
        }
        Ok(())
    }

    /// Reads words from a word address on.
    ///
    /// # Errors
    /// If the board refuses the request or does not answer; `words` may hold some of the words then.
    pub fn read_memory(&mut self, address: u32, words: &mut [u32]) -> Result<(), LinkError> {
        for (i, chunk) in words.chunks_mut(MAX_PAYLOAD).enumerate() {
            let read = self.request(Op::ReadMemory, address + (i * MAX_PAYLOAD) as u32, chunk.len(), &[])?;
            chunk.copy_from_slice(&read);
        }
        Ok(())
    }

    /// Writes word i to register `address + (i & mask)`: mask 0 is one register, mask 1 two in turns.
    /// `mask + 1` must be a power of two.
    ///
    /// # Errors
    /// If the board refuses the request or does not answer; which words are written then, see [`Link`].
    pub fn write_registers(&mut self, address: u8, mask: u8, words: &[u32]) -> Result<(), LinkError> {
        let target = u32::from_le_bytes([address, mask, 0, 0]);
        for chunk in words.chunks(MAX_PAYLOAD) {
            self.request(Op::WriteRegisters, target, chunk.len(), chunk)?;
        }
        Ok(())
    }

    /// Reads consecutive registers.
    ///
    /// # Errors
    /// If the board refuses the request or does not answer.
    pub fn read_registers(&mut self, address: u8, count: usize) -> Result<Vec<u32>, LinkError> {
        self.request(Op::ReadRegisters, address.into(), count, &[])
    }

    fn request(&mut self, op: Op, word2: u32, count: usize, payload: &[u32]) -> Result<Vec<u32>, LinkError> {
        let Link { session, sequence, .. } = *self;
        let request =
            Frame { op: op as u8, sequence, count: count as u16, session, word2, payload: payload.to_vec() };
        let text = || format!("{op:?} of {count} words at {word2:#x}");
        self.sequence = sequence.wrapping_add(1);
        self.traffic.requests += 1;
        let wire = slip::encode(&request.bytes());
        let begin = self.port.now();
        for attempt in 0..self.settings.attempts {
            self.traffic.repeated += u64::from(attempt > 0);
            match self.attempt(&wire, &request, op) {
                Ok(Some((Status::Ok, words))) => return Ok(words),
                Ok(Some((status, _))) => {
                    return Err(LinkError::Refused { port: self.port.name(), request: text(), status });
                }
                Ok(None) => {}
                Err(error) => self.reopen(error)?,
            }
        }
        Err(LinkError::Unanswered {
            port: self.port.name(),
            request: text(),
            attempts: self.settings.attempts,
            time: self.port.now() - begin,
        })
    }

    /// Sends a request and waits for its reply; `None` if it does not come in time.
    fn attempt(&mut self, wire: &[u8], request: &Frame, op: Op) -> io::Result<Option<(Status, Vec<u32>)>> {
        self.port.write(wire)?;
        let deadline = self.port.now() + self.settings.timeout;
        let mut buffer = [0; 4096];
        loop {
            let left = deadline.saturating_sub(self.port.now());
            let read = self.port.read(&mut buffer, left)?;
            if read == 0 {
                return Ok(None);
            }
            let mut answer = None;
            for byte in &buffer[..read] {
                if let Some(Delimited::Frame(bytes)) = self.decoder.push(*byte) {
                    answer = answer.or(Frame::parse(&bytes).and_then(|reply| answered(request, op, reply)));
                }
            }
            if answer.is_some() || self.port.now() >= deadline {
                return Ok(answer);
            }
        }
    }

    /// Opens a broken port again.
    fn reopen(&mut self, mut error: io::Error) -> Result<(), LinkError> {
        let deadline = self.port.now() + self.settings.reopen;
        while self.port.now() < deadline {
            match self.port.reopen() {
                Ok(()) => {
                    self.traffic.reopened += 1;
                    return Ok(());
                }
                Err(again) => error = again,
            }
            self.port.wait(REOPEN_PAUSE);
        }
        Err(LinkError::Lost { port: self.port.name(), source: error, time: self.settings.reopen })
    }
}

/// What a reply says, if it is one to this request: a late one to an earlier request is not.
fn answered(request: &Frame, op: Op, reply: Frame) -> Option<(Status, Vec<u32>)> {
    let status = Status::of(reply.word2)?;
    let expected = match (status, op) {
        (Status::Ok, Op::Hello) => HELLO_WORDS,
        (Status::Ok, Op::ReadMemory | Op::ReadRegisters) => request.count.into(),
        _ => 0,
    };
    let ours = reply.op == request.op | REPLY
        && reply.sequence == request.sequence
        && reply.session == request.session
        && reply.payload.len() == expected;
    ours.then_some((status, reply.payload))
}
