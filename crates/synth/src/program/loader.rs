//! Finds a programmer and runs it.

use super::bitstream::idcode;
use super::diagnose::Problem;
use super::usb;
use anyhow::{Context, Result, anyhow, bail, ensure};
use ef_board::Board;
use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where to put the bitstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Into the FPGA, until it loses power.
    Sram,
    /// Into the flash from which the FPGA starts.
    Flash,
}

/// Where to look for things.
#[derive(Clone, Debug)]
pub struct Places {
    /// Folders of programs, like `PATH`.
    pub path: OsString,
    /// USB devices, like `/sys/bus/usb/devices`.
    pub usb_devices: PathBuf,
}

impl Places {
    /// Those of this machine.
    pub fn of_this_machine() -> Places {
        Places {
            path: std::env::var_os("PATH").unwrap_or_default(),
            usb_devices: "/sys/bus/usb/devices".into(),
        }
    }

    fn find(&self, program: &str) -> Option<PathBuf> {
        std::env::split_paths(&self.path).map(|dir| dir.join(program)).find(|path| path.is_file())
    }
}

/// Loads a bitstream onto a board with openFPGALoader, or with fujprog if only that is installed.
///
/// # Errors
/// If the bitstream is for another FPGA than the board's or than the one that is there, or anything between here and the FPGA is missing; says what to do.
pub fn program(board: &Board, bitstream: &Path, target: Target, places: &Places) -> Result<()> {
    let bytes = std::fs::read(bitstream).with_context(|| {
        format!(
            "cannot read the bitstream {}; make it with: cargo xtask synth --board {}",
            bitstream.display(),
            board.name
        )
    })?;
    let wanted = idcode(&bytes).with_context(|| bitstream.display().to_string())?;
    ensure!(
        wanted == board.device.idcode,
        "{} is for an FPGA with IDCODE {wanted:#010x}, but {} has an {} ({:#010x}); the boards are {}",
        bitstream.display(),
        board.name,
        board.device.name,
        board.device.idcode,
        boards_with(wanted)
    );
    let programmer = &board.programmer;
    let plugged_in = usb::present(&places.usb_devices, &programmer.usb_vendor, &programmer.usb_product);
    if let Some(open_loader) = places.find("openFPGALoader") {
        check_plugged_in(board, plugged_in)?;
        let board_args = ["--board", programmer.openfpgaloader.as_str()];
        let detected = run(Command::new(&open_loader).args(board_args).arg("--detect"), board, plugged_in)?;
        match idcode_in(&detected) {
            Some(found) if found != wanted => return Err(wrong_device(board, found)),
            _ => {}
        }
        let memory = if target == Target::Flash { "--write-flash" } else { "--write-sram" };
        run(Command::new(&open_loader).args(board_args).arg(memory).arg(bitstream), board, plugged_in)?;
    } else if let Some(fujprog) = places.find("fujprog").filter(|_| programmer.fujprog) {
        check_plugged_in(board, plugged_in)?;
        let memory = if target == Target::Flash { "flash" } else { "sram" };
        run(Command::new(&fujprog).args(["-j", memory]).arg(bitstream), board, plugged_in)?;
    } else {
        let fujprog = if programmer.fujprog {
            " (or fujprog, from https://github.com/kost/fujprog/releases)"
        } else {
            ""
        };
        bail!(
            "openFPGALoader is not on the PATH; install it with: sudo apt-get install openfpgaloader{fujprog}"
        );
    }
    Ok(())
}

fn check_plugged_in(board: &Board, plugged_in: Option<bool>) -> Result<()> {
    ensure!(plugged_in != Some(false), "{}", Problem::NoBoard.advice(&board.programmer));
    Ok(())
}

/// Runs a programmer, shows what it prints as it comes and gives it back; an error that explains it if it fails.
fn run(command: &mut Command, board: &Board, plugged_in: Option<bool>) -> Result<String> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {:?}", command.get_program()))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let text = std::thread::scope(|scope| {
        let threads = [scope.spawn(|| shown(stdout)), scope.spawn(|| shown(stderr))];
        threads.map(|thread| thread.join().unwrap_or_default()).join("\n")
    });
    if child.wait()?.success() {
        return Ok(text);
    }
    match Problem::of(&text, plugged_in) {
        Problem::WrongDevice(None) => match hardware_idcode(&text) {
            Some(found) => Err(wrong_device(board, found)),
            None => {
                Err(anyhow!("{}", text.lines().find(|line| line.contains("bitstream")).unwrap_or_default())
                    .context(Problem::WrongDevice(None).advice(&board.programmer).to_string()))
            }
        },
        problem => Err(anyhow!("{}", problem.advice(&board.programmer))),
    }
}

/// Everything that comes out of a pipe, shown on standard error at once: flash takes minutes and the programmers show how far they are.
fn shown(pipe: Option<impl Read>) -> String {
    let mut all = Vec::new();
    let mut chunk = [0; 256];
    if let Some(mut pipe) = pipe {
        while let Ok(count @ 1..) = pipe.read(&mut chunk) {
            // nothing can be done if standard error is closed
            let _ = std::io::stderr().write_all(&chunk[..count]);
            all.extend_from_slice(&chunk[..count]);
        }
    }
    String::from_utf8_lossy(&all).into_owned()
}

fn wrong_device(board: &Board, found: u32) -> anyhow::Error {
    anyhow!(
        "{}, but {} has an {} ({:#010x}); the boards with the one that is there: {}",
        Problem::WrongDevice(Some(found)).advice(&board.programmer),
        board.name,
        board.device.name,
        board.device.idcode,
        boards_with(found)
    )
}

/// Names of the boards with that FPGA.
fn boards_with(idcode: u32) -> String {
    let names = Board::names().unwrap_or_default();
    let boards: Vec<String> = names
        .into_iter()
        .filter(|name| Board::named(name).is_ok_and(|board| board.device.idcode == idcode))
        .collect();
    if boards.is_empty() { "none known here".into() } else { boards.join(", ") }
}

/// What `openFPGALoader --detect` says: a line `idcode 0x41113043`.
fn idcode_in(text: &str) -> Option<u32> {
    text.lines().find_map(|line| hexadecimal(line.trim().strip_prefix("idcode")?))
}

/// What openFPGALoader says when it refuses a bitstream.
fn hardware_idcode(text: &str) -> Option<u32> {
    text.split("hardware requires").nth(1).and_then(hexadecimal)
}

fn hexadecimal(text: &str) -> Option<u32> {
    let digits: String =
        text.trim().strip_prefix("0x")?.chars().take_while(char::is_ascii_hexdigit).collect();
    u32::from_str_radix(&digits, 16).ok()
}
