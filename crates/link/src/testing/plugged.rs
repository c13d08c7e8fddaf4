//! [`Plugged`]: a board in software at a pseudo-terminal.

use crate::{Bus, Endpoint};
use serialport::{SerialPort, TTYPort};
use std::io::{Read, Write};
use std::os::fd::{FromRawFd, IntoRawFd, OwnedFd};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// A board that is plugged in: the name of its serial port is a path of the test's choice.
pub struct Plugged {
    path: PathBuf,
    pull: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Plugged {
    /// Plugs a board in at `path`, where nothing may be.
    ///
    /// # Panics
    /// If there is no pseudo-terminal, or something at `path`.
    pub fn at<B: Bus + Send + 'static>(path: &Path, board: &Arc<Mutex<Endpoint<B>>>) -> Self {
        let (master, port) = TTYPort::pair().expect("a pseudo-terminal");
        let mut master = not_inherited(master);
        symlink(port.name().unwrap_or_default(), path).expect("a free name");
        master.set_timeout(Duration::from_millis(5)).expect("a timeout");
        let pull = Arc::new(AtomicBool::new(false));
        let (board, pulled) = (board.clone(), pull.clone());
        let thread = thread::spawn(move || {
            let mut bytes = [0; 4096];
            while !pulled.load(Ordering::Relaxed) {
                match master.read(&mut bytes) {
                    Ok(count) => {
                        let mut board = board.lock().expect("the board");
                        for answer in bytes[..count].iter().filter_map(|byte| board.receive(*byte)) {
                            // fails if the host has just closed the port
                            let _ = master.write_all(&answer);
                        }
                    }
                    // nothing came, or nobody has the port open
                    Err(_) => thread::sleep(Duration::from_millis(1)),
                }
            }
        });
        Plugged { path: path.into(), pull, thread }
    }

    /// Pulls the plug: the port and its name are gone.
    ///
    /// # Panics
    /// If the board has panicked.
    pub fn unplug(self) {
        std::fs::remove_file(self.path).expect("the port's name");
        self.pull.store(true, Ordering::Relaxed);
        self.thread.join().expect("the board");
    }
}

/// An end of a pseudo-terminal that programs do not inherit: they would never find it closed.
///
/// # Panics
/// If there are too many open files.
pub fn not_inherited(port: TTYPort) -> TTYPort {
    // SAFETY: the first descriptor is owned by nobody else, nor is its copy.
    unsafe {
        let copy = OwnedFd::from_raw_fd(port.into_raw_fd()).try_clone().expect("another descriptor");
        TTYPort::from_raw_fd(copy.into_raw_fd())
    }
}
