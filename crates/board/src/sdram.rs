//! [`SdramPart`]: what a data sheet says about an SDR SDRAM.
use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use std::path::Path;

/// A single data rate SDRAM in the terms of its data sheet: one TOML in `boards/sdram/`.
///
/// Nothing here knows about a clock: what a nanosecond is in cycles is up to whoever has one. A minimum given both in nanoseconds and in
/// clocks is the longer of the two.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SdramPart {
    /// Part number with its speed grade.
    pub name: String,
    /// Log2 of the 16-bit columns of a row: 9 or 10.
    pub column_bits: u32,
    /// Log2 of the rows of a bank: 13.
    pub row_bits: u32,
    /// Banks: 4.
    pub banks: u32,
    /// CAS latency to use: 2 or 3.
    pub cas_latency: u32,
    /// Fastest clock at that CAS latency.
    pub clock_mhz_max: f64,
    /// ACTIVATE to READ or WRITE, same bank.
    pub t_rcd_ns: f64,
    /// PRECHARGE to ACTIVATE or REFRESH.
    pub t_rp_ns: f64,
    /// ACTIVATE to PRECHARGE, same bank, shortest.
    pub t_ras_ns: f64,
    /// ACTIVATE to PRECHARGE, same bank, longest.
    pub t_ras_max_us: f64,
    /// ACTIVATE to ACTIVATE, same bank.
    pub t_rc_ns: f64,
    /// AUTO REFRESH to ACTIVATE or AUTO REFRESH (tRC in some data sheets).
    pub t_rfc_ns: f64,
    /// ACTIVATE to ACTIVATE, different banks.
    pub t_rrd_ns: f64,
    /// The same in clocks.
    pub t_rrd_clocks: u32,
    /// Last written data to PRECHARGE (also tDPL, tRDL).
    pub t_wr_ns: f64,
    /// The same in clocks.
    pub t_wr_clocks: u32,
    /// LOAD MODE REGISTER to any command (also tRSC, tMRD).
    pub t_mrd_clocks: u32,
    /// Within this time every row is refreshed.
    pub refresh_ms: f64,
    /// AUTO REFRESH commands in that time.
    pub refresh_rows: u32,
    /// Stable clock and power to the first command.
    pub power_up_us: f64,
    /// AUTO REFRESH commands of the power-up sequence.
    pub power_up_refreshes: u32,
}

impl SdramPart {
    /// The part that a TOML file describes.
    ///
    /// # Errors
    /// If the file cannot be read or describes no part that the controller can drive.
    pub fn read(path: &Path) -> Result<SdramPart> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read the SDRAM part {}", path.display()))?;
        SdramPart::parse(&text).with_context(|| format!("in {}", path.display()))
    }

    /// The part that the text of a TOML file describes.
    ///
    /// # Errors
    /// If it describes no part that the controller can drive.
    pub fn parse(text: &str) -> Result<SdramPart> {
        let part: SdramPart = ef_toml::parse(text)?;
        part.check_times()?;
        let SdramPart { column_bits, row_bits, banks, cas_latency, .. } = part;
        ensure!(matches!(column_bits, 9 | 10), "column_bits = {column_bits}: 9 and 10 are possible");
        ensure!(row_bits == 13, "row_bits = {row_bits}: 13 is possible");
        ensure!(banks == 4, "banks = {banks}: 4 is possible");
        ensure!(matches!(cas_latency, 2 | 3), "cas_latency = {cas_latency}: 2 and 3 are possible");
        Ok(part)
    }

    /// Refuses what no clock can count: times that are negative or absurdly long, and no refreshes.
    fn check_times(&self) -> Result<()> {
        let most = 1e6;
        for (key, value) in [
            ("clock_mhz_max", self.clock_mhz_max),
            ("t_rcd_ns", self.t_rcd_ns),
            ("t_rp_ns", self.t_rp_ns),
            ("t_ras_ns", self.t_ras_ns),
            ("t_ras_max_us", self.t_ras_max_us),
            ("t_rc_ns", self.t_rc_ns),
            ("t_rfc_ns", self.t_rfc_ns),
            ("t_rrd_ns", self.t_rrd_ns),
            ("t_wr_ns", self.t_wr_ns),
            ("refresh_ms", self.refresh_ms),
            ("power_up_us", self.power_up_us),
        ] {
            ensure!((0.0..=most).contains(&value), "{key} = {value}: 0 to {most} is possible");
        }
        ensure!(self.refresh_rows > 0, "refresh_rows = 0: 1 or more is possible");
        Ok(())
    }

    /// Bytes it holds.
    pub fn bytes(&self) -> u64 {
        (2 * u64::from(self.banks)) << (self.column_bits + self.row_bits)
    }
}
