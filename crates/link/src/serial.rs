//! [`Serial`]: a serial port as a [`Port`].

use crate::error::LinkError;
use crate::port::Port;
use serialport::{ErrorKind, SerialPort};
use std::io;
use std::time::{Duration, Instant};

/// Time that the operating system may take to accept bytes.
const WRITE_TIMEOUT: Duration = Duration::from_secs(2);

/// A serial port with 8 data bits, no parity, 1 stop bit, no flow control.
pub struct Serial {
    path: String,
    baud: u32,
    /// `None` after a failed attempt to open it again.
    port: Option<Box<dyn SerialPort>>,
    start: Instant,
}

impl Serial {
    /// Opens the port at `path`, such as `/dev/ttyUSB0`.
    ///
    /// # Errors
    /// If there is no such port, or it may not be opened; the error says what to do.
    pub fn open(path: &str, baud: u32) -> Result<Self, LinkError> {
        let port = open(path, baud)
            .map_err(|error| LinkError::Open { port: path.into(), problem: problem(&error) })?;
        Ok(Serial { path: path.into(), baud, port: Some(port), start: Instant::now() })
    }

    fn port(&mut self) -> io::Result<&mut dyn SerialPort> {
        match &mut self.port {
            Some(port) => Ok(port.as_mut()),
            None => Err(io::Error::new(io::ErrorKind::NotConnected, "the port is closed")),
        }
    }
}

fn open(path: &str, baud: u32) -> serialport::Result<Box<dyn SerialPort>> {
    serialport::new(path, baud).timeout(WRITE_TIMEOUT).open()
}

/// What is wrong, and what to do.
fn problem(error: &serialport::Error) -> String {
    let advice = match error.kind() {
        ErrorKind::Io(io::ErrorKind::PermissionDenied) => {
            "join the group that owns the port (`ls -l` shows it): sudo usermod -aG dialout $USER, then log in again; or install a udev rule: \
             echo 'SUBSYSTEM==\"tty\", ATTRS{idVendor}==\"0403\", ATTRS{idProduct}==\"6015\", MODE=\"0666\"' | sudo tee /etc/udev/rules.d/80-ulx3s.rules, then plug the board in again"
        }
        ErrorKind::Io(io::ErrorKind::NotFound) => {
            "is the board plugged in? `ls /dev/ttyUSB*` shows the ports there are"
        }
        ErrorKind::NoDevice => "another program uses the port: close it (a terminal program?)",
        _ => "is it a serial port?",
    };
    format!("{error}; {advice}")
}

impl Port for Serial {
    fn name(&self) -> String {
        self.path.clone()
    }

    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> io::Result<usize> {
        let port = self.port()?;
        port.set_timeout(timeout)?;
        match port.read(buffer) {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            Err(error) if error.kind() == io::ErrorKind::TimedOut => Ok(0),
            other => other,
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let port = self.port()?;
        port.set_timeout(WRITE_TIMEOUT)?;
        port.write_all(bytes)
    }

    fn reopen(&mut self) -> io::Result<()> {
        self.port = None;
        self.port = Some(open(&self.path, self.baud)?);
        Ok(())
    }

    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn wait(&mut self, time: Duration) {
        std::thread::sleep(time);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_or_taken_port_comes_with_what_to_do() {
        let error = |kind| serialport::Error::new(kind, "no");
        let denied = problem(&error(ErrorKind::Io(io::ErrorKind::PermissionDenied)));
        assert!(denied.contains("dialout") && denied.contains("udev"), "{denied}");
        assert!(problem(&error(ErrorKind::NoDevice)).contains("another program"));
    }
}
