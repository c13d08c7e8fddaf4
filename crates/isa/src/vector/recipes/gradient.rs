//! [`Gradient`]: the gradient that an optimiser's recipe takes.

use super::by_channel;
use crate::vector::{Recipe, Source, Value};

/// Where the gradient of a parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gradient {
    /// The partial sum.
    Sum,
    /// The partial sum by the deviation of the channel ([`by_channel::hold`]): that of a scale of batch normalisation, whose WU sums centred words.
    ByDeviation,
}

impl Gradient {
    /// Both.
    pub const ALL: [Gradient; 2] = [Gradient::Sum, Gradient::ByDeviation];

    /// The gradient of an element.
    pub fn load(self, r: &mut Recipe) -> Value {
        let sum = r.load(Source::Psum);
        match self {
            Gradient::Sum => sum,
            Gradient::ByDeviation => {
                let inverse = by_channel::inverse(r);
                r.mul(sum, inverse)
            }
        }
    }
}
