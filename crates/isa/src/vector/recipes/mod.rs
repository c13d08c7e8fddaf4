//! The recipes, a file each.

mod sgd;
mod softmax;
#[cfg(test)]
mod tests;

pub use sgd::sgd;
pub use softmax::{softmax_exponentials, softmax_gradient, softmax_greatest, softmax_loss};
