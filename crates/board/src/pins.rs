//! [`Pins`]: which port of the chip is on which ball of the package.

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// The pins of a board that the chip uses: one TOML in `boards/pins/`.
///
/// A table per net of the board, in the names of its schematic.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pins {
    /// Name of the file without its ending; also that of the constraints file.
    #[serde(skip)]
    pub name: String,
    /// IO standard of every pin, such as `LVCMOS33`.
    pub io_type: String,
    /// Settings of the configuration port (`SYSCONFIG` of the LPF).
    pub sysconfig: BTreeMap<String, String>,
    /// The nets.
    pub pins: BTreeMap<String, Pin>,
}

/// Settings of the configuration port of an ECP5: those that nextpnr-ecp5 takes (`sysconfig_keys` in its `ecp5/lpf.cc`).
const SYSCONFIG: [&str; 15] = [
    "SLAVE_SPI_PORT",
    "MASTER_SPI_PORT",
    "SLAVE_PARALLEL_PORT",
    "BACKGROUND_RECONFIG",
    "DONE_EX",
    "DONE_OD",
    "DONE_PULL",
    "MCCLK_FREQ",
    "TRANSFR",
    "CONFIG_IOVOLTAGE",
    "CONFIG_SECURE",
    "CONFIG_MODE",
    "COMPRESS_CONFIG",
    "WAKE_UP",
    "INBUF",
];

/// A net of the board, one wire or a bus.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    /// As the FPGA sees it.
    pub direction: Direction,
    /// Port of the chip it leads to, if that has another name than the net. A bidirectional bus `x` leads to `x_in`, `x_out` and `x_oe`.
    #[serde(default)]
    pub port: Option<String>,
    /// The ball, of a single wire.
    #[serde(default)]
    pub site: Option<String>,
    /// The balls of a bus, from bit 0.
    #[serde(default)]
    pub sites: Vec<String>,
    /// Pull resistor: `UP`, `DOWN` or `NONE`.
    pub pull: String,
    /// Drive strength in mA, of an output.
    #[serde(default)]
    pub drive: Option<u32>,
    /// Edge rate of an output: `SLOW` or `FAST`.
    #[serde(default)]
    pub slew: Option<String>,
    /// Frequency of the oscillator, which is exactly one of the inputs.
    #[serde(default)]
    pub clock_mhz: Option<f64>,
}

/// Direction of a pin, from the FPGA.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Into the FPGA.
    Input,
    /// Out of it.
    Output,
    /// Both, at different times.
    Inout,
    /// Neither: it leads to no port, and only the pull resistor in the FPGA holds it at a level. Something else on the net may drive it.
    Pulled,
}

impl Pin {
    /// Every ball, from bit 0.
    pub fn sites(&self) -> Vec<&str> {
        self.site.iter().chain(&self.sites).map(String::as_str).collect()
    }

    /// Is it a port of the chip?
    pub fn leads_to_port(&self) -> bool {
        self.direction != Direction::Pulled
    }

    /// A bus, even of one wire, has indices.
    pub fn is_bus(&self) -> bool {
        self.site.is_none()
    }

    fn check(&self) -> Result<()> {
        ensure!(self.site.is_some() == self.sites.is_empty(), "needs either `site` or `sites`");
        ensure!(
            matches!(self.pull.as_str(), "UP" | "DOWN" | "NONE"),
            "pull = {}: UP, DOWN or NONE",
            self.pull
        );
        let drives = matches!(self.direction, Direction::Output | Direction::Inout);
        if let Some(drive) = self.drive {
            ensure!(drives, "only an output has `drive`");
            ensure!(matches!(drive, 4 | 8 | 12 | 16), "drive = {drive}: 4, 8, 12 and 16 mA are possible");
        }
        if let Some(slew) = &self.slew {
            ensure!(
                drives && matches!(slew.as_str(), "SLOW" | "FAST"),
                "slew = {slew}: SLOW or FAST, of an output"
            );
        }
        if self.direction == Direction::Pulled {
            ensure!(self.port.is_none(), "a pulled net leads to no `port`");
            ensure!(self.pull != "NONE", "a pulled net needs pull = UP or DOWN");
        }
        ensure!(
            self.clock_mhz.is_none() || self.direction == Direction::Input,
            "only an input can have `clock_mhz`"
        );
        Ok(())
    }
}

impl Pins {
    /// The pins that a TOML file describes.
    ///
    /// # Errors
    /// If it cannot be read, or a net is not well described, or two use one ball, or there is not one oscillator.
    pub fn read(path: &Path) -> Result<Pins> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read the pins {}", path.display()))?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        Pins::parse(&name, &text).with_context(|| format!("in {}", path.display()))
    }

    /// The pins that the text of a TOML file describes.
    ///
    /// # Errors
    /// See [`Pins::read`].
    pub fn parse(name: &str, text: &str) -> Result<Pins> {
        let mut pins: Pins = ef_toml::parse(text)?;
        pins.name = name.into();
        if let Some(key) = pins.sysconfig.keys().find(|key| !SYSCONFIG.contains(&key.as_str())) {
            bail!("sysconfig: unknown key `{key}`; possible are {}", SYSCONFIG.join(", "));
        }
        let mut used: BTreeMap<&str, &str> = BTreeMap::new();
        for (net, pin) in &pins.pins {
            pin.check().with_context(|| format!("pins.{net}"))?;
            for site in pin.sites() {
                if let Some(other) = used.insert(site, net) {
                    bail!("ball {site} is used by `{other}` and by `{net}`");
                }
            }
        }
        let clocks = pins.pins.values().filter(|pin| pin.clock_mhz.is_some()).count();
        ensure!(clocks == 1, "{clocks} nets have `clock_mhz`; exactly one must, the oscillator");
        Ok(pins)
    }

    /// Net and frequency in MHz of the oscillator.
    pub fn oscillator(&self) -> (&str, f64) {
        let clock = self.pins.iter().find_map(|(net, pin)| Some((net.as_str(), pin.clock_mhz?)));
        clock.expect("parse accepts no pins without an oscillator")
    }
}
