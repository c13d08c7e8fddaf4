//! Networks with data and parameters.

use ef_compiler::Network;

/// A small deterministic generator: tests must not depend on a library's stream.
pub struct Rng(pub u64);

impl Rng {
    pub fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 40) as f32) / (1u64 << 23) as f32 - 1.0
    }
}

/// A network with images, labels and parameters.
pub struct Case {
    pub network: Network,
    pub images: Vec<f32>,
    pub labels: Vec<u32>,
    pub parameters: Vec<(Vec<f32>, Vec<f32>)>,
    /// Running means and variances of each layer, as many as it has outputs; those of a batch normalisation are used.
    pub running: Vec<(Vec<f32>, Vec<f32>)>,
}

pub fn case(toml: &str, batch: usize, seed: u64) -> Case {
    let network = Network::from_toml(toml).unwrap();
    let mut rng = Rng(seed);
    let pixels = network.input.channels * network.input.rows * network.input.columns;
    let images = (0..batch * pixels).map(|_| rng.next()).collect();
    let labels = (0..batch).map(|i| (i * 7 % network.classes()) as u32).collect();
    let shapes = network.parameters();
    let running = shapes.iter().map(|p| {
        let mut drawn = |least: f32| (0..p.outputs).map(|_| least + rng.next()).collect();
        (drawn(0.0), drawn(1.25))
    });
    let running = running.collect();
    let parameters = shapes
        .iter()
        .map(|p| {
            let scale = (2.0 / (p.weights() / p.outputs) as f32).sqrt();
            let weight = (0..p.weights()).map(|_| rng.next() * scale).collect();
            (weight, (0..p.biases()).map(|_| rng.next() * 0.1).collect())
        })
        .collect();
    Case { network, images, labels, parameters, running }
}

/// A description from lines such as `conv 8 3 1` or `conv 8 [3,1] [1,0] 1 2 false`: outputs, kernel, padding, stride, dilation, bias.
pub fn network(name: &str, (channels, rows, columns): (usize, usize, usize), layers: &[&str]) -> String {
    let mut toml =
        format!("name = \"{name}\"\n[input]\nchannels = {channels}\nrows = {rows}\ncolumns = {columns}\n");
    for layer in layers {
        let words: Vec<&str> = layer.split(' ').collect();
        toml += &format!("[[layer]]\nkind = \"{}\"\n", words[0]);
        let keys: &[&str] = match words[0] {
            "add" => &["from"],
            "softmax_cross_entropy" => &["label_smoothing"],
            "fc" => &["outputs", "bias"],
            "average_pool" => &["kernel"],
            "leaky_relu" => &["slope"],
            "global_average_pool" => &[],
            "batch_norm" => &["momentum", "epsilon", "frozen"],
            _ => &["outputs", "kernel", "padding", "stride", "dilation", "bias", "groups", "input"],
        };
        for (key, value) in keys.iter().zip(&words[1..]) {
            let quote = if ["from", "input"].contains(key) { "\"" } else { "" };
            toml += &format!("{key} = {quote}{value}{quote}\n");
        }
    }
    toml
}
