//! [`LinkDevice`]: the accelerator of a board as a device.

use crate::error::LinkError;
use crate::link::{Link, Settings};
use crate::port::Port;
use ef_isa::{Config, Device, DeviceError, regs, run};
use std::time::Duration;

/// Time between two looks at the signs of progress of a run.
const LOOK: Duration = Duration::from_millis(500);
/// A run whose signs of progress stay the same for so long is given up.
const PATIENCE: Duration = Duration::from_secs(5);
/// Time between two looks at STATUS: an eighth of the time since the start, but within these limits.
const SHORTEST_PAUSE: Duration = Duration::from_micros(200);
const LONGEST_PAUSE: Duration = Duration::from_millis(20);
/// Time that the bursts of a cleared run may take to complete.
const CLEAR_TIMEOUT: Duration = Duration::from_secs(2);

/// An accelerator behind a [`Link`].
pub struct LinkDevice<P> {
    link: Link<P>,
    config: &'static Config,
}

impl<P: Port> LinkDevice<P> {
    /// Starts a session, ends a run that another host has left behind, and finds out which accelerator it is.
    ///
    /// # Errors
    /// If the board does not answer, or its accelerator is of another version or of no known configuration.
    pub fn open(port: P, settings: Settings) -> Result<Self, LinkError> {
        let mut link = Link::open(port, settings)?;
        clear(&mut link)?;
        let words = link.read_registers(regs::ID as u8, 5)?;
        let [id, version, lanes, depths0, depths1] = words[..] else {
            unreachable!("five words were asked for")
        };
        let port = link.port().name();
        let unknown = |problem| LinkError::Unknown { port: port.clone(), problem };
        if (id, version) != (regs::ID_VALUE, regs::VERSION_VALUE) {
            return Err(unknown(format!(
                "the board's accelerator has ID {id:#x} and version {version}, this program knows {:#x} and {}: load a bitstream of this version of ef-train",
                regs::ID_VALUE,
                regs::VERSION_VALUE
            )));
        }
        let config = Config::identified(lanes, [depths0, depths1]).ok_or_else(|| {
            unknown(format!(
                "the board's accelerator has {lanes} lanes and depths {depths0:#010x}, {depths1:#010x}: no configuration that this program knows"
            ))
        })?;
        Ok(LinkDevice { link, config })
    }

    /// The session, for what a device does not offer.
    pub fn link(&mut self) -> &mut Link<P> {
        &mut self.link
    }

    /// Ends the session on this side only, as if the program had been killed.
    pub fn into_link(self) -> Link<P> {
        self.link
    }

    fn inside(&self, address: u32, words: usize) -> Result<(), DeviceError> {
        let size = u64::from(self.link.memory_words());
        if u64::from(address) + words as u64 > size {
            return Err(DeviceError::Address { address: address.into(), words, size });
        }
        Ok(())
    }
}

fn busy<P: Port>(link: &mut Link<P>) -> Result<bool, LinkError> {
    Ok(link.read_registers(regs::STATUS as u8, 1)?[0] & regs::status::BUSY != 0)
}

/// Ends a run that is under way.
fn clear<P: Port>(link: &mut Link<P>) -> Result<(), LinkError> {
    if !busy(link)? {
        return Ok(());
    }
    link.write_registers(regs::CONTROL as u8, 0, &[regs::control::CLEAR])?;
    let deadline = link.port().now() + CLEAR_TIMEOUT;
    while busy(link)? {
        if link.port().now() > deadline {
            let problem = format!(
                "the accelerator was busy and is so {CLEAR_TIMEOUT:?} after it was cleared: reset the board"
            );
            return Err(LinkError::Unknown { port: link.port().name(), problem });
        }
        link.port().wait(LONGEST_PAUSE);
    }
    Ok(())
}

impl<P: Port> Device for LinkDevice<P> {
    fn config(&self) -> &'static Config {
        self.config
    }

    fn memory_words(&self) -> u64 {
        self.link.memory_words().into()
    }

    fn write_memory(&mut self, address: u32, words: &[u32]) -> Result<(), DeviceError> {
        self.inside(address, words.len())?;
        Ok(self.link.write_memory(address, words)?)
    }

    fn read_memory(&mut self, address: u32, words: &mut [u32]) -> Result<(), DeviceError> {
        self.inside(address, words.len())?;
        Ok(self.link.read_memory(address, words)?)
    }

    fn write_register(&mut self, address: u32, value: u32) -> Result<(), DeviceError> {
        Ok(self.link.write_registers(address as u8, 0, &[value])?)
    }

    fn read_register(&mut self, address: u32) -> Result<u32, DeviceError> {
        Ok(self.link.read_registers(address as u8, 1)?[0])
    }

    fn run(&mut self) -> Result<(), DeviceError> {
        self.write_register(regs::CONTROL, regs::control::START)?;
        let start = self.link.port().now();
        let (mut signs, mut changed, mut looked) = (None, start, start);
        while busy(&mut self.link)? {
            let now = self.link.port().now();
            if now - looked >= LOOK {
                looked = now;
                let seen = Some(run::progress(self)?);
                if seen != signs {
                    (signs, changed) = (seen, now);
                } else if now - changed >= PATIENCE {
                    let cycles = self.read_register(regs::CYCLES)?.into();
                    return Err(DeviceError::Timeout { cycles, pc: self.read_register(regs::PC)? });
                }
            }
            self.link.port().wait(((now - start) / 8).clamp(SHORTEST_PAUSE, LONGEST_PAUSE));
        }
        run::outcome(self)
    }

    fn wait(&mut self, time: Duration) {
        self.link.port().wait(time);
    }
}
