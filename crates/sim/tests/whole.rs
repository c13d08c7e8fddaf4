//! The whole accelerator in Verilator against the golden model: the same programs, the same bits.

use ef_compiler::{Layer, Network, PixelFormat, Plan, Prepared, drawn};
use ef_isa::config::{FP32_8X8, SIM_2X2, SIM_4X4};
use ef_isa::{Config, Device, Hyperparameters, regs};
use ef_model::ModelDevice;
use ef_sim::{DramSettings, RtlDevice};

const NETWORK: &str = r#"
name = "small"
[input]
channels = 1
rows = 8
columns = 8
[[layer]]
kind = "conv"
outputs = 6
kernel = 3
padding = 1
[[layer]]
kind = "relu"
[[layer]]
kind = "max_pool"
[[layer]]
kind = "conv"
outputs = 10
kernel = 3
padding = 1
[[layer]]
kind = "relu"
[[layer]]
kind = "fc"
outputs = 10
"#;

/// A small deterministic generator.
struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        self.0 >> 33
    }
    fn float(&mut self) -> f32 {
        self.next() as f32 / (1u64 << 30) as f32 - 1.0
    }
}

/// Memory, loss, correct and overflow after two training steps and an evaluation.
fn train(device: &mut dyn Device, network: &Network, plan: &Plan) -> (Vec<u32>, [u32; 3]) {
    let batch = plan.batch;
    let mut rng = Rng(7);
    for layer in &plan.map.layers {
        let fan_in = layer.shape.weights() / layer.shape.outputs;
        let scale = (2.0 / fan_in as f32).sqrt();
        let weight: Vec<f32> = (0..layer.shape.weights()).map(|_| rng.float() * scale).collect();
        let bias: Vec<f32> = (0..layer.shape.biases()).map(|_| rng.float() * 0.1).collect();
        device.write_memory(layer.weights, &layer.pack(&weight, &bias)).unwrap();
        for state in &layer.state {
            device.write_memory(*state, &vec![0; layer.words]).unwrap();
        }
        if let Some(running) = layer.running {
            let words: Vec<u32> = (0..layer.words).map(|_| (1.5 + rng.float()).to_bits()).collect();
            device.write_memory(running, &words).unwrap();
        }
    }
    let inv_batch = 1.0 / batch as f32;
    Hyperparameters { learning_rate: 0.001, inv_batch, ..Hyperparameters::EXAMPLE }.write(device).unwrap();
    plan.write_tables(device).unwrap();
    let programs = plan.map.programs;
    let image = network.input.channels * network.input.rows * network.input.columns;
    for (at, program) in
        [(programs.train, &plan.train), (programs.train, &plan.train), (programs.eval, &plan.eval)]
    {
        let pixels: Vec<u8> = (0..image * batch).map(|_| rng.next() as u8 % 17).collect();
        let words: Vec<u32> = pixels.chunks(image).flat_map(|i| plan.map.pack_image(i)).collect();
        device.write_memory(plan.map.images, &words).unwrap();
        let labels: Vec<u32> = (0..batch).map(|_| rng.next() as u32 % network.classes() as u32).collect();
        device.write_memory(plan.map.labels, &labels).unwrap();
        device.load_program(at, program).unwrap();
        device.run().unwrap();
    }
    let mut memory = vec![0; plan.map.memory_words as usize];
    device.read_memory(0, &mut memory).unwrap();
    let results = [regs::MEAN_LOSS, regs::CORRECT, regs::OVERFLOW].map(|r| device.read_register(r).unwrap());
    (memory, results)
}

/// A network, scheduled for a memory.
fn prepared(network: &Network, config: &'static Config, batch: usize, dram: &DramSettings) -> Prepared {
    Prepared::for_memory(network, config, batch, PixelFormat::U8 { shift: 4 }, dram.memory().unwrap())
        .unwrap()
}

/// Trains the network on the RTL and on the golden model; the hand-over RAM is used, or not.
fn trains_equally(network: &Network, config: &'static Config, batch: usize, dram: &DramSettings) -> bool {
    let prepared = prepared(network, config, batch, dram);
    let passes = prepared.step(true).unwrap().passes;
    let plan = prepared.plan().unwrap();
    let want = train(&mut ModelDevice::new(config, plan.map.memory_words), network, &plan);
    let mut rtl = RtlDevice::new(config, plan.map.memory_words, dram).unwrap();
    let got = train(&mut rtl, network, &plan);
    println!("{}: {:?}", config.name, rtl.statistics());
    assert_eq!(got.1, want.1, "loss, correct, overflow");
    let difference = got.0.iter().zip(&want.0).position(|(g, w)| g != w);
    assert_eq!(difference, None, "first different word of memory");
    assert_ne!(want.1[0], 0);
    passes.iter().any(|pass| pass.parts.iter().any(|part| part.0 != pass.parts[0].0))
}

fn rtl_equals_model(config: &'static Config, batch: usize, dram: &DramSettings) {
    trains_equally(&Network::from_toml(NETWORK).unwrap(), config, batch, dram);
}

#[test]
fn with_frozen_layers_it_trains_like_the_model() {
    // the first convolution, then only the one behind it
    for at in ["outputs = 6", "outputs = 10\nkernel"] {
        let text = NETWORK.replacen(at, &format!("frozen = true\n{at}"), 1);
        let network = Network::from_toml(&text).unwrap();
        trains_equally(&network, &SIM_2X2, 3, &DramSettings::default());
    }
}

/// A network of one convolution and a fully connected layer.
fn one_layer((channels, rows, columns): (usize, usize, usize), conv: &str, pool: bool) -> Network {
    let pool = if pool { "[[layer]]\nkind = \"max_pool\"\n" } else { "" };
    let text = format!(
        "name = \"layer\"\n[input]\nchannels = {channels}\nrows = {rows}\ncolumns = {columns}\n[[layer]]\nkind = \"conv\"\n\
         outputs = 8\nkernel = 1\n[[layer]]\nkind = \"conv\"\n{conv}\n[[layer]]\nkind = \"relu\"\n{pool}[[layer]]\nkind = \"fc\"\n\
         outputs = 4\n"
    );
    Network::from_toml(&text).unwrap()
}

/// Kernels, strides, paddings and widths of both networks, with fewer channels and rows.
#[test]
fn layers_of_alexnet_and_vgg_16_train_like_the_model() {
    let first = "name = \"first\"\n[input]\nchannels = 3\nrows = 19\ncolumns = 227\n[[layer]]\nkind = \"conv\"\noutputs = 12\nkernel = 11\n\
                 stride = 4\n[[layer]]\nkind = \"relu\"\n[[layer]]\nkind = \"max_pool\"\n[[layer]]\nkind = \"fc\"\noutputs = 4\n";
    let first = Network::from_toml(first).unwrap();
    let slow = DramSettings { stall: 5, restart: 400, ..Default::default() };
    let stages = prepared(&first, &FP32_8X8, 1, &slow).graph.stages;
    assert!(stages[0].striped(), "a wide image lies in strips");
    trains_equally(&first, &FP32_8X8, 1, &slow);
    let layers = [
        one_layer((3, 27, 27), "outputs = 16\nkernel = 5\npadding = 2", true),
        one_layer((3, 13, 13), "outputs = 40\nkernel = 3\npadding = 1", false),
        one_layer((3, 6, 224), "outputs = 8\nkernel = 3\npadding = 1", false),
        one_layer((3, 14, 14), "outputs = 64\nkernel = 3\npadding = 1", true),
    ];
    for network in layers {
        trains_equally(&network, &FP32_8X8, 1, &DramSettings { stall: 5, ..Default::default() });
    }
}

#[test]
fn networks_drawn_by_seed_train_like_the_model() {
    let configs = [&SIM_2X2, &SIM_4X4, &FP32_8X8];
    let (mut added, mut normalised, mut depthwise, mut averaged, mut strides, mut branches) =
        (0, 0, 0, 0, 0, 0);
    let handed = (0..20).filter(|number| {
        let drawn = drawn::network(1, *number);
        let adds = |layer: &&Layer| matches!(layer, Layer::Add { .. });
        added += drawn.network.layers.iter().filter(adds).count();
        let normalises = |layer: &&Layer| matches!(layer, Layer::BatchNorm { .. });
        let norms = drawn.network.layers.iter().filter(normalises).count();
        normalised += norms;
        let averages =
            |layer: &&Layer| matches!(layer, Layer::AveragePool { .. } | Layer::GlobalAveragePool {});
        let strided = |layer: &&Layer| layer.axes().iter().any(|axis| axis.stride > 1);
        strides += drawn.network.layers[1..].iter().filter(strided).count();
        branches += drawn.network.layers.iter().filter(|layer| layer.input().is_some()).count();
        averaged += drawn.network.layers.iter().filter(averages).count();
        depthwise += drawn.network.layers.iter().filter(|layer| layer.by_channel()).count() - norms;
        let dram = DramSettings { stall: 10 * (*number as u32 % 3), seed: *number, ..Default::default() };
        trains_equally(&drawn.network, configs[*number as usize % 3], drawn.batch, &dram)
    });
    let handed = handed.count();
    assert!(handed > 1 && added > 2, "{handed} networks hand tiles on, {added} maps are added");
    assert!(
        normalised > 2 && depthwise > 2 && averaged > 2 && strides > 1 && branches > 1,
        "{normalised} batch normalisations, {depthwise} depthwise convolutions, {averaged} average poolings, {strides} strides, {branches} branches"
    );
}

/// Networks of today with smaller maps, and fewer channels where they have many.
#[test]
fn resnet_8_ds_cnn_and_vgg_16_with_batch_normalisation_train_like_the_model() {
    let resnet =
        include_str!("../../../networks/resnet-8.toml").replace(" = 32\ncolumns = 32", " = 8\ncolumns = 8");
    let keywords = include_str!("../../../networks/ds-cnn.toml")
        .replace("rows = 49\ncolumns = 10", "rows = 9\ncolumns = 5");
    let mut vgg = include_str!("../../../networks/vgg-16-bn.toml").replace(" = 224", " = 32");
    for (channels, fewer) in [(4096, 16), (1000, 10), (512, 24), (256, 16), (128, 8), (64, 4)] {
        vgg = vgg.replace(&format!("outputs = {channels}\n"), &format!("outputs = {fewer}\n"));
    }
    for (text, batch) in [(resnet, 2), (keywords, 1), (vgg, 2)] {
        let network = Network::from_toml(&text).unwrap();
        trains_equally(&network, &FP32_8X8, batch, &DramSettings { stall: 10, ..Default::default() });
    }
}

#[test]
fn other_activations_train_like_the_model() {
    let conv = "[[layer]]\nkind = \"conv\"\noutputs = 5\nkernel = 3\npadding = 1\n";
    let text = format!(
        "name = \"activations\"\n[input]\nchannels = 2\nrows = 9\ncolumns = 7\n{conv}[[layer]]\nkind = \"leaky_relu\"\nslope = 0.2\n\
         {conv}[[layer]]\nkind = \"add\"\nfrom = \"conv1\"\n[[layer]]\nkind = \"relu6\"\n{conv}[[layer]]\nkind = \"leaky_relu\"\n\
         [[layer]]\nkind = \"max_pool\"\n[[layer]]\nkind = \"fc\"\noutputs = 4\n"
    );
    let network = Network::from_toml(&text).unwrap();
    for config in [&SIM_2X2, &FP32_8X8] {
        trains_equally(&network, config, 3, &DramSettings { stall: 20, ..Default::default() });
    }
}

#[test]
fn two_lanes_train_like_the_model() {
    rtl_equals_model(&SIM_2X2, 3, &DramSettings::default());
}

#[test]
fn two_lanes_train_like_the_model_under_random_memory_stalls() {
    for seed in 1..5 {
        rtl_equals_model(&SIM_2X2, 3, &DramSettings { stall: 30, seed, width: 32, ..Default::default() });
    }
}

#[test]
fn four_lanes_train_like_the_model() {
    rtl_equals_model(&SIM_4X4, 5, &DramSettings { stall: 10, ..Default::default() });
}

#[test]
fn eight_lanes_train_like_the_model() {
    rtl_equals_model(&FP32_8X8, 9, &DramSettings::default());
}
