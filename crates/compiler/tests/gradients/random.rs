//! Networks drawn by seed: channels, odd maps, kernels, paddings, pools and ReLUs in every combination.

use crate::agree::{agrees, agrees_if};
use crate::case::{Rng, network};

use ef_compiler::{Axis, Network, Order, PixelFormat, Prepared};
use ef_isa::compute::Phase;
use ef_isa::{Config, config};

/// A whole number from `least` to `most`.
fn draw(rng: &mut Rng, least: usize, most: usize) -> usize {
    // of -1..1
    let share = (rng.next() + 1.0) / 2.0;
    least + ((most - least + 1) as f32 * share) as usize
}

/// The kernel of a convolution on its map, on the `first` one or another: half of them square and the same on all sides.
fn axes(rng: &mut Rng, first: bool) -> [Axis; 2] {
    let square = draw(rng, 0, 1) == 0;
    let mut axis = || {
        let kernel = draw(rng, 1, 7);
        let dilation = if first || square { 1 } else { draw(rng, 1, 3) };
        let bare = Axis { kernel, dilation, ..Axis::POINT };
        let before = draw(rng, 0, bare.extent() - 1);
        let padding = (before, if square { before } else { draw(rng, 0, bare.extent() - 1) });
        let stride = if first || draw(rng, 0, 3) == 0 { draw(rng, 1, 4) } else { 1 };
        Axis { padding, stride, ..bare }
    };
    let down = axis();
    if square { [down; 2] } else { [down, axis()] }
}

/// Kernel, padding, stride and dilation as a network file has them.
fn keys([down, across]: [Axis; 2]) -> String {
    let [(top, bottom), (left, right)] = [down.padding, across.padding];
    format!(
        "[{},{}] [{top},{bottom},{left},{right}] [{},{}] [{},{}]",
        down.kernel, across.kernel, down.stride, across.stride, down.dilation, across.dilation
    )
}

/// A network that is being drawn.
struct Sketch<'a> {
    rng: &'a mut Rng,
    batch: usize,
    layers: Vec<String>,
    /// The last map.
    map: (usize, usize, usize),
    /// The map of each convolution, once it is finished, and its name.
    maps: Vec<(usize, usize, usize)>,
    names: Vec<String>,
    norms: usize,
    /// Multiplications in FP.
    macs: usize,
}

impl Sketch<'_> {
    fn conv(&mut self, keys: String) {
        self.names.push(format!("conv{}", self.names.len() + 1));
        self.layers.push(format!("conv {keys}"));
    }

    /// Batch normalisation once in `most + 1` times; of few numbers its gradient is a small difference.
    fn norm(&mut self, most: usize) {
        if self.batch * self.map.1 * self.map.2 > 30 && draw(self.rng, 0, most) == 0 {
            self.norms += 1;
            *self.names.last_mut().unwrap() = format!("bn{}", self.norms);
            self.layers.push("batch_norm".into());
        }
    }

    /// A convolution to which map `from`, of the same rows and columns, is added.
    fn residual(&mut self, from: usize) {
        let (kernel, (channels, rows, cols)) = ([1, 3, 5][draw(self.rng, 0, 2)], self.map);
        self.macs += self.batch * self.maps[from].0 * channels * kernel * kernel * rows * cols;
        self.map.0 = self.maps[from].0;
        let from = self.names[from].clone();
        self.conv(format!("{} {kernel} {}", self.map.0, kernel / 2));
        self.norm(1);
        self.layers.push(format!("add {from}"));
        self.layers.push("relu".into());
    }

    /// Two ways from the map before, one of them 1 x 1.
    fn branch(&mut self) {
        let (outputs, stride) = ([1, 3, 8, 17][draw(self.rng, 0, 3)], draw(self.rng, 1, 3));
        let from = self.names[self.names.len() - 1].clone();
        self.conv(format!("{outputs} 3 1 {stride}"));
        let main = self.names[self.names.len() - 1].clone();
        self.conv(format!("{outputs} 1 0 {stride} 1 true 1 {from}"));
        self.layers.push(format!("add {main}"));
        let (channels, rows, cols) = self.map;
        self.map = (outputs, (rows - 1) / stride + 1, (cols - 1) / stride + 1);
        self.macs += self.batch * outputs * channels * 10 * self.map.1 * self.map.2;
        self.maps.push(self.map);
    }

    /// A convolution of any form with what may follow it, if its kernel fits the map.
    fn convolution(&mut self) {
        let (first, (channels, rows, cols)) = (self.layers.is_empty(), self.map);
        let axes @ [down, across] = axes(self.rng, first);
        if down.extent() > down.padded(rows) || across.extent() > across.padded(cols) {
            return;
        }
        let outputs = [1, 2, 3, 7, 8, 9, 17, 40, 130, 512][draw(self.rng, 0, 9)];
        let (rows, cols) = (down.outputs(rows), across.outputs(cols));
        self.macs += self.batch * outputs * channels * down.kernel * across.kernel * rows * cols;
        // of its own channel alone
        let groups = if !first && draw(self.rng, 0, 3) == 0 { channels } else { 1 };
        let outputs = if groups > 1 { channels } else { outputs };
        self.map = (outputs, rows, cols);
        let bias = draw(self.rng, 0, 2) > 0;
        self.conv(format!("{outputs} {} {bias} {groups}", keys(axes)));
        self.norm(3);
        if draw(self.rng, 0, 1) == 1 {
            let which = self.layers.len() % 5;
            self.layers.push(["relu", "relu", "relu", "leaky_relu 0.1", "relu6"][which].into());
        }
        let pooled = first || [down, across].iter().all(|axis| axis.stride == 1);
        if rows > 1 && cols > 1 && pooled && draw(self.rng, 0, 1) == 1 {
            self.map = (outputs, rows / 2, cols / 2);
            self.layers.push("max_pool".into());
        }
    }

    /// Average poolings or not.
    fn averages(&mut self) {
        if !self.layers.is_empty() && draw(self.rng, 0, 4) == 0 {
            let half = |length: usize| if length.is_multiple_of(2) { 2 } else { 1 };
            let (down, across) = (half(self.map.1), half(self.map.2));
            self.map = (self.map.0, self.map.1 / down, self.map.2 / across);
            self.layers.push(format!("average_pool [{down},{across}]"));
        }
        if !self.layers.is_empty() && draw(self.rng, 0, 4) == 0 {
            self.map = (self.map.0, 1, 1);
            self.layers.push("global_average_pool".into());
        }
    }
}

/// A network of at most `work` multiplications in FP, and a batch.
fn drawn(rng: &mut Rng, work: usize) -> (String, usize) {
    loop {
        let map = (draw(rng, 1, 4), draw(rng, 1, 64), draw(rng, 1, 64));
        let batch = [1, 2, 3, 5, 8, 16, 32][draw(rng, 0, 6)];
        let (layers, maps, names) = (Vec::new(), Vec::new(), Vec::new());
        let mut sketch = Sketch { rng, batch, layers, map, maps, names, norms: 0, macs: 0 };
        for _ in 0..draw(sketch.rng, 0, 3) {
            if sketch.names.len() > sketch.maps.len() {
                sketch.maps.push(sketch.map);
            }
            let same = sketch.maps.iter().rposition(|map| (map.1, map.2) == (sketch.map.1, sketch.map.2));
            if let Some(from) = same.filter(|_| draw(sketch.rng, 0, 2) == 0) {
                sketch.residual(from);
            } else if !sketch.maps.is_empty() && draw(sketch.rng, 0, 4) == 0 {
                sketch.branch();
            } else {
                sketch.convolution();
            }
        }
        sketch.averages();
        let Sketch { mut layers, map: (channels, rows, cols), macs, .. } = sketch;
        let inputs = channels * rows * cols;
        let outputs = [1, 2, 10, 33][draw(rng, 0, 3)];
        layers.push(format!("fc {outputs} {}", draw(rng, 0, 2) > 0));
        if inputs <= 4096 && macs + batch * inputs * outputs <= work {
            let layers: Vec<&str> = layers.iter().map(String::as_str).collect();
            return (network("random", map, &layers), batch);
        }
    }
}

/// Passes of FP, and of BP and WU, in which a stage hands tiles on to another.
fn handed_on(text: &str, batch: usize, config: &'static Config) -> [usize; 2] {
    let network = Network::from_toml(text).unwrap();
    let step = Prepared::new(&network, config, batch, PixelFormat::F32).unwrap().step(true).unwrap();
    let two = step.passes.iter().filter(|pass| pass.parts.iter().any(|part| part.0 != pass.parts[0].0));
    let (forward, backward): (Vec<_>, Vec<_>) = two.partition(|pass| pass.parts[0].1 == Phase::Fp);
    [forward.len(), backward.len()]
}

#[test]
fn networks_drawn_by_seed_have_the_gradients_of_the_autograd_library() {
    let (mut handed, mut residual, mut normalised, mut depthwise, mut strides, mut branches) =
        ([0; 2], 0, 0, 0, 0, 0);
    for seed in 0..100 {
        let (text, batch) = drawn(&mut Rng(seed), 20_000_000);
        let config = config::ALL[seed as usize % config::ALL.len()];
        println!("seed {seed}, batch {batch}:\n{text}");
        agrees(&text, batch, config);
        residual += usize::from(text.contains("kind = \"add\""));
        let network = Network::from_toml(&text).unwrap();
        let strided = network.layers[1..].iter().any(|layer| layer.axes().iter().any(|axis| axis.stride > 1));
        strides += usize::from(strided);
        branches += usize::from(network.layers.iter().any(|layer| layer.input().is_some()));
        normalised += usize::from(text.contains("batch_norm"));
        depthwise += usize::from(text.lines().any(|line| line.starts_with("groups") && line != "groups = 1"));
        let more = handed_on(&text, batch, config);
        handed = [handed[0] + more[0], handed[1] + more[1]];
    }
    assert!(handed[0] > 0 && handed[1] > 1, "passes that hand tiles on: {handed:?}");
    assert!(residual > 9 && strides > 9, "{residual} networks add maps, {strides} have strides inside");
    assert!(branches > 4, "{branches} networks have branches");
    assert!(
        normalised > 9 && depthwise > 4,
        "{normalised} networks normalise, {depthwise} convolve channel by channel"
    );
}

/// Whatever the search chooses is right, because any cut is: tiles, orders, regions, images in strips, passes together or not.
#[test]
fn cuts_drawn_by_seed_have_the_gradients_of_the_autograd_library() {
    let (mut strips, mut rows) = (0, 0);
    for seed in 0..150 {
        let (text, batch) = drawn(&mut Rng(1000 + seed / 3), 3_000_000);
        let config = config::ALL[seed as usize % config::ALL.len()];
        println!("cuts of seed {seed}, batch {batch}:\n{text}");
        agrees_if(&text, batch, config, |prepared| {
            let prepared = prepared.with_drawn_cuts(seed).unwrap();
            let passes = prepared.step(true).unwrap().passes;
            rows += passes.iter().filter(|pass| pass.cut.order == Order::RowsFirst).count();
            strips += usize::from(prepared.graph.stages[0].striped());
            prepared
        });
    }
    println!("{strips} networks with strips, {rows} passes that move rows of tiles");
    assert!(strips > 4 && rows > 20, "{strips} {rows}");
}

/// Freezes layers with weights drawn by the seed, but for the last one.
fn freeze(text: &str, rng: &mut Rng) -> String {
    let mut layers: Vec<String> = text.split("[[layer]]\n").map(String::from).collect();
    let last = layers.len() - 1;
    for layer in &mut layers[1..last] {
        let weighted = ["conv", "batch_norm", "fc"]
            .iter()
            .any(|kind| layer.starts_with(&format!("kind = \"{kind}\"\n")));
        if weighted && draw(rng, 0, 1) == 0 {
            *layer += "frozen = true\n";
        }
    }
    layers.join("[[layer]]\n")
}

/// The gradients of the layers that are trained are right, whichever others are frozen.
#[test]
fn networks_with_frozen_layers_have_the_gradients_of_the_autograd_library() {
    let block = [
        "conv 9 3 1",
        "batch_norm",
        "relu",
        "conv 13 3 1 2 1 false",
        "batch_norm",
        "relu",
        "conv 13 3 1 1 1 false 13",
        "batch_norm",
        "conv 13 1 0 2 1 true 1 bn1",
        "add bn3",
        "relu",
        "conv 13 3 1",
        "relu",
        "conv 13 3 1",
        "add conv4",
        "relu",
        "average_pool [1,2]",
        "fc 6",
        "batch_norm",
        "relu",
        "fc 4",
    ];
    let block = network("frozen", (2, 8, 7), &block);
    let mut frozen = 0;
    for seed in 0..60 {
        let rng = &mut Rng(5000 + seed);
        let (text, batch) = if seed % 3 == 0 { (block.clone(), 9) } else { drawn(rng, 3_000_000) };
        let text = freeze(&text, rng);
        println!("frozen, seed {seed}, batch {batch}:\n{text}");
        frozen += text.matches("frozen").count();
        agrees_if(&text, batch, config::ALL[seed as usize % config::ALL.len()], |prepared| {
            if seed % 2 == 0 { prepared.with_drawn_cuts(seed).unwrap() } else { prepared }
        });
    }
    assert!(frozen > 60, "{frozen} layers are frozen");
}
