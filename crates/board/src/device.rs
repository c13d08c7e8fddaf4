//! [`Fpga`]: the FPGA of a board, in the words of its tools.

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Deserializer};

/// An ECP5 in its package.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fpga {
    /// Family and size, such as `LFE5U-85F`.
    pub name: String,
    /// Package, such as `CABGA381`.
    pub package: String,
    /// 6, 7 or 8; 6 is the slowest.
    pub speed_grade: u32,
    /// What the chip says on JTAG, and what the bitstream must carry.
    #[serde(deserialize_with = "hexadecimal")]
    pub idcode: u32,
    /// A synchronous reset of fewer flip-flops than these becomes logic (`docs/decisions/few-resets.md`).
    #[serde(default = "usual_resets_from")]
    pub resets_from: u32,
}

/// [`Fpga::resets_from`] if nobody says otherwise: the eight flip-flops of a tile share one reset.
pub const RESETS_FROM: u32 = 8;

fn usual_resets_from() -> u32 {
    RESETS_FROM
}

impl Fpga {
    /// nextpnr-ecp5's option for the device, such as `--85k`.
    ///
    /// # Errors
    /// If the name is not of the form `LFE5U-85F`, `LFE5UM-85F` or `LFE5UM5G-85F`.
    pub fn nextpnr_option(&self) -> Result<String> {
        let possible = || {
            format!(
                "device `{}` is no ECP5; possible are LFE5U-12F, LFE5U-25F, LFE5U-45F, LFE5U-85F and their UM and UM5G versions",
                self.name
            )
        };
        let rest = self.name.strip_prefix("LFE5U").with_context(possible)?;
        let (series, size) = rest.split_once('-').with_context(possible)?;
        let size = size.strip_suffix('F').with_context(possible)?;
        ensure!(matches!(series, "" | "M" | "M5G"), possible());
        ensure!(matches!(size, "25" | "45" | "85") || (series.is_empty() && size == "12"), possible());
        Ok(match series {
            "" => format!("--{size}k"),
            other => format!("--u{}-{size}k", other.to_lowercase()),
        })
    }

    pub(crate) fn check(&self) -> Result<()> {
        ensure!(
            matches!(self.speed_grade, 6..=8),
            "speed_grade = {}: 6, 7 and 8 are possible",
            self.speed_grade
        );
        // the low 12 bits of every Lattice IDCODE: manufacturer 0x021 and a one
        ensure!(
            self.idcode & 0xfff == 0x043,
            "idcode = {:#010x} is not Lattice's: it must end in 043",
            self.idcode
        );
        self.nextpnr_option().map(|_| ())
    }
}

/// A number written as a string of hexadecimal digits, as everybody writes IDCODEs.
fn hexadecimal<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    let text = String::deserialize(from)?;
    let digits = text.strip_prefix("0x").unwrap_or(&text);
    u32::from_str_radix(digits, 16)
        .map_err(|_| serde::de::Error::custom(format!("`{text}` is no number; write it as \"0x41113043\"")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(name: &str) -> Fpga {
        Fpga {
            name: name.into(),
            package: "CABGA381".into(),
            speed_grade: 6,
            idcode: 0x4111_3043,
            resets_from: RESETS_FROM,
        }
    }

    #[test]
    fn nextpnr_knows_the_devices_by_series_and_size() {
        for (name, option) in [
            ("LFE5U-12F", "--12k"),
            ("LFE5U-85F", "--85k"),
            ("LFE5UM-45F", "--um-45k"),
            ("LFE5UM5G-25F", "--um5g-25k"),
        ] {
            assert_eq!(device(name).nextpnr_option().unwrap(), option);
        }
        for name in ["LFE5U-85", "LFE5UM-12F", "iCE40UP5K", "LFE5X-25F"] {
            let error = device(name).nextpnr_option().unwrap_err().to_string();
            assert!(error.contains(name) && error.contains("LFE5U-85F"), "{error}");
        }
    }
}
