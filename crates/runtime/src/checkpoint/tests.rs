use super::*;
use crate::parameters::initial;

fn network(outputs: usize) -> NetworkFile {
    let toml = crate::networks::BUNDLED[0].1.replace("outputs = 16", &format!("outputs = {outputs}"));
    NetworkFile::parse(&toml, "test").unwrap()
}

fn origin(network: &NetworkFile) -> Origin {
    Origin {
        version: "test".into(),
        network: network.toml.clone(),
        network_hash: network.hash.clone(),
        config: "sim-2x2".into(),
        data: "digits".into(),
        data_hash: Some("0123456789abcdef".into()),
        train_images: Some(1438),
        pixels: Some(Pixels::Normalised { mean: vec![4.9], deviation: vec![6.0] }),
        seed: 1,
        batch: 8,
        hyper: Hyper { learning_rate: 0.1, rate_from: 3, warm_up: 2, ..Hyper::usual(Optimiser::Sgd, 8) },
        epochs: 2,
        steps: Some(7),
        dram: DramSettings::default(),
        progress: Progress { epoch: 1, batches: 3, step: 3, loss_sum: 0.1 + 0.2, correct: 1, images: 24 },
    }
}

/// A state in which what the optimiser keeps differs from zero.
fn state(network: &NetworkFile) -> State {
    let mut state = initial(&network.network.parameters(), Optimiser::Sgd, 5);
    let other = initial(&network.network.parameters(), Optimiser::Sgd, 6);
    for (layer, other) in state.iter_mut().zip(other) {
        layer.kept = vec![other.values];
    }
    state
}

fn saved() -> (tempfile::TempDir, NetworkFile, State) {
    let folder = tempfile::tempdir().unwrap();
    let network = network(16);
    let state = state(&network);
    save(folder.path(), &origin(&network), &state).unwrap();
    (folder, network, state)
}

fn open(folder: &tempfile::TempDir) -> SavedFile {
    SavedFile::open(&folder.path().join(CHECKPOINT)).unwrap()
}

fn message<T>(result: Result<T>) -> String {
    format!("{:#}", result.err().expect("an error"))
}

#[test]
fn a_checkpoint_reads_back_bit_for_bit_with_its_origin() {
    let (folder, network, state) = saved();
    let file = open(&folder);
    assert_eq!(file.origin, Some(origin(&network)));
    assert_eq!(file.state(&network, true).unwrap(), state);
    let weights = SavedFile::open(&folder.path().join(WEIGHTS)).unwrap().state(&network, false).unwrap();
    assert_eq!(weights[0].values, state[0].values);
    assert!(weights[0].kept[0].weight.iter().all(|v| *v == 0.0));
}

#[test]
fn the_same_state_makes_the_same_file() {
    let network = network(16);
    let bytes = || write::serialize(&origin(&network), &state(&network), Some(Optimiser::Sgd)).unwrap();
    assert_eq!(bytes(), bytes());
}

#[test]
fn a_checkpoint_of_another_network_names_layer_and_shapes() {
    let (folder, _, _) = saved();
    let error = message(open(&folder).state(&network(8), true));
    assert!(error.contains("conv1.weight is [16, 1, 3, 3], in network digits it is [8, 1, 3, 3]"), "{error}");
    assert!(error.contains("checkpoint.safetensors"), "{error}");
}

#[test]
fn a_layer_too_many_or_too_few_is_named() {
    let (folder, network, _) = saved();
    let more = network.toml.replace(
        "[[layer]]\nkind = \"fc\"",
        "[[layer]]\nkind = \"fc\"\noutputs = 64\n\n[[layer]]\nkind = \"fc\"",
    );
    let more = NetworkFile::parse(&more, "test").unwrap();
    let error = message(open(&folder).state(&more, true));
    assert!(error.contains("fc1.weight is [10, 64]"), "{error}");

    let state = super::tests::state(&more);
    save(folder.path(), &origin(&more), &state).unwrap();
    let error = message(open(&folder).state(&network, true));
    assert!(error.contains("holds fc2.bias, network digits has no such layer"), "{error}");
}

#[test]
fn equal_shapes_do_not_make_the_same_network() {
    let (folder, network, _) = saved();
    let without_relu = network.toml.replacen("[[layer]]\nkind = \"relu\"\n", "", 1);
    let other = NetworkFile::parse(&without_relu, "test").unwrap();
    let error = message(open(&folder).state(&other, true));
    assert!(error.contains("the descriptions differ") && error.contains(&network.hash), "{error}");
}

#[test]
fn a_nan_or_infinity_is_named_with_layer_and_index() {
    let (folder, network, mut state) = saved();
    state[1].values.weight[16 * 9 + 9 + 3 + 2] = f32::NAN;
    save(folder.path(), &origin(&network), &state).unwrap();
    let error = message(open(&folder).state(&network, true));
    assert!(error.contains("conv2.weight[1,1,1,2] is NaN"), "{error}");

    let mut state = super::tests::state(&network);
    state[2].kept[0].bias[4] = f32::NEG_INFINITY;
    save(folder.path(), &origin(&network), &state).unwrap();
    let error = message(open(&folder).state(&network, true));
    assert!(error.contains("fc1.bias.velocity[4] is -inf"), "{error}");
}

#[test]
fn an_unknown_key_at_any_level_of_an_origin_is_named() {
    let whole = serde_json::to_value(origin(&network(16))).unwrap();
    let levels = whole.as_object().unwrap().iter().filter(|(_, value)| value.is_object());
    let levels: Vec<String> = levels.map(|(key, _)| format!("/{key}")).chain(["".to_string()]).collect();
    assert!(levels.len() >= 4, "{levels:?}");
    for level in levels {
        let mut changed = whole.clone();
        changed.pointer_mut(&level).unwrap()["stranger"] = 1.into();
        let error = serde_json::from_value::<Origin>(changed).unwrap_err().to_string();
        assert!(error.contains("unknown field `stranger`"), "{level}: {error}");
    }
}

#[test]
fn fully_connected_weights_are_outputs_by_inputs_and_four_extents_are_read_as_well() {
    let (folder, network, state) = saved();
    let bytes = std::fs::read(folder.path().join(WEIGHTS)).unwrap();
    let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    assert_eq!(file.tensor("fc1.weight").unwrap().shape(), [10, 64]);
    // what other programs, and versions before, write
    let views = file.tensors().into_iter().map(|(name, view)| {
        let shape = if name == "fc1.weight" { vec![10, 64, 1, 1] } else { view.shape().to_vec() };
        (name, safetensors::tensor::TensorView::new(view.dtype(), shape, view.data()).unwrap())
    });
    let path = folder.path().join("other.safetensors");
    std::fs::write(&path, safetensors::serialize(views, &None).unwrap()).unwrap();
    let read = SavedFile::open(&path).unwrap().state(&network, false).unwrap();
    assert_eq!(read[2].values, state[2].values);
}

#[test]
fn numbers_that_no_run_writes_are_refused() {
    let network = network(16);
    type Damage = fn(&mut Origin);
    let damages: [(Damage, &str); 11] = [
        (|origin| origin.progress.step = u64::MAX, "step is"),
        (|origin| origin.progress.epoch = u32::MAX, "epoch is"),
        (|origin| origin.batch = 0, "batch is 0"),
        (|origin| origin.hyper.learning_rate = f32::NAN, "not finite"),
        (|origin| origin.hyper.momentum = f32::NAN, "momentum NaN: must be"),
        (|origin| origin.hyper.beta2 = 1.0, "beta2 1: must be"),
        (|origin| origin.hyper.epsilon = 0.0, "epsilon 0: "),
        (|origin| origin.data = "digits\u{1b}[31m".into(), "control characters"),
        (|origin| origin.pixels = Some(Pixels::Bytes { shift: 40 }), "scale_shift is 40"),
        (
            |origin| origin.pixels = Some(Pixels::Normalised { mean: vec![], deviation: vec![1.0] }),
            "mean has 0",
        ),
        (
            |origin| origin.pixels = Some(Pixels::Normalised { mean: vec![1.0], deviation: vec![0.0] }),
            "deviation holds 0",
        ),
    ];
    for (damage, named) in damages {
        let mut origin = origin(&network);
        origin.check(&network).unwrap();
        damage(&mut origin);
        let error = message(origin.check(&network));
        assert!(error.contains(named), "{error}");
    }
}

#[test]
fn checkpoints_of_versions_before_can_be_read() {
    let network =
        NetworkFile::parse(&network(16).toml.replace("columns = 8", "columns = 8\nscale_shift = 4"), "test")
            .unwrap();
    let mut old = serde_json::to_value(origin(&network)).unwrap();
    for key in ["data_hash", "train_images", "pixels"] {
        old.as_object_mut().unwrap().remove(key);
    }
    for key in ["rate_from", "warm_up"] {
        old["hyper"].as_object_mut().unwrap().remove(key);
    }
    let old: Origin = serde_json::from_value(old).unwrap();
    assert_eq!(old.pixels(&network), Pixels::Bytes { shift: 4 });
    assert_eq!((old.hyper.rate_from, old.hyper.warm_up), (1, 0));
    old.check(&network).unwrap();
}

#[test]
fn weights_alone_are_not_continued_and_the_checkpoint_is_named() {
    let (folder, _, _) = saved();
    let weights = SavedFile::open(&folder.path().join(WEIGHTS)).unwrap();
    let error = message(weights.check_resumable());
    assert!(error.contains("can be evaluated, not continued") && error.contains(CHECKPOINT), "{error}");
    open(&folder).check_resumable().unwrap();
}

#[test]
fn the_checkpoint_before_is_kept_and_named_when_the_last_is_damaged() {
    let (folder, network, state) = saved();
    let mut next = state.clone();
    next[0].values.bias[0] = 7.0;
    save(folder.path(), &origin(&network), &next).unwrap();
    let before = SavedFile::open(&folder.path().join(CHECKPOINT_BEFORE)).unwrap();
    assert_eq!(before.state(&network, true).unwrap(), state);
    std::fs::write(folder.path().join(CHECKPOINT), "damaged").unwrap();
    let error = message(SavedFile::open(&folder.path().join(CHECKPOINT)));
    assert!(error.contains(CHECKPOINT_BEFORE), "{error}");
}

#[test]
fn a_truncated_file_is_refused_by_name() {
    let (folder, _, _) = saved();
    let path = folder.path().join(CHECKPOINT);
    let bytes = std::fs::read(&path).unwrap();
    for length in [0, 5, 100, bytes.len() - 1] {
        std::fs::write(&path, &bytes[..length]).unwrap();
        let error = message(SavedFile::open(&path));
        assert!(error.contains("checkpoint.safetensors is truncated"), "{error}");
    }
}

#[test]
fn a_layer_without_biases_has_none_in_a_file() {
    let with = NetworkFile::load("digits").unwrap();
    let toml = with.toml.replacen("kind = \"conv\"", "kind = \"conv\"\nbias = false", 1);
    let network = NetworkFile::parse(&toml, "test").unwrap();
    let state = state(&network);
    assert!(state[0].values.bias.is_empty() && !state[1].values.bias.is_empty());
    let bytes = write::serialize(&origin(&network), &state, Some(Optimiser::Sgd)).unwrap();
    let saved = SavedFile::parse(Path::new("x.safetensors"), bytes).unwrap();
    assert_eq!(saved.state(&network, true).unwrap(), state);
    let error = saved.state(&with, true).unwrap_err().to_string();
    assert!(error.contains("holds no conv1.bias, which network digits needs"), "{error}");
}
