//! [`Board`]: one TOML of `boards/`.

use crate::bit_timer::bit_step;
use crate::device::Fpga;
use crate::floorplan::Floorplan;
use crate::pins::Pins;
use crate::pll::{Pll, PllRequest};
use crate::sdram::SdramPart;
use anyhow::{Context, Result, anyhow, ensure};
use ef_isa::Config;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// A board with everything its files say, checked.
#[derive(Clone, Debug)]
pub struct Board {
    /// Name of its file without the ending.
    pub name: String,
    /// The FPGA.
    pub device: Fpga,
    /// Frequencies and phases.
    pub clocks: Clocks,
    /// The memory.
    pub sdram: SdramPart,
    /// How a host talks to it.
    pub link: BoardLink,
    /// How a bitstream gets onto it.
    pub programmer: Programmer,
    /// The accelerator that it holds.
    pub accelerator: &'static Config,
    /// Where the array's multipliers go; without it nextpnr decides.
    pub floorplan: Option<Floorplan>,
    /// Its wiring.
    pub pins: Pins,
    /// The `boards/` folder it comes from.
    dir: PathBuf,
}

/// The clocks of a board.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clocks {
    /// Clock of the accelerator, the SDRAM and everything between.
    pub core_mhz: f64,
    /// How far the clock at the SDRAM's pin lags behind the core clock.
    pub sdram_phase_degrees: f64,
    /// Cycles by which words read from the SDRAM come later than with pads and wires that take no time.
    pub sdram_read_delay: u32,
}

/// The serial port to the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoardLink {
    /// Bits per second on the wire.
    pub baud: u32,
}

/// What a programmer needs to know.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Programmer {
    /// Name of the board in openFPGALoader.
    pub openfpgaloader: String,
    /// Whether fujprog knows it too.
    pub fujprog: bool,
    /// USB vendor of the interface, four hexadecimal digits.
    pub usb_vendor: String,
    /// USB product of the interface, four hexadecimal digits.
    pub usb_product: String,
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    accelerator: String,
    floorplan: Option<String>,
    sdram: String,
    pins: String,
    device: Fpga,
    clocks: Clocks,
    link: BoardLink,
    programmer: Programmer,
}

/// The folder of the board files: `boards/` of the workspace.
///
/// # Errors
/// If the program does not run in a checkout of ef-train.
pub fn boards_dir() -> Result<PathBuf> {
    let root = ef_tools::workspace_root()
        .context("this is no checkout of ef-train, so there is no folder boards/")?;
    Ok(root.join("boards"))
}

impl Board {
    /// The board of that name in [`boards_dir`].
    ///
    /// # Errors
    /// If there is none, or a file or field of it is wrong; says which.
    pub fn named(name: &str) -> Result<Board> {
        Board::read(&boards_dir()?, name)
    }

    /// The names of all boards in [`boards_dir`].
    ///
    /// # Errors
    /// If the folder cannot be listed.
    pub fn names() -> Result<Vec<String>> {
        names_in(&boards_dir()?)
    }

    /// The board of that name in a folder like `boards/`.
    ///
    /// # Errors
    /// See [`Board::named`].
    pub fn read(dir: &Path, name: &str) -> Result<Board> {
        let path = dir.join(format!("{name}.toml"));
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(none_of("board", name, &names_in(dir)?, dir));
            }
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
        };
        Board::parse(dir, name, &text).with_context(|| format!("in {}", path.display()))
    }

    /// The board that the text of a TOML file describes; the files it names are in `dir`, a folder like `boards/`.
    ///
    /// # Errors
    /// See [`Board::named`].
    pub fn parse(dir: &Path, name: &str, text: &str) -> Result<Board> {
        let file: File = ef_toml::parse(text)?;
        file.device.check().context("device")?;
        let accelerator = Config::named(&file.accelerator).context("accelerator")?;
        for (field, id) in
            [("usb_vendor", &file.programmer.usb_vendor), ("usb_product", &file.programmer.usb_product)]
        {
            let digits = id.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
            ensure!(
                id.len() == 4 && digits,
                "programmer.{field} = \"{id}\": write four hexadecimal digits, as lsusb does"
            );
        }
        let board = Board {
            name: name.into(),
            device: file.device,
            clocks: file.clocks,
            sdram: sdram_part(dir, &file.sdram)?,
            link: file.link,
            programmer: file.programmer,
            accelerator,
            floorplan: file.floorplan.map(|name| floorplan(dir, &name)).transpose()?,
            pins: Pins::read(&dir.join("pins").join(format!("{}.toml", file.pins)))?,
            dir: dir.into(),
        };
        board.check_clocks()?;
        Ok(board)
    }

    /// The same board with another SDRAM: a file name of `boards/sdram/`.
    ///
    /// # Errors
    /// If there is no such part, or it is too slow.
    pub fn with_sdram(mut self, part: &str) -> Result<Board> {
        self.sdram = sdram_part(&self.dir, part)?;
        self.check_clocks()?;
        Ok(self)
    }

    /// Every SDRAM part that there is a file for, by the names that [`with_sdram`](Board::with_sdram) takes.
    ///
    /// # Errors
    /// If one of the files is wrong; says which.
    pub fn sdram_parts(&self) -> Result<Vec<(String, SdramPart)>> {
        let names = names_in(&self.dir.join("sdram"))?;
        names.into_iter().map(|name| Ok((name.clone(), sdram_part(&self.dir, &name)?))).collect()
    }

    /// The PLL that makes its clocks.
    ///
    /// # Errors
    /// If there is none that reaches them.
    pub fn pll(&self) -> Result<Pll> {
        let Clocks { core_mhz, sdram_phase_degrees, .. } = self.clocks;
        let oscillator_mhz = self.pins.oscillator().1;
        Pll::solve(PllRequest { oscillator_mhz, core_mhz, sdram_phase_degrees }).context("clocks")
    }

    /// The core clock as its PLL makes it, in Hz.
    pub fn clock_hz(&self) -> u64 {
        (self.clocks.core_mhz * 1e6).round() as u64
    }

    /// [`bit_step`] of the serial link's bit timers.
    ///
    /// # Errors
    /// If the timer cannot keep the baud rate at the core clock.
    pub fn bit_step(&self) -> Result<u64> {
        bit_step(self.clock_hz(), self.link.baud.into())
            .with_context(|| format!("link.baud = {}", self.link.baud))
    }

    fn check_clocks(&self) -> Result<()> {
        self.pll()?;
        self.bit_step()?;
        ensure!(
            self.clocks.core_mhz <= self.sdram.clock_mhz_max,
            "clocks.core_mhz = {}: {} runs at {} MHz at most with CAS latency {}",
            self.clocks.core_mhz,
            self.sdram.name,
            self.sdram.clock_mhz_max,
            self.sdram.cas_latency
        );
        Ok(())
    }
}

fn sdram_part(dir: &Path, name: &str) -> Result<SdramPart> {
    SdramPart::read(&file_in(dir, "sdram", "SDRAM part", name)?)
}

fn floorplan(dir: &Path, name: &str) -> Result<Floorplan> {
    Floorplan::read(&file_in(dir, "floorplan", "floorplan", name)?)
}

/// The file of that name in a folder of `dir`.
fn file_in(dir: &Path, folder: &str, what: &str, name: &str) -> Result<PathBuf> {
    let folder = dir.join(folder);
    let path = folder.join(format!("{name}.toml"));
    if !path.is_file() {
        return Err(none_of(what, name, &names_in(&folder)?, &folder));
    }
    Ok(path)
}

fn none_of(what: &str, name: &str, names: &[String], dir: &Path) -> anyhow::Error {
    anyhow!("there is no {what} `{name}`; {} has {}", dir.display(), names.join(", "))
}

/// Names of the TOML files of a folder, without their ending.
fn names_in(dir: &Path) -> Result<Vec<String>> {
    let entries =
        std::fs::read_dir(dir).with_context(|| format!("cannot read the folder {}", dir.display()))?;
    let mut names = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            names.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        }
    }
    names.sort();
    Ok(names)
}
