//! [`Faulty`]: a wire with faults.

use super::Reset;
use crate::port::Port;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use std::io;
use std::time::Duration;

/// How often what happens: once in so many bytes, or requests, on average; 0 is never.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rates {
    /// A byte changes, is lost, comes twice, or one comes from nowhere; in either direction.
    pub noise: u32,
    /// Up to 120 bytes are lost one after the other, whatever their direction.
    pub gap: u32,
    /// The port reports an error until it has been opened again, which may take several attempts.
    pub unplug: u32,
    /// The board's link is reset.
    pub reset: u32,
    /// A whole request comes twice.
    pub again: u32,
    /// The line is looped for a moment: the board hears its last answer, and the host its own request.
    pub echo: u32,
}

/// A board behind a wire that damages what passes.
pub struct Faulty<B> {
    /// The board at the other end.
    pub board: B,
    /// How often what goes wrong.
    pub rates: Rates,
    rng: ChaCha8Rng,
    /// Bytes still to lose.
    gap: u32,
    /// Attempts to open that are still to fail; 0 while the port is open.
    closed: u32,
    /// The host is killed once it has sent so many more bytes.
    pub life: Option<usize>,
    /// Times that the board's link was reset.
    pub resets: u64,
    /// What the board has sent since the last request.
    answered: Vec<u8>,
    /// What the host is to hear of its own request.
    own: Vec<u8>,
}

impl<B: Reset> Faulty<B> {
    /// A board behind a wire with faults that `rng` draws.
    pub fn new(board: B, rates: Rates, rng: ChaCha8Rng) -> Self {
        Faulty {
            board,
            rates,
            rng,
            gap: 0,
            closed: 0,
            life: None,
            resets: 0,
            answered: Vec::new(),
            own: Vec::new(),
        }
    }

    fn happens(&mut self, rate: u32) -> bool {
        rate != 0 && self.rng.random_range(0..rate) == 0
    }

    /// What arrives of one byte.
    fn damage(&mut self, byte: u8, to: &mut Vec<u8>) {
        if self.happens(self.rates.gap) {
            self.gap = self.rng.random_range(5..120);
        }
        if self.gap > 0 {
            self.gap -= 1;
        } else if self.happens(self.rates.noise) {
            let any = if self.rng.random() { self.rng.random() } else { crate::slip::END };
            match self.rng.random_range(0..4) {
                0 => to.push(byte ^ 1 << self.rng.random_range(0..8)),
                1 => {}
                2 => to.extend([byte, byte]),
                _ => to.extend([any, byte]),
            }
        } else {
            to.push(byte);
        }
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        for byte in bytes {
            self.check_open()?;
            self.life = self.life.map(|left| left - 1);
            if self.happens(self.rates.unplug) {
                self.closed = self.rng.random_range(1..6);
            }
            if self.happens(self.rates.reset) {
                self.resets += 1;
                self.board.reset();
            }
            let mut passed = Vec::new();
            self.damage(*byte, &mut passed);
            self.board.write(&passed)?;
        }
        Ok(())
    }

    fn check_open(&mut self) -> io::Result<()> {
        if self.closed == 0 && self.life != Some(0) { Ok(()) } else { Err(io::ErrorKind::BrokenPipe.into()) }
    }
}

impl<B: Reset> Port for Faulty<B> {
    fn name(&self) -> String {
        self.board.name()
    }

    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> io::Result<usize> {
        self.check_open()?;
        if !self.own.is_empty() {
            let count = self.own.len().min(buffer.len());
            buffer[..count].copy_from_slice(&self.own[..count]);
            self.own.drain(..count);
            return Ok(count);
        }
        let mut bytes = vec![0; buffer.len() / 2];
        let deadline = self.board.now() + timeout;
        loop {
            let read = self.board.read(&mut bytes, deadline.saturating_sub(self.board.now()))?;
            self.answered.extend(&bytes[..read]);
            let mut passed = Vec::new();
            bytes[..read].iter().for_each(|byte| self.damage(*byte, &mut passed));
            // a gap is silence, not the end of waiting
            if read == 0 || !passed.is_empty() {
                buffer[..passed.len()].copy_from_slice(&passed);
                return Ok(passed.len());
            }
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let answered = std::mem::take(&mut self.answered);
        if self.happens(self.rates.echo) {
            self.board.write(&answered)?;
            self.own.extend(bytes);
        }
        self.send(bytes)?;
        if self.happens(self.rates.again) { self.send(bytes) } else { Ok(()) }
    }

    fn reopen(&mut self) -> io::Result<()> {
        self.closed = self.closed.saturating_sub(1);
        self.check_open()?;
        self.board.reopen()
    }

    fn now(&self) -> Duration {
        self.board.now()
    }

    fn wait(&mut self, time: Duration) {
        self.board.wait(time);
    }
}
