//! Small networks drawn by seed: what tests and measurements run on the RTL.

use crate::Network;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// A network and the images of a step.
pub struct Drawn {
    /// At most three convolutions and a fully connected layer.
    pub network: Network,
    /// 1 to 4 images.
    pub batch: usize,
}

/// One to three convolutions and a fully connected layer: channels that are no multiple of the lanes, maps of unequal sides, even
/// kernels, strides on the images, pooling and ReLU or not.
pub fn network(seed: u64, number: u64) -> Drawn {
    let mut rng = StdRng::seed_from_u64(seed << 32 | number);
    let (mut rows, mut cols) = (rng.random_range(5..=14), rng.random_range(5..=14));
    let mut text = format!(
        "name = \"drawn-{number}\"\n[input]\nchannels = {}\nrows = {rows}\ncolumns = {cols}\n",
        rng.random_range(1..=4)
    );
    for layer in 0..rng.random_range(1..=3) {
        let kernel = rng.random_range(1..=5).min(rows).min(cols);
        let padding = rng.random_range(0..kernel);
        let stride = if layer == 0 { rng.random_range(1..=2) } else { 1 };
        let length = |n: usize| (n + 2 * padding - kernel) / stride + 1;
        (rows, cols) = (length(rows), length(cols));
        let outputs = rng.random_range(1..=20);
        text += &format!(
            "[[layer]]\nkind = \"conv\"\noutputs = {outputs}\nkernel = {kernel}\npadding = {padding}\nstride = {stride}\n"
        );
        if rng.random() {
            text += "[[layer]]\nkind = \"relu\"\n";
        }
        if rows > 1 && cols > 1 && rng.random() {
            (rows, cols) = (rows / 2, cols / 2);
            text += "[[layer]]\nkind = \"max_pool\"\n";
        }
    }
    text += &format!("[[layer]]\nkind = \"fc\"\noutputs = {}\n", rng.random_range(2..=12));
    let network = Network::from_toml(&text).expect("every drawn network is one");
    Drawn { network, batch: rng.random_range(1..=4) }
}
