//! The recipes, a file each.

pub mod activation;
mod adam;
pub mod by_channel;
mod gradient;
mod sgd;
mod softmax;
#[cfg(test)]
mod tests;

pub use adam::{Decay, adam_mean, adam_weights};
pub use gradient::Gradient;
pub use sgd::{nesterov, sgd};
pub use softmax::{
    smoothed_exponentials, smoothed_gradient, softmax_exponentials, softmax_gradient, softmax_greatest,
    softmax_loss,
};
