//! The constraints file (LPF) of a board's pins. Why not rust-hdl's own generator: `docs/decisions/lpf.md`.

use crate::pins::{Direction, Pin, Pins};
use std::fmt::Write;

impl Pins {
    /// The text of `constraints/NAME.lpf`.
    pub fn lpf(&self) -> String {
        let mut text = format!(
            "# Generated from boards/pins/{}.toml: EF_UPDATE_DOCS=1 cargo test -p ef-board\n\
             BLOCK RESETPATHS;\nBLOCK ASYNCPATHS;\n\n",
            self.name
        );
        let settings: Vec<String> =
            self.sysconfig.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let _ = writeln!(text, "SYSCONFIG {};", settings.join(" "));
        for (net, pin) in &self.pins {
            text.push('\n');
            for (i, site) in pin.sites().iter().enumerate() {
                let wire = if pin.is_bus() { format!("{net}[{i}]") } else { net.clone() };
                let _ = writeln!(text, "LOCATE COMP \"{wire}\" SITE \"{site}\";");
                let _ = writeln!(text, "IOBUF PORT \"{wire}\" {};", buffer(pin, &self.io_type));
            }
            if let Some(mhz) = pin.clock_mhz {
                let _ = writeln!(text, "FREQUENCY PORT \"{net}\" {mhz} MHZ;");
            }
        }
        text
    }
}

fn buffer(pin: &Pin, io_type: &str) -> String {
    let mut settings = format!("PULLMODE={} IO_TYPE={io_type}", pin.pull);
    if pin.direction != Direction::Input {
        if let Some(drive) = pin.drive {
            let _ = write!(settings, " DRIVE={drive}");
        }
        if let Some(slew) = &pin.slew {
            let _ = write!(settings, " SLEWRATE={slew}");
        }
    }
    settings
}
