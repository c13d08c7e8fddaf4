//! A board in software: the golden model behind the board's end of the link.

use ef_isa::config::SIM_2X2;
use ef_isa::{Device, regs};
use ef_link::testing::{Reset, SoftBoard};
use ef_link::{Bus, Port};
use ef_model::ModelDevice;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Looks at STATUS that find a run busy.
const LOOKS: u32 = 3;

/// An accelerator whose memory is spoilt by what spoils it on a real board: a reset, and the end of a run half-way.
pub struct Accelerator {
    model: ModelDevice,
    /// How often STATUS will still say that the run is busy.
    looks: u32,
    /// This run stays busy, counted from 1.
    pub holds: Option<u32>,
    /// Runs that have begun.
    pub starts: u32,
    spoilt: u32,
}

impl Accelerator {
    pub const MEMORY_WORDS: u32 = 1 << 14;

    pub fn new() -> Self {
        let model = ModelDevice::new(&SIM_2X2, Self::MEMORY_WORDS.into());
        Accelerator { model, looks: 0, holds: None, starts: 0, spoilt: 0 }
    }

    /// Forgets program and memory.
    pub fn spoil(&mut self) {
        self.looks = 0;
        self.spoilt += 1;
        self.model = ModelDevice::new(&SIM_2X2, Self::MEMORY_WORDS.into());
        let words: Vec<u32> =
            (0..Self::MEMORY_WORDS).map(|i| (i + self.spoilt).wrapping_mul(0x9e37_79b9)).collect();
        self.model.write_memory(0, &words).unwrap();
    }
}

impl Bus for Accelerator {
    fn read_register(&mut self, address: u8) -> u32 {
        if address == regs::STATUS as u8 && self.looks > 0 {
            self.looks -= u32::from(self.holds != Some(self.starts));
            return regs::status::BUSY;
        }
        self.model.read_register(address.into()).unwrap()
    }

    fn write_register(&mut self, address: u8, value: u32) {
        match (address.into(), value) {
            (regs::CONTROL, regs::control::START) => {
                self.starts += 1;
                self.looks = LOOKS;
                self.model.run().unwrap();
            }
            (regs::CONTROL, regs::control::CLEAR) => {
                if self.looks > 0 {
                    self.spoil();
                }
            }
            (address, value) => self.model.write_register(address, value).unwrap(),
        }
    }

    fn read_memory(&mut self, address: u32) -> Option<u32> {
        let mut word = [0];
        self.model.read_memory(address, &mut word).ok()?;
        Some(word[0])
    }

    fn write_memory(&mut self, address: u32, value: u32) -> Option<()> {
        self.model.write_memory(address, &[value]).ok()
    }

    fn busy(&self) -> bool {
        self.looks > 0
    }
}

/// A board that outlives its hosts.
#[derive(Clone)]
pub struct SharedBoard(Arc<Mutex<(SoftBoard<Accelerator>, u32)>>);

impl SharedBoard {
    pub fn new() -> Self {
        let board = SoftBoard::new(Accelerator::new(), Accelerator::MEMORY_WORDS);
        SharedBoard(Arc::new(Mutex::new((board, 0))))
    }

    /// Bytes sent to it since the last call.
    pub fn take_bytes(&self) -> u32 {
        std::mem::take(&mut self.0.lock().unwrap().1)
    }
}

impl Port for SharedBoard {
    fn name(&self) -> String {
        "the board in software".into()
    }

    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> io::Result<usize> {
        self.0.lock().unwrap().0.read(buffer, timeout)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let (board, sent) = &mut *self.0.lock().unwrap();
        *sent += bytes.len() as u32;
        board.write(bytes)
    }

    fn reopen(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn now(&self) -> Duration {
        self.0.lock().unwrap().0.now()
    }

    fn wait(&mut self, time: Duration) {
        self.0.lock().unwrap().0.wait(time);
    }
}

impl Reset for SharedBoard {
    fn reset(&mut self) {
        let (board, _) = &mut *self.0.lock().unwrap();
        board.reset();
        board.endpoint.bus.spoil();
    }
}
