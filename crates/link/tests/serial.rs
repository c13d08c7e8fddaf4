//! The serial port, with pseudo-terminals in place of a board.

use ef_isa::DeviceError;
use ef_link::testing::{Plugged, Registers};
use ef_link::{Endpoint, Link, LinkError, Serial, Settings};
use serialport::{SerialPort, TTYPort};
use std::error::Error;
use std::os::unix::fs::symlink;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

const BAUD: u32 = 3_000_000;

type Device = Arc<Mutex<Endpoint<Registers>>>;

fn device() -> Device {
    Arc::new(Mutex::new(Endpoint::new(Registers::new(4096), 4096)))
}

fn settings() -> Settings {
    Settings { timeout: Duration::from_millis(500), attempts: 3, reopen: Duration::from_millis(1500) }
}

fn words(seed: u32) -> Vec<u32> {
    (0..3000u32).map(|i| (i + seed).wrapping_mul(0x9e37_79b9)).collect()
}

#[test]
fn a_serial_port_carries_a_session_through_an_unplugging() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ttyUSB0");
    let device = device();
    let plugged = Plugged::at(&path, &device);
    let mut link = Link::open(Serial::open(path.to_str().unwrap(), BAUD).unwrap(), settings()).unwrap();
    let mut read = vec![0; 3000];
    link.write_memory(1000, &words(1)).unwrap();
    link.read_memory(1000, &mut read).unwrap();
    assert_eq!(read, words(1));

    plugged.unplug();
    let (again, path_again) = (device.clone(), path.clone());
    let back = thread::spawn(move || {
        thread::sleep(Duration::from_millis(400));
        Plugged::at(&path_again, &again)
    });
    link.write_memory(1000, &words(2)).unwrap();
    let plugged = back.join().unwrap();
    link.read_memory(1000, &mut read).unwrap();
    assert_eq!(read, words(2));
    assert!(link.traffic().reopened > 0);

    plugged.unplug();
    let error = link.read_registers(0, 1).unwrap_err();
    assert!(matches!(error, LinkError::Lost { .. }), "{error}");
    let text = error.to_string();
    assert!(text.starts_with(path.to_str().unwrap()) && text.contains("plugged in"), "{text}");
    // as an error of the device it is the same, and its cause is not lost
    let error = DeviceError::from(error);
    assert_eq!(error.to_string(), text);
    let cause = error.source().expect("the cause");
    assert!(cause.is::<std::io::Error>() && !text.contains(&cause.to_string()), "{cause}");
}

#[test]
fn a_board_that_is_silent_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ttyUSB0");
    let (_master, board) = TTYPort::pair().unwrap();
    symlink(board.name().unwrap(), &path).unwrap();
    drop(board);
    let short = Settings { timeout: Duration::from_millis(20), ..settings() };
    let port = Serial::open(path.to_str().unwrap(), BAUD).unwrap();
    let text = Link::open(port, short).map(drop).unwrap_err().to_string();
    assert!(text.starts_with(path.to_str().unwrap()) && text.contains("sent 3 times"), "{text}");
}

#[test]
fn a_port_that_cannot_be_opened_says_why() {
    let problem = |path: &str| Serial::open(path, BAUD).map(drop).unwrap_err().to_string();
    let absent = problem("/dev/ttyUSB-absent");
    assert!(
        absent.starts_with("/dev/ttyUSB-absent: cannot open") && absent.contains("plugged in"),
        "{absent}"
    );
    let file = tempfile::NamedTempFile::new().unwrap();
    let no_port = problem(file.path().to_str().unwrap());
    assert!(no_port.contains("is it a serial port?"), "{no_port}");
    let (_master, board) = TTYPort::pair().unwrap();
    let name = board.name().unwrap();
    drop(board);
    let _first = Serial::open(&name, BAUD).unwrap();
    assert!(problem(&name).contains("another program"), "{}", problem(&name));
}
