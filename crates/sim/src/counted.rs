//! What a device has counted, in the words of the model of time.

use ef_isa::{Device, DeviceError, regs};
use ef_time::{Report, Traffic};

/// The counters of a device's last run.
///
/// # Errors
/// If a register cannot be read.
pub fn counted(device: &mut dyn Device) -> Result<Report, DeviceError> {
    let mut read = |register| device.read_register(register).map(u64::from);
    Ok(Report {
        cycles: read(regs::CYCLES)?,
        phase_cycles: [read(regs::CYCLES_FP)?, read(regs::CYCLES_BP)?, read(regs::CYCLES_WU)?],
        kernel_cycles: [read(regs::KERNEL_FP)?, read(regs::KERNEL_BP)?, read(regs::KERNEL_WU)?],
        load_busy: read(regs::LOAD_BUSY)?,
        store_busy: read(regs::STORE_BUSY)?,
        read: Traffic { words: read(regs::WORDS_READ)?, bursts: read(regs::BURSTS_READ)? },
        written: Traffic { words: read(regs::WORDS_WRITTEN)?, bursts: read(regs::BURSTS_WRITTEN)? },
        fetched: Traffic { words: read(regs::WORDS_FETCHED)?, bursts: read(regs::BURSTS_FETCHED)? },
    })
}
