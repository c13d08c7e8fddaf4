//! What is behind the memory port.

/// The memory of a prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Memory {
    /// Back end `rtl`.
    Burst(BurstMemory),
    /// A 16-bit SDRAM behind the project's controller: back ends `chip` and `board`.
    Sdram(SdramTiming),
}

/// A memory that moves a word every few cycles and loses some between bursts, `DramSettings` of `ef-sim`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BurstMemory {
    /// Cycles per 32-bit word, at least 1.
    pub cycles_per_word: u32,
    /// From a burst's command to its first word.
    pub latency: u32,
    /// Lost between two bursts.
    pub restart: u32,
}

/// The SDRAM controller's times in cycles of the core's clock: those of `ef_soc::sdram::SdramTiming` that traffic meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SdramTiming {
    /// log2 of the 16-bit columns of a row; a page is half as many words.
    pub column_bits: u32,
    /// CAS latency.
    pub cas_latency: u32,
    /// ACTIVATE to READ or WRITE.
    pub t_rcd: u32,
    /// PRECHARGE to ACTIVATE or REFRESH.
    pub t_rp: u32,
    /// ACTIVATE to PRECHARGE.
    pub t_ras: u32,
    /// ACTIVATE to ACTIVATE, same bank.
    pub t_rc: u32,
    /// REFRESH to ACTIVATE.
    pub t_rfc: u32,
    /// ACTIVATE to ACTIVATE, different banks.
    pub t_rrd: u32,
    /// Last written halfword to PRECHARGE.
    pub t_wr: u32,
    /// Cycles per REFRESH.
    pub t_refi: u32,
    /// READ to WRITE.
    pub read_to_write: u32,
    /// Cycles by which a word is caught later than CAS latency says.
    pub capture: u32,
}
