//! [`Settings`] and [`Smoothing`]: what the host tells recipes that is no register.

use super::Constant;
use crate::regs::HYPERPARAMETERS;

/// What the host tells the recipes of a step beside the [registers](crate::regs::HYPERPARAMETERS): constants of the tables, which every run loads
/// anew from DRAM.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings<V> {
    /// Adam: share of a square that is new, 1 - beta2.
    pub square_rate: V,
    /// Adam: what is added to the root of a square, times the root of the square's bias correction.
    pub epsilon: V,
}

impl<V> Settings<V> {
    /// Another value for each.
    pub fn map<W>(self, to: impl Fn(V) -> W) -> Settings<W> {
        Settings { square_rate: to(self.square_rate), epsilon: to(self.epsilon) }
    }
}

impl Settings<Constant> {
    /// As operands of a recipe.
    pub const fn constants() -> Self {
        let at = HYPERPARAMETERS.len();
        Settings { square_rate: Constant::Given(at), epsilon: Constant::Given(at + 1) }
    }
}

impl Settings<f32> {
    /// How many there are.
    pub const COUNT: usize = 2;
    /// The word of the tables at which they begin.
    pub const AT: u32 = HYPERPARAMETERS.len() as u32;

    /// The words, as they lie in the tables.
    pub fn words(&self) -> [u32; Self::COUNT] {
        [self.square_rate, self.epsilon].map(f32::to_bits)
    }
}

/// Label smoothing s over K classes: constants of the tables too, the same for all steps of a network.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Smoothing<V> {
    /// What of a label counts, 1 - s.
    pub kept: V,
    /// What every class has, s / K.
    pub share: V,
}

impl Smoothing<Constant> {
    /// As operands of a recipe.
    pub const fn constants() -> Self {
        let at = HYPERPARAMETERS.len() + Settings::COUNT;
        Smoothing { kept: Constant::Given(at), share: Constant::Given(at + 1) }
    }
}

impl Smoothing<f32> {
    /// How many there are.
    pub const COUNT: usize = 2;
    /// The word of the tables at which they begin.
    pub const AT: u32 = Settings::AT + Settings::COUNT as u32;

    /// Smoothing `s` over `classes`.
    pub fn new(s: f32, classes: usize) -> Self {
        Smoothing { kept: 1.0 - s, share: s / classes as f32 }
    }

    /// The words, as they lie in the tables.
    pub fn words(&self) -> [u32; Self::COUNT] {
        [self.kept, self.share].map(f32::to_bits)
    }
}

/// Constants that the host gives: the registers, the settings, the smoothing.
pub const GIVEN: usize = HYPERPARAMETERS.len() + Settings::COUNT + Smoothing::COUNT;
