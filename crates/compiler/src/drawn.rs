//! Small networks drawn by seed: what tests and measurements run on the RTL.

use crate::{Axis, Network};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// A network and the images of a step.
pub struct Drawn {
    /// At most three convolutions and a fully connected layer.
    pub network: Network,
    /// 1 to 4 images.
    pub batch: usize,
}

/// One to three convolutions and a fully connected layer: channels that are no multiple of the lanes, maps of unequal sides, kernels that are not
/// square, paddings that differ from side to side, dilation, strides, residual connections, branches, batch normalisation, depthwise
/// convolutions, poolings, ReLU and biases or not.
pub fn network(seed: u64, number: u64) -> Drawn {
    let mut rng = StdRng::seed_from_u64(seed << 32 | number);
    let mut by_channel = StdRng::seed_from_u64(seed << 32 | number | 1 << 31);
    let (mut rows, mut cols) = (rng.random_range(5..=14), rng.random_range(5..=14));
    let mut text = format!(
        "name = \"drawn-{number}\"\n[input]\nchannels = {}\nrows = {rows}\ncolumns = {cols}\n",
        rng.random_range(1..=4)
    );
    let mut before = None;
    // of the last map
    let (mut name, mut convolutions, mut norms) = (String::new(), 0, 0);
    for layer in 0..rng.random_range(1..=3) {
        // the map before it has its shape: a residual connection
        if let Some(channels) = before.filter(|_| rng.random_ratio(1, 3)) {
            let kernel = [1, 3][rng.random_range(0..2)];
            text += &format!(
                "[[layer]]\nkind = \"conv\"\noutputs = {channels}\nkernel = {kernel}\npadding = {}\n\
                 [[layer]]\nkind = \"add\"\nfrom = \"{name}\"\n[[layer]]\nkind = \"relu\"\n",
                kernel / 2
            );
            convolutions += 1;
            name = format!("conv{convolutions}");
            continue;
        }
        // a block with a branch beside it
        if !name.is_empty() && by_channel.random_ratio(1, 4) {
            let (stride, outputs) = (by_channel.random_range(1..=2), by_channel.random_range(1..=20));
            text += &format!(
                "[[layer]]\nkind = \"conv\"\noutputs = {outputs}\nkernel = 3\npadding = 1\nstride = {stride}\n\
                 [[layer]]\nkind = \"conv\"\noutputs = {outputs}\nkernel = 1\nstride = {stride}\ninput = \"{name}\"\n\
                 [[layer]]\nkind = \"add\"\nfrom = \"conv{}\"\n[[layer]]\nkind = \"relu\"\n",
                convolutions + 1
            );
            convolutions += 2;
            name = format!("conv{convolutions}");
            (rows, cols) = ((rows - 1) / stride + 1, (cols - 1) / stride + 1);
            before = Some(outputs);
            continue;
        }
        let mut axis = |length: usize| {
            let kernel = rng.random_range(1..=5).min(length);
            let dilation = if layer > 0 && kernel > 1 {
                rng.random_range(1..=2).min((length - 1) / (kernel - 1))
            } else {
                1
            };
            let bare = Axis { kernel, dilation, ..Axis::POINT };
            let padding = (rng.random_range(0..bare.extent()), rng.random_range(0..bare.extent()));
            let stride = match layer {
                0 => rng.random_range(1..=2),
                _ if by_channel.random_ratio(1, 4) => 2,
                _ => 1,
            };
            Axis { padding, stride, ..bare }
        };
        let (down, across) = (axis(rows), axis(cols));
        (rows, cols) = (down.outputs(rows), across.outputs(cols));
        let (outputs, bias) = (rng.random_range(1..=20), rng.random_ratio(3, 4));
        before = Some(outputs);
        text += &format!(
            "[[layer]]\nkind = \"conv\"\noutputs = {outputs}\nbias = {bias}\nkernel = [{}, {}]\nstride = [{}, {}]\ndilation = [{}, {}]\n\
             padding = [{}, {}, {}, {}]\n",
            down.kernel,
            across.kernel,
            down.stride,
            across.stride,
            down.dilation,
            across.dilation,
            down.padding.0,
            down.padding.1,
            across.padding.0,
            across.padding.1
        );
        convolutions += 1;
        name = format!("conv{convolutions}");
        if by_channel.random_ratio(1, 4) && rows * cols > 1 {
            text += "[[layer]]\nkind = \"batch_norm\"\n";
            norms += 1;
            name = format!("bn{norms}");
        }
        if rng.random() {
            text += "[[layer]]\nkind = \"relu\"\n";
        }
        let plain = layer == 0 || (down.stride, across.stride) == (1, 1);
        if rows > 1 && cols > 1 && rng.random() && plain {
            (rows, cols) = (rows / 2, cols / 2);
            text += "[[layer]]\nkind = \"max_pool\"\n";
        }
        if outputs > 1 && by_channel.random_ratio(1, 4) {
            text += &format!(
                "[[layer]]\nkind = \"conv\"\noutputs = {outputs}\ngroups = {outputs}\nkernel = 3\npadding = 1\n[[layer]]\nkind = \"relu\"\n"
            );
            convolutions += 1;
            name = format!("conv{convolutions}");
        }
    }
    if by_channel.random_ratio(1, 4) {
        let half = |length: usize| if length.is_multiple_of(2) { 2 } else { 1 };
        text += &format!("[[layer]]\nkind = \"average_pool\"\nkernel = [{}, {}]\n", half(rows), half(cols));
    }
    if by_channel.random_ratio(1, 4) {
        text += "[[layer]]\nkind = \"global_average_pool\"\n";
    }
    text += &format!("[[layer]]\nkind = \"fc\"\noutputs = {}\n", rng.random_range(2..=12));
    let network = Network::from_toml(&text).expect("every drawn network is one");
    Drawn { network, batch: rng.random_range(1..=4) }
}
