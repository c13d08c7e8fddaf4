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
    let by_channel = StdRng::seed_from_u64(seed << 32 | number | 1 << 31);
    let (rows, cols) = (rng.random_range(5..=14), rng.random_range(5..=14));
    let text = format!(
        "name = \"drawn-{number}\"\n[input]\nchannels = {}\nrows = {rows}\ncolumns = {cols}\n",
        rng.random_range(1..=4)
    );
    let named = (String::new(), 0, 0);
    let mut sketch = Sketch { rng, by_channel, text, rows, cols, channels: None, named };
    for layer in 0..sketch.rng.random_range(1..=3) {
        // the map before it has its shape: a residual connection
        if let Some(channels) = sketch.channels.filter(|_| sketch.rng.random_ratio(1, 3)) {
            sketch.residual(channels);
        } else if sketch.channels.is_some() && sketch.by_channel.random_ratio(1, 4) {
            sketch.branch();
        } else {
            sketch.convolution(layer);
        }
    }
    sketch.end();
    let network = Network::from_toml(&sketch.text).expect("every drawn network is one");
    Drawn { network, batch: sketch.rng.random_range(1..=4) }
}

/// A description that is being drawn.
struct Sketch {
    rng: StdRng,
    /// Of what came later: networks of earlier seeds keep the rest.
    by_channel: StdRng,
    text: String,
    /// The last map.
    rows: usize,
    cols: usize,
    channels: Option<usize>,
    /// Name of the last map, convolutions and batch normalisations so far.
    named: (String, usize, usize),
}

impl Sketch {
    /// Adds a layer with these keys.
    fn layer(&mut self, kind: &str, keys: &str) {
        self.text += &format!("[[layer]]\nkind = \"{kind}\"\n{keys}");
        let (name, convolutions, norms) = &mut self.named;
        match kind {
            "conv" => {
                *convolutions += 1;
                *name = format!("conv{convolutions}");
            }
            "batch_norm" => {
                *norms += 1;
                *name = format!("bn{norms}");
            }
            _ => {}
        }
    }

    /// A convolution to which the map before it is added.
    fn residual(&mut self, channels: usize) {
        let (kernel, before) = ([1, 3][self.rng.random_range(0..2)], self.named.0.clone());
        self.layer("conv", &format!("outputs = {channels}\nkernel = {kernel}\npadding = {}\n", kernel / 2));
        self.layer("add", &format!("from = \"{before}\"\n"));
        self.layer("relu", "");
    }

    /// Two ways from the map before, one of them 1 x 1.
    fn branch(&mut self) {
        let (stride, outputs) = (self.by_channel.random_range(1..=2), self.by_channel.random_range(1..=20));
        let before = self.named.0.clone();
        self.layer("conv", &format!("outputs = {outputs}\nkernel = 3\npadding = 1\nstride = {stride}\n"));
        let main = self.named.0.clone();
        let keys = format!("outputs = {outputs}\nkernel = 1\nstride = {stride}\ninput = \"{before}\"\n");
        self.layer("conv", &keys);
        self.layer("add", &format!("from = \"{main}\"\n"));
        self.layer("relu", "");
        (self.rows, self.cols) = ((self.rows - 1) / stride + 1, (self.cols - 1) / stride + 1);
        self.channels = Some(outputs);
    }

    /// How the kernel of convolution `layer` lies on the map along one axis.
    fn axis(&mut self, layer: usize, length: usize) -> Axis {
        let kernel = self.rng.random_range(1..=5).min(length);
        let dilation = if layer > 0 && kernel > 1 {
            self.rng.random_range(1..=2).min((length - 1) / (kernel - 1))
        } else {
            1
        };
        let bare = Axis { kernel, dilation, ..Axis::POINT };
        let padding = (self.rng.random_range(0..bare.extent()), self.rng.random_range(0..bare.extent()));
        let stride = match layer {
            0 => self.rng.random_range(1..=2),
            _ if self.by_channel.random_ratio(1, 4) => 2,
            _ => 1,
        };
        Axis { padding, stride, ..bare }
    }

    /// A convolution of any form, with or without batch normalisation, ReLU, pooling and a depthwise convolution behind it.
    fn convolution(&mut self, layer: usize) {
        let (down, across) = (self.axis(layer, self.rows), self.axis(layer, self.cols));
        (self.rows, self.cols) = (down.outputs(self.rows), across.outputs(self.cols));
        let (outputs, bias) = (self.rng.random_range(1..=20), self.rng.random_ratio(3, 4));
        self.channels = Some(outputs);
        let pair = |of: fn(&Axis) -> usize| format!("[{}, {}]", of(&down), of(&across));
        let keys = format!(
            "outputs = {outputs}\nbias = {bias}\nkernel = {}\nstride = {}\ndilation = {}\npadding = [{}, {}, {}, {}]\n",
            pair(|axis| axis.kernel),
            pair(|axis| axis.stride),
            pair(|axis| axis.dilation),
            down.padding.0,
            down.padding.1,
            across.padding.0,
            across.padding.1
        );
        self.layer("conv", &keys);
        if self.by_channel.random_ratio(1, 4) && self.rows * self.cols > 1 {
            self.layer("batch_norm", "");
        }
        if self.rng.random() {
            self.layer("relu", "");
        }
        let plain = layer == 0 || (down.stride, across.stride) == (1, 1);
        if self.rows > 1 && self.cols > 1 && self.rng.random() && plain {
            (self.rows, self.cols) = (self.rows / 2, self.cols / 2);
            self.layer("max_pool", "");
        }
        if outputs > 1 && self.by_channel.random_ratio(1, 4) {
            self.layer(
                "conv",
                &format!("outputs = {outputs}\ngroups = {outputs}\nkernel = 3\npadding = 1\n"),
            );
            self.layer("relu", "");
        }
    }

    /// Average poolings or not, and a fully connected layer.
    fn end(&mut self) {
        if self.by_channel.random_ratio(1, 4) {
            let half = |length: usize| if length.is_multiple_of(2) { 2 } else { 1 };
            self.layer("average_pool", &format!("kernel = [{}, {}]\n", half(self.rows), half(self.cols)));
        }
        if self.by_channel.random_ratio(1, 4) {
            self.layer("global_average_pool", "");
        }
        let outputs = self.rng.random_range(2..=12);
        self.layer("fc", &format!("outputs = {outputs}\n"));
    }
}
