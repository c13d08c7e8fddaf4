//! Named configurations: how many lanes, how deep the buffers.

use serde::Serialize;

/// Parameters of one accelerator. Depths are powers of two, given as address widths (`*_aw`).
///
/// Tm = Tn = `lanes`: a map stored by groups of T channels is what every phase reads and writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Config {
    /// Name used on the command line.
    pub name: &'static str,
    /// T = Tm = Tn: 2, 4 or 8.
    pub lanes: usize,
    /// Feature buffer: 2^aw vectors of T words.
    pub feature_aw: usize,
    /// Loss buffer: 2^aw vectors of T words.
    pub loss_aw: usize,
    /// Weight buffer: 2^aw vectors of T words.
    pub weight_aw: usize,
    /// Partial sums: 2^aw vectors of T words.
    pub psum_aw: usize,
    /// Operand buffer (weights, what the optimiser keeps, labels: words for the vector unit): 2^aw words.
    pub operand_aw: usize,
    /// Scratch for raw images before tap gathering: 2^aw words.
    pub scratch_aw: usize,
    /// Code RAMs (ReLU masks, pool indices), one in the load and one in the store engine: 2^aw words.
    pub code_aw: usize,
    /// Buffer of the program, which lies in DRAM: 2^aw instructions of 64 bits, aw at least 7.
    pub fetch_aw: usize,
}

macro_rules! configurations {
    ($d:tt $($(#[$doc:meta])* $constant:ident = $config:expr;)*) => {
        $($(#[$doc])* pub const $constant: Config = $config;)*

        /// Every named configuration.
        pub const ALL: [&Config; [$(&$constant),*].len()] = [$(&$constant),*];

        /// Expands `macro! { given SIM_2X2 SIM_4X4 ... }` with the constant of every named configuration.
        ///
        /// ```
        /// macro_rules! count {
        ///     (() $($constant:ident)*) => { [$(ef_isa::config::$constant.lanes),*].len() };
        /// }
        /// assert_eq!(ef_isa::for_each_configuration!([count] ()), ef_isa::config::ALL.len());
        /// ```
        #[macro_export]
        macro_rules! for_each_configuration {
            ([$d($d callback:tt)*] $d given:tt) => { $d($d callback)*! { $d given $($constant)* } };
        }
    };
}

configurations! { $
    /// 2 x 2 lanes, small buffers: quick tests.
    SIM_2X2 = Config {
        name: "sim-2x2",
        lanes: 2,
        feature_aw: 10,
        loss_aw: 10,
        weight_aw: 10,
        psum_aw: 9,
        operand_aw: 9,
        scratch_aw: 10,
        code_aw: 8,
        fetch_aw: 7,
    };

    /// 4 x 4 lanes: quick tests.
    SIM_4X4 = Config { name: "sim-4x4", lanes: 4, ..SIM_2X2 };

    /// 2 x 2 lanes, FP32: what an LFE5U-25F or -12F holds.
    FP32_2X2 = Config {
        name: "fp32-2x2",
        lanes: 2,
        loss_aw: 10,
        weight_aw: 10,
        operand_aw: 9,
        scratch_aw: 10,
        ..FP32_4X4
    };

    /// 4 x 4 lanes, FP32: what an LFE5U-45F holds.
    FP32_4X4 = Config { name: "fp32-4x4", lanes: 4, fetch_aw: 9, ..FP32_8X8 };

    /// 8 x 8 lanes, FP32: the configuration that counts (LFE5U-85F).
    FP32_8X8 = Config {
        name: "fp32-8x8",
        lanes: 8,
        feature_aw: 11,
        loss_aw: 11,
        weight_aw: 11,
        psum_aw: 11,
        operand_aw: 11,
        scratch_aw: 11,
        code_aw: 9,
        fetch_aw: 10,
    };
}

/// There is no configuration of a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no configuration `{0}`; there are {names}", names = names())]
pub struct UnknownConfig(pub String);

/// The names of all configurations, for a person.
fn names() -> String {
    ALL.map(|config| config.name).join(", ")
}

impl Config {
    /// The configuration of that name.
    ///
    /// # Errors
    /// If there is none: says which there are.
    pub fn named(name: &str) -> Result<&'static Config, UnknownConfig> {
        ALL.into_iter().find(|c| c.name == name).ok_or_else(|| UnknownConfig(name.into()))
    }

    /// The configuration whose accelerator answers so in LANES, DEPTHS0 and DEPTHS1.
    pub fn identified(lanes: u32, depths: [u32; 2]) -> Option<&'static Config> {
        ALL.into_iter().find(|c| (c.lanes as u32, c.depths()) == (lanes, depths))
    }

    /// The values of DEPTHS0 and DEPTHS1.
    pub const fn depths(&self) -> [u32; 2] {
        const fn pack(a: usize, b: usize, c: usize, d: usize) -> u32 {
            (a | b << 8 | c << 16 | d << 24) as u32
        }
        [
            pack(self.feature_aw, self.loss_aw, self.weight_aw, self.psum_aw),
            pack(self.operand_aw, self.scratch_aw, self.code_aw, self.fetch_aw),
        ]
    }

    /// Hand-over RAM: 2^aw words, half of what the feature buffer has.
    pub const fn handover_aw(&self) -> usize {
        self.feature_aw + self.lanes_log2() - 1
    }

    /// log2 of the number of lanes.
    pub const fn lanes_log2(&self) -> usize {
        self.lanes.ilog2() as usize
    }
}

#[cfg(test)]
mod tests {
    use super::{ALL, Config};

    #[test]
    fn a_configuration_is_known_by_its_registers() {
        for config in ALL {
            assert_eq!(Config::identified(config.lanes as u32, config.depths()), Some(config));
        }
        assert_eq!(Config::identified(3, ALL[0].depths()), None);
    }
}
