//! Frozen layers: they stay as they are, the others learn the same bits, and nothing is done for them that is not needed.

use ef_compiler::{Network, PixelFormat, Plan, Prepared, Synced};
use ef_isa::compute::Phase;
use ef_isa::config::{FP32_2X2, FP32_8X8, SIM_4X4};
use ef_isa::store::StoreOp;
use ef_isa::{Command, Config, Device, Hyperparameters, regs};
use ef_model::ModelDevice;
use ef_time::{BurstMemory, Memory, predict};

const BATCH: usize = 3;
const MEMORY: Memory = Memory::Burst(BurstMemory { cycles_per_word: 2, latency: 8, restart: 4 });

/// Four layers, of which those in `frozen` are.
fn network(frozen: &[usize]) -> Network {
    let layers = ["conv", "conv", "conv", "fc"].iter().enumerate().map(|(i, kind)| {
        let size = if *kind == "conv" { "outputs = 6\nkernel = 3\npadding = 1" } else { "outputs = 5" };
        let after = match i {
            0 | 1 => "[[layer]]\nkind = \"relu\"\n[[layer]]\nkind = \"max_pool\"\n",
            2 => "[[layer]]\nkind = \"relu\"\n",
            _ => "",
        };
        let frozen = frozen.contains(&i);
        format!("[[layer]]\nkind = \"{kind}\"\n{size}\nfrozen = {frozen}\n{after}")
    });
    let layers: String = layers.collect();
    Network::from_toml(&format!("name = \"four\"\n[input]\nchannels = 2\nrows = 8\ncolumns = 8\n{layers}"))
        .unwrap()
}

fn prepared(frozen: &[usize], config: &'static Config) -> Prepared {
    Prepared::for_memory(&network(frozen), config, BATCH, PixelFormat::F32, MEMORY).unwrap()
}

/// Four layers with two residual connections, of which those in `frozen` are frozen.
fn residual(frozen: &[usize], config: &'static Config) -> Prepared {
    let layers = ["", "conv1", "conv1", ""].iter().enumerate().map(|(i, from)| {
        let frozen = frozen.contains(&i);
        let add = if from.is_empty() {
            String::new()
        } else {
            format!("[[layer]]\nkind = \"add\"\nfrom = \"{from}\"\n")
        };
        match i {
            3 => format!("[[layer]]\nkind = \"fc\"\noutputs = 5\nfrozen = {frozen}\n"),
            _ => format!(
                "[[layer]]\nkind = \"conv\"\noutputs = 6\nkernel = 3\npadding = 1\nfrozen = {frozen}\n{add}[[layer]]\nkind = \"relu\"\n"
            ),
        }
    });
    let layers: String = layers.collect();
    let text = format!("name = \"four\"\n[input]\nchannels = 2\nrows = 8\ncolumns = 8\n{layers}");
    let network = Network::from_toml(&text).unwrap();
    Prepared::for_memory(&network, config, BATCH, PixelFormat::F32, MEMORY).unwrap()
}

/// The parameters of every layer after a step, and the loss.
fn step(plan: &Plan) -> (Vec<Vec<u32>>, u32) {
    let mut device = ModelDevice::new(plan.config, plan.map.memory_words);
    for (layer, words) in plan.map.layers.iter().zip(initial(plan)) {
        device.write_memory(layer.weights, &words).unwrap();
    }
    Hyperparameters { inv_batch: 1.0 / BATCH as f32, ..Hyperparameters::EXAMPLE }.write(&mut device).unwrap();
    let pixels: Vec<f32> = (0..BATCH * 128).map(|i| ((i * i) % 17) as f32 / 16.0).collect();
    let images: Vec<u32> = pixels.chunks(128).flat_map(|image| plan.map.pack_image_f32(image)).collect();
    device.write_memory(plan.map.images, &images).unwrap();
    device.write_memory(plan.map.labels, &[1, 4, 2]).unwrap();
    plan.load_train(&mut device).unwrap();
    device.run().unwrap();
    let words = plan.map.layers.iter().map(|layer| {
        let mut words = vec![0; layer.words];
        device.read_memory(layer.weights, &mut words).unwrap();
        words
    });
    (words.collect(), device.read_register(regs::MEAN_LOSS).unwrap())
}

/// The parameters that the layers begin with.
fn initial(plan: &Plan) -> Vec<Vec<u32>> {
    let value = |i: usize| ((i * 37 + 11) % 23) as f32 / 40.0 - 0.25;
    let layers = plan.map.layers.iter().map(|layer| {
        let weight: Vec<f32> = (0..layer.shape.weights()).map(value).collect();
        let bias: Vec<f32> = (0..layer.shape.biases()).map(value).collect();
        layer.pack(&weight, &bias)
    });
    layers.collect()
}

/// Maps that grow: FP of two frozen layers that hand tiles on writes more than it reads.
fn growing(frozen: &[usize], config: &'static Config) -> Prepared {
    let layers = [2, 12, 24].iter().enumerate().map(|(i, outputs)| {
        let frozen = frozen.contains(&i);
        format!(
            "[[layer]]\nkind = \"conv\"\noutputs = {outputs}\nkernel = 3\npadding = 1\nfrozen = {frozen}\n[[layer]]\nkind = \"relu\"\n"
        )
    });
    let layers: String = layers.collect();
    let fc = format!("[[layer]]\nkind = \"fc\"\noutputs = 5\nfrozen = {}\n", frozen.contains(&3));
    let text = format!("name = \"four\"\n[input]\nchannels = 2\nrows = 8\ncolumns = 8\n{layers}{fc}");
    Prepared::for_memory(&Network::from_toml(&text).unwrap(), config, BATCH, PixelFormat::F32, MEMORY)
        .unwrap()
}

#[test]
fn frozen_layers_keep_their_bits_and_the_others_learn_the_same_as_without() {
    type Network = fn(&[usize], &'static Config) -> Prepared;
    let networks: [Network; 2] = [prepared, residual];
    for (config, prepared) in [&FP32_2X2, &SIM_4X4, &FP32_8X8]
        .into_iter()
        .flat_map(|config| networks.map(|network| (config, network)))
    {
        let (whole, loss) = step(&prepared(&[], config).plan().unwrap());
        for frozen in [&[0][..], &[1], &[3], &[0, 1], &[0, 2], &[1, 3], &[0, 1, 2], &[1, 2, 3]] {
            let plan = prepared(frozen, config).plan().unwrap();
            let (words, same_loss) = step(&plan);
            assert_eq!(same_loss, loss);
            let before = initial(&plan);
            for (k, words) in words.iter().enumerate() {
                let expected = if frozen.contains(&k) { &before[k] } else { &whole[k] };
                assert_eq!(words, expected, "{} with {frozen:?} frozen: layer {k}", config.name);
                assert_ne!(words == &before[k], !frozen.contains(&k), "layer {k}");
            }
        }
    }
}

#[test]
fn maps_that_grow_are_not_written_over_the_ones_they_are_made_from() {
    for config in [&FP32_2X2, &SIM_4X4, &FP32_8X8] {
        let loss = |frozen: &[usize]| step(&growing(frozen, config).plan().unwrap()).1;
        assert_eq!(loss(&[0, 1, 2]), loss(&[]), "{}", config.name);
    }
}

#[test]
fn nothing_is_done_below_the_first_trained_layer() {
    let passes = |frozen: &[usize]| -> Vec<(usize, Phase)> {
        let step = prepared(frozen, &FP32_8X8).step(true).unwrap();
        let mut parts: Vec<_> = step.passes.into_iter().flat_map(|pass| pass.parts).collect();
        parts.retain(|part| part.1 != Phase::Fp);
        parts.sort_by_key(|part| (part.0, part.1 as u32));
        parts
    };
    assert_eq!(passes(&[0, 1, 2]), [(3, Phase::Wu)]);
    assert_eq!(passes(&[0, 1]), [(2, Phase::Wu), (3, Phase::Bp), (3, Phase::Wu)]);
    assert_eq!(passes(&[0, 2]), [(1, Phase::Wu), (2, Phase::Bp), (3, Phase::Bp), (3, Phase::Wu)]);
}

#[test]
fn frozen_layers_need_no_velocities_and_less_memory_time_and_arithmetic() {
    let cost = |frozen: &[usize]| {
        let prepared = prepared(frozen, &FP32_8X8);
        let step = prepared.step(true).unwrap();
        let report = predict(&FP32_8X8, &step.commands, MEMORY);
        (prepared.map.data_words, report.cycles, report.read.words + report.written.words)
    };
    let (whole, most) = (cost(&[]), cost(&[0, 1, 2]));
    assert!(most.0 < whole.0 && most.1 < whole.1 / 2 && most.2 < whole.2 / 2, "{most:?} of {whole:?}");
    let plan = prepared(&[0, 2], &FP32_8X8).plan().unwrap();
    let velocities: Vec<bool> = plan.map.layers.iter().map(|layer| !layer.state.is_empty()).collect();
    assert_eq!(velocities, [false, true, false, true]);
    let macs: Vec<u64> = plan.stages.iter().map(|stage| BATCH as u64 * stage.macs()).collect();
    assert_eq!(plan.useful_macs, [macs.iter().sum(), macs[2] + macs[3], macs[1] + macs[3]]);
}

#[test]
fn a_network_of_frozen_layers_is_refused() {
    let text = "name = \"ice\"\n[input]\nchannels = 1\nrows = 2\ncolumns = 2\n[[layer]]\nkind = \"fc\"\noutputs = 2\nfrozen = true\n";
    let error = Network::from_toml(text).unwrap_err().to_string();
    assert_eq!(error, "every layer is frozen: leave `frozen = true` out of at least one conv or fc layer");
}

#[test]
fn layers_are_frozen_by_name_and_others_are_refused() {
    let whole = network(&[]);
    assert_eq!(whole.with_frozen(&["conv1", "conv3"]).unwrap(), network(&[0, 2]));
    assert_eq!(whole.with_frozen(&["conv1"]).unwrap().with_frozen(&["conv3"]).unwrap(), network(&[0, 2]));
    let error = whole.with_frozen(&["conv9"]).unwrap_err().to_string();
    assert_eq!(error, "no layer with weights is called `conv9`; there are conv1, conv2, conv3, fc1");
    let all = ["conv1", "conv2", "conv3", "fc1"];
    assert!(whole.with_frozen(&all).unwrap_err().to_string().starts_with("every layer is frozen"));
}

#[test]
fn a_map_that_is_handed_on_and_not_read_again_is_not_written() {
    // runs to DRAM of the maps that FP hands on
    let written = |frozen: &[usize]| -> Vec<u32> {
        let step = prepared(frozen, &FP32_8X8).step(true).unwrap();
        let handed = |command: &Synced| match &command.command {
            Command::Store(d) => StoreOp::decode(d.op).is_some_and(|op| op.hand_over).then_some(d.n_run),
            _ => None,
        };
        let forward = step.passes.iter().filter(|pass| pass.parts.iter().all(|part| part.1 == Phase::Fp));
        forward.flat_map(|pass| step.commands[pass.commands.clone()].iter().filter_map(handed)).collect()
    };
    // WU of the second layer reads it
    let kept = written(&[0]);
    assert!(!kept.is_empty() && kept.iter().all(|runs| *runs > 0), "{kept:?}");
    let dropped = written(&[0, 1]);
    assert!(!dropped.is_empty() && dropped.iter().all(|runs| *runs == 0), "{dropped:?}");
}
