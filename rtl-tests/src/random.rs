//! The random source of every test, and what tests draw from it.

use ef_hdl_kit::rand::{Rng, SeedableRng};
use proptest::prelude::{ProptestConfig, Strategy};
use proptest::test_runner::{RngAlgorithm, TestCaseError, TestRng, TestRunner};
pub use rand_chacha::ChaCha8Rng as Random;

/// The source of a seed.
pub fn seeded(seed: u64) -> Random {
    Random::seed_from_u64(seed)
}

/// Runs `test` on values of `strategy`, the same ones every time, and shrinks one that fails.
///
/// # Panics
/// With the smallest value that fails.
pub fn cases<S: Strategy>(
    seed: u8,
    cases: u32,
    strategy: &S,
    test: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let source = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    if let Err(failure) = TestRunner::new_with_rng(config, source).run(strategy, test) {
        panic!("{failure}");
    }
}

/// Zeros, denormals, extremes, ones, ties, and field 255, which is an ordinary binade here.
pub const SPECIAL: [u32; 20] = [
    0x0000_0000,
    0x8000_0000,
    0x0000_0001,
    0x807f_ffff,
    0x0080_0000,
    0x8080_0000,
    0x00ff_ffff,
    0x3f80_0000,
    0xbf80_0000,
    0x3f7f_ffff,
    0x3f80_0001,
    0x7f00_0000,
    0x7f7f_ffff,
    0xff7f_ffff,
    0x7f80_0000,
    0xff80_0000,
    0x7fff_ffff,
    0xffff_ffff,
    0x4b80_0000,
    0x3380_0000,
];

/// What tests draw; [`drive!`](crate::drive) names these functions.
pub trait Chance: Rng {
    /// Any 64 bits.
    fn any(&mut self) -> u64 {
        self.random()
    }

    /// A number below `n`.
    fn below(&mut self, n: u64) -> u64 {
        self.random_range(0..n)
    }

    /// True once in `n` draws.
    fn one_in(&mut self, n: u32) -> bool {
        self.random_range(0..n) == 0
    }

    /// False once in `n` draws.
    fn not_one_in(&mut self, n: u32) -> bool {
        !self.one_in(n)
    }

    /// A number below `n` mostly, sometimes any of 16 bits: loop counts and strides.
    fn count(&mut self, n: u64) -> u64 {
        if self.one_in(20) { self.below(1 << 16) } else { self.below(n) }
    }

    /// An FP32 word whose exponent field is within `spread` of `middle`.
    fn near(&mut self, middle: u32, spread: u32) -> u32 {
        let field = (middle + self.random_range(0..=2 * spread)).saturating_sub(spread).min(255);
        self.random::<u32>() & 0x807f_ffff | field << 23
    }

    /// An FP32 word of a network, or now and then a zero: sums and products of such words stay finite.
    fn tame(&mut self) -> u32 {
        if self.one_in(16) { 0 } else { self.near(127, 8) }
    }

    /// Any bits, often a special word, one close to 1, or one with a short or a long significand (ties,
    /// exact results).
    fn word(&mut self) -> u32 {
        match self.random_range(0..8) {
            0 => SPECIAL[self.random_range(0..SPECIAL.len())],
            1 => 0x3f80_0000 + self.random_range(0..4u32),
            2 => self.random::<u32>() & 0xfff8_0000,
            3 => self.random::<u32>() | 0x007f_fff0,
            _ => self.random(),
        }
    }
}

impl<R: Rng + ?Sized> Chance for R {}
