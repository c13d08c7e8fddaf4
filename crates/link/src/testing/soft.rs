//! [`SoftBoard`]: a board in software at the other end of a perfect wire.

use super::{BUSY_REGISTER, Board, Reset};
use crate::endpoint::{Bus, Endpoint};
use crate::port::Port;
use std::collections::VecDeque;
use std::io;
use std::time::Duration;

/// 256 plain registers, whose writes are recorded, and a memory.
pub struct Registers {
    /// What each register holds.
    pub values: [u32; 256],
    /// Address and word of each register write, in order.
    pub writes: Vec<(u8, u32)>,
    /// The words of the memory.
    pub memory: Vec<u32>,
}

impl Registers {
    /// Registers and a memory of so many words, all 0.
    pub fn new(memory_words: usize) -> Self {
        Registers { values: [0; 256], writes: Vec::new(), memory: vec![0; memory_words] }
    }
}

impl Bus for Registers {
    fn read_register(&mut self, address: u8) -> u32 {
        self.values[usize::from(address)]
    }

    fn write_register(&mut self, address: u8, value: u32) {
        self.values[usize::from(address)] = value;
        self.writes.push((address, value));
    }

    fn read_memory(&mut self, address: u32) -> Option<u32> {
        Some(self.memory[address as usize])
    }

    fn write_memory(&mut self, address: u32, value: u32) -> Option<()> {
        self.memory[address as usize] = value;
        Some(())
    }

    fn busy(&self) -> bool {
        self.values[usize::from(BUSY_REGISTER)] & 1 != 0
    }
}

/// An [`Endpoint`] that answers at once; time passes only where somebody waits.
pub struct SoftBoard<B> {
    /// The board's end of the link.
    pub endpoint: Endpoint<B>,
    answers: VecDeque<u8>,
    now: Duration,
}

impl<B: Bus> SoftBoard<B> {
    /// A board with so many words of memory behind `bus`.
    pub fn new(bus: B, memory_words: u32) -> Self {
        let endpoint = Endpoint::new(bus, memory_words);
        SoftBoard { endpoint, answers: VecDeque::new(), now: Duration::ZERO }
    }
}

impl<B: Bus + Send> Port for SoftBoard<B> {
    fn name(&self) -> String {
        "software".into()
    }

    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> io::Result<usize> {
        if self.answers.is_empty() {
            self.now += timeout;
        }
        let count = buffer.len().min(self.answers.len());
        for (to, byte) in buffer.iter_mut().zip(self.answers.drain(..count)) {
            *to = byte;
        }
        Ok(count)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.answers.extend(bytes.iter().filter_map(|byte| self.endpoint.receive(*byte)).flatten());
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

impl<B: Bus + Send> Reset for SoftBoard<B> {
    fn reset(&mut self) {
        self.endpoint.reset();
    }
}

impl Board for SoftBoard<Registers> {
    fn settle(&mut self) {}

    fn memory(&mut self) -> &[u32] {
        &self.endpoint.bus.memory
    }

    fn take_writes(&mut self) -> Vec<(u8, u32)> {
        std::mem::take(&mut self.endpoint.bus.writes)
    }
}
