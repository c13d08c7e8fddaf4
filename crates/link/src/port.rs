//! [`Port`]: a pipe of bytes to a board.

use std::io;
use std::time::Duration;

/// A pipe of bytes in both directions, that may lose, change or add some, and may break.
///
/// It has a clock of its own, so that time-outs mean simulated time where the board is simulated.
pub trait Port: Send {
    /// What a user calls it.
    fn name(&self) -> String;
    /// Reads what has come; waits at most `timeout` for the first byte, and gives 0 if there is none.
    ///
    /// # Errors
    /// If the pipe is broken: nothing can be read until it is opened again.
    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> io::Result<usize>;
    /// Writes all bytes.
    ///
    /// # Errors
    /// If the pipe is broken; some of the bytes may have been written.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Opens the pipe again after an error.
    ///
    /// # Errors
    /// If it cannot be opened.
    fn reopen(&mut self) -> io::Result<()>;
    /// The time since some moment.
    fn now(&self) -> Duration;
    /// Lets time pass.
    fn wait(&mut self, time: Duration);
}
