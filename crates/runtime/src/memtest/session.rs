//! [`Session`]: what every stage of the memory test uses.

use super::Options;
use super::geometry::Geometry;
use super::wires::data_nets;
use crate::interrupt::Interrupt;
use crate::order::generator;
use crate::view::View;
use ef_board::Board;
use ef_isa::{Device, DeviceError};
use ef_link::frame::MAX_PAYLOAD;
use rand_chacha::rand_core::RngCore;
use std::time::Duration;

/// Most words that are written or read at once: as many as a request over the link takes.
const BLOCK: u32 = MAX_PAYLOAD as u32;

/// Purposes of random numbers.
#[derive(Clone, Copy)]
pub enum Stream {
    /// What words hold, by address.
    Patterns = 1,
    /// Which words are tested.
    Sample = 2,
    /// What tells addresses apart.
    Tags = 3,
}

/// Wrong words that are named one by one.
pub const NAMED: usize = 8;

/// Slices of a wait: after each the bar moves, and Ctrl-C is seen.
pub const SLICES: u32 = 100;

/// A device, what is known of its memory, and the person who waits.
pub struct Session<'a> {
    pub device: &'a mut dyn Device,
    pub board: &'a Board,
    pub geometry: Geometry,
    pub options: &'a Options,
    pub interrupt: &'a Interrupt,
    pub view: &'a mut View,
}

/// Why a test ends before its end.
pub enum Stop {
    Interrupted,
    Failed(anyhow::Error),
}

impl From<DeviceError> for Stop {
    fn from(error: DeviceError) -> Stop {
        Stop::Failed(error.into())
    }
}

impl From<anyhow::Error> for Stop {
    fn from(error: anyhow::Error) -> Stop {
        Stop::Failed(error)
    }
}

/// A word that did not hold what was written.
#[derive(Clone, Copy, Debug)]
pub struct Wrong {
    pub address: u32,
    pub wrote: u32,
    pub read: u32,
    /// Of the first wrong words: what a second read gave.
    pub again: Option<u32>,
}

impl Session<'_> {
    pub fn write(&mut self, address: u32, words: &[u32]) -> Result<(), Stop> {
        self.go_on()?;
        self.view.advance(words.len() as u64);
        Ok(self.device.write_memory(address, words)?)
    }

    pub fn read(&mut self, address: u32, count: u32) -> Result<Vec<u32>, Stop> {
        self.go_on()?;
        self.view.advance(count.into());
        let mut words = vec![0; count as usize];
        self.device.read_memory(address, &mut words)?;
        Ok(words)
    }

    /// Words of a block.
    fn block_words(&self) -> u32 {
        self.options.words.clamp(1, BLOCK.into()) as u32
    }

    /// Blocks of `words` words together, at least one: their addresses, and their words.
    pub fn sample(&self, words: u64) -> (Vec<u32>, u64) {
        let size = self.block_words();
        let blocks = self.spread(words.div_ceil(size.into()), size);
        let words = blocks.len() as u64 * u64::from(size);
        (blocks, words)
    }

    /// Lets time pass on the device.
    pub fn wait(&mut self, time: Duration) -> Result<(), Stop> {
        for _ in 0..SLICES {
            self.go_on()?;
            self.device.wait(time / SLICES);
            self.view.advance(1);
        }
        Ok(())
    }

    /// Writes the pattern, or its complement, into blocks.
    pub fn fill(&mut self, blocks: &[u32], complement: bool) -> Result<(), Stop> {
        for block in blocks {
            let words = self.pattern(*block, complement);
            self.write(*block, &words)?;
        }
        Ok(())
    }

    /// The words of blocks that do not hold the pattern; the first ones are read again.
    pub fn compare(&mut self, blocks: &[u32], complement: bool) -> Result<Vec<Wrong>, Stop> {
        let mut wrongs = Vec::new();
        for block in blocks {
            let words = self.read(*block, self.block_words())?;
            let pattern = self.pattern(*block, complement);
            for (address, (wrote, read)) in (*block..).zip(pattern.into_iter().zip(words)) {
                if wrote == read {
                    continue;
                }
                let mut wrong = Wrong { address, wrote, read, again: None };
                if wrongs.len() < NAMED {
                    wrong.again = Some(self.read(address, 1)?[0]);
                }
                wrongs.push(wrong);
            }
        }
        Ok(wrongs)
    }

    /// What a block holds: random words, a function of seed and address.
    fn pattern(&self, block: u32, complement: bool) -> Vec<u32> {
        let mut rng = generator(self.options.seed, Stream::Patterns as u64);
        rng.set_word_pos(block.into());
        (0..self.block_words()).map(|_| if complement { !rng.next_u32() } else { rng.next_u32() }).collect()
    }

    /// `count` addresses of blocks of `size` words, in order: one anywhere in each of as many equal parts of the
    /// memory.
    pub fn spread(&self, count: u64, size: u32) -> Vec<u32> {
        let blocks = self.geometry.words() / u64::from(size);
        let count = count.clamp(1, blocks);
        let mut rng = generator(self.options.seed, Stream::Sample as u64);
        let within = (0..count).map(|part| {
            let (first, end) = (part * blocks / count, (part + 1) * blocks / count);
            first + rng.next_u64() % (end - first)
        });
        within.map(|block| (block * u64::from(size)) as u32).collect()
    }

    /// A word with its address in the SDRAM.
    pub fn name(&self, address: u32) -> String {
        format!("word {address:#x} ({})", self.geometry.place(address))
    }

    /// What was written and read, and which data lines differ.
    pub fn describe(&self, wrong: &Wrong) -> String {
        let Wrong { address, wrote, read, again } = *wrong;
        let lines = data_nets(self.board, wrote ^ read).join(", ");
        let again = again.map_or(String::new(), |again| match again == read {
            true => ", the same when read again".into(),
            false => format!(", {again:08x} when read again"),
        });
        format!("{}: {wrote:08x} written, {read:08x} read{again}; {lines}", self.name(address))
    }

    fn go_on(&self) -> Result<(), Stop> {
        if self.interrupt.raised() { Err(Stop::Interrupted) } else { Ok(()) }
    }
}
