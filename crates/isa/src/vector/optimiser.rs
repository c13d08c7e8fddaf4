//! [`Optimiser`]: how weights follow from gradients.

use super::recipes::{Decay, Gradient, adam_mean, adam_weights, nesterov, sgd};
use super::{Recipe, Settings};
use crate::regs::Hyperparameters;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// An optimiser. Tensor 0 is a layer's weights and biases, tensors 1 and on are what the optimiser keeps for them, each as large as they.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Optimiser {
    /// Stochastic gradient descent with momentum and weight decay.
    #[default]
    Sgd,
    /// The same with Nesterov's momentum.
    Nesterov,
    /// Adam; weight decay is part of the gradient.
    Adam,
    /// Adam with decoupled weight decay.
    AdamW,
}

/// What a person sets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    /// Of this step.
    pub learning_rate: f64,
    /// Share of its velocity, or of its mean (beta1), that a weight keeps.
    pub momentum: f64,
    /// Adam: share of its square that a weight keeps, beta2.
    pub beta2: f64,
    /// Adam: what is added to the root of a square.
    pub epsilon: f64,
    /// Share of a weight that is added to its gradient (AdamW: times the learning rate, taken from the weight).
    pub weight_decay: f64,
}

/// One walk over a piece of the parameters: A, B and D are the old words of tensors 0, 1 and 2.
pub struct Pass {
    /// What is done with each.
    pub recipe: Recipe,
    /// The tensors that leave as X and as Y.
    pub leave: &'static [usize],
}

impl Optimiser {
    /// All of them.
    pub const ALL: [Optimiser; 4] = [Optimiser::Sgd, Optimiser::Nesterov, Optimiser::Adam, Optimiser::AdamW];

    /// Its name, as in files and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Optimiser::Sgd => "sgd",
            Optimiser::Nesterov => "nesterov",
            Optimiser::Adam => "adam",
            Optimiser::AdamW => "adamw",
        }
    }

    /// What it keeps for each weight: names of tensors 1 and on.
    pub const fn state(self) -> &'static [&'static str] {
        match self {
            Optimiser::Sgd | Optimiser::Nesterov => &["velocity"],
            Optimiser::Adam | Optimiser::AdamW => &["mean", "square"],
        }
    }

    /// Whether the gradients of a batch can be added up in the state, pass after pass: a batch may then be larger than what fits on chip and in
    /// DRAM.
    pub const fn adds_up(self) -> bool {
        matches!(self, Optimiser::Sgd)
    }

    /// What an update does with gradients from there.
    pub fn passes(self, from: Gradient) -> Vec<Pass> {
        let adam = |decay| {
            vec![
                Pass { recipe: adam_weights(decay, from), leave: &[0, 2] },
                Pass { recipe: adam_mean(decay, from), leave: &[1] },
            ]
        };
        match self {
            Optimiser::Sgd => vec![Pass { recipe: sgd(from), leave: &[0, 1] }],
            Optimiser::Nesterov => vec![Pass { recipe: nesterov(from), leave: &[0, 1] }],
            Optimiser::Adam => adam(Decay::Gradient),
            Optimiser::AdamW => adam(Decay::Weight),
        }
    }

    /// What the recipes are told in step `step` (from 1), but for `inv_batch`.
    ///
    /// Adam's bias corrections `c1 = 1 - beta1^step` and `c2 = 1 - beta2^step`: `lr / c1 * m' / (sqrt(s' / c2) + epsilon)` is
    /// `lr*sqrt(c2)/c1 * m' / (sqrt(s') + epsilon*sqrt(c2))`. Only sums, products, quotients and roots of doubles: the same bits on every
    /// machine.
    pub fn given(self, rates: &Rates, step: u64) -> (Hyperparameters<f32>, Settings<f32>) {
        let &Rates { learning_rate, momentum, beta2, epsilon, weight_decay } = rates;
        let (c1, root) = (1.0 - power(momentum, step), (1.0 - power(beta2, step)).sqrt());
        let plain = Hyperparameters { learning_rate, momentum, weight_decay, inv_batch: 0.0 };
        let adam =
            Hyperparameters { learning_rate: learning_rate * root / c1, momentum: 1.0 - momentum, ..plain };
        let settings = Settings { square_rate: 1.0 - beta2, epsilon: epsilon * root };
        let (registers, settings) = match self {
            Optimiser::Sgd | Optimiser::Nesterov => (plain, Settings::default()),
            Optimiser::Adam => (adam, settings),
            Optimiser::AdamW => {
                (Hyperparameters { weight_decay: learning_rate * weight_decay, ..adam }, settings)
            }
        };
        (registers.map(|value| value as f32), settings.map(|value| value as f32))
    }
}

/// `base^exponent` by squaring.
fn power(mut base: f64, mut exponent: u64) -> f64 {
    let mut result = 1.0;
    while exponent > 0 {
        if exponent % 2 == 1 {
            result *= base;
        }
        base *= base;
        exponent /= 2;
    }
    result
}

impl fmt::Display for Optimiser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Optimiser {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = Optimiser::ALL.map(Optimiser::name);
        let found = Optimiser::ALL.into_iter().find(|optimiser| optimiser.name() == name);
        found.ok_or_else(|| format!("there is no optimiser {name}; {} are possible", known.join(", ")))
    }
}
