//! From what a programmer printed to what is wrong.

use ef_board::Programmer;
use std::fmt;

/// Why a board could not be programmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// No USB device of the board.
    NoBoard,
    /// There is one, but this user must not use it.
    NoPermission,
    /// Another program uses it.
    Busy,
    /// The USB chip answers, the FPGA behind it does not.
    NoFpga,
    /// The FPGA is another one; its IDCODE if the programmer said it.
    WrongDevice(Option<u32>),
    /// Something else.
    Unknown,
}

/// Messages of openFPGALoader, libftdi and fujprog, and what they mean. libftdi counts -3 for no device, -4 for one that cannot be opened, -5 for one
/// whose interface another program holds.
const MESSAGES: [(&str, Problem); 10] = [
    ("mismatch between target's idcode and bitstream idcode", Problem::WrongDevice(None)),
    ("device, but the bitstream is for", Problem::WrongDevice(None)),
    ("(device not found)", Problem::NoBoard),
    ("usb_open() failed", Problem::NoPermission),
    ("inappropriate permissions", Problem::NoPermission),
    ("LIBUSB_ERROR_ACCESS", Problem::NoPermission),
    ("unable to claim usb device", Problem::Busy),
    ("Error: no device found", Problem::NoFpga),
    ("idcode 0xffffffff", Problem::NoFpga),
    // fujprog says this also if it may not open the cable
    ("Cannot find JTAG cable.", Problem::NoBoard),
];

impl Problem {
    /// What the output means; `plugged_in` is what is known otherwise about the board.
    pub fn of(output: &str, plugged_in: Option<bool>) -> Problem {
        let found =
            MESSAGES.iter().find(|(message, _)| output.contains(message)).map(|(_, problem)| problem.clone());
        match found.unwrap_or(Problem::Unknown) {
            Problem::NoBoard if plugged_in == Some(true) => Problem::NoPermission,
            problem => problem,
        }
    }

    /// What to tell the user.
    pub fn advice<'a>(&'a self, programmer: &'a Programmer) -> impl fmt::Display + 'a {
        Advice(self, programmer)
    }
}

struct Advice<'a>(&'a Problem, &'a Programmer);

impl fmt::Display for Advice<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Programmer { usb_vendor: vendor, usb_product: product, .. } = self.1;
        match self.0 {
            Problem::NoBoard => write!(
                f,
                "no board found: there is no USB device {vendor}:{product}. Plug the board's programming port (US1 on a ULX3S) into this computer with a \
                 cable that carries data; `lsusb` must then list {vendor}:{product}"
            ),
            Problem::NoPermission => write!(
                f,
                "the board is there, but this user may not use it. Allow it with\n\
                 \x20 echo 'SUBSYSTEMS==\"usb\", ATTRS{{idVendor}}==\"{vendor}\", ATTRS{{idProduct}}==\"{product}\", MODE=\"0660\", GROUP=\"plugdev\", \
                 TAG+=\"uaccess\"' | sudo tee /etc/udev/rules.d/70-ef-train.rules\n\
                 \x20 sudo udevadm control --reload-rules\n\
                 then unplug the board and plug it in again"
            ),
            Problem::Busy => write!(
                f,
                "another program uses the board's USB port: end it (a terminal, a running training) and try again"
            ),
            Problem::NoFpga => write!(
                f,
                "the board's USB chip answers, but no FPGA behind it: switch the board off and on again, and take away anything plugged into its JTAG header"
            ),
            Problem::WrongDevice(Some(idcode)) => {
                write!(f, "the FPGA on the board has IDCODE {idcode:#010x}")
            }
            Problem::WrongDevice(None) => {
                write!(f, "the FPGA on the board is not the one that the bitstream is for")
            }
            Problem::Unknown => write!(f, "the programmer failed, its output is above"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_understood() {
        for (output, plugged_in, problem) in [
            (
                "unable to open ftdi device: -3 (device not found)\nJTAG init failed with: unable to open ftdi device",
                None,
                Problem::NoBoard,
            ),
            (
                "unable to open ftdi device: -4 (usb_open() failed)\nJTAG init failed",
                None,
                Problem::NoPermission,
            ),
            ("unable to open ftdi device: -4 (libusb_open() failed)", Some(true), Problem::NoPermission),
            (
                "unable to open ftdi device: -5 (unable to claim usb device. Make sure the default FTDI driver is not in use)",
                None,
                Problem::Busy,
            ),
            (
                "ULX2S / ULX3S JTAG programmer v4.8\nCannot find JTAG cable.\n",
                Some(true),
                Problem::NoPermission,
            ),
            ("ULX2S / ULX3S JTAG programmer v4.8\nCannot find JTAG cable.\n", None, Problem::NoBoard),
            ("Error: no device found", Some(true), Problem::NoFpga),
            (
                "\nFound LFE5U-12F device, but the bitstream is for LFE5U-85F.\n\nFailed.",
                None,
                Problem::WrongDevice(None),
            ),
            ("something new", None, Problem::Unknown),
        ] {
            assert_eq!(Problem::of(output, plugged_in), problem, "{output}");
        }
    }
}
