//! Whether a USB device is plugged in, as Linux tells in `/sys`.

use std::path::Path;

/// Whether a device with these hexadecimal ids is in a folder like `/sys/bus/usb/devices`; `None` if there is no such folder.
pub fn present(devices: &Path, vendor: &str, product: &str) -> Option<bool> {
    let entries = std::fs::read_dir(devices).ok()?;
    let is = |dir: &Path, file: &str, id: &str| {
        std::fs::read_to_string(dir.join(file)).is_ok_and(|text| text.trim().eq_ignore_ascii_case(id))
    };
    Some(
        entries
            .flatten()
            .map(|entry| entry.path())
            .any(|dir| is(&dir, "idVendor", vendor) && is(&dir, "idProduct", product)),
    )
}
