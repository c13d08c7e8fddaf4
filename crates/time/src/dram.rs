//! [`Dram`]: what moves the words of bursts, in the order in which it takes them.

mod burst;
mod sdram;

use crate::memory::Memory;
use burst::BurstDram;
use sdram::Sdram;

/// A burst that the memory is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Burst {
    pub write: bool,
    pub address: u32,
    pub words: u64,
}

/// The other end of a burst, an engine or the controller: it may be slower than the memory.
pub trait Client {
    /// Moves the next `words` words, the first not before `begin`, the others not faster than `pace` cycles each. Returns when the
    /// last passes the port.
    fn words(&mut self, begin: u64, words: u64, pace: u64) -> u64;
}

/// The memory of a prediction, with its state.
pub enum Dram {
    Burst(BurstDram),
    Sdram(Sdram),
}

impl Dram {
    pub fn new(memory: Memory) -> Self {
        match memory {
            Memory::Burst(settings) => Dram::Burst(BurstDram::new(settings)),
            Memory::Sdram(timing) => Dram::Sdram(Sdram::new(timing)),
        }
    }

    /// A burst, offered from `offered` on. Returns when it is taken and when its last word passes the port.
    pub fn accept(&mut self, offered: u64, burst: Burst, client: &mut impl Client) -> (u64, u64) {
        match self {
            Dram::Burst(dram) => dram.accept(offered, burst, client),
            Dram::Sdram(dram) => dram.accept(offered, burst, client),
        }
    }
}
