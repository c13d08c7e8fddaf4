//! [`SdramTiming`]: a part's data sheet at a clock, in cycles.
use anyhow::{Result, ensure};
use ef_board::SdramPart;

/// What the controller is built from. Minima are cycles from one command to the other: 2 is every second cycle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SdramTiming {
    /// Log2 of the 16-bit columns of a row: 9 or 10.
    pub column_bits: u32,
    /// CAS latency: 2 or 3.
    pub cas_latency: u32,
    /// Cycles after reset before the first command.
    pub power_up: u32,
    /// AUTO REFRESH commands of the power-up sequence.
    pub power_up_refreshes: u32,
    /// ACTIVATE to READ or WRITE; at least 2.
    pub t_rcd: u32,
    /// PRECHARGE to ACTIVATE or REFRESH.
    pub t_rp: u32,
    /// ACTIVATE to PRECHARGE.
    pub t_ras: u32,
    /// ACTIVATE to ACTIVATE, same bank.
    pub t_rc: u32,
    /// REFRESH to ACTIVATE or REFRESH.
    pub t_rfc: u32,
    /// ACTIVATE to ACTIVATE, different banks.
    pub t_rrd: u32,
    /// Last written halfword to PRECHARGE.
    pub t_wr: u32,
    /// LOAD MODE REGISTER to ACTIVATE.
    pub t_mrd: u32,
    /// Cycles per REFRESH, at most.
    pub t_refi: u32,
    /// READ to WRITE: the read data, one idle cycle on the data pins, the written data.
    pub read_to_write: u32,
    /// Cycles by which a halfword reaches the controller's first register later than at the clock edge `cas_latency` after that of its
    /// READ: depends on the phase of the SDRAM's clock and on the board. At most 3.
    pub capture: u32,
}

impl SdramTiming {
    /// Timing of a part at a clock, with `capture` 0.
    ///
    /// # Errors
    /// If the part cannot run at that clock, or the controller's counters are too small for it.
    pub fn new(part: &SdramPart, clock_hz: u64) -> Result<SdramTiming> {
        let mhz = clock_hz as f64 / 1e6;
        ensure!(
            mhz <= part.clock_mhz_max,
            "{} at CAS latency {} runs at {} MHz or less, not at {mhz}: lower the clock or use another latency or part",
            part.name,
            part.cas_latency,
            part.clock_mhz_max
        );
        let at_least = |ns: f64| cycles(ns, clock_hz, u128::div_ceil);
        let timing = SdramTiming {
            column_bits: part.column_bits,
            cas_latency: part.cas_latency,
            power_up: at_least(part.power_up_us * 1e3),
            power_up_refreshes: part.power_up_refreshes,
            t_rcd: at_least(part.t_rcd_ns).max(2),
            t_rp: at_least(part.t_rp_ns).max(1),
            t_ras: at_least(part.t_ras_ns).max(1),
            t_rc: at_least(part.t_rc_ns).max(1),
            t_rfc: at_least(part.t_rfc_ns).max(1),
            t_rrd: at_least(part.t_rrd_ns).max(part.t_rrd_clocks).max(1),
            t_wr: at_least(part.t_wr_ns).max(part.t_wr_clocks).max(1),
            t_mrd: part.t_mrd_clocks.max(1),
            t_refi: cycles(part.refresh_ms * 1e6 / f64::from(part.refresh_rows), clock_hz, |a, b| a / b),
            read_to_write: part.cas_latency + 3,
            capture: 0,
        };
        timing.check()?;
        Ok(timing)
    }

    /// The timing, if the controller can count it.
    ///
    /// # Errors
    /// Which value is too large or too small, and what is possible.
    pub fn check(&self) -> Result<()> {
        let range = |name: &str, value: u32, least: u32, most: u32| {
            ensure!(
                (least..=most).contains(&value),
                "SDRAM timing: {name} = {value}; {least}..={most} are possible"
            );
            Ok(())
        };
        range("column_bits", self.column_bits, 9, 10)?;
        range("cas_latency", self.cas_latency, 2, 3)?;
        range("power_up", self.power_up, 1, 1 << 16)?;
        range("power_up_refreshes", self.power_up_refreshes, 1, 15)?;
        range("t_rcd", self.t_rcd, 2, 32)?;
        range("t_wr", self.t_wr, 1, 31)?;
        for (name, value) in [
            ("t_rp", self.t_rp),
            ("t_ras", self.t_ras),
            ("t_rc", self.t_rc),
            ("t_rfc", self.t_rfc),
            ("t_rrd", self.t_rrd),
            ("t_mrd", self.t_mrd),
            ("read_to_write", self.read_to_write),
        ] {
            range(name, value, 1, 32)?;
        }
        range("t_refi", self.t_refi, 64, 1 << 16)?;
        range("capture", self.capture, 0, 3)
    }
}

/// What the model of time needs of it.
impl From<SdramTiming> for ef_time::SdramTiming {
    fn from(timing: SdramTiming) -> Self {
        ef_time::SdramTiming {
            column_bits: timing.column_bits,
            cas_latency: timing.cas_latency,
            t_rcd: timing.t_rcd,
            t_rp: timing.t_rp,
            t_ras: timing.t_ras,
            t_rc: timing.t_rc,
            t_rfc: timing.t_rfc,
            t_rrd: timing.t_rrd,
            t_wr: timing.t_wr,
            t_refi: timing.t_refi,
            read_to_write: timing.read_to_write,
            capture: timing.capture,
        }
    }
}

/// Nanoseconds in cycles, exact to the picosecond.
fn cycles(ns: f64, clock_hz: u64, divide: impl Fn(u128, u128) -> u128) -> u32 {
    let ps = (ns * 1e3).round() as u128;
    divide(ps * u128::from(clock_hz), 1_000_000_000_000).try_into().unwrap_or(u32::MAX)
}
