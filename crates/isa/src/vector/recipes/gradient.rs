//! [`Gradient`]: the gradient that an optimiser's recipe takes.

use super::by_channel;
use crate::vector::{Recipe, Source, Value};

/// Where the gradient of a parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gradient {
    /// A partial sum.
    Sum,
    /// An accumulator of its channel: that of a scale or shift of batch normalisation ([`by_channel::gradient`]).
    Channel,
}

impl Gradient {
    /// Both.
    pub const ALL: [Gradient; 2] = [Gradient::Sum, Gradient::Channel];

    /// The gradient of an element.
    pub fn load(self, r: &mut Recipe) -> Value {
        match self {
            Gradient::Sum => r.load(Source::Psum),
            Gradient::Channel => by_channel::gradient(r),
        }
    }
}
