//! [`ChipPort`]: the simulated serial line as a pipe of bytes, on the simulated board's time.

use super::bench::ChipBench;
use ef_link::Port;
use std::io;
use std::time::Duration;

/// The host's end of a simulated board's serial line.
pub struct ChipPort {
    bench: ChipBench,
    name: String,
    clock_hz: u64,
}

impl ChipPort {
    pub(super) fn new(bench: ChipBench, name: String, clock_hz: u64) -> Self {
        ChipPort { bench, name, clock_hz }
    }

    /// The board at the other end.
    pub fn bench(&mut self) -> &mut ChipBench {
        &mut self.bench
    }

    fn cycles(&self, time: Duration) -> u64 {
        (time.as_nanos() * u128::from(self.clock_hz) / 1_000_000_000) as u64
    }
}

impl Port for ChipPort {
    fn name(&self) -> String {
        format!("the simulated {}", self.name)
    }

    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> io::Result<usize> {
        let cycles = self.cycles(timeout);
        Ok(self.bench.receive(buffer, cycles))
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.bench.send(bytes);
        Ok(())
    }

    fn reopen(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn now(&self) -> Duration {
        let nanoseconds = u128::from(self.bench.now()) * 1_000_000_000 / u128::from(self.clock_hz);
        Duration::from_nanos(nanoseconds as u64)
    }

    fn wait(&mut self, time: Duration) {
        let cycles = self.cycles(time);
        self.bench.run(cycles);
    }
}
