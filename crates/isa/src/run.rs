//! What the runs of all devices have in common: the signs of progress, and how a run ended.

use crate::{Device, DeviceError, regs};

/// Registers of which at least one changes while a program makes progress.
const SIGNS: [u32; 6] =
    [regs::PC, regs::WORDS_READ, regs::WORDS_WRITTEN, regs::KERNEL_FP, regs::KERNEL_BP, regs::KERNEL_WU];

/// The signs of progress: a run in which they stay the same for long hangs.
///
/// # Errors
/// If the device cannot be reached.
pub fn progress(device: &mut impl Device) -> Result<[u32; SIGNS.len()], DeviceError> {
    let mut signs = SIGNS;
    for sign in &mut signs {
        *sign = device.read_register(*sign)?;
    }
    Ok(signs)
}

/// How the run of a device that is no longer busy ended.
///
/// # Errors
/// [`DeviceError::Hardware`] if it did not end well; also if the device cannot be reached.
pub fn outcome(device: &mut impl Device) -> Result<(), DeviceError> {
    let status = device.read_register(regs::STATUS)?;
    if status & regs::status::DONE != 0 && status & regs::status::ERROR == 0 {
        return Ok(());
    }
    let errors = device.read_register(regs::ERRORS)?;
    let pc = device.read_register(regs::PC)?;
    Err(DeviceError::Hardware { errors, pc, meaning: regs::error::meaning(errors) })
}
