//! The SDRAM chip's model in C++, for simulations: its source, and what it is built from.
use ef_board::SdramPart;

/// The model: a header without any dependency, see its first lines. `#pragma once` is left out, so that it can be pasted.
pub fn source() -> String {
    include_str!("../../cpp/sdram_chip.h").replace("#pragma once\n", "")
}

/// `SdramSettings` of the header: times of the data sheet, not the controller's cycles.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ChipModelSettings {
    clock_hz: u64,
    ps: [u64; 11],
    counts: [u32; 8],
}

impl ChipModelSettings {
    /// A part at a clock.
    pub fn new(part: &SdramPart, clock_hz: u64) -> Self {
        let ps = |ns: f64| (ns * 1e3).round() as u64;
        ChipModelSettings {
            clock_hz,
            ps: [
                ps(1e3 / part.clock_mhz_max),
                ps(part.t_rcd_ns),
                ps(part.t_rp_ns),
                ps(part.t_ras_ns),
                ps(part.t_ras_max_us * 1e3),
                ps(part.t_rc_ns),
                ps(part.t_rfc_ns),
                ps(part.t_rrd_ns),
                ps(part.t_wr_ns),
                ps(part.refresh_ms * 1e6),
                ps(part.power_up_us * 1e3),
            ],
            counts: [
                part.t_rrd_clocks,
                part.t_wr_clocks,
                part.t_mrd_clocks,
                part.refresh_rows,
                part.power_up_refreshes,
                part.column_bits,
                part.row_bits,
                part.cas_latency,
            ],
        }
    }
}
