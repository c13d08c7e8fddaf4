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
        seed: 1,
        batch: 8,
        hyper: Hyper { learning_rate: 0.1, learning_rate_end: 0.01, momentum: 0.9, weight_decay: 1e-4 },
        epochs: 2,
        steps: Some(7),
        dram: DramSettings::default(),
        progress: Progress { epoch: 1, batches: 3, step: 3, loss_sum: 0.1 + 0.2, correct: 1, images: 24 },
    }
}

/// A state whose velocities differ from zero.
fn state(network: &NetworkFile) -> State {
    let mut state = initial(&network.network.parameters(), 5);
    let other = initial(&network.network.parameters(), 6);
    for (layer, other) in state.iter_mut().zip(other) {
        layer.velocities = other.values;
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
    assert!(weights[0].velocities.weight.iter().all(|v| *v == 0.0));
}

#[test]
fn the_same_state_makes_the_same_file() {
    let network = network(16);
    let bytes = || write::serialize(&origin(&network), &state(&network), true).unwrap();
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
    assert!(error.contains("fc1.weight is [10, 64, 1, 1]"), "{error}");

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
    state[2].velocities.bias[4] = f32::NEG_INFINITY;
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
