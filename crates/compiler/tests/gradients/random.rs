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

/// A network of at most `work` multiplications in FP, and a batch.
fn drawn(rng: &mut Rng, work: usize) -> (String, usize) {
    loop {
        let input @ (mut channels, mut rows, mut cols) =
            (draw(rng, 1, 4), draw(rng, 1, 64), draw(rng, 1, 64));
        let batch = [1, 2, 3, 5, 8, 16, 32][draw(rng, 0, 6)];
        let mut layers: Vec<String> = Vec::new();
        let mut macs = 0;
        // the map of each convolution, once it is finished
        let (mut maps, mut names, mut norms) = (Vec::new(), Vec::<String>::new(), 0);
        for _ in 0..draw(rng, 0, 3) {
            if names.len() > maps.len() {
                maps.push((channels, rows, cols));
            }
            let same = maps.iter().rposition(|map| (map.1, map.2) == (rows, cols));
            if let Some(from) = same.filter(|_| draw(rng, 0, 2) == 0) {
                let kernel = [1, 3, 5][draw(rng, 0, 2)];
                macs += batch * maps[from].0 * channels * kernel * kernel * rows * cols;
                channels = maps[from].0;
                let from = names[from].clone();
                names.push(format!("conv{}", names.len() + 1));
                layers.push(format!("conv {channels} {kernel} {}", kernel / 2));
                if batch * rows * cols > 30 && draw(rng, 0, 1) == 0 {
                    norms += 1;
                    *names.last_mut().unwrap() = format!("bn{norms}");
                    layers.push("batch_norm".into());
                }
                layers.push(format!("add {from}"));
                layers.push("relu".into());
                continue;
            }
            // two ways from the map before, one of them 1 x 1
            if !maps.is_empty() && draw(rng, 0, 4) == 0 {
                let (outputs, stride) = ([1, 3, 8, 17][draw(rng, 0, 3)], draw(rng, 1, 3));
                let (from, main) = (names[names.len() - 1].clone(), format!("conv{}", names.len() + 1));
                names.push(main.clone());
                names.push(format!("conv{}", names.len() + 1));
                layers.push(format!("conv {outputs} 3 1 {stride}"));
                layers.push(format!("conv {outputs} 1 0 {stride} 1 true 1 {from}"));
                layers.push(format!("add {main}"));
                (rows, cols) = ((rows - 1) / stride + 1, (cols - 1) / stride + 1);
                macs += batch * outputs * channels * 10 * rows * cols;
                channels = outputs;
                maps.push((channels, rows, cols));
                continue;
            }
            let layers_before = layers.len();
            let axes @ [down, across] = axes(rng, layers.is_empty());
            if down.extent() > down.padded(rows) || across.extent() > across.padded(cols) {
                continue;
            }
            let outputs = [1, 2, 3, 7, 8, 9, 17, 40, 130, 512][draw(rng, 0, 9)];
            (rows, cols) = (down.outputs(rows), across.outputs(cols));
            macs += batch * outputs * channels * down.kernel * across.kernel * rows * cols;
            // of its own channel alone
            let groups = if !layers.is_empty() && draw(rng, 0, 3) == 0 { channels } else { 1 };
            let outputs = if groups > 1 { channels } else { outputs };
            channels = outputs;
            names.push(format!("conv{}", names.len() + 1));
            layers.push(format!("conv {outputs} {} {} {groups}", keys(axes), draw(rng, 0, 2) > 0));
            // of few numbers the gradient of a normalisation is a small difference
            if batch * rows * cols > 30 && draw(rng, 0, 3) == 0 {
                norms += 1;
                *names.last_mut().unwrap() = format!("bn{norms}");
                layers.push("batch_norm".into());
            }
            let relu = draw(rng, 0, 1) == 1;
            if relu {
                layers.push(["relu", "relu", "relu", "leaky_relu 0.1", "relu6"][layers.len() % 5].into());
            }
            let pooled = layers_before == 0 || [down, across].iter().all(|axis| axis.stride == 1);
            if rows > 1 && cols > 1 && pooled && draw(rng, 0, 1) == 1 {
                (rows, cols) = (rows / 2, cols / 2);
                layers.push("max_pool".into());
            }
        }
        if !layers.is_empty() && draw(rng, 0, 4) == 0 {
            let half = |length: usize| if length.is_multiple_of(2) { 2 } else { 1 };
            let (down, across) = (half(rows), half(cols));
            (rows, cols) = (rows / down, cols / across);
            layers.push(format!("average_pool [{down},{across}]"));
        }
        if !layers.is_empty() && draw(rng, 0, 4) == 0 {
            (rows, cols) = (1, 1);
            layers.push("global_average_pool".into());
        }
        let inputs = channels * rows * cols;
        let outputs = [1, 2, 10, 33][draw(rng, 0, 3)];
        macs += batch * inputs * outputs;
        layers.push(format!("fc {outputs} {}", draw(rng, 0, 2) > 0));
        if inputs <= 4096 && macs <= work {
            let layers: Vec<&str> = layers.iter().map(String::as_str).collect();
            return (network("random", input, &layers), batch);
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
