//! Networks drawn by seed: channels, odd maps, kernels, paddings, pools and ReLUs in every combination.

use crate::agree::{agrees, agrees_if};
use crate::case::{Rng, network};

use ef_compiler::{Network, Order, PixelFormat, Prepared};
use ef_isa::compute::Phase;
use ef_isa::{Config, config};

/// A whole number from `least` to `most`.
fn draw(rng: &mut Rng, least: usize, most: usize) -> usize {
    // of -1..1
    let share = (rng.next() + 1.0) / 2.0;
    least + ((most - least + 1) as f32 * share) as usize
}

/// A network of at most `work` multiplications in FP, and a batch.
fn drawn(rng: &mut Rng, work: usize) -> (String, usize) {
    loop {
        let input @ (mut channels, mut rows, mut cols) =
            (draw(rng, 1, 4), draw(rng, 1, 64), draw(rng, 1, 64));
        let batch = [1, 2, 3, 5, 8, 16, 32][draw(rng, 0, 6)];
        let mut layers = Vec::new();
        let mut macs = 0;
        for _ in 0..draw(rng, 0, 3) {
            let kernel = draw(rng, 1, 7);
            let padding = draw(rng, 0, kernel - 1);
            let stride = if layers.is_empty() { draw(rng, 1, 4) } else { 1 };
            if kernel > rows + 2 * padding || kernel > cols + 2 * padding {
                continue;
            }
            let outputs = [1, 2, 3, 7, 8, 9, 17, 40, 130, 512][draw(rng, 0, 9)];
            let length = |n: usize| (n + 2 * padding - kernel) / stride + 1;
            (rows, cols) = (length(rows), length(cols));
            macs += batch * outputs * channels * kernel * kernel * rows * cols;
            channels = outputs;
            layers.push(format!("conv {outputs} {kernel} {padding} {stride}"));
            let relu = draw(rng, 0, 1) == 1;
            if relu {
                layers.push("relu".into());
            }
            if rows > 1 && cols > 1 && draw(rng, 0, 1) == 1 {
                (rows, cols) = (rows / 2, cols / 2);
                layers.push("max_pool".into());
            }
        }
        let inputs = channels * rows * cols;
        let outputs = [1, 2, 10, 33][draw(rng, 0, 3)];
        macs += batch * inputs * outputs;
        layers.push(format!("fc {outputs}"));
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
    let mut handed = [0; 2];
    for seed in 0..40 {
        let (text, batch) = drawn(&mut Rng(seed), 20_000_000);
        let config = config::ALL[seed as usize % config::ALL.len()];
        println!("seed {seed}, batch {batch}:\n{text}");
        agrees(&text, batch, config);
        let more = handed_on(&text, batch, config);
        handed = [handed[0] + more[0], handed[1] + more[1]];
    }
    assert!(handed[0] > 4 && handed[1] > 4, "passes that hand tiles on: {handed:?}");
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
