//! Which serial port is the board's.

use crate::error::LinkError;
use serialport::{SerialPortInfo, SerialPortType, UsbPortInfo};

/// USB vendor and product of the FT231X.
const FT231X: (u16, u16) = (0x0403, 0x6015);

/// The name of the serial port of the only board that is plugged in.
///
/// # Errors
/// If the ports cannot be listed, or none or several look like a board; the error lists them.
pub fn find() -> Result<String, LinkError> {
    let ports = serialport::available_ports()
        .map_err(|error| LinkError::NotFound(format!("cannot list the serial ports: {error}")))?;
    choose(&ports)
}

/// Boards name themselves ("ULX3S FPGA 85K v3.0.8"); one with an unprogrammed EEPROM is a plain FT231X.
fn choose(ports: &[SerialPortInfo]) -> Result<String, LinkError> {
    let named: Vec<_> = ports.iter().filter(|port| usb(port).is_some_and(is_named)).collect();
    let bridges: Vec<_> =
        ports.iter().filter(|port| usb(port).is_some_and(|usb| (usb.vid, usb.pid) == FT231X)).collect();
    let problem = match (&named[..], &bridges[..]) {
        ([port], _) | ([], [port]) => return Ok(port.port_name.clone()),
        ([], []) => "no serial port looks like a ULX3S",
        _ => "several serial ports look like a ULX3S",
    };
    let mut list: Vec<String> = ports.iter().map(describe).collect();
    if list.is_empty() {
        list.push("  (none)".into());
    }
    Err(LinkError::NotFound(format!(
        "{problem}; plug in one board, or name its port with --port; the serial ports are:\n{}",
        list.join("\n")
    )))
}

fn usb(port: &SerialPortInfo) -> Option<&UsbPortInfo> {
    match &port.port_type {
        SerialPortType::UsbPort(usb) => Some(usb),
        _ => None,
    }
}

fn is_named(usb: &UsbPortInfo) -> bool {
    usb.vid == FT231X.0 && usb.product.as_deref().is_some_and(|product| product.contains("ULX3S"))
}

fn describe(port: &SerialPortInfo) -> String {
    match usb(port) {
        Some(UsbPortInfo { vid, pid, product, .. }) => {
            format!(
                "  {} USB {vid:04x}:{pid:04x} {}",
                port.port_name,
                product.as_deref().unwrap_or("(no name)")
            )
        }
        None => format!("  {}", port.port_name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(name: &str, vid: u16, pid: u16, product: &str) -> SerialPortInfo {
        let product = Some(product.into());
        let usb = UsbPortInfo { vid, pid, serial_number: None, manufacturer: None, product };
        SerialPortInfo { port_name: name.into(), port_type: SerialPortType::UsbPort(usb) }
    }

    #[test]
    fn the_only_board_is_chosen_among_other_ports() {
        let board = port("/dev/ttyUSB1", 0x0403, 0x6015, "ULX3S FPGA 85K v3.0.8");
        let bare = port("/dev/ttyUSB2", 0x0403, 0x6015, "FT231X USB UART");
        let other = port("/dev/ttyACM0", 0x2341, 0x0043, "Arduino");
        let plain = SerialPortInfo { port_name: "/dev/ttyS0".into(), port_type: SerialPortType::Unknown };
        for ports in [vec![&board], vec![&other, &plain, &board], vec![&bare, &board]] {
            let ports: Vec<_> = ports.into_iter().cloned().collect();
            assert_eq!(choose(&ports).unwrap(), "/dev/ttyUSB1");
        }
        assert_eq!(choose(&[other.clone(), bare.clone()]).unwrap(), "/dev/ttyUSB2");
        let none = choose(&[other, plain]).unwrap_err().to_string();
        assert!(
            none.contains("no serial port") && none.contains("/dev/ttyACM0") && none.contains("/dev/ttyS0"),
            "{none}"
        );
        let two = choose(&[board.clone(), board]).unwrap_err().to_string();
        assert!(two.contains("several") && two.contains("--port"), "{two}");
        assert!(choose(&[]).unwrap_err().to_string().contains("(none)"));
    }
}
